"""Copies a ZIP file but for one change: spoil.py FROM TO PART [OLD [NEW]].

Leaves the part out; ends it where OLD begins; puts NEW in place of the first OLD.
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
