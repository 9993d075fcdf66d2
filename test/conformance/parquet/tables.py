"""Reads Parquet files with one of three programs, into tables of Arrow."""

import math
import struct
import uuid

import pyarrow as pa
import pyarrow.parquet as pq


def columns_of(path):
    """The columns of a file by name."""
    schema = pq.ParquetFile(path).schema
    return {schema.column(i).name: schema.column(i) for i in range(len(schema))}


def by_pyarrow(path):
    return pq.read_table(path)


def by_polars(path):
    import polars

    return polars.read_parquet(path).to_arrow(compat_level=polars.CompatLevel.oldest())


def by_duckdb(path):
    import duckdb

    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    items = []
    for name, column in columns_of(path).items():
        quoted = '"' + name.replace('"', '""') + '"'
        # Python's types have no years BC.
        items.append(f"epoch_us({quoted}) AS {quoted}" if column.logical_type.type == "TIMESTAMP" else quoted)
    return database.execute(f"SELECT {', '.join(items)} FROM read_parquet('{path}')").to_arrow_table()


READERS = {"pyarrow": by_pyarrow, "polars": by_polars, "DuckDB": by_duckdb}


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
    """A value as text, in a form that doesn't depend on how a reader shows its type."""
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
