"""Generates TPC-H's orders and lineitem with DuckDB: tpch.duckdb, orders.csv and lineitem.csv in a folder.

    pip install duckdb duckdb-extensions duckdb-extension-tpch
    python3 make_tpch.py FOLDER [SCALE]
"""

import pathlib
import sys

import duckdb
import duckdb_extension_tpch


def main(folder, scale="0.1"):
    folder = pathlib.Path(folder)
    with duckdb.connect(str(folder / "tpch.duckdb")) as db:
        # Loads the extension from pip's package, so nothing is downloaded or written outside the folder.
        package = pathlib.Path(duckdb_extension_tpch.__file__).parent
        db.load_extension(str(next(package.rglob("tpch.duckdb_extension"))))
        db.execute(f"CALL dbgen(sf = {float(scale)})")
        for table in ("orders", "lineitem"):
            db.execute(f"COPY {table} TO '{folder / table}.csv' (HEADER)")


main(*sys.argv[1:])
