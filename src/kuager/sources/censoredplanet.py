"""Censored Planet (University of Michigan): measurements of blocking from outside, twice a week, as files to fetch.

It has no address to ask: raw data are archives of a measurement's day. Source: its documentation of the raw data.
"""

from __future__ import annotations

from collections.abc import Iterator

from kuager.errors import message
from kuager.model.signals import Signal, Source
from kuager.model.words import Direction, SignalKind
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

SIGNALS = (
    Signal(
        id="censoredplanet.reached",
        source=SOURCE,
        name=message("Censored Planet: tests that were answered as they should be"),
        kind=SignalKind.COUNT,
        unit="per cent of measurements that were not blocked",
        native_step_s=86_400,
        independence="censoredplanet",
        sees=message("which share of the measurements of the blocked names from outside was let through"),
        cannot_see=message("what people's own connections are like; days without a measurement"),
        direction=Direction.NONE,
    ),
)
"""It gives measurements; the one series is made of verdicts on them."""


def _plan(question: Question) -> Iterator[Absence]:
    yield by_hand("results of Hyperquack and Satellite", question)


OFFER = Offer(source=SOURCE, address="https://data.censoredplanet.org", plan=_plan)
