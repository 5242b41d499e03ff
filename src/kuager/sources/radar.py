"""Cloudflare Radar: what it offers and how its API is asked.

Times are UTC. Traffic is normalised to the highest value of each request, so a window is asked for as a whole. The
finest interval is refused for long ranges: hours are asked for, days where the case is longer than 40 of them.
Cloudflare allows each user of its API 1,200 requests in five minutes, Radar included; half of that pace is used.
Source: Radar's documentation and Cloudflare's published clients.
"""

from __future__ import annotations

from collections.abc import Iterator

from kuager.codecs.radar.opinions import how_many
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.signals import Signal, Source
from kuager.model.time import format_utc, from_epoch
from kuager.model.words import Direction, SignalKind
from kuager.sources.offer import DAY_S, Absence, Offer, Question, Request, spans

SOURCE = Source(
    id="radar",
    name="Cloudflare Radar",
    home="https://radar.cloudflare.com/",
    licence="CC-BY-NC-4.0",
    non_commercial=True,
    sees=message("traffic between a country or a network and Cloudflare, and outages that Cloudflare wrote down"),
    cannot_see=message(
        "traffic that does not touch Cloudflare, how much traffic there is in numbers, parts of a country"
    ),
    limits=message("1,200 requests in five minutes with a token of one's own; Kuager asks twice a second at most"),
    key="CLOUDFLARE_API_TOKEN",
)

_UNIT = "per cent of the window's maximum"
_CANNOT = message("whether Cloudflare alone is blocked; values of two windows cannot be compared")

SIGNALS = (
    Signal(
        id="radar.netflows",
        source=SOURCE,
        name=message("Cloudflare: network traffic"),
        kind=SignalKind.TRAFFIC,
        unit=_UNIT,
        native_step_s=900,
        independence="cloudflare",
        sees=message("how many bytes flow between the place and Cloudflare, compared with the window's highest value"),
        cannot_see=_CANNOT,
    ),
    Signal(
        id="radar.http",
        source=SOURCE,
        name=message("Cloudflare: requests of web pages"),
        kind=SignalKind.TRAFFIC,
        unit=_UNIT,
        native_step_s=900,
        independence="cloudflare",
        sees=message("how many requests come from the place, compared with the window's highest value"),
        cannot_see=_CANNOT,
    ),
    Signal(
        id="radar.bgp",
        source=SOURCE,
        name=message("Cloudflare: changes of routes"),
        kind=SignalKind.COUNT,
        unit="messages",
        native_step_s=900,
        independence="routing",
        sees=message("how often routes of a network are announced or withdrawn; both rise when something breaks"),
        cannot_see=message("whether the network can be reached; a quiet network sends few messages"),
        direction=Direction.NONE,
    ),
    Signal(
        id="radar.share",
        source=SOURCE,
        name=message("Cloudflare: a share in per cent"),
        kind=SignalKind.INDEX,
        unit="per cent",
        native_step_s=3600,
        independence="cloudflare",
        sees=message("how traffic divides, such as between telephones and desktop computers"),
        cannot_see=message("how much traffic there is; all of it may be gone while its shares stay"),
        direction=Direction.NONE,
    ),
)
"""Everything of Radar that Kuager reads as a series."""

_LONGEST_HOURLY_DAYS = 40
_MOST_NETWORKS = 5
_PAGE, _MOST_FINDINGS = 100, 5_000
_LISTS_LONGEST_DAYS = 365
_FINDINGS_SETTLE_S = 30 * DAY_S
"""People write annotations, and write when something ended only once it has."""


def _plan(question: Question) -> Iterator[Request | Absence]:
    """Traffic of the country and of its largest networks, each as one window; findings without the days before."""
    if question.place.startswith("AS"):
        yield from _of_place(question, question.place)
        return
    if question.place != question.country:
        start, end = question.without_lead
        yield Absence(
            f"traffic of {question.place}",
            start,
            end,
            Note(message("Cloudflare Radar is asked by country and by network, not by region."), {}),
        )
        return
    yield from _of_place(question, question.country)
    for network in question.networks[:_MOST_NETWORKS]:
        yield from _traffic(question, network)


def _of_place(question: Question, place: str) -> Iterator[Request | Absence]:
    yield from _traffic(question, place)
    for path in ("annotations/outages", "traffic_anomalies"):
        # settled days too: what was answered is not asked again, but may lead to a page that is still to be asked for
        for start, end in spans(question.without_lead, frozenset(), _LISTS_LONGEST_DAYS):
            yield _findings(path, place, start, end, 0)


def _traffic(question: Question, place: str) -> Iterator[Request | Absence]:
    start, end = question.with_lead
    interval = "1h"
    if end - question.start > _LONGEST_HOURLY_DAYS * DAY_S:
        interval = "1d"
    else:
        start = max(start, end - _LONGEST_HOURLY_DAYS * DAY_S)
    # an hour that is not over would look like a drop, and the API takes no time that has not come
    until = min(end, question.now - question.now % 3600)
    if until <= start:
        return
    for endpoint in ("netflows", "http"):
        yield Request(
            topic=f"{endpoint} of {place}",
            path=f"{endpoint}/timeseries",
            parameters=(
                ("name", place),
                _filter(place),
                ("dateStart", _utc(start)),
                ("dateEnd", _utc(until)),
                ("aggInterval", interval),
                ("normalization", "MIN0_MAX"),
                ("format", "json"),
            ),
            kind=f"radar:{endpoint}",
            place=place,
            start=start,
            end=end,
            whole_window=True,
        )


def _findings(path: str, place: str, start: int, end: int, offset: int) -> Request:
    return Request(
        topic=f"{path} of {place}" if offset == 0 else f"{path} of {place} after {offset}",  # each page is needed
        path=path,
        parameters=(
            _filter(place),
            ("dateStart", _utc(start)),
            ("dateEnd", _utc(end - 1)),  # the API counts the end in
            ("limit", str(_PAGE)),
            ("offset", str(offset)),
            ("format", "json"),
        ),
        kind="radar",
        place=place,
        start=start,
        end=end,
        empty_is_an_answer=True,
        settles_s=_FINDINGS_SETTLE_S,
    )


def _follow(request: Request, answer: bytes) -> Iterator[Request | Absence]:
    """The next page of a list of findings, until one is empty: a page may be smaller than was asked for."""
    offset, found = dict(request.parameters).get("offset"), how_many(answer)
    if offset is not None and found and int(offset) + found < _MOST_FINDINGS:
        yield _findings(request.path, request.place, request.start, request.end, int(offset) + found)


def _filter(place: str) -> tuple[str, str]:
    return ("asn", place.removeprefix("AS")) if place.startswith("AS") else ("location", place)


def _utc(seconds: int) -> str:
    return format_utc(from_epoch(seconds))


OFFER = Offer(
    source=SOURCE,
    address="https://api.cloudflare.com/client/v4/radar",
    plan=_plan,
    follow=_follow,
    pause_s=0.5,
)
