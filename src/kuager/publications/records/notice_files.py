"""Every version of every notice as a row, for programs: when it was said, and of when it speaks."""

from __future__ import annotations

from collections.abc import Sequence

from kuager.accountability.notices import NoticeHistory, Telling, facts_of
from kuager.model.time import format_utc
from kuager.publications.records.table import listed, table

VERSIONS = "data/conduct/notice-versions.csv"
_HEAD = ("id", "version", "said", "status", "state", "effect", "start", "end", "changed", "not_told", "object")


def notice_files(notices: Sequence[NoticeHistory]) -> dict[str, bytes]:
    """The table; none where nobody said anything."""
    if not notices:
        return {}
    rows = [
        (
            history.id,
            version.notice.version,
            format_utc(version.known),
            version.notice.status,
            version.notice.state,
            version.notice.effect,
            version.notice.start,
            version.notice.end,
            listed(one.field for one in history.changes(number)),
            listed(one.fact for one in facts_of(version.notice) if one.telling is Telling.WITHHELD),
            f"sha256:{version.object}",
        )
        for history in notices
        for number, version in enumerate(history.versions)
    ]
    return {VERSIONS: table(_HEAD, rows)}
