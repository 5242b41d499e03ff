"""What Cloudflare Radar publishes as its own findings: outages in its annotations, and anomalies of traffic.

``result.annotations`` (``/annotations/outages``) are written by people: place by place, with a cause and mostly a link.
``result.trafficAnomalies`` (``/traffic_anomalies``) are found by Cloudflare's machines; ``VERIFIED`` says that somebody
looked. Times are RFC 3339 in UTC; ``endDate`` is null or absent while it lasts. An outage that names countries has one
row per country, its networks listed in the statement; one that names networks only has one row per network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa

from kuager.codecs.cells import EARLIEST_S, LATEST_S
from kuager.codecs.codes import place_code
from kuager.codecs.decoded import Decoded
from kuager.codecs.radar.answer import read_part, read_result
from kuager.codecs.text import excerpt, text_of
from kuager.errors import CodecError, message
from kuager.model.notes import Note
from kuager.model.tables import OPINIONS
from kuager.model.words import OpinionKind

ANNOTATIONS, ANOMALIES = "annotations", "trafficAnomalies"
_SIGNALS = {"NET": "radar.netflows", "HTTP": "radar.http", "BGP": "radar.bgp"}
_LONGEST_STATEMENT = 600
_MOST_NETWORKS_NAMED = 20


class _Place(msgspec.Struct, frozen=True):
    code: str | None = None


class _Network(msgspec.Struct, frozen=True):
    asn: int | str | None = None


class _Outage(msgspec.Struct, frozen=True, rename="camel"):
    outage_cause: str | None = None
    outage_type: str | None = None


class _Annotation(msgspec.Struct, frozen=True, rename="camel"):
    """One outage. Answers have ``location`` or ``locations``, numbers in ``asns`` and texts in ``asnsDetails``."""

    start_date: str
    id: str | int = ""
    end_date: str | None = None
    data_source: str | None = None
    description: str | None = None
    scope: str | None = None
    linked_url: str | None = None
    location: str | list[str] | None = None
    locations: str | list[str] | None = None
    locations_details: list[_Place | None] | None = None
    asns: list[int | str] | None = None
    asns_details: list[_Network | None] | None = None
    outage: _Outage | None = None


class _Anomaly(msgspec.Struct, frozen=True, rename="camel"):
    start_date: str
    uuid: str = ""
    type: str = ""
    status: str = ""
    end_date: str | None = None
    asn_details: _Network | None = None
    location_details: _Place | None = None
    visible_in_data_sources: list[str] | None = None


class _Skipped(ValueError):
    """A finding that cannot be kept, with the reason as a template of how many there are."""

    def __init__(self, reason: str, name: str) -> None:
        super().__init__()
        self.reason = reason
        self.name = name


_WITHOUT_PLACE = message(
    "Findings of Cloudflare Radar that name no country and no network, skipped: {count} (such as {id})."
)
_NO_TIMES = message("Findings of Cloudflare Radar with times that are no times, skipped: {count} (such as {id}).")
_ENDS_EARLY = message("Findings of Cloudflare Radar that end before they begin, skipped: {count} (such as {id}).")


def is_opinions(result: Mapping[str, msgspec.Raw]) -> bool:
    """Whether a result holds findings and no series."""
    return ANNOTATIONS in result or ANOMALIES in result


def opinions_of(result: Mapping[str, msgspec.Raw]) -> Decoded:
    """The findings of a result as a table ``opinions``, every row once.

    Raises:
        CodecError: the lists have another shape.
    """
    skipped: dict[str, list[str]] = {}
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    given = 0
    for one in _items(result):
        given += 1
        try:
            for row in _annotation(one) if isinstance(one, _Annotation) else _anomaly(one):
                rows.setdefault(tuple(row.values()), row)
        except _Skipped as one_less:
            skipped.setdefault(one_less.reason, []).append(one_less.name)
    remarks = [Note(reason, {"count": str(len(names)), "id": excerpt(names[0])}) for reason, names in skipped.items()]
    if not given:
        remarks.append(Note(message("Cloudflare Radar answered, and had nothing to report for this request."), {}))
    table = pa.Table.from_pylist(list(rows.values()), schema=OPINIONS)
    return Decoded(remarks=tuple(remarks), tables={"opinions": table} if rows else {})


def how_many(data: bytes) -> int:
    """How many findings an answer lists, so that the next page can be asked for; 0 for bytes of any other kind."""
    try:
        return sum(1 for _ in _items(read_result(text_of(data))))
    except CodecError:
        return 0


def _items(result: Mapping[str, msgspec.Raw]) -> Iterator[_Annotation | _Anomaly]:
    if ANNOTATIONS in result:
        yield from read_part(result[ANNOTATIONS], list[_Annotation] | None) or ()  # type: ignore[arg-type]
    if ANOMALIES in result:
        yield from read_part(result[ANOMALIES], list[_Anomaly] | None) or ()  # type: ignore[arg-type]


def _annotation(one: _Annotation) -> Iterator[dict[str, Any]]:
    name = str(one.id)
    networks = _networks(one)
    outage = one.outage or _Outage()
    statement = ": ".join(part for part in (_kind(outage, networks, one.scope), one.description or "") if part)
    countries = _countries(one)
    places = countries or networks
    if not places:
        raise _Skipped(_WITHOUT_PLACE, name)
    start, end = _span(one.start_date, one.end_date, name)
    for place in places:
        yield _row(
            kind=OpinionKind.ANNOTATION,
            name=name,
            place=place,
            signal=_SIGNALS.get(one.data_source or "", ""),
            start=start,
            end=end,
            statement=statement,
            cause=outage.outage_cause or "",
            link=one.linked_url or "",
        )


def _kind(outage: _Outage, networks: list[str], scope: str | None) -> str:
    named = [part for part in (outage.outage_type, scope) if part]
    few = ", ".join(networks[:_MOST_NETWORKS_NAMED]) + (", …" if len(networks) > _MOST_NETWORKS_NAMED else "")
    return " ".join([*named, *([f"({few})"] if networks else [])])


def _anomaly(one: _Anomaly) -> Iterator[dict[str, Any]]:
    if one.type == "AS":
        place = _network(one.asn_details.asn if one.asn_details is not None else None)
    elif one.type == "LOCATION":
        place = _country(one.location_details.code if one.location_details is not None else None)
    else:
        place = None  # an anomaly of a hosting company's data centre is nobody's outage
    if place is None:
        raise _Skipped(_WITHOUT_PLACE, one.uuid)
    start, end = _span(one.start_date, one.end_date, one.uuid)
    seen_in = one.visible_in_data_sources or []
    where = f" ({', '.join(seen_in)})" if seen_in else ""
    yield _row(
        kind=OpinionKind.ANOMALY,
        name=one.uuid,
        place=place,
        signal=_SIGNALS.get(seen_in[0], "") if len(seen_in) == 1 else "",
        start=start,
        end=end,
        statement=f"{one.status}: {one.type}{where}",
        cause="",
        link="",
    )


def _row(
    *,
    kind: OpinionKind,
    name: str,
    place: str,
    signal: str,
    start: datetime,
    end: datetime | None,
    statement: str,
    cause: str,
    link: str,
) -> dict[str, Any]:
    return {
        "source": "radar",
        "kind": kind.value,
        "id": excerpt(name, 100),
        "place": place,
        "signal": signal,
        "start": start,
        "end": end,
        "statement": excerpt(" ".join(statement.split()), _LONGEST_STATEMENT),
        "cause": excerpt(cause, 100),
        "score": None,
        "link": excerpt(link, 500) if link.startswith(("https://", "http://")) else "",
    }


def _countries(one: _Annotation) -> list[str]:
    written: list[str | None] = []
    for given in (one.locations, one.location):
        written.extend([given] if isinstance(given, str) else given or ())
    written.extend(detail.code for detail in one.locations_details or () if detail is not None)
    return list(dict.fromkeys(code for code in map(_country, written) if code is not None))


def _networks(one: _Annotation) -> list[str]:
    written = [*(one.asns or ()), *(detail.asn for detail in one.asns_details or () if detail is not None)]
    return list(dict.fromkeys(code for code in map(_network, written) if code is not None))


def _network(asn: int | str | None) -> str | None:
    number = str(asn).upper().removeprefix("AS")
    return place_code(f"AS{number}") if number.isdecimal() else None


def _country(text: str | None) -> str | None:
    code = place_code(text or "")
    return code if code is not None and len(code) == 2 else None


def _span(start: str, end: str | None, name: str) -> tuple[datetime, datetime | None]:
    begun = _moment(start)
    ended = _moment(end) if end else None
    if begun is None or (end and ended is None):
        raise _Skipped(_NO_TIMES, name)
    if ended is not None and ended < begun:
        raise _Skipped(_ENDS_EARLY, name)
    return begun, ended


def _moment(text: str) -> datetime | None:
    """The moment to the second; None if it is no time with its zone between 1970 and 2099."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return None
        seconds = int(moment.timestamp())
    except (ValueError, OverflowError):
        return None
    return datetime.fromtimestamp(seconds, UTC) if EARLIEST_S <= seconds < LATEST_S else None
