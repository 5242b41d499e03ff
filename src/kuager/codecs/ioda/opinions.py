"""What IODA publishes as its own findings: ``outages/alerts`` and ``outages/events`` of its API v2.

An alert is a moment at which one signal fell below what was usual (``critical``, ``warning``) or came back
(``normal``). An event lasts from the first such alert to the next normal one; its score is the drop in per cent times
minutes. Events come as ``codf`` (``location``, ``start``, ``duration``) or as ``ioda`` (``entity``, ``from``,
``until``, each left out when unknown). An event that no alert has closed yet is given the end of the window that was
asked for (``OutagesEventsService.buildEvents``); that is no end, and becomes null. Times are seconds since the epoch,
UTC. Nothing is repaired: an event that ends before it begins is kept as IODA's finding, with a remark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa

from kuager.codecs.cells import EARLIEST_S, LATEST_S
from kuager.codecs.decoded import Decoded
from kuager.codecs.ioda.envelope import Answer, Holds, not_an_answer, read_data, read_envelope
from kuager.codecs.ioda.places import Entity, Named, places_of
from kuager.codecs.ioda.signals import UNITS, always_relative
from kuager.codecs.text import excerpt
from kuager.errors import CodecError, message
from kuager.model.notes import Note
from kuager.model.tables import OPINIONS
from kuager.model.words import OpinionKind

_NO_PLACE = message("{count} findings of IODA are about places without a code in Kuager: skipped.")
_NO_TIME = message("{count} findings of IODA have no beginning, or times that are no times: skipped.")
_NO_SIGNAL = message("{count} findings of IODA are of sources that Kuager does not know: kept without a signal.")
_ENDS_EARLY = message("{count} events of IODA do not end after they begin: kept as IODA gives them.")
_LASTS = message("{count} events of IODA reach the end of the window that was asked for: their end is not known.")


class _Alert(msgspec.Struct, frozen=True, rename="camel"):
    """One alert. IODA's documentation has ``historicValue``, its answers ``historyValue``."""

    entity: Entity
    time: int
    datasource: str | None = None
    level: str | None = None
    condition: str | None = None
    value: float | None = None
    history_value: float | None = None
    historic_value: float | None = None
    method: str | None = None


class _Event(msgspec.Struct, frozen=True):
    """One event in either form; both have a score."""

    score: float | None
    location: str | None = None
    location_name: str | None = None
    start: int | None = None
    duration: int | None = None
    overlaps_window: bool | None = None
    entity: Entity | None = None
    begun: int | None = msgspec.field(name="from", default=None)
    until: int | None = None
    datasource: str | None = None
    method: str | None = None


def opinions_of(answer: Answer, given: str) -> Decoded:
    """The findings of an answer as a table ``opinions``, every row once.

    Raises:
        CodecError: the list has another shape.
    """
    counts: Counter[str] = Counter()
    if answer.holds is Holds.ALERTS:
        alerts = read_data(answer, list[_Alert])
        given_rows, rows = len(alerts), _alerts(alerts, answer, given, counts)
    else:
        events = read_data(answer, list[_Event])
        given_rows, rows = len(events), _events(events, answer, given, counts)
    once = {tuple(row.values()): row for row in rows}
    remarks = [Note(template, {"count": str(count)}) for template, count in counts.items()]
    if not given_rows:
        remarks.append(Note(message("IODA answered, and had nothing to report for this request."), {}))
    table = pa.Table.from_pylist(list(once.values()), schema=OPINIONS)
    return Decoded(remarks=tuple(remarks), tables={"opinions": table} if once else {})


def how_many(data: bytes) -> int:
    """How many findings an answer lists, so that the next page can be asked for; 0 for bytes of any other kind."""
    try:
        answer = read_envelope(data)
        listed = answer.holds in {Holds.ALERTS, Holds.EVENTS}
        return len(read_data(answer, list[msgspec.Raw])) if listed else 0
    except CodecError:
        return 0


