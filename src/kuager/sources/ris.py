"""RIPE RIS: the archive of routes that its collectors hear. Listed here, fetched and read elsewhere.

``https://data.ris.ripe.net/rrc00/2022.01/`` lists ``bview.20220105.0800.gz``, all routes, every eight hours from
midnight UTC, and ``updates.20220105.0805.gz``, their changes, every five minutes. Before summer 2003 changes were
written about every fifteen minutes, at odd minutes. Source: RIPE NCC's description of its data sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from kuager.errors import message
from kuager.model.signals import Signal, Source
from kuager.model.time import from_epoch
from kuager.sources.offer import DAY_S, Absence, Offer, Question, Request

SOURCE = Source(
    id="ris",
    name=message("RIPE RIS: lists of files"),
    home="https://ris.ripe.net/",
    licence="",
    sees=message("every change of every route that its peers tell its collectors, to the second"),
    cannot_see=message("a cut behind routes that stay announced; routes that none of its peers hears"),
    limits=message("no limit is published; hundreds of gigabytes, so only lists are fetched unasked"),
)

SIGNALS: tuple[Signal, ...] = ()
"""Its files are listed; series are made of them elsewhere."""

COLLECTORS = ("rrc00", "rrc13", "rrc20", "rrc21")
"""Amsterdam with peers of the whole world, Moscow, Zurich and Paris."""

_NAMES = {"bview": timedelta(hours=8), "updates": timedelta(minutes=5)}


def ris_files(collector: str, start: datetime, end: datetime) -> list[str]:
    """Paths of the files that a window should have, in order of time, tables before changes.

    Args:
        collector: such as ``rrc00``.
        start: the first moment, in UTC; a file that begins before it is not among them.
        end: the window's end, not included.
    """
    found = [
        (moment, f"{collector}/{moment:%Y.%m}/{name}.{moment:%Y%m%d.%H%M}.gz")
        for name, every in _NAMES.items()
        for moment in moments(start, end, every)
    ]
    return [path for _, path in sorted(found)]


def moments(start: datetime, end: datetime, every: timedelta) -> Iterator[datetime]:
    """The moments of a window that are whole multiples of a step since midnight."""
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    moment = midnight - (midnight - start) // every * every
    while moment < end:
        yield moment
        moment += every


def _months(question: Question, topic: str) -> Iterator[tuple[datetime, int, int]]:
    """Every month that the window touches and that is not settled: its first moment, and what its list tells of.

    A list is of a whole month whatever the window, so it is an answer about all days of the month so far.
    """
    settled = question.settled(topic)
    start, end = question.without_lead
    so_far = question.now - question.now % DAY_S + DAY_S
    for first, last in sorted({_month(day) for day in range(start, end, DAY_S) if day not in settled}):
        yield from_epoch(first), first, min(last, so_far)


def _month(day: int) -> tuple[int, int]:
    """The first second of a day's month, and its end."""
    first = from_epoch(day).replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return int(first.timestamp()), int(following.timestamp())


def lists(question: Question, topic: str, above: str, below: str = "") -> Iterator[Request]:
    """What asks for an archive's lists of files, one for each month; ``above`` and ``below`` it lie in their paths."""
    for month, start, end in _months(question, topic):
        yield Request(
            topic=topic,
            path=f"{above}{month:%Y.%m}/{below}",
            parameters=(),
            kind="listing",
            place="",
            start=start,
            end=end,
        )


def _plan(question: Question) -> Iterator[Request | Absence]:
    for collector in COLLECTORS:
        yield from lists(question, f"files of {collector}", f"{collector}/")


OFFER = Offer(source=SOURCE, address="https://data.ris.ripe.net", plan=_plan, pause_s=2.0)
