"""Prints the SHA-256 of a file's rows as CSV, read by DuckDB: all cells in quotes except for nulls.

Times are microseconds since 1970. Usage: hash_rows.py FILE CSV
"""

import hashlib
import sys

import duckdb

path, out = sys.argv[1:]
database = duckdb.connect()
database.execute("SET TimeZone = 'UTC'")
columns = database.execute(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall()


def item(name, kind):
    quoted = '"' + name.replace('"', '""') + '"'
    return f"epoch_us({quoted})" if kind.startswith("TIMESTAMP") else f"{quoted}::varchar"


items = ", ".join(item(name, kind) for name, kind, *_ in columns)
database.execute(f"COPY (SELECT {items} FROM read_parquet('{path}')) TO '{out}' (HEADER false, FORCE_QUOTE *)")
with open(out, "rb") as file:
    print(hashlib.file_digest(file, "sha256").hexdigest())
