"""RIPEstat (RIPE NCC): what it offers and how its Data API is asked.

The manual sets no number of requests, allows eight at the same time from one address, asks whoever regularly makes more
than 1,000 a day to register, and asks every program to name itself in ``sourceapp``. It names no longest window either;
rows of five minutes are 330 bytes each, so a week of them is two thirds of a megabyte. Times are UTC, ends are counted
in: the last sample asked for is the one before the next day. Changes of routes are indexed since January 2024 only, as
the manual of ``bgp-updates`` says (of 31 July 2025). Of a large network they come in hundreds of thousands, so they
are asked for day by day, of a few networks, and of the collectors that Kuager lists the files of.

Its terms (RIPEstat Service Terms and Conditions, article 3) allow analysis, monitoring and research with attribution,
and ask for RIPE NCC's written permission before its data are passed on or used commercially.
Source: RIPEstat's manual of the Data API and of each call.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from kuager.codecs.ripestat.stats import UNITS
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.signals import Signal, Source
from kuager.model.time import from_epoch
from kuager.model.words import SignalKind
from kuager.sources.offer import DAY_S, Absence, Offer, Question, Request
from kuager.sources.ris import COLLECTORS

SOURCE = Source(
    id="ripestat",
    name="RIPEstat, RIPE NCC",
    home="https://stat.ripe.net/",
    licence="RIPEstat Service Terms and Conditions",
    non_commercial=True,
    passed_on=False,
    sees=message("how many routes to a country's networks RIPE's collectors hear, and when each route came and went"),
    cannot_see=message(
        "a cut behind routes that stay announced; in the history of routes, what is shorter than 8 hours"
    ),
    limits=message(
        "eight requests at a time, and registration above 1,000 a day; Kuager asks one a second at most. "
        "Its data may not be passed on or sold without RIPE NCC's permission."
    ),
)

_CANNOT = message("a cut behind routes that stay announced: filtering, whitelists, mobile access switched off")

_V4 = Signal(
    id="ripestat.v4_prefixes_ris",
    source=SOURCE,
    name=message("RIPEstat: routed IPv4 prefixes"),
    kind=SignalKind.BGP,
    unit=UNITS["ripestat.v4_prefixes_ris"],
    native_step_s=300,
    independence="routing",
    sees=message("how many IPv4 prefixes of the country are announced to RIPE's collectors"),
    cannot_see=_CANNOT,
)

_V6 = Signal(
    id="ripestat.v6_prefixes_ris",
    source=SOURCE,
    name=message("RIPEstat: routed IPv6 prefixes"),
    kind=SignalKind.BGP,
    unit=UNITS["ripestat.v6_prefixes_ris"],
    native_step_s=300,
    independence="routing",
    sees=message("how many IPv6 prefixes of the country are announced to RIPE's collectors"),
    cannot_see=_CANNOT,
)

_NETWORKS = Signal(
    id="ripestat.asns_ris",
    source=SOURCE,
    name=message("RIPEstat: routed networks"),
    kind=SignalKind.BGP,
    unit=UNITS["ripestat.asns_ris"],
    native_step_s=300,
    independence="routing",
    sees=message("how many networks of the country are seen in routes at RIPE's collectors"),
    cannot_see=message("a network that loses all but one of its routes; a cut behind routes that stay announced"),
)

SIGNALS = (_V4, _V6, _NETWORKS)
"""Everything of RIPEstat that Kuager reads as a series."""

_STEP_S = 300
_STATS_LONGEST_DAYS = 7
_ROUTES_LONGEST_DAYS = 365
_MOST_NETWORKS, _MOST_OF_CHANGES = 5, 3
_CHANGES_SINCE = int(datetime(2024, 2, 1, tzinfo=UTC).timestamp())
_LARGEST_CHANGES = 64 * 2**20
_CHANGES_DAYS = 14
"""So many days of a few networks: more would be gigabytes, and more requests a day than RIPEstat wants."""
_COLLECTORS = ",".join(str(int(name.removeprefix("rrc"))) for name in COLLECTORS)


def _plan(question: Question) -> Iterator[Request | Absence]:
    """A country's counts and networks, and the routes of its largest networks or of the network asked about."""
    if question.place.startswith("AS"):
        yield from _routes(question, question.place)
        yield from _changes(question, question.place)
        return
    start, end = question.without_lead
    if question.place != question.country:
        reason = Note(message("RIPEstat is asked by country and by network, not by region."), {})
        yield Absence(f"routes of {question.place}", start, end, reason)
        return
    yield from _counts(question)
    if start < end:
        yield _members(question.country, start)
    for network in question.networks[:_MOST_NETWORKS]:
        yield from _routes(question, network)
    for network in question.networks[:_MOST_OF_CHANGES]:
        yield from _changes(question, network)


