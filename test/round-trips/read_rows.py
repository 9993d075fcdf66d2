"""Prints the rows of an exported file with columns id, a and b, as read by Python or by DuckDB.

DuckDB's default limits are 2 MB for a CSV line and 16 MB for a JSON object. It distinguishes null from empty text only
with allow_quoted_nulls=False. Its dialect detection is off.

Usage: read_rows.py python|duckdb CSV|JSON|NDJSON FILE DELIMITER NULL_TEXT CRLF
"""

import csv
import json
import sys

reader, kind, path, delimiter, null_text, crlf = sys.argv[1:]


def by_python():
    if kind == "CSV":
        with open(path, encoding="utf-8", newline="") as file:
            # A byte-order mark counts only at the beginning of the file.
            text = file if file.read(1) == "\ufeff" else (file.seek(0), file)[1]
            _, *rows = csv.reader(text, delimiter=delimiter, strict=True)
        return [[int(row[0]), *row[1:]] for row in rows]
    with open(path, encoding="utf-8", newline="\n") as file:
        items = json.load(file) if kind == "JSON" else [json.loads(line) for line in file]
    return [list(item.values()) for item in items]


def by_duckdb():
    import duckdb

    if kind == "CSV":
        relation = duckdb.read_csv(
            path,
            header=True,
            delimiter=delimiter,
            quotechar='"',
            escapechar='"',
            na_values=null_text,
            allow_quoted_nulls=False,
            lineterminator="\\r\\n" if crlf == "true" else "\\n",
            columns={"id": "INTEGER", "a": "VARCHAR", "b": "VARCHAR"},
            auto_detect=False,
        )
    else:
        relation = duckdb.read_json(
            path,
            columns={"id": "INTEGER", "a": "VARCHAR", "b": "VARCHAR"},
            format="array" if kind == "JSON" else "newline_delimited",
        )
    return [list(row) for row in relation.fetchall()]


json.dump(by_python() if reader == "python" else by_duckdb(), sys.stdout)
