"""Reads a Parquet file with one of three readers, and prints its schema and its rows as JSON.

Cells are texts that don't depend on how a reader shows a type: days and microseconds since 1970 or midnight, the bits of
floating-point numbers in hexadecimal, decimals with all digits. Usage: read.py pyarrow|polars|DuckDB FILE
"""

import json
import sys

import pyarrow.parquet as pq

from tables import READERS, cell, columns_of, plain

reader, path = sys.argv[1:]
columns = columns_of(path)
table = READERS[reader](path)
cells = [
    [cell(value, column.logical_type.type, column.physical_type) for value in plain(table[name]).to_pylist()]
    for name, column in columns.items()
]
schema = [
    [name, column.physical_type if column.logical_type.type == "NONE" else str(column.logical_type)]
    for name, column in columns.items()
]
metadata = pq.ParquetFile(path).metadata
row_groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
names = list(columns)
facts = {
    "schema": schema,
    "groups": [group.num_rows for group in row_groups],
    "sorted_by": [[[names[by.column_index], by.descending] for by in group.sorting_columns] for group in row_groups],
    "metadata": {key.decode(): value.decode() for key, value in metadata.metadata.items()},
}
json.dump({**facts, "rows": list(zip(*cells))}, sys.stdout)
