"""M-Lab (Measurement Lab): speed tests that people start themselves, as files to fetch or rows to export.

Its archive is asked through accounts at a storage provider, so nothing is asked of it here. Source: M-Lab's
documentation of NDT.
"""

from __future__ import annotations

from collections.abc import Iterator

from kuager.errors import message
from kuager.model.signals import Signal, Source
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

SIGNALS: tuple[Signal, ...] = ()
"""It gives measurements, not series."""


def _plan(question: Question) -> Iterator[Absence]:
    yield by_hand("speed tests", question)


OFFER = Offer(source=SOURCE, address="https://www.measurementlab.net", plan=_plan)
