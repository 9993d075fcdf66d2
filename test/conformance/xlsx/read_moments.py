"""Prints the times in column B of a workbook's first sheet as microseconds since 1899-12-30: read_moments.py READER FILE.

Text is null. READER is one of:
  written      the digits in the file
  double       their float64, as any program has it in memory
  LibreOffice  FILE is an .xls that LibreOffice converted from the output of `plain`: it stores each number as its
               float64 in memory. In .fods, .ods and .xlsx, LibreOffice writes only 15 digits.
  openpyxl, python-calamine
  plain        writes FILE without time formats to standard output, so that LibreOffice passes on plain numbers
"""

import datetime
import io
import json
import re
import sys
import zipfile
from fractions import Fraction
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DAY = 86_400_000_000
EPOCH = datetime.datetime(1899, 12, 30)


def micros(days):
    return round(Fraction(days) * DAY)


def between(moment):
    if isinstance(moment, datetime.datetime):
        return (moment - EPOCH) // datetime.timedelta(microseconds=1)
    return None


def written(path):
    with zipfile.ZipFile(path) as archive:
        sheet = ElementTree.parse(archive.open("xl/worksheets/sheet1.xml"))
    cells = [row.findall(MAIN + "c")[1] for row in sheet.iter(MAIN + "row")]
    return [cell.findtext(MAIN + "v") if cell.get("t") is None else None for cell in cells]


def openpyxl(path):
    from openpyxl import load_workbook

    return [between(row[1].value) for row in load_workbook(path).worksheets[0].rows]


def calamine(path, read=between):
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return [read(row[1]) for row in sheet.to_python(skip_empty_area=False)]


def plain(path):
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/styles.xml":
                content = re.sub(rb'(<xf [^>]*?)numFmtId="\d+"', rb'\1numFmtId="0"', content)
            target.writestr(name, content)
    return out.getvalue()


READERS = {
    "written": lambda path: [None if text is None else micros(text) for text in written(path)],
    "double": lambda path: [None if text is None else micros(float(text)) for text in written(path)],
    "LibreOffice": lambda path: calamine(path, lambda days: micros(days) if isinstance(days, float) else None),
    "openpyxl": openpyxl,
    "python-calamine": calamine,
}

if __name__ == "__main__":
    reader, file = sys.argv[1:]
    if reader == "plain":
        sys.stdout.buffer.write(plain(file))
    else:
        json.dump(READERS[reader](file), sys.stdout)
