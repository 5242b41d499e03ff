"""Censored Planet (University of Michigan): measurements of blocking from outside, twice a week, as files to fetch.

It has no address to ask: raw data are archives of a measurement's day. Source: its documentation of the raw data.
"""

from __future__ import annotations

from collections.abc import Iterator

from kuager.errors import message
from kuager.model.signals import Signal, Source
from kuager.sources.offer import Absence, Offer, Question, by_hand

SOURCE = Source(
    id="censoredplanet",
    name="Censored Planet, University of Michigan",
    home="https://censoredplanet.org/",
    licence="",
    sees=message("which names are blocked on the way to servers and at resolvers of many countries, seen from outside"),
    cannot_see=message("what people's own connections are like; countries with few suitable servers; short events"),
    limits=message("archives of several gigabytes per day of measurement, fetched by hand"),
)

SIGNALS: tuple[Signal, ...] = ()
"""It gives measurements, not series."""


def _plan(question: Question) -> Iterator[Absence]:
    yield by_hand("results of Hyperquack and Satellite", question)


OFFER = Offer(source=SOURCE, address="https://data.censoredplanet.org", plan=_plan)
