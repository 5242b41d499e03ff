"""The evaluation protocol: which worlds, which seeds, and how many of them. What is scored stands in ``evaluate``.

Seeds are of three classes. Whoever fits anything draws from the *training* seeds, whoever compares methods or chooses a
threshold from the *tuning* seeds, and nobody draws from the *sealed* ones but ``kuager evaluate`` itself: what was
looked at while a method was made says nothing of how good it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from kuager.evaluation import second
from kuager.evaluation.bootstrap import bootstrapped
from kuager.evaluation.cuts import cut_worlds
from kuager.evaluation.fused_cases import cases
from kuager.evaluation.plans import Simulation
from kuager.evaluation.real import quiet_stretches
from kuager.evaluation.sensors import failing_worlds
from kuager.evaluation.worlds import worlds


class Part(StrEnum):
    """A part of the protocol, each with a seed of its own."""

    WORLDS = "worlds"
    BOOTSTRAP = "bootstrap"
    SECOND = "second"
    FAILING = "failing"
    SECOND_FAILING = "second failing"
    CASES = "cases"
    ONLINE = "online"
    THROTTLING = "throttling"
    BLOCKING = "blocking"


def _seeds(first: int) -> Mapping[Part, int]:
    return MappingProxyType({part: first + number for number, part in enumerate(Part)})


TUNING_SEEDS = _seeds(1)
TRAINING_SEEDS = _seeds(11)
SEALED_SEEDS = _seeds(299_792_458)

THROTTLING_MONTHS = 4
"""Months of throttling for each world: of 400 without a false verdict, one in a hundred can be ruled out."""
BLOCKING_MONTHS = 5
"""Months of one target that is blocked, for each world of a generator: they are drawn and judged in no time."""

LEAST_EMPTY = 0.7
"""At least this share of the months of places holds no event: with more of them precision would be flattered."""


class Generator(Protocol):
    """Worlds one after the other; world i is the same whatever ``count`` is."""

    def __call__(self, seed: int, count: int) -> Iterator[Simulation]:
        """Draw ``count`` worlds."""


@dataclass(frozen=True, slots=True)
class Source:
    """A generator of worlds, its seed, and how many worlds are drawn from it."""

    part: Part
    seed: int
    count: int
    draw: Generator

    def simulations(self) -> Iterator[Simulation]:
        """The worlds."""
        return self.draw(self.seed, self.count)


@dataclass(frozen=True, slots=True)
class Months:
    """Months of measurements that are no worlds: their part, their seed, and how many of each kind are drawn."""

    part: Part
    seed: int
    count: int


@dataclass(frozen=True, slots=True)
class Protocolled:
    """Everything that is drawn.

    Attributes:
        sealed: whether the seeds are the sealed ones.
        single: worlds for single series and, place by place, for episodes.
        fused: cases for episodes.
        failing: worlds in which a whole source fails.
        online: worlds for the live detector.
        throttling: the seed and number of months for throttling, which have a generator of their own.
        blocking: the same for blocking, of each setting.
        bootstrap_missing: whether no real series were there to draw from.
    """

    sealed: bool
    single: tuple[Source, ...]
    fused: Source
    failing: tuple[Source, ...]
    online: Source
    throttling: Months
    blocking: Months
    bootstrap_missing: bool

    @property
    def sources(self) -> tuple[Source, ...]:
        """All of them."""
        return (*self.single, self.fused, *self.failing, self.online)

    @property
    def drawn(self) -> tuple[Source | Months, ...]:
        """All of them, and what is drawn beside them."""
        return (*self.sources, self.throttling, self.blocking)


def protocolled(count: int, folder: Path | None, *, sealed: bool) -> Protocolled:
    """What is drawn for a number of worlds.

    Args:
        count: worlds of each generator of single series; everything else is in proportion.
        folder: where the real data lie, if anywhere.
        sealed: whether to draw from the sealed seeds or from those for tuning.

    Raises:
        CodecError: a real file is not what its name says.
    """
    seeds = SEALED_SEEDS if sealed else TUNING_SEEDS

    def source(part: Part, number: int, draw: Generator) -> Source:
        return Source(part, seeds[part], max(1, number), draw)

    quiet = quiet_stretches(folder)
    single = [source(Part.WORLDS, count, partial(worlds, failure_rate=0.0))]
    if quiet:
        single.append(source(Part.BOOTSTRAP, count, partial(bootstrapped, quiet)))
    single.append(source(Part.SECOND, count, second.worlds))
    return Protocolled(
        sealed=sealed,
        single=tuple(single),
        fused=source(Part.CASES, 2 * count, cases),
        failing=(
            source(Part.FAILING, 3 * -(-count // 12), failing_worlds),
            source(Part.SECOND_FAILING, -(-count // 12), second.failing_worlds),
        ),
        online=source(Part.ONLINE, -(-count // 4), cut_worlds),
        throttling=Months(Part.THROTTLING, seeds[Part.THROTTLING], THROTTLING_MONTHS * count),
        blocking=Months(Part.BLOCKING, seeds[Part.BLOCKING], BLOCKING_MONTHS * count),
        bootstrap_missing=not quiet,
    )
