"""How far the timing of an outage resembles that of outages that were ordered: a resemblance, never the cause itself.

A logistic function of when it began, how long it lasted and whether it came back at the same hour. Its weights are
learnt from a list of outages that people curated (Bischof et al., "Destination Unreachable", SIGCOMM 2023) by
``benchmarks/fit_cause.py`` and stand in ``cause.toml`` with how well they do in countries left out of the learning.
What is not known of an episode is left out of the function, not guessed: there is one set of weights for each
combination of what can be known. A start that is not known to ten minutes has no clock time, and is not judged.

Timing never makes an order of an outage: at most it makes one *suspected*, and only where outages came back at the same
clock time and nothing measured supports another explanation.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources

import msgspec

from kuager.episodes.findings import Examined
from kuager.episodes.fuse import Cluster
from kuager.errors import UsageError, message
from kuager.model.episodes import Alternative, Cause, CauseFeature
from kuager.model.notes import Note
from kuager.model.places import find, zones
from kuager.model.time import from_epoch, local
from kuager.model.words import AlternativeStatus, CauseValue, Explanation, Level

SUSPECTED_AT = 0.8
"""The probability from which an outage that came back at the same clock time is suspected to have been ordered."""
SUREST = 0.95
"""No probability is told beyond this and its complement: the list knows orders of too few countries for more."""
RESOLUTION_S = 600
"""The clock time of a start that is not known to ten minutes is not known."""
RECURS_WITHIN_S = 4 * 86_400 + 3_600
SAME_CLOCK_MIN = 10
MEASURED_BEFORE = 0.75
"""Of the days in which an earlier outage is looked for, so much must have been measured."""
SHORTEST_H, LONGEST_H = 1 / 6, 24.0
"""Lengths beyond these say no more than these: longer ones were too few to learn from."""

_DAY_MIN = 1_440


@dataclass(frozen=True, slots=True)
class Timing:
    """What is known of when an outage happened.

    Attributes:
        minute: of its start, counted from midnight on the clocks of the place.
        hours: its length; None while it lasts.
        earlier: how many outages the place had in the four days before; None where those were not measured.
        same_clock: how many of them began at the same clock time.
    """

    minute: int
    hours: float | None
    earlier: int | None
    same_clock: int

    @property
    def known(self) -> str:
        """The name of the set of weights that goes with what is known."""
        recurrence = "" if self.earlier is None else ", recurrence"
        return f"clock{recurrence}" if self.hours is None else f"clock{recurrence}, length"

    def values(self) -> dict[str, float]:
        """The features by name as a reader counts them: hours, numbers of outages, 0 or 1."""
        told = {
            "on-the-hour": float(self.minute % 60 < SAME_CLOCK_MIN),
            "on-the-half-hour": float(30 <= self.minute % 60 < 30 + SAME_CLOCK_MIN),
        }
        if self.hours is not None:
            told["hours"] = self.hours
        if self.earlier is not None:
            told["outages-before"] = float(self.earlier)
            told["outages-at-the-same-time"] = float(self.same_clock)
        return told


def transformed(name: str, value: float) -> float:
    """The number that the weight of a feature multiplies."""
    if name == "hours":
        return math.log(min(max(value, SHORTEST_H), LONGEST_H))
    return math.log1p(value) if name.startswith("outages-") else value


def timing(
    start: int, *, resolution_s: int, end: int | None, earlier: Iterable[int] | None, zone: str
) -> Timing | None:
    """The timing of an outage; None where its start is not known to ten minutes.

    Args:
        start: seconds since the epoch.
        resolution_s: how far off the start may be.
        end: the same, None while it lasts.
        earlier: starts of other outages of the place; None where nobody measured the days before.
        zone: tz database name of the clocks of the place.
    """
    if resolution_s > RESOLUTION_S:
        return None
    minute = _minute(start, zone)
    before = [one for one in earlier or () if 0 < start - one <= RECURS_WITHIN_S]
    same = sum(_apart(minute, _minute(one, zone)) <= SAME_CLOCK_MIN for one in before)
    hours = None if end is None else max(0, end - start) / 3_600
    return Timing(minute, hours, None if earlier is None else len(before), same)


def _minute(moment: int, zone: str) -> int:
    there = local(from_epoch(moment), zone)
    return there.hour * 60 + there.minute


def _apart(one: int, other: int) -> int:
    """Minutes between two times of day, the shorter way around midnight."""
    apart = abs(one - other)
    return min(apart, _DAY_MIN - apart)


@dataclass(frozen=True, slots=True)
class Model:
    """One set of weights: of the features as :func:`transformed`, counted from their means over the list."""

    intercept: float
    weights: dict[str, float]
    means: dict[str, float]

    def contributions(self, values: dict[str, float]) -> dict[str, float]:
        """What each feature adds to the log-odds, from the average outage of the list."""
        return {
            name: weight * (transformed(name, values[name]) - self.means[name]) for name, weight in self.weights.items()
        }

    def probability(self, values: dict[str, float]) -> float:
        """At most ``SUREST`` either way, rounded so that it prints as it is."""
        score = self.intercept + sum(self.contributions(values).values())
        return round(min(SUREST, max(1.0 - SUREST, 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, score)))))), 3)


@dataclass(frozen=True, slots=True)
class Learnt:
    """The weights for each combination of what can be known, and the list from which they were learnt."""

    outages: int
    ordered: int
    countries_with_orders: int
    models: dict[str, Model]

    @property
    def base_rate(self) -> float:
        """The share of the list that was ordered."""
        return self.ordered / self.outages


@cache
def learnt() -> Learnt:
    """What ``cause.toml`` holds."""
    table = tomllib.loads(resources.files(__package__).joinpath("cause.toml").read_text("utf-8"))
    models = {
        name: Model(row["intercept"], dict(row["weights"]), dict(row["means"])) for name, row in table["models"].items()
    }
    rows = table["list"]
    return Learnt(rows["outages"], rows["ordered"], rows["countries_with_orders"], models)


def timing_of(place: str, cluster: Cluster, others: Sequence[Cluster]) -> Timing | None:
    """The timing of an episode among the other episodes of its place; None where it cannot be judged.

    Args:
        place: its code; without a country its clocks are not known.
        cluster: the episode.
        others: the episodes of that place, this one among them or not.
    """
    zone = _zone(place, cluster)
    if zone is None:
        return None
    edge = cluster.start
    witnesses = [sighting.examined for sighting in cluster.sightings]
    return timing(
        edge.best,
        resolution_s=max(edge.best - edge.earliest, edge.latest - edge.best),
        end=cluster.end.best if cluster.end is not None else None,
        earlier=[one.first for one in others] if _measured_before(witnesses, edge.best) else None,
        zone=zone,
    )


def _measured_before(witnesses: Iterable[Examined], start: int) -> bool:
    return any(one.coverage(start - RECURS_WITHIN_S, start) >= MEASURED_BEFORE for one in witnesses)


def _zone(place: str, cluster: Cluster) -> str | None:
    for code in (place, place.partition("-")[0]):
        try:
            known = zones(find(code), (from_epoch(cluster.first) + timedelta(hours=12)).date())[0]
        except UsageError:
            continue
        return None if known == "UTC" else known  # the zone of a network whose country nobody knows
    return None


def cause(documented: Cause, when: Timing | None, alternatives: Sequence[Alternative]) -> Cause:
    """The cause as documents name it, with what timing adds: at most a suspicion.

    Args:
        documented: what documents say.
        when: the timing, None where it cannot be judged.
        alternatives: the other explanations, tested.
    """
    if when is None:
        return msgspec.structs.replace(documented, notes=(_not_judged(),))
    model = learnt().models[when.known]
    values = when.values()
    chance = model.probability(values)
    added = model.contributions(values)
    judged = msgspec.structs.replace(
        documented,
        probability=chance,
        features=tuple(CauseFeature(name, round(values[name], 3), round(added[name], 3)) for name in added),
    )
    if documented.value is not CauseValue.UNKNOWN:
        return msgspec.structs.replace(judged, notes=(_beside_documents(chance), _of_the_list()))
    supported = [one.explanation for one in alternatives if one.status is AlternativeStatus.SUPPORTED]
    if chance >= SUSPECTED_AT and when.same_clock and not supported:
        notes = (_resembles(chance), _of_the_list(), _others_keep_clock_times())
        return msgspec.structs.replace(judged, value=CauseValue.SUSPECTED, level=Level.SIGNAL, notes=notes)
    return msgspec.structs.replace(judged, notes=(_not_suspected(chance, when, supported), _of_the_list()))


def _share(value: float) -> str:
    """A share of 0 to 1 in whole per cent, never 0 or 100."""
    return str(min(99, max(1, round(100 * value))))


def _not_judged() -> Note:
    return Note(
        message("Its timing is not judged: the clock time of its start is not known to ten minutes."),
        {},
    )


def _resembles(chance: float) -> Note:
    template = message(
        "It came back at the same clock time, and its timing resembles that of outages that were ordered: among "
        "outages of such timing in a curated list, about {chance} in 100 were. That is a resemblance in time. It is no "
        "evidence that anyone ordered this outage, nor of who did."
    )
    return Note(template, {"chance": _share(chance)})


def _beside_documents(chance: float) -> Note:
    template = message(
        "What documents say does not rest on its timing. By its timing alone, about {chance} in 100 such outages of a "
        "curated list were ordered: that neither confirms the documents nor contradicts them."
    )
    return Note(template, {"chance": _share(chance)})


def _not_suspected(chance: float, when: Timing, supported: Sequence[Explanation]) -> Note:
    facts = {"chance": _share(chance)}
    if chance >= SUSPECTED_AT and supported:
        template = message(
            "Its timing resembles that of outages that were ordered (about {chance} in 100 such outages of a curated "
            "list), but what was measured supports another explanation, so no order is suspected."
        )
    elif chance >= SUSPECTED_AT and not when.same_clock:
        template = message(
            "Its timing resembles that of outages that were ordered (about {chance} in 100 such outages of a curated "
            "list), but it did not come back at the same clock time, and a single outage is not enough to suspect one."
        )
    else:
        template = message(
            "Its timing is not enough to suspect an order: about {chance} in 100 such outages of a curated list were "
            "ordered. That does not mean that there was none."
        )
    return Note(template, facts)


def _of_the_list() -> Note:
    known = learnt()
    template = message(
        "The list holds {outages} outages of whole countries from 2018 to 2022, of which {ordered} were ordered "
        "({base} in 100), in {countries} countries only. It takes outages whose cause nobody named for not ordered. "
        "Read the figure as a rough comparison, and not as the chance that this outage was ordered."
    )
    facts = {
        "outages": str(known.outages),
        "ordered": str(known.ordered),
        "base": _share(known.base_rate),
        "countries": str(known.countries_with_orders),
    }
    return Note(template, facts)


def _others_keep_clock_times() -> Note:
    return Note(
        message("Planned power cuts, maintenance and opening hours keep clock times, too."),
        {},
    )
