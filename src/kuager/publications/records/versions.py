"""Every version of every episode that was ever claimed, whole as it was: ``data/ID/versions/N.json``.

A version that another replaced says until when it stood, and one that was taken back says why. Nothing is taken away:
what was quoted once can be read again.
"""

from __future__ import annotations

import msgspec

from kuager.model.history import History, Version
from kuager.publications.language import translator
from kuager.publications.records.episode import SIMULATED, Json, version_record
from kuager.publications.view import CaseView


def version_path(episode: str, number: int) -> str:
    """Where a version of an episode lies below ``public/``."""
    return f"data/{episode}/versions/{number}.json"


def version_files(view: CaseView) -> dict[str, bytes]:
    """The files by path, also of episodes that were taken back."""
    known = dict(view.histories) | {one.episode.id: one.history for one in view.episodes if one.history is not None}
    return {
        version_path(episode, one.number): _file(one, history)
        for episode, history in sorted(known.items())
        for one in history.versions
    }


def _file(one: Version, history: History) -> bytes:
    """``claim`` is null where the file of the version is gone, or may not be shown."""
    record: dict[str, Json] = {}
    if one.episode is not None and one.episode.simulated:
        record["notice"] = SIMULATED
    record |= version_record(one)
    record["standing"] = one.until is None
    if one.retraction is not None:
        record["reason"] = translator("en").note(one.retraction)
    later = [other.number for other in history.versions if other.number > one.number]
    record["replaced_by"] = min(later, default=None) if one.retraction is None else None
    record["claim"] = msgspec.to_builtins(one.episode) if one.episode is not None else None
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"
