"""Tor's direct users 2009 to 2011: China's and Iran's blocking, and an instrument that failed for the whole world.

Countries with a hundred users or fewer are left out: what few people do is not a country's. Each blocking must be found
in its country and, at its date, in no other; the world-wide falls of September 2009 must be called the instrument's;
and what China lost must survive that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kuager.codecs import tor_users
from kuager.detection import Finding
from kuager.detection.order import Mask, median
from kuager.episodes.findings import Examined
from kuager.evaluation.labelled.documented import Moment, documented, labels, moment
from kuager.evaluation.labelled.examining import together, trusted
from kuager.evaluation.labelled.judgement import Judgement, absent, clock, described, holds_moment
from kuager.evaluation.shapes import DAY_S
from kuager.model.series import Series, Values

NAME = "Tor"
LEAST_USERS = 100
NEAR_S = 3 * DAY_S
"""Two daily onsets this near to each other are of the same date."""
BEFORE_S = 60 * DAY_S
_CASES = (("China, September 2009", "CN-TOR-2009"), ("Iran, January 2011", "IR-TOR-2011"))
_LEAST_RATIO = 1e-3
_INSTRUMENT = ("2009-09-01T00:00:00Z", "2009-10-01T00:00:00Z")


@dataclass(frozen=True, slots=True)
class _World:
    """Every country with enough users: judged alone, judged with the others, and when the source failed."""

    alone: Mapping[str, Examined]
    again: Mapping[str, Examined]
    failing: Mapping[str, Mask]


def judge(folder: Path) -> list[Judgement]:
    """What is claimed of it; see :func:`kuager.evaluation.labelled.judge`."""
    file = folder / "tor" / "direct-users.csv"
    if missing := absent(NAME, "a loss in China and in Iran", [file, labels(folder)]):
        return missing
    every = [one for one in tor_users.decode(file.read_bytes()).series if _has_users(one)]
    judged = together(every)
    world = _World(
        alone={one.series.place: one for one in judged.alone},
        again={one.series.place: one for one in judged.again},
        failing={one.place: common.failing for one, common in zip(every, judged.shared, strict=True)},
    )
    found = [_instrument(world)]
    for name, identifier in _CASES:
        case = documented(folder, identifier)
        start = moment(case.start)
        found += [_blocked(name, case.country, start, world), _nowhere_else(name, case.country, start, world)]
    return found


def _has_users(series: Series) -> bool:
    return bool(np.nanmedian(series.values) > LEAST_USERS) if np.isfinite(series.values).any() else False


def _instrument(world: _World) -> Judgement:
    first, last = (moment(text).earliest for text in _INSTRUMENT)
    days = sorted(
        {
            int(time)
            for place, mask in world.failing.items()
            for time in world.alone[place].detection.grid.times[mask].tolist()
        }
    )
    inside = [day for day in days if first <= day < last]
    return Judgement(
        f"{NAME}: the instrument, September 2009",
        f"fails for all {len(world.alone)} countries with more than {LEAST_USERS} users",
        ", ".join(clock(day)[:10] for day in inside) or "does not",
        holds=bool(inside),
        remark=f"It is held to have failed on {len(days)} of the days from August 2009 to January 2011.",
    )


def _the_loss(one: Examined, start: Moment) -> Finding | None:
    """The event, however improbable, that contains the documented day or begins near it."""
    return max(
        (
            finding
            for finding in one.detection.findings
            if holds_moment(finding.start, start.earliest - NEAR_S, start.latest + NEAR_S)
            or (
                finding.start.best <= start.earliest
                and (finding.end is None or finding.end.best > start.latest + DAY_S)
            )
        ),
        key=lambda finding: finding.features.evidence,
        default=None,
    )


def _blocked(name: str, country: str, start: Moment, world: _World) -> Judgement:
    alone, again = (_the_loss(every[country], start) for every in (world.alone, world.again))
    sure = again is not None and again in trusted(world.again[country].detection)
    right = again is not None and holds_moment(again.start, start.earliest, start.latest)
    return Judgement(
        f"{NAME}: {name}",
        f"a loss from {clock(start.earliest)[:10]} on that survives the instrument's failures",
        described(again) if again is not None else "nothing",
        holds=sure and right,
        remark="; ".join(
            [
                f"Judged alone: {described(alone) if alone is not None else 'nothing'}",
                *(["its onset is another day's"] if again is not None and not right else []),
                *(["it is less probable than even"] if again is not None and not sure else []),
                _known(world.again[country], start),
            ]
        ),
    )


def _known(one: Examined, start: Moment) -> str:
    """How many days of the two months before were measured: what is ordinary can be learnt from no others."""
    times = one.detection.grid.times[one.detection.observed]
    days = int(np.count_nonzero((times < start.earliest) & (times >= start.earliest - BEFORE_S)))
    return f"{days} of the 60 days before were measured"


def _nowhere_else(name: str, country: str, start: Moment, world: _World) -> Judgement:
    others = [
        f"{place} {described(finding)}"
        for place, one in world.again.items()
        if place != country
        for finding in trusted(one.detection)
        if holds_moment(finding.start, start.earliest - NEAR_S, start.latest + NEAR_S)
    ]
    return Judgement(
        f"{NAME}: {name}, elsewhere",
        "no loss that begins within three days in any other country",
        f"{len(others)} of {len(world.again) - 1}",
        holds=not others,
        remark="; ".join([*others, _disagreement(world, start)]),
    )


def _disagreement(world: _World, start: Moment) -> str:
    """How far countries lie from each other around a date and usually: what an ailing instrument shows first."""
    here, usually = [], []
    for one in world.again.values():
        found = one.detection
        distance = np.abs(np.log(np.maximum(found.ratio, _LEAST_RATIO)))
        near = np.abs(found.grid.times - start.earliest) <= NEAR_S
        here.append(distance[near])
        usually.append(distance)
    return (
        f"Around that date the median country lies {_factor(here)} away from what its own past and the other countries "
        f"let expect, usually {_factor(usually)}"
    )


def _factor(distances: list[Values]) -> str:
    return f"{np.expm1(median(np.concatenate(distances))):.0%}"
