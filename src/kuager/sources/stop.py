"""STOP, the register of shutdowns of the #KeepItOn coalition (Access Now): a spreadsheet without a stable address.

Source: the published sheets.
"""

from __future__ import annotations

from collections.abc import Iterator

from kuager.errors import message
from kuager.model.signals import Signal, Source
from kuager.sources.offer import Absence, Offer, Question, by_hand

SOURCE = Source(
    id="stop",
    name="STOP, Access Now and the #KeepItOn coalition",
    home="https://www.accessnow.org/campaign/keepiton/",
    licence="",
    sees=message("shutdowns that people documented, who ordered them and why, back to 2016"),
    cannot_see=message("hours; shutdowns that nobody reported; anything newer than the last edition"),
    limits=message("one spreadsheet, a few editions a year, fetched by hand"),
)

SIGNALS: tuple[Signal, ...] = ()
"""It gives records of shutdowns, not series."""


def _plan(question: Question) -> Iterator[Absence]:
    yield by_hand("records of shutdowns", question)


OFFER = Offer(source=SOURCE, address="https://www.accessnow.org", plan=_plan)
