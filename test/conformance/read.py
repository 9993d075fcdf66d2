"""Reads an exported file with only Python's standard library, and prints its rows.

Each row is a JSON array with text and numbers exactly as in the file, and null for null. Usage: read.py FORMAT FILE
"""

import csv
import gzip
import json
import re
import sys


ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}


def field(text):
    """A value between tabs; `\\N` alone is null."""
    return None if text == "\\N" else re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), text)


def rows(kind, text):
    if kind == "TSV":
        _, *lines = text.read().split("\n")[:-1]
        return [[field(cell) for cell in line.split("\t")] for line in lines]
    if kind == "CSV":
        _, *records = csv.reader(text)
        return [[cell if cell != "" else None for cell in record] for record in records]
    exact = {"parse_int": str, "parse_float": str}
    records = json.load(text, **exact) if kind == "JSON" else [json.loads(line, **exact) for line in text]
    return [list(record.values()) for record in records]


kind, path = sys.argv[1:]
opener = gzip.open if path.endswith(".gz") else open
with opener(path, "rt", encoding="utf-8", newline="") as text:
    json.dump(rows(kind, text), sys.stdout)
