"""Prints the cells of a flat OpenDocument spreadsheet, row by row, each as [type, value] of the program that wrote it."""

import json
import sys
from xml.etree import ElementTree

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def cells_of(row):
    for cell in row.iter(TABLE + "table-cell"):
        kind = cell.get(OFFICE + "value-type")
        lines = ["".join(line.itertext()) for line in cell.findall(TEXT + "p")]
        value = cell.get(OFFICE + "value") or cell.get(OFFICE + "date-value") or "\n".join(lines)
        yield from [[kind, value]] * int(cell.get(TABLE + "number-columns-repeated", "1"))


sheet = ElementTree.parse(sys.argv[1]).getroot().find(f".//{TABLE}table")
columns = int(sys.argv[2])
rows = [list(cells_of(row))[:columns] for row in sheet.iter(TABLE + "table-row")]
print(json.dumps([row for row in rows if any(kind for kind, _ in row)]))
