"""Writes a workbook with XlsxWriter: write.py FILE, the workbook as JSON on stdin in the form of workbook.ts."""

import datetime
import json
import sys

import xlsxwriter

# Writes text inline, as the service does, instead of into a table of shared strings.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}

workbook = xlsxwriter.Workbook(sys.argv[1], OPTIONS)
bold = workbook.add_format({"bold": True})
moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
clock = workbook.add_format({"num_format": "hh:mm:ss"})
for sheet in json.load(sys.stdin)["sheets"]:
    page = workbook.add_worksheet(sheet["name"])
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, len(sheet["rows"]) - 1, len(sheet["rows"][0]) - 1)
    page.set_column(0, len(sheet["rows"][0]) - 1, 12)
    for row, cells in enumerate(sheet["rows"]):
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            kind, value = cell["kind"], cell["value"]
            if kind == "number":
                page.write_number(row, column, value)
            elif kind == "boolean":
                page.write_boolean(row, column, value)
            elif kind == "time":
                page.write_datetime(row, column, datetime.datetime.fromisoformat(value), moment)
            elif kind == "clock":
                page.write_datetime(row, column, datetime.time.fromisoformat(value), clock)
            elif kind == "text":
                page.write_string(row, column, value, bold if row == 0 else None)
            else:
                page.write_formula(row, column, value)
workbook.close()
