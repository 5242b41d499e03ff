"""How large the files of a bundle may be, by kind, and which are read into memory to be understood.

The bounds are those of the formats, or far above what Kuager writes. They keep a hostile bundle from filling memory or
from keeping the machine busy for hours.
"""

from __future__ import annotations

from kuager.evidence.bundle import layout
from kuager.evidence.note import LARGEST_NOTE
from kuager.evidence.proof import LARGEST_PROOF
from kuager.evidence.statements import LARGEST_STATEMENT
from kuager.evidence.tiles import LARGEST_ENTRY

MOST_FILES = 200_000
LARGEST_HELD_IN_ALL = 256 << 20
"""Bytes of all files that have to be understood."""
LARGEST_IN_ALL = 64 << 30

_KIB, _MIB, _GIB = 1 << 10, 1 << 20, 1 << 30
_STREAMED = ("data/objects/", "data/results/", "data/sealed/")
_EXACT = {
    layout.BAGIT: 4 * _KIB,
    layout.BAG_INFO: 4 * _KIB,
    layout.MANIFEST: 40 * _MIB,
    layout.TAG_MANIFEST: 40 * _MIB,
    layout.SIGNATURE: 4 * _KIB,
    layout.WITHHELD: 32 * _MIB,
    layout.CHECKPOINT: LARGEST_NOTE,
}
_BY_FOLDER = {
    "data/objects/": 16 * _GIB,
    "data/results/": 16 * _GIB,
    "data/sealed/": 16 * _GIB,
    "data/claims/": LARGEST_STATEMENT,
    "data/disclosures/": 4 * _MIB,
    "data/case/": 4 * _MIB,
    "log/checkpoints/": LARGEST_NOTE,
    "log/stamps/": 256 * _KIB,
    "log/consistency/": 4 * _KIB,
    "time/": 80,
}
_OTHERWISE = _MIB
"""Keys and texts."""


def is_held(path: str) -> bool:
    """Whether the file is understood, and not only hashed."""
    return not path.startswith(_STREAMED)


def largest(path: str) -> int:
    """Bytes that the file of that path may have at most."""
    if path in _EXACT:
        return _EXACT[path]
    if path.endswith(".leaf"):
        return LARGEST_ENTRY
    if path.endswith(".tlog-proof"):
        return LARGEST_PROOF
    folder = path[: path.find("/", path.find("/") + 1) + 1] or path[: path.find("/") + 1]
    return _BY_FOLDER.get(folder, _OTHERWISE)
