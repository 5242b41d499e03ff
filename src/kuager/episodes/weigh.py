"""From what all groups say of an interval to the probability that something was lost in it.

A logistic function of features of the whole candidate, not a sum over samples: summed likelihoods let one glitching
source outvote all others, and groups are not wrong independently of each other. Its weights are fitted on simulated
worlds in which the truth is known (``benchmarks/fit_fusion.py``); they stand in ``fusion.toml`` beside this file, with
how good they are on worlds that were held out.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from kuager.episodes.agreement import Core
from kuager.episodes.findings import Sighting
from kuager.episodes.voices import Place, Voice, voices

FEATURES: dict[str, int] = {
    "own_odds": 1,
    "own_depth": 1,
    "hours_not_borne_out": 0,
    "own_depth_hours": 1,
    "own_edge": 1,
    "own_coverage": 0,
    "own_dips_alone": -1,
    "own_unshared": -1,
    "others": 1,
    "others_odds": 1,
    "others_depth": 1,
    "others_edges": 1,
    "others_dips_alone": -1,
    "networks": 1,
    "missed": -1,
    "missed_share": -1,
    "alone": -1,
    "alone_missed": -1,
    "rising": 1,
}
"""Each feature and the sign that its weight may have; 0 is either. A fit that wants another sign gets no weight: what a
feature stands for must hold for places with more groups than the simulated ones have."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One event as the core of an episode, and what every group says of its interval.

    Attributes:
        anchor: the event.
        core: its interval.
        own: the voice of the anchor's group.
        others: the voices of all other groups whose signals fall.
        rising: those of the groups whose signals rise.
    """

    anchor: Sighting
    core: Core
    own: Voice
    others: tuple[Voice, ...]
    rising: tuple[Voice, ...]

    @classmethod
    def of(cls, place: Place, anchor: Sighting) -> Candidate:
        """Hear everyone at a place about one event."""
        core = Core.of(anchor)
        falling, rising = voices(place, core)
        own = next(voice for voice in falling if voice.group == anchor.group)
        others = tuple(voice for voice in falling if voice.group != anchor.group)
        return cls(anchor, core, own, others, tuple(rising))

    def features(self) -> tuple[float, ...]:
        """The numbers that the weights multiply, in the order of ``FEATURES``."""
        finding, length = self.anchor.finding, math.log1p(self.core.length_s / 3_600)
        chance = finding.probability
        saw = [voice for voice in self.others if voice.best is not None]
        missed = sum((1.0 - voice.share) * voice.power for voice in self.others)
        support = sum(voice.strength for voice in saw)
        alone = 1.0 / (1.0 + 4.0 * support)
        networks = sum(voice.strength * voice.depth for voice in saw if _looks_at_networks(voice))
        if self.anchor.examined.looks_at_networks:
            networks += self.own.share * chance * finding.depth
        return (
            math.log(chance / (1.0 - chance)),
            finding.depth,
            length / (1.0 + support),
            finding.depth * length,
            finding.features.edge,
            self.anchor.examined.coverage(self.core.start, self.core.end),
            math.log1p(self.own.dips_alone),
            1.0 - self.own.share,
            support,
            sum(voice.share * voice.agreement * max(0.0, voice.log_odds) for voice in saw),
            sum(voice.strength * voice.depth for voice in saw),
            sum(voice.strength * voice.edges for voice in saw),
            sum(voice.strength * math.log1p(voice.dips_alone) for voice in saw),
            networks,
            missed,
            missed / (1.0 + support + missed),
            alone,
            alone * missed,
            min(1.0, sum(voice.strength for voice in self.rising)),
        )

    def probability(self) -> float:
        """That something was lost in most of the core."""
        return fitted().chance(self.features())

    def probability_without_rises(self) -> float:
        """The same with rising signals not heard: they never make an episode."""
        return fitted().chance((*self.features()[:-1], 0.0))


@dataclass(frozen=True, slots=True)
class Fitted:
    """What ``fusion.toml`` says: a logistic function of ``FEATURES`` and what an episode must reach."""

    intercept: float
    weights: tuple[float, ...]
    threshold: float

    def chance(self, features: Sequence[float]) -> float:
        """Strictly between 0 and 1, rounded to four digits so that it prints as it is."""
        score = self.intercept + sum(weight * value for weight, value in zip(self.weights, features, strict=True))
        return round(min(0.9999, max(0.0001, 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, score)))))), 4)


@cache
def fitted() -> Fitted:
    """The weights in use."""
    table = tomllib.loads(resources.files(__package__).joinpath("fusion.toml").read_text("utf-8"))
    weights = tuple(float(table["weights"][name]) for name in FEATURES)
    return Fitted(float(table["intercept"]), weights, float(table["threshold"]))


def _looks_at_networks(voice: Voice) -> bool:
    return voice.best is not None and voice.best.examined.looks_at_networks
