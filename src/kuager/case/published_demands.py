"""What was opened of an operator's demand log, among the published files: no page, but what anyone can check.

    data/demands/opened.csv      every field that was opened, and the entry of the log that had committed to it
    data/demands/<root>.json     the opening: the salted fields and their way to that commitment
    data/demands/datapackage.json  what the columns mean

These files come from openings, which are no evidence that was received and are in no derivation: where a bundle is
derived again they are left out of the comparison, and the index of all records does not list them.
"""

from __future__ import annotations

import json

from kuager.case.demands import opened_fields
from kuager.case.folder import Case
from kuager.publications.records.fields import table_schema
from kuager.publications.records.package import PACKAGE
from kuager.publications.records.table import table

FOLDER = "data/demands/"
OPENED = f"{FOLDER}opened.csv"
_HEAD = ("demand", "field", "value", "root", "entry")


def demand_files(case: Case) -> dict[str, bytes]:
    """The files, by path below ``public/``; none where nothing was opened.

    Raises:
        ProofRefused: an opening is not what was written.
    """
    opened = opened_fields(case)
    if not opened:
        return {}
    openings = case.entrusted.openings()
    files = {f"{FOLDER}{root}.json": openings[root] for root in sorted({one.root.hex() for one in opened})}
    rows = [(one.demand, one.field, _cell(one.value), f"sha256:{one.root.hex()}", one.entry) for one in opened]
    files[OPENED] = table(_HEAD, rows)
    resource = {
        "profile": "tabular-data-resource",
        "name": "opened",
        "path": "opened.csv",
        "schema": table_schema(OPENED, _HEAD),
    }
    package = {"profile": "tabular-data-package", "name": "demands", "resources": [resource]}
    files[FOLDER + PACKAGE] = json.dumps(package, ensure_ascii=False, indent=2).encode() + b"\n"
    return files


def _cell(value: object) -> str:
    """A text as it is; anything else as JSON has it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
