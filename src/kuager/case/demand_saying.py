"""A demand in a file of TOML (or JSON), as ``kuager demand form`` prints it: read, and the form itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kuager.accountability.demand_checks import REQUIRED, SAYABLE
from kuager.accountability.loading import LARGEST_FILE, parsed
from kuager.case.private_files import read_whole
from kuager.errors import CodecError

_SEVERAL = frozenset({"places", "networks", "services"})
_TIME = "2022-01-05T10:30:00Z, or a day"
_REMARKS = {
    "authority": "who demands it",
    "office": "of the official, never a name",
    "legal_basis": "law and article that it names; leave it out where it names none",
    "kind": "cut, slow or block",
    "places": "KZ, KZ-75",
    "networks": "AS9198",
    "services": 'names, or "all"',
    "received": _TIME,
    "executed": f"when service was changed: {_TIME}; leave it out while it was not",
    "ended": f"when service was given back: {_TIME}",
    "decision": "pending, complied, partly or refused",
    "challenged": f"when it was challenged: {_TIME}",
    "challenged_where": "before whom",
    "challenge_result": "how that ended, or pending",
    "gag": "what the law forbids to tell: none, content (it may be counted) or existence (not even that)",
    "gag_basis": "law and article",
    "gag_until": "until when; leave it out where no end is named",
    "note": "for those who may read the log",
}


def read_demand(file: Path) -> dict[str, Any]:
    """What a file says of a demand; what is left empty is not said.

    Raises:
        KuagerError: it cannot be read, or is neither TOML nor JSON.
    """
    try:
        said = parsed(read_whole(file, LARGEST_FILE))
    except CodecError as error:
        raise error.in_file(file.name) from error
    return {name: value for name, value in said.items() if value not in ("", [])}


def demand_form() -> str:
    """The form, with what every demand needs first, and a comment for each field."""
    lines = ["# A demand. Fill in what is known, leave the rest as it is. Delete this file once it is sealed.", ""]
    lines += [f'{name} = ""  # {_REMARKS[name]}' for name in REQUIRED]
    for name in SAYABLE:
        if name not in REQUIRED:
            lines.append(f"# {name} = {json.dumps([] if name in _SEVERAL else '')}  # {_REMARKS[name]}")
    return "\n".join(lines) + "\n"
