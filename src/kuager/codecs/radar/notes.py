"""What Cloudflare says of its own data beside a series, and what follows: the window, incidents, confidence.

``meta.dateRange`` is the window asked for, as Cloudflare adjusted it; ``meta.lastUpdated`` may lie before its end, and
what was not counted by then would look like a drop. ``meta.confidenceInfo`` has a level from 1 to 5 and annotations:
``PIPELINE`` and ``PARTIAL_PROJECTION`` say that the data themselves are wrong or guessed, the others tell of events in
the world. Source: Radar's documentation of confidence levels, and Cloudflare's published clients.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from kuager.codecs.cells import zoned_times
from kuager.codecs.ioda.signals import window_name
from kuager.codecs.radar.answer import Annotation, DateRange, Meta, not_an_answer
from kuager.codecs.text import excerpt, refusal
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.series import Times, Values
from kuager.model.time import format_utc, from_epoch

ENDPOINTS = {"netflows": "NET", "http": "HTTP", "bgp": "BGP"}
"""Endpoints of which the series are read, and what Cloudflare calls their data in its notes."""

_NOT_MEASURED = frozenset({"PIPELINE", "PARTIAL_PROJECTION"})
_TRUSTED = 4
_MOST_NOTES = 100


def window_of(meta: Meta, index: int, count: int) -> tuple[int, int] | None:
    """The window of one series in seconds, if the answer says it."""
    ranges = meta.date_range or []
    if len(ranges) not in {1, count}:
        return None
    one: DateRange = ranges[index if len(ranges) == count else 0]
    start, end = _moments(one.start_time, one.end_time)
    if start >= end:
        raise not_an_answer(f"dateRange {one.start_time} to {one.end_time}")
    return start, end


def inside(
    times: Times, values: Values, step_s: int, asked: tuple[int, int], place: str, remarks: list[Note]
) -> tuple[Times, Values]:
    """Samples of the window; those that it covers in part become missing, those outside are dropped."""
    within = (times < asked[1]) & (times + step_s > asked[0])
    if not within.any():
        raise refusal(
            message("None of the samples for {place} in {file} lies in the window that the answer itself names."),
            meaning=message("The answer says {window}; its first sample is of {time}. One of the two is shifted."),
            remedy=message("Ask Radar again; if the answer stays the same, tell Cloudflare."),
            place=place,
            window=window_name(*asked),
            time=format_utc(from_epoch(int(times[0]))),
        )
    if not within.all():
        remarks.append(
            Note(
                message("Samples for {place} outside the window of the request, dropped: {count}."),
                {"place": place, "count": str(int(np.count_nonzero(~within)))},
            )
        )
    times, values = times[within], values[within]
    cut = (times < asked[0]) | (times + step_s > asked[1])
    if cut.any():
        remarks.append(
            Note(
                message(
                    "Samples for {place} that the window of the request covers only in part, made missing: {count}."
                ),
                {"place": place, "count": str(int(np.count_nonzero(cut)))},
            )
        )
    return times, np.where(cut, np.nan, values)


def honoured(times: Times, values: Values, step_s: int, meta: Meta, endpoint: str, remarks: list[Note]) -> Values:
    """The values without those that Cloudflare says it did not measure.

    Args:
        times: int64 [n], the beginnings of the samples.
        values: float64 [n].
        step_s: seconds that a sample covers.
        meta: what the answer says of itself.
        endpoint: a key of ``ENDPOINTS``; notes on the data of other endpoints change nothing.
        remarks: what was done is added here.
    """
    values = _until_last_update(times, values, step_s, meta, remarks)
    notes = (meta.confidence_info.annotations if meta.confidence_info else None) or []
    if len(notes) > _MOST_NOTES:
        raise not_an_answer(f"{len(notes)} notes on the data")
    for note in notes:
        start, end = _extent(note, int(times[0]), int(times[-1]) + step_s)
        concerned = (times < end) & (times + step_s > start)
        if not concerned.any():
            continue
        facts = {"description": excerpt(note.description or note.event_type or "", 200)}
        if note.event_type in _NOT_MEASURED and (note.data_source or "ALL") in {"ALL", ENDPOINTS[endpoint]}:
            values = np.where(concerned, np.nan, values)
            facts["count"] = str(int(np.count_nonzero(concerned)))
            remarks.append(
                Note(
                    message("Samples made missing, as Cloudflare says of its own data “{description}”: {count}."), facts
                )
            )
        else:
            remarks.append(Note(message("Cloudflare notes on this time: “{description}”."), facts))
    return values


def _until_last_update(times: Times, values: Values, step_s: int, meta: Meta, remarks: list[Note]) -> Values:
    """Without the samples that were not over when the data were last updated.

    An update before the first sample says nothing of them.
    """
    updated = _moments(meta.last_updated)[0] if meta.last_updated else int(times[-1]) + step_s
    unfinished = times + step_s > updated
    if updated <= times[0] or not unfinished.any():
        return values
    remarks.append(
        Note(
            message(
                "Samples that were not over when Cloudflare last updated its data ({time}), made missing: {count}."
            ),
            {"time": format_utc(from_epoch(updated)), "count": str(int(np.count_nonzero(unfinished)))},
        )
    )
    return np.where(unfinished, np.nan, values)


def remarks_on_origin(meta: Meta, count: int, *, read_as_traffic: bool) -> Iterator[Note]:
    """What a reader should know of all series of an answer.

    Args:
        meta: what the answer says of itself.
        count: how many series it normalised together.
        read_as_traffic: whether they are taken for netflows although nothing says so.
    """
    level = meta.confidence_info.level if meta.confidence_info else None
    if level is not None and level < _TRUSTED:
        yield Note(
            message(
                "Cloudflare gives these data the confidence {level} of 5: too little of them, or an erratic pattern."
            ),
            {"level": str(level)},
        )
    if read_as_traffic:
        yield Note(message("The file does not say which traffic it counts; it is read as Radar's netflows."), {})
    if count > 1:
        yield Note(message("Radar normalised {count} series to one common maximum."), {"count": str(count)})


def _extent(note: Annotation, first: int, last: int) -> tuple[int, int]:
    """From when until when a note holds, half-open; one without a beginning or an end holds for all the samples."""
    begun, ended = note.start_date or note.start_time, note.end_date or note.end_time
    start = _moments(begun)[0] if begun else first
    if note.is_instantaneous:
        return start, start + 1
    return start, max(start + 1, _moments(ended)[0] if ended else last)


def _moments(*texts: str) -> list[int]:
    """Times of the answer's own remarks, cut to whole seconds as Cloudflare gives them to the millisecond."""
    whole = [text.split(".")[0] + "Z" if "." in text and text.endswith("Z") else text for text in texts]
    moments = zoned_times(pa.array(whole, pa.string()), np.ones(len(whole), dtype=np.int64)).times
    return [int(moment) for moment in moments]
