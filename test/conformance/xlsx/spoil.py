"""Copies a ZIP file with one change: spoil.py FROM TO PART [OLD [NEW]].

Without OLD, it removes the part; with OLD, it truncates the part there; with NEW, it replaces the first OLD.
"""

import sys
import zipfile

source, target, part, *change = sys.argv[1:]
with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
    if part not in old.namelist():
        sys.exit(f"there is no {part}")
    for name in old.namelist():
        data = old.read(name)
        if name == part:
            if not change:
                continue
            before, *after = (text.encode() for text in change)
            if before not in data:
                sys.exit(f"{part} has no {before}")
            data = data.replace(before, after[0], 1) if after else data[: data.index(before)]
        new.writestr(name, data)
