"""Measurements whose times cannot both be right.

The public name of a measurement says when the server received it, ``measurement_start_time`` when it began by the
probe's clock. OONI gives the accuracy 0 to what began over an hour after it was received, or over 365 days before.
"""

from __future__ import annotations

from datetime import UTC, datetime

from kuager.codecs.ooni.record import Record
from kuager.codecs.ooni.scoring.scores import Scores

_FORM = "%Y-%m-%d %H:%M:%S"
_WRITTEN = len("2022-01-05 10:30:00")
_NAMED_FORM = "%Y%m%d%H%M%S.%f_"
_NAMED = len("20220105103000.123456_")
_EARLIEST_NAME = 20
_EARLY_S, _LATE_S = -3_600, 31_536_000


def flag_wrong_clock(record: Record, scores: Scores) -> None:
    """Set the accuracy to 0 and say why, if the two times contradict each other."""
    uid, start = record.measurement_uid or "", record.measurement_start_time or ""
    if not uid.startswith("20") or len(uid) < _EARLIEST_NAME or _same_day(uid, start):
        return
    began = moment(start)
    try:
        received = datetime.strptime(uid[:_NAMED], _NAMED_FORM).replace(tzinfo=UTC)
    except ValueError:
        return
    if began is None:
        return
    late = (received - began).total_seconds()
    if late < _EARLY_S:
        scores.accuracy, scores.msg = 0.0, "Measurement start time from the future"
    elif late > _LATE_S:
        scores.accuracy, scores.msg = 0.0, "Measurement start time too old"


def moment(text: str | None) -> datetime | None:
    """A time as records write it, UTC without saying so; None if it is none."""
    if text is None:
        return None
    try:
        if len(text) == _WRITTEN and text[10] == " " and text[4] == text[7] == "-":
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        return datetime.strptime(text, _FORM).replace(tzinfo=UTC)
    except ValueError:
        return None


def _same_day(uid: str, start: str) -> bool:
    """Whether it began on the day it was received and no hour later: most do, and that needs no arithmetic."""
    return (
        len(start) == _WRITTEN
        and uid[:4] == start[:4]
        and uid[4:6] == start[5:7]
        and uid[6:8] == start[8:10]
        and uid[8:10] >= start[11:13]
    )
