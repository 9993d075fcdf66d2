"""Writes the rows of a Parquet file as CSV, with the cells of read.py, all in quotes except for nulls.

Usage: to_csv.py pyarrow|polars|DuckDB FILE CSV
"""

import sys

import pyarrow as pa
import pyarrow.csv

from tables import READERS, cell, columns_of, plain

reader, path, out = sys.argv[1:]
table = READERS[reader](path)


def texts(array, column):
    array = plain(array)
    if pa.types.is_integer(array.type) or pa.types.is_date(array.type):
        return array.cast(pa.string())
    if pa.types.is_large_string(array.type) or pa.types.is_string(array.type):
        return array
    cells = [cell(value, column.logical_type.type, column.physical_type) for value in array.to_pylist()]
    return pa.array(cells, pa.string())


columns = {name: texts(table[name], column) for name, column in columns_of(path).items()}
pa.csv.write_csv(pa.table(columns), out, pa.csv.WriteOptions(include_header=False))
