"""Opens a huge Parquet file with pyarrow and DuckDB, and prints what they find in its first and last row group.

Usage: huge.py FILE
"""

import json
import sys

import duckdb
import pyarrow.parquet as pq

path = sys.argv[1]
file = pq.ParquetFile(path)


def ends(table):
    """The first and last id, and whether each payload is the one of its id."""
    ids, payloads = table["id"].to_pylist(), table["payload"].to_pylist()
    return [ids[0], ids[-1], all(payload.startswith(f"{i} ") for i, payload in zip(ids, payloads))]


last = file.metadata.num_row_groups - 1
database = duckdb.connect()
row_count, sums = database.execute(f"SELECT count(*), sum(id) FROM '{path}'").fetchone()
tail = database.execute(
    f"SELECT count(*), bool_and(starts_with(payload, id || ' ')) FROM '{path}' WHERE id > {row_count - 100}"
).fetchone()
json.dump(
    {
        "offset": file.metadata.row_group(last).column(1).data_page_offset,
        "rows": file.metadata.num_rows,
        "first": ends(file.read_row_group(0)),
        "last": ends(file.read_row_group(last)),
        "counted": [row_count, int(sums)],
        "tail": list(tail),
    },
    sys.stdout,
)
