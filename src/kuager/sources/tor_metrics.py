"""Tor Metrics: what it offers and how its tables are fetched.

Users are estimated per country and UTC day from the requests for directories that relays and bridges count; estimates
come about two days late and are corrected for a while, so a day is taken as settled after four. The site says that its
data are free under CC0. Source: the site's own pages on its data and licences.
"""

from __future__ import annotations

from collections.abc import Iterator

from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.signals import Signal, Source
from kuager.model.time import format_utc, from_epoch
from kuager.model.words import SignalKind
from kuager.sources.offer import DAY_S, Absence, Offer, Question, Request

SOURCE = Source(
    id="tor",
    name="Tor Metrics",
    home="https://metrics.torproject.org/",
    licence="CC0-1.0",
    sees=message("how many people of a country reach Tor, day by day; a rise tells that they need it"),
    cannot_see=message("hours, regions and networks; Tor alone being blocked looks like a shutdown"),
    limits=message("none is published; the tables of a country are small and asked for once"),
)

SIGNALS = (
    Signal(
        id="tor.relay-users",
        source=SOURCE,
        name=message("Tor: users who connect directly"),
        kind=SignalKind.USERS,
        unit="users",
        native_step_s=DAY_S,
        independence="tor",
        sees=message("estimated people who reach Tor's public relays in a day"),
        cannot_see=message("shutdowns shorter than a day; Tor alone being blocked looks the same"),
    ),
    Signal(
        id="tor.bridge-users",
        source=SOURCE,
        name=message("Tor: users through bridges"),
        kind=SignalKind.USERS,
        unit="users",
        native_step_s=DAY_S,
        independence="tor",
        sees=message("estimated people who reach Tor by ways that are not public; it rises when Tor is blocked"),
        cannot_see=message("shutdowns shorter than a day; in small countries there are too few to tell anything"),
    ),
    Signal(
        id="tor.direct-users",
        source=SOURCE,
        name=message("Tor: users who connect directly (estimates before 2012)"),
        kind=SignalKind.USERS,
        unit="users",
        native_step_s=DAY_S,
        independence="tor",
        sees=message("people who reached Tor's public relays, estimated from a few directories"),
        cannot_see=message("its own failures: it jumps and falls for the whole world when its directories do"),
    ),
)
"""Everything of Tor Metrics that Kuager reads as a series."""

_LONGEST_DAYS = 365
_LARGEST = 8 * 2**20
_TABLES = {"relay users": "userstats-relay-country.csv", "bridge users": "userstats-bridge-country.csv"}


def _plan(question: Question) -> Iterator[Request | Absence]:
    """Users of relays and of bridges, by spans of a year at most."""
    if question.place != question.country:
        start, end = question.without_lead
        yield Absence(
            f"users of {question.place}", start, end, Note(message("Tor counts its users by country only."), {})
        )
        return
    for users, path in _TABLES.items():
        topic = f"{users} of {question.country}"
        for start, end in question.spans(question.with_lead, topic, _LONGEST_DAYS):
            yield Request(
                topic=topic,
                path=path,
                parameters=(
                    ("start", _date(start)),
                    ("end", _date(end - DAY_S)),  # the last day is counted in
                    ("country", question.country.lower()),
                    ("events", "off"),
                ),
                kind="tor-users",
                place=question.country,
                start=start,
                end=end,
                largest=_LARGEST,
            )


def _date(seconds: int) -> str:
    return format_utc(from_epoch(seconds))[:10]


OFFER = Offer(
    source=SOURCE,
    address="https://metrics.torproject.org",
    plan=_plan,
    pause_s=1.0,
    settles_s=4 * DAY_S,
)
