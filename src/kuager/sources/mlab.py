"""M-Lab (Measurement Lab): speed tests that people start themselves, as files to fetch or rows to export.

Its archive is asked through accounts at a storage provider, so nothing is asked of it here. Source: M-Lab's
documentation of NDT.
"""

from __future__ import annotations

from collections.abc import Iterator

from kuager.errors import message
from kuager.model.signals import Signal, Source
from kuager.model.words import Direction, SignalKind
from kuager.sources.offer import Absence, Offer, Question, by_hand

SOURCE = Source(
    id="mlab",
    name="M-Lab, NDT",
    home="https://www.measurementlab.net/",
    licence="CC0-1.0",
    sees=message("how fast connections were for people who tested them: a slow-down that leaves everything reachable"),
    cannot_see=message("a full cut, in which nobody can test; few tests in small countries; who tests when it is slow"),
    limits=message("archives of a day's tests, fetched by hand"),
)

SIGNALS = (
    Signal(
        id="mlab.speeds",
        source=SOURCE,
        name=message("M-Lab: how fast connections were"),
        kind=SignalKind.THROUGHPUT,
        unit="",
        native_step_s=86_400,
        independence="mlab",
        sees=message("whether speed tests were slower than usual on the same network"),
        cannot_see=message("connections of people who do not test; whether a slow line was slowed by somebody"),
        direction=Direction.NONE,
    ),
)
"""It gives measurements; what is slow is told from several of them."""


def _plan(question: Question) -> Iterator[Absence]:
    yield by_hand("speed tests", question)


OFFER = Offer(source=SOURCE, address="https://www.measurementlab.net", plan=_plan)
