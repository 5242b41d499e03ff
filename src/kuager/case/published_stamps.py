"""Since when the objects of a case are known to the log, and since when authorities vouch for that (RFC 3161)."""

from __future__ import annotations

from datetime import datetime

from kuager.case.anchors import read_anchors
from kuager.case.folder import Case
from kuager.case.manners import settings_file
from kuager.case.stamping import STAMPS, TOKEN
from kuager.errors import KuagerError
from kuager.evidence.leaves import Document, Observation
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.stamps import rfc3161
from kuager.model.time import parse_utc


def logged_objects(case: Case) -> dict[str, datetime]:
    """When each object was first entered into the log, by ``sha256:…``."""
    found: dict[str, datetime] = {}
    for entry in case.proving.log.entries():
        if isinstance(entry.leaf, Observation | Document):
            found.setdefault(entry.leaf.object, parse_utc(entry.leaf.known))
    return found


def stamped_objects(case: Case) -> dict[str, datetime]:
    """The latest moment at which each object can have been entered, by the earliest stamp over a head that holds it.

    Only stamps that verify under the certificates of this machine's authorities count. One of OpenTimestamps names a
    block of Bitcoin, whose time nobody here can tell without a copy of its headers.
    """
    log = case.proving.log
    heads = _stamped_heads(LogFolder(log.folder)) if log.exists else {}
    found: dict[str, datetime] = {}
    for entry in log.entries() if heads else ():
        if isinstance(entry.leaf, Observation | Document):
            vouched = [moment for size, moment in heads.items() if size > entry.index]
            if vouched:
                found.setdefault(entry.leaf.object, min(vouched))
    return found


def _stamped_heads(log: LogFolder) -> dict[int, datetime]:
    """By the size of each stamped head the earliest time that an authority vouches for."""
    try:
        authorities = {one.name: one for one in read_anchors(settings_file()).authorities}
    except KuagerError:
        return {}  # settings that cannot be read keep nobody from publishing
    signed, found = log.checkpoints, dict[int, datetime]()
    for path in sorted((log.path / STAMPS).glob(f"*.{TOKEN}")):
        size, name = int(path.name.partition(".")[0]), path.name.partition(".")[2].removesuffix(f".{TOKEN}")
        if name not in authorities or size not in signed:
            continue
        try:
            stamp = rfc3161.verify(signed[size].text, path.read_bytes(), authorities[name].roots)
        except KuagerError:
            continue
        if isinstance(stamp, rfc3161.Stamp):
            found[size] = min(stamp.latest, found.get(size, stamp.latest))
    return found