def _counts(question: Question) -> Iterator[Request]:
    topic = f"country-resource-stats of {question.country}"
    for start, end in question.spans(question.with_lead, topic, _STATS_LONGEST_DAYS):
        yield Request(
            topic=topic,
            path="country-resource-stats/data.json",
            parameters=(
                ("resource", question.country.lower()),
                ("starttime", _utc(start)),
                ("endtime", _utc(end - _STEP_S)),
                ("resolution", "5m"),
                ("sourceapp", "kuager"),
            ),
            kind="ripestat",
            place=question.country,
            start=start,
            end=end,
        )


def _members(country: str, start: int) -> Request:
    """The country's networks at the beginning of the window, one of the moments at which RIS dumps its tables."""
    return Request(
        topic=f"country-asns of {country}",
        path="country-asns/data.json",
        parameters=(
            ("resource", country.lower()),
            ("query_time", _utc(start)),
            ("lod", "1"),
            ("sourceapp", "kuager"),
        ),
        kind="ripestat",
        place=country,
        start=start,
        end=start + DAY_S,
        counts=False,
    )


def _routes(question: Question, network: str) -> Iterator[Request]:
    topic = f"routing-history of {network}"
    for start, end in question.spans(question.without_lead, topic, _ROUTES_LONGEST_DAYS):
        yield Request(
            topic=topic,
            path="routing-history/data.json",
            parameters=(
                ("resource", network),
                ("starttime", _utc(start)),
                ("endtime", _utc(end - 1)),
                ("sourceapp", "kuager"),
            ),
            kind="ripestat",
            place=network,
            start=start,
            end=end,
            empty_is_an_answer=True,  # a route that lasts begins on one day only
        )


def _changes(question: Question, network: str) -> Iterator[Request | Absence]:
    topic = f"bgp-updates of {network}"
    start, end = question.without_lead
    indexed = min(max(start, _CHANGES_SINCE), end)
    if start < indexed:
        reason = Note(message("RIPEstat has single changes of routes since February 2024 only."), {})
        yield Absence(topic, start, indexed, reason)
    asked_until = min(end, indexed + _CHANGES_DAYS * DAY_S)
    if asked_until < end:
        template = message("Single changes of routes are fetched for {days} days; ask for a shorter window.")
        reason = Note(template, {"days": str(_CHANGES_DAYS)})
        yield Absence(f"{topic} after {_CHANGES_DAYS} days", asked_until, end, reason)
    for day, next_day in question.spans((indexed, asked_until), topic, 1):
        yield Request(
            topic=topic,
            path="bgp-updates/data.json",
            parameters=(
                ("resource", network),
                ("starttime", _utc(day)),
                ("endtime", _utc(next_day - 1)),
                ("rrcs", _COLLECTORS),
                ("sourceapp", "kuager"),
            ),
            kind="ripestat",
            place=network,
            start=day,
            end=next_day,
            largest=_LARGEST_CHANGES,
            empty_is_an_answer=True,
        )


def _utc(seconds: int) -> str:
    """A time as RIPEstat's manual writes it: ISO 8601 in UTC, without a zone."""
    return f"{from_epoch(seconds):%Y-%m-%dT%H:%M:%S}"


OFFER = Offer(source=SOURCE, address="https://stat.ripe.net/data", plan=_plan, pause_s=1.0)
