"""Validates the parts of .xlsx files: validate.py FOLDER_OF_SCHEMAS FILE…, prints a JSON array of problems.

The schemas are ECMA-376's transitional ones, extended by `xml:space` on text, which they lack and Excel itself writes.
Code checks what schemas can't express: types and targets of parts, order of rows and cells, and that styles exist.
"""

import json
import posixpath
import re
import sys
import zipfile
from pathlib import Path

from lxml import etree

PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATIONSHIPS = f"{{{PACKAGE}relationships}}"
TYPES = f"{{{PACKAGE}content-types}}"
CORE = f"{{{PACKAGE}metadata/core-properties}}"
DC, TERMS = "{http://purl.org/dc/elements/1.1/}", "{http://purl.org/dc/terms/}"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."

# Schema and content type by a part's root element.
KINDS = {
    f"{MAIN}workbook": ("sml.xsd", f"{SHEET_TYPE}sheet.main+xml"),
    f"{MAIN}worksheet": ("sml.xsd", f"{SHEET_TYPE}worksheet+xml"),
    f"{MAIN}styleSheet": ("sml.xsd", f"{SHEET_TYPE}styles+xml"),
    f"{MAIN}sst": ("sml.xsd", f"{SHEET_TYPE}sharedStrings+xml"),
    f"{MAIN}metadata": ("sml.xsd", f"{SHEET_TYPE}sheetMetadata+xml"),
    "{http://schemas.openxmlformats.org/drawingml/2006/main}theme": (
        "dml-main.xsd",
        "application/vnd.openxmlformats-officedocument.theme+xml",
    ),
    f"{{{OFFICE}extended-properties}}Properties": (
        "shared-documentPropertiesExtended.xsd",
        "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    ),
    f"{RELATIONSHIPS}Relationships": (
        "opc-relationships.xsd",
        "application/vnd.openxmlformats-package.relationships+xml",
    ),
    # The package with the other schemas lacks these two.
    f"{CORE}coreProperties": (None, "application/vnd.openxmlformats-package.core-properties+xml"),
    f"{TYPES}Types": (None, None),
}
CORE_PROPERTIES = {
    *(CORE + name for name in ("category", "contentStatus", "keywords", "lastModifiedBy", "lastPrinted", "revision")),
    *(CORE + "version", DC + "creator", DC + "description", DC + "identifier", DC + "language", DC + "subject"),
    *(DC + "title", TERMS + "created", TERMS + "modified"),
}


def parse_parts(archive, problems):
    parts = {}
    for name in archive.namelist():
        if name in parts:
            problems.append(f"{name}: twice in the archive")
        try:
            parts[name] = etree.fromstring(archive.read(name), etree.XMLParser(huge_tree=True))
        except (etree.XMLSyntaxError, zipfile.BadZipFile) as error:
            problems.append(f"{name}: {error}")
    return parts


def check_schemas(parts, folder, schemas, problems):
    for name, root in parts.items():
        if root.tag not in KINDS:
            problems.append(f"{name}: no schema for {root.tag}")
            continue
        file, _ = KINDS[root.tag]
        if file is None:
            continue
        if file not in schemas:
            schemas[file] = etree.XMLSchema(etree.parse(str(folder / file)))
        for text in root.iter(MAIN + "t"):
            text.attrib.pop("{http://www.w3.org/XML/1998/namespace}space", None)
        if not schemas[file].validate(root):
            problems.extend(f"{name}:{error.line}: {error.message}" for error in schemas[file].error_log)


def check_types(parts, problems):
    root = parts.get("[Content_Types].xml")
    if root is None or root.tag != TYPES + "Types":
        problems.append("[Content_Types].xml is missing")
        return
    defaults, overrides = {}, {}
    for child in root:
        named = {TYPES + "Default": (defaults, "Extension"), TYPES + "Override": (overrides, "PartName")}.get(child.tag)
        if named is None or set(child.attrib) != {named[1], "ContentType"}:
            problems.append(f"[Content_Types].xml: {etree.tostring(child).decode()}")
            continue
        known, key = named[0], child.get(named[1])
        if key.lower() in known:
            problems.append(f"[Content_Types].xml: {key} twice")
        known[key.lower()] = child.get("ContentType")
    names = {f"/{name}".lower() for name in parts}
    problems.extend(f"[Content_Types].xml: there is no part {name}" for name in overrides if name not in names)
    for name, part in parts.items():
        wanted = KINDS.get(part.tag, (None, None))[1]
        actual = overrides.get(f"/{name}".lower(), defaults.get(name.rpartition(".")[2].lower()))
        if wanted is not None and actual != wanted:
            problems.append(f"{name}: content type {actual}, not {wanted}")


def check_targets(parts, problems):
    reached = {"[Content_Types].xml", "_rels/.rels"}
    for name, root in parts.items():
        if root.tag != RELATIONSHIPS + "Relationships":
            continue
        base = posixpath.dirname(posixpath.dirname(name))
        for relationship in root:
            target = posixpath.normpath(posixpath.join("/", base, relationship.get("Target")))[1:]
            if relationship.get("TargetMode") == "External":
                continue
            reached |= {target, posixpath.join(posixpath.dirname(target), "_rels", posixpath.basename(target) + ".rels")}
            if target not in parts:
                problems.append(f"{name}: there is no part {target}")
    problems.extend(f"{name}: nothing leads to it" for name in parts if name not in reached)


def check_core(parts, problems):
    for name, root in parts.items():
        if root.tag == CORE + "coreProperties":
            tags = [child.tag for child in root]
            odd = [tag for tag in tags if tag not in CORE_PROPERTIES or tags.count(tag) > 1]
            problems.extend(f"{name}: {tag}" for tag in odd)


def column_number(letters):
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def check_cells(parts, problems):
    styles = parts.get("xl/styles.xml")
    formats = len(styles.findall(f"{MAIN}cellXfs/{MAIN}xf")) if styles is not None else 0
    for name, root in parts.items():
        last_row = 0
        for row in root.iter(MAIN + "row") if root.tag == MAIN + "worksheet" else ():
            number, last_column = int(row.get("r", last_row + 1)), 0
            if not last_row < number <= 1_048_576:
                problems.append(f"{name}: row {number} after {last_row}")
            last_row = number
            for cell in row:
                address = re.fullmatch(r"([A-Z]{1,3})(\d+)", cell.get("r", "A0"))
                column = last_column + 1 if cell.get("r") is None or address is None else column_number(address[1])
                if address is None or address[2] not in ("0", str(number)) or not last_column < column <= 16_384:
                    problems.append(f"{name}: cell {cell.get('r')} in row {number}")
                last_column = column
                if int(cell.get("s", "0")) >= max(formats, 1):
                    problems.append(f"{name}: cell {cell.get('r')} has style {cell.get('s')} of {formats}")


def main(folder, files):
    problems = []
    schemas = {}
    for file in files:
        with zipfile.ZipFile(file) as archive:
            parts = parse_parts(archive, problems)
        check_schemas(parts, folder, schemas, problems)
        check_types(parts, problems)
        check_targets(parts, problems)
        check_core(parts, problems)
        check_cells(parts, problems)
    print(json.dumps(problems))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
