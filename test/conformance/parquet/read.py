"""Reads a Parquet file with one of three readers, and prints its schema and its rows as JSON.

Cells are texts that don't depend on how a reader shows a type: days and microseconds since 1970 or midnight, the bits of
floating-point numbers in hexadecimal, decimals with all digits. Usage: read.py pyarrow|polars|DuckDB FILE
"""

import json
import math
import struct
import sys
import uuid

import pyarrow as pa
import pyarrow.parquet as pq

reader, path = sys.argv[1:]
file = pq.ParquetFile(path)
columns = {file.schema.column(i).name: file.schema.column(i) for i in range(len(file.schema))}


def by_pyarrow():
    return pq.read_table(path)


def by_polars():
    import polars

    return polars.read_parquet(path).to_arrow(compat_level=polars.CompatLevel.oldest())


def by_duckdb():
    import duckdb

    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    items = []
    for name, column in columns.items():
        quoted = '"' + name.replace('"', '""') + '"'
        # Python's types have no years BC.
        items.append(f"epoch_us({quoted}) AS {quoted}" if column.logical_type.type == "TIMESTAMP" else quoted)
    return database.execute(f"SELECT {', '.join(items)} FROM read_parquet('{path}')").to_arrow_table()


def plain(array):
    """The array in a type that Python can show."""
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if array.type == pa.time64("ns"):
        # Polars has no other.
        array = array.cast(pa.time64("us"))
    if pa.types.is_timestamp(array.type) or pa.types.is_time(array.type):
        return array.cast(pa.int64())
    return array.cast(pa.int32()) if pa.types.is_date(array.type) else array


def bits(value, code):
    return "nan" if math.isnan(value) else struct.pack(code, value).hex()


def cell(value, kind, physical):
    if value is None:
        return None
    if physical in ("FLOAT", "DOUBLE"):
        return bits(value, ">f" if physical == "FLOAT" else ">d")
    if kind == "UUID":
        return str(value if isinstance(value, uuid.UUID) else uuid.UUID(bytes=value) if isinstance(value, bytes) else value)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if kind == "DECIMAL" else str(value)


table = {"pyarrow": by_pyarrow, "polars": by_polars, "DuckDB": by_duckdb}[reader]()
cells = [
    [cell(value, column.logical_type.type, column.physical_type) for value in plain(table[name]).to_pylist()]
    for name, column in columns.items()
]
schema = [
    [name, column.physical_type if column.logical_type.type == "NONE" else str(column.logical_type)]
    for name, column in columns.items()
]
row_groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
names = list(columns)
facts = {
    "schema": schema,
    "groups": [group.num_rows for group in row_groups],
    "sorted_by": [[[names[by.column_index], by.descending] for by in group.sorting_columns] for group in row_groups],
    "metadata": {key.decode(): value.decode() for key, value in file.metadata.metadata.items()},
}
json.dump({**facts, "rows": list(zip(*cells))}, sys.stdout)
