"""What is published beside an episode so that anyone can see that its claim stands in the log of the case.

    data/<id>/entry-<n>.leaf          the entry, byte for byte as it was logged
    data/<id>/entry-<n>.tlog-proof    its way to the smallest signed head that holds it (C2SP ``tlog-proof@v1``)
    data/log.vkey                     the key under which that head is signed (C2SP ``signed-note``)

The smallest head is taken and not the newest, so that publishing again, which grows the log, changes nothing. These
files come from the log and its keys, not from what the pages are derived from: where a bundle is derived again they are
left out of the comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from kuager.case.folder import Case
from kuager.case.signing import log_key
from kuager.evidence.leaves import Claim, read_leaf
from kuager.evidence.log.folder import LogFolder
from kuager.model.history import History
from kuager.model.time import parse_utc

KEY = "data/log.vkey"
SUFFIXES = (".leaf", ".tlog-proof", ".vkey")


def proof_path(episode: str, entry: int, suffix: str) -> str:
    """Where a file about an entry lies below ``public/``."""
    return f"data/{episode}/entry-{entry}{suffix}"


def proof_files(
    case: Case, episodes: Iterable[str], known: Mapping[str, History], until: datetime | None = None
) -> dict[str, bytes]:
    """The proofs of the standing versions of episodes; nothing of those that no signed head holds yet.

    Nor of one that ended later than ``until``: its entry says when.
    """
    log = case.proving.log
    if not log.exists:
        return {}
    folder = LogFolder(log.folder)
    sizes = sorted(folder.checkpoints)
    files: dict[str, bytes] = {}
    for name in episodes:
        if name not in known:
            continue
        entry = known[name].newest.entry
        size = next((one for one in sizes if one > entry), None)
        if size is None:
            continue
        (leaf,) = folder.leaves(entry, entry + 1)
        if until is not None and _ended_after(leaf, until):
            continue
        files[proof_path(name, entry, ".leaf")] = leaf
        files[proof_path(name, entry, ".tlog-proof")] = folder.proof(entry, size).encode()
    if files:
        files[KEY] = f"{log_key(folder).text}\n".encode()
    return files


def _ended_after(data: bytes, until: datetime) -> bool:
    leaf = read_leaf(data)
    event = leaf.event if isinstance(leaf, Claim) else None
    return event is not None and event.end is not None and parse_utc(event.end) > until