def _alerts(alerts: list[_Alert], answer: Answer, given: str, counts: Counter[str]) -> Iterator[dict[str, Any]]:
    named = [one.entity.named for one in alerts]
    places = places_of(named, answer.country, given)
    for one, who in zip(alerts, named, strict=True):
        moment = _moment(one.time)
        if _may_be_kept(places[who], moment, counts):
            source = one.datasource or ""
            usual = one.history_value if one.history_value is not None else one.historic_value
            how = _joined(one.method, one.condition, source=source)
            yield _row(
                OpinionKind.ALERT, places[who], source, moment, moment, _words(one.level, one.value, usual, how), counts
            )


def _events(events: list[_Event], answer: Answer, given: str, counts: Counter[str]) -> Iterator[dict[str, Any]]:
    named = [_who(one) for one in events]
    places = places_of(named, answer.country, given)
    for one, who in zip(events, named, strict=True):
        begun = one.begun if one.begun is not None else one.start
        ended = one.until
        if one.duration is not None and begun is not None:
            ended = begun + one.duration
        start, end = _moment(begun), _moment(ended)
        if not _may_be_kept(places[who], start if ended is None else start and end, counts):
            continue
        if answer.window is not None and ended == answer.window[1] and one.overlaps_window is not False:
            counts[_LASTS] += 1
            end = None
        elif start is not None and end is not None and end <= start:
            counts[_ENDS_EARLY] += 1
        source = one.datasource or ""
        how = _joined(one.method, source=source)
        statement = f"outage event ({how})" if how else "outage event"
        yield _row(OpinionKind.EVENT, places[who], source, start, end, statement, counts, one.score)


def _who(event: _Event) -> Named:
    if event.entity is not None:
        return event.entity.named
    if event.location is None:
        raise not_an_answer("an event without a location")
    kind, _, code = event.location.partition("/")
    return Named(kind, code, event.location_name or "")


def _may_be_kept(place: str, moment: datetime | None, counts: Counter[str]) -> bool:
    if not place:
        counts[_NO_PLACE] += 1
    elif moment is None:
        counts[_NO_TIME] += 1
    return bool(place) and moment is not None


def _row(
    kind: OpinionKind,
    place: str,
    datasource: str,
    start: datetime | None,
    end: datetime | None,
    statement: str,
    counts: Counter[str],
    score: float | None = None,
) -> dict[str, Any]:
    signal = f"ioda.{datasource}"
    known = signal in UNITS or always_relative(signal)
    if not known:
        counts[_NO_SIGNAL] += 1
    return {
        "source": "ioda",
        "kind": kind.value,
        "id": "",
        "place": place,
        "signal": signal if known else "",
        "start": start,
        "end": end,
        "statement": statement,
        "cause": "",
        "score": score,
        "link": "",
    }


def _words(level: str | None, value: float | None, usual: float | None, how: str) -> str:
    """``critical: 40704 where 41355 was usual (median, < 0.99)``, as far as IODA says."""
    said = excerpt(level or "no level")
    if value is not None:
        said += f": {value:.12g}"
    if usual is not None:
        said += f"{'' if value is not None else ': a value'} where {usual:.12g} was usual"
    return f"{said} ({how})" if how else said


def _joined(method: str | None, condition: str | None = None, *, source: str) -> str:
    """The method without the source before it, and the condition; the source only where it is no signal of ours."""
    parts: Iterable[str | None] = ((method or "").removeprefix(f"{source}."), condition)
    if f"ioda.{source}" not in UNITS:
        parts = (source, *parts)
    return ", ".join(excerpt(part) for part in parts if part)


def _moment(seconds: int | None) -> datetime | None:
    """The moment; None if it is no time between 1970 and 2099. IODA writes 0 for unknown."""
    if seconds is None or not EARLIEST_S < seconds < LATEST_S:
        return None
    return datetime.fromtimestamp(seconds, UTC)
