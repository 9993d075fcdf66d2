"""Prints what a Python library reads in an .xlsx file, as JSON in the form of workbook.ts: read.py READER FILE."""

import datetime
import json
import math
import re
import sys
import zipfile
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
NUMBER = re.compile(r"[-+]?\d*\.?\d+([eE][-+]?\d+)?")
EPOCH = datetime.datetime(1970, 1, 1)


def time(value):
    """To the millisecond: a spreadsheet's days are doubles, which are no more precise."""
    rounded = value + datetime.timedelta(microseconds=500)
    return {"kind": "time", "value": rounded.isoformat(timespec="milliseconds")}


def cell(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return {"kind": "boolean", "value": value}
    if isinstance(value, (int, float)):
        return {"kind": "number", "value": value}
    if isinstance(value, str):
        return {"kind": "text", "value": value}
    if isinstance(value, datetime.datetime):
        return time(value)
    if isinstance(value, datetime.date):
        return time(datetime.datetime(value.year, value.month, value.day))
    if isinstance(value, datetime.time):
        return {"kind": "clock", "value": time(datetime.datetime.combine(EPOCH, value))["value"][11:]}
    return {"kind": "other", "value": repr(value)}


def openpyxl_cell(read):
    # openpyxl returns formulas and errors as text.
    return {"kind": "other", "value": str(read.value)} if read.data_type in "fe" else cell(read.value)


def openpyxl_looks(sheet):
    # Adjacent columns of equal width are one entry.
    ranges = [(size.min, size.max, size.width) for size in sheet.column_dimensions.values()]
    widths = {column: width for first, last, width in ranges for column in range(first, last + 1)}
    header, first = [list(row) for row in sheet.iter_rows(min_row=1, max_row=2)]
    return {
        "freeze": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "bold": [bool(read.font.b) for read in header],
        "widths": [widths.get(read.column, 0) for read in header],
        "formats": [read.number_format for read in first],
        "print": {
            "fits": bool(sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage),
            "paper": int(sheet.page_setup.paperSize),
            "orientation": sheet.page_setup.orientation,
            "wide": int(sheet.page_setup.fitToWidth),
            "high": int(sheet.page_setup.fitToHeight),
            "titles": [sheet.print_title_rows, sheet.print_title_cols],
            "header": [sheet.oddHeader.left.text, sheet.oddHeader.right.text],
            "footer": sheet.oddFooter.center.text,
        },
    }


def openpyxl(path, read_only):
    from openpyxl import load_workbook

    for sheet in load_workbook(path, read_only=read_only).worksheets:
        rows = [[openpyxl_cell(read) for read in row] for row in sheet.rows]
        # Accessing a missing row creates it.
        yield {"name": sheet.title, "rows": rows, **({} if read_only else {"looks": openpyxl_looks(sheet)})}


def calamine(path):
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(path)
    for name in workbook.sheet_names:
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        # A missing cell is empty text, too.
        yield {"name": name, "rows": [[None if value == "" else cell(value) for value in row] for row in rows]}


def sheet_names(path):
    with zipfile.ZipFile(path) as archive:
        return [sheet.get("name") for sheet in ElementTree.parse(archive.open("xl/workbook.xml")).iter(MAIN + "sheet")]


def duckdb_cell(value, column_type, raw):
    """Typed if the cell has its column's type; otherwise `raw`, the text in the file."""
    if raw is None:
        return None
    if column_type == "VARCHAR":
        return cell(raw)
    if not NUMBER.fullmatch(raw):
        return cell(raw)
    if column_type in ("DATE", "TIMESTAMP"):
        return time(EPOCH + datetime.timedelta(microseconds=value))
    return cell(raw if value is None or (isinstance(value, float) and not math.isfinite(value)) else value)


def duckdb(path):
    from pathlib import Path

    import duckdb
    import duckdb_extension_excel

    database = duckdb.connect()
    (extension,) = Path(duckdb_extension_excel.__file__).parent.glob("**/*.duckdb_extension")
    database.execute(f"LOAD '{extension}'")
    for name in sheet_names(path):
        of = "read_xlsx(?, sheet = ?, header = true, stop_at_empty = false, empty_as_varchar = true, {})"
        typed, raw = of.format("ignore_errors = true"), of.format("all_varchar = true")
        columns = database.execute(f"DESCRIBE FROM {typed}", [path, name]).fetchall()
        labels, types = [column[0] for column in columns], [column[1] for column in columns]
        times = ("DATE", "TIMESTAMP")
        # DuckDB reads text such as infinity or 44 BC below the first cell as a date, which has no microseconds.
        moment = "CASE WHEN isfinite(c{0}) AND year(c{0}) BETWEEN 1899 AND 9999 THEN epoch_us(c{0}::TIMESTAMP) END"
        items = [moment.format(i) if type_ in times else f"c{i}" for i, type_ in enumerate(types)]
        aliases = ", ".join(f"c{i}" for i in range(len(types)))
        values = database.execute(f"SELECT {', '.join(items)} FROM {typed} AS t ({aliases})", [path, name]).fetchall()
        texts = database.execute(f"FROM {raw}", [path, name]).fetchall()
        rows = [list(map(duckdb_cell, row, types, written)) for row, written in zip(values, texts, strict=True)]
        yield {"name": name, "rows": [[cell(label) for label in labels], *rows]}


READERS = {
    "openpyxl": lambda path: openpyxl(path, read_only=False),
    "openpyxl, read-only": lambda path: openpyxl(path, read_only=True),
    "python-calamine": calamine,
    "DuckDB": duckdb,
}

if __name__ == "__main__":
    reader, file = sys.argv[1:]
    json.dump({"sheets": list(READERS[reader](file))}, sys.stdout)
