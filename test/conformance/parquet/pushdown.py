"""Reads the rows of a Parquet file whose `id` is in a range, and prints how many there are.

With pyarrow, also prints the position and the number of bytes of each read. Polars reads from a URL, whose server knows.
Usage: pushdown.py pyarrow|polars FILE|URL LEAST MOST
"""

import io
import json
import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq

reader, source = sys.argv[1:3]
least, most = map(int, sys.argv[3:])


class Recorded(io.RawIOBase):
    """A file that keeps a record of what is read."""

    def __init__(self, path):
        self.file = open(path, "rb")
        self.reads = []

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=io.SEEK_SET):
        return self.file.seek(offset, whence)

    def tell(self):
        return self.file.tell()

    def read(self, size=-1):
        start = self.file.tell()
        data = self.file.read(size)
        self.reads.append([start, len(data)])
        return data


def by_pyarrow():
    file = Recorded(source)
    table = pq.read_table(pa.PythonFile(file, "r"), filters=[("id", ">=", least), ("id", "<=", most)])
    return {"rows": table.num_rows, "reads": file.reads}


def by_polars():
    import polars

    rows = polars.scan_parquet(source).filter(polars.col("id").is_between(least, most)).collect()
    return {"rows": len(rows), "reads": []}


print(json.dumps({"pyarrow": by_pyarrow, "polars": by_polars}[reader]()), flush=True)
# A thread of Arrow may still hold the file, and aborts if Python ends first.
os._exit(0)
