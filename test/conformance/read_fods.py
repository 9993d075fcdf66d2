"""Prints the cells of flat OpenDocument spreadsheets written by LibreOffice, in the form of xlsx/workbook.ts."""

import json
import re
import sys
from xml.etree import ElementTree

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
# LibreOffice pads a sheet with empty cells and rows up to its limits.
MANY = 1000
CLOCK = re.compile(r"PT(\d+)H(\d\d)M(\d\d)(?:[.,](\d{1,3})\d*)?S")
TIME = re.compile(r"(\d{4,}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,3})\d*)?)?")


def text_of(node):
    """The text of a paragraph, in which repeated spaces, tabs and line breaks are elements."""
    parts = [node.text or ""]
    for child in node:
        if child.tag == TEXT + "s":
            parts.append(" " * int(child.get(TEXT + "c", "1")))
        elif child.tag == TEXT + "tab":
            parts.append("\t")
        elif child.tag == TEXT + "line-break":
            parts.append("\n")
        else:
            parts.append(text_of(child))
        parts.append(child.tail or "")
    return "".join(parts)


def time(value):
    match = TIME.fullmatch(value)
    if match is None:
        return {"kind": "other", "value": value}
    day, clock, fraction = match.groups()
    return {"kind": "time", "value": f"{day}T{clock or '00:00:00'}.{(fraction or '').ljust(3, '0')}"}


def clock(value):
    match = CLOCK.fullmatch(value)
    if match is None:
        return {"kind": "other", "value": value}
    hours, minutes, seconds, fraction = match.groups()
    return {"kind": "clock", "value": f"{hours}:{minutes}:{seconds}.{(fraction or '').ljust(3, '0')}"}


def cell_of(cell):
    kind = cell.get(OFFICE + "value-type")
    formula = cell.get(TABLE + "formula")
    shown = "\n".join(text_of(line) for line in cell.findall(TEXT + "p"))
    # LibreOffice reads a boolean as the formula that produces it.
    if formula in ("of:=TRUE()", "of:=FALSE()"):
        return {"kind": "boolean", "value": formula == "of:=TRUE()"}
    if kind is None:
        return None
    if formula is None and kind in ("float", "currency", "percentage"):
        return {"kind": "number", "value": float(cell.get(OFFICE + "value"))}
    if formula is None and kind == "boolean":
        return {"kind": "boolean", "value": cell.get(OFFICE + "boolean-value") == "true"}
    if formula is None and kind == "date":
        return time(cell.get(OFFICE + "date-value"))
    if formula is None and kind == "time":
        return clock(cell.get(OFFICE + "time-value"))
    if formula is None and kind == "string":
        return {"kind": "text", "value": shown}
    return {"kind": "other", "value": formula or shown}


def repeated(nodes, attribute, read):
    for node in nodes:
        value, times = read(node), int(node.get(TABLE + attribute, "1"))
        yield from [value] * (times if value or times < MANY else 1)


def row_of(row):
    cells = list(repeated(row.iter(TABLE + "table-cell"), "number-columns-repeated", cell_of))
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def rows_of(sheet):
    rows = list(repeated(sheet.iter(TABLE + "table-row"), "number-rows-repeated", row_of))
    while rows and not rows[-1]:
        rows.pop()
    return rows


def workbook_of(path):
    tables = ElementTree.parse(path).getroot().iter(TABLE + "table")
    return {"sheets": [{"name": table.get(TABLE + "name"), "rows": rows_of(table)} for table in tables]}


json.dump([workbook_of(path) for path in sys.argv[1:]], sys.stdout)
