"""Holds an exported file against DuckDB's own rows: compare.py DATABASE TABLE KEY,… FILE, prints one JSON object.

Every value is compared twice: as its type, and as the text that DuckDB shows of it (5.2 is the value of 5.20, but not
what the table shows).
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
        # Keys are unique in the table: with as many rows in both, no row missing means none too many.
        "missing": count(f"FROM {table} t ANTI JOIN exported e ON {same_key}"),
        "different": count(f"FROM {table} t JOIN exported e ON {same_key} WHERE {differs}"),
        "out_of_order": count(
            f"SELECT row({typed_key}) <= lag(row({typed_key})) OVER (ORDER BY rowid) AS wrong FROM exported QUALIFY wrong"
        ),
    }
    print(json.dumps(result))
