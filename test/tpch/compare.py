"""Compares an exported file with DuckDB's own rows: compare.py DATABASE TABLE KEY,… FILE, prints one JSON object.

Every value is compared twice: by its type, and by its text in DuckDB (5.2 equals 5.20 as a number, but not as text).
"""

import json
import sys

import duckdb

database, table, key, file = sys.argv[1:]
keys = key.split(",")

with duckdb.connect(database, read_only=True) as db:
    types = {name: column_type for name, column_type, *_ in db.execute(f"DESCRIBE {table}").fetchall()}
    with open(file, encoding="utf-8") as text:
        header = text.readline().rstrip("\n").split(",")

    db.execute(
        "CREATE TEMP TABLE exported AS SELECT * FROM read_csv(?, header = true, auto_detect = false, columns = ?,"
        " delim = ',', quote = '\"', escape = '\"', nullstr = '', null_padding = false, parallel = false)",
        [file, {name: "VARCHAR" for name in types}],
    )
    same_key = " AND ".join(f"t.{name} = e.{name}::{types[name]}" for name in keys)
    differs = " OR ".join(
        f"t.{name} IS DISTINCT FROM e.{name}::{type} OR t.{name}::VARCHAR IS DISTINCT FROM e.{name}"
        for name, type in types.items()
    )
    typed_key = ", ".join(f"{name}::{types[name]}" for name in keys)

    def count(query):
        return db.execute(f"SELECT count(*) FROM ({query})").fetchone()[0]

    result = {
        "header": header,
        "columns": list(types),
        "types": sorted(set(types.values())),
        "rows": count(f"FROM {table}"),
        "exported": count("FROM exported"),
        # Keys are unique: if both have the same number of rows and none is missing, there is none too many.
        "missing": count(f"FROM {table} t ANTI JOIN exported e ON {same_key}"),
        "different": count(f"FROM {table} t JOIN exported e ON {same_key} WHERE {differs}"),
        "out_of_order": count(
            f"SELECT row({typed_key}) <= lag(row({typed_key})) OVER (ORDER BY rowid) AS wrong FROM exported QUALIFY wrong"
        ),
    }
    print(json.dumps(result))
