"""Iran, November 2019, by county: when each fell, how many did, and that nobody saw the end in these data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from kuager.detection import Edge, Finding
from kuager.episodes.findings import Examined
from kuager.evaluation.labelled.documented import documented, labels, moment
from kuager.evaluation.labelled.examining import examined, months, trusted
from kuager.evaluation.labelled.judgement import Judgement, absent, clock, described, holds_moment
from kuager.evaluation.labelled.reading import connectivity
from kuager.evaluation.shapes import DAY_S

NAME = "Iran, November 2019"
ZONE = "Asia/Tehran"
MOST = 0.9
"""Share of counties between the first and the last tenth left out: the spread of onsets."""


def judge(folder: Path) -> list[Judgement]:
    """What is claimed of it; see :func:`kuager.evaluation.labelled.judge`."""
    file = folder / "regional" / "iran-2019-11-counties.csv"
    if missing := absent(NAME, "a loss in every county", [file, labels(folder)]):
        return missing
    case = documented(folder, "IR-2019-11")
    counties = {name: examined(one) for name, one in connectivity(file, case.country, ZONE).items()}
    first, last = moment(case.start).earliest, moment(case.full_by).latest
    lost = {name: found for name, one in counties.items() if (found := _the_loss(one, last)) is not None}
    return [
        _scope(counties, lost, last),
        _onsets(lost, first, last),
        _spread(lost, first, last),
        _censored(counties, lost),
        _before(counties, lost),
    ]


def _the_loss(county: Examined, moment_s: int) -> Finding | None:
    """The event that is under way, or begins, around the time at which everything is documented to be cut."""
    return next(
        (
            finding
            for finding in trusted(county.detection)
            if finding.start.best < moment_s + DAY_S and (finding.end is None or finding.end.best > moment_s)
        ),
        None,
    )


def _scope(counties: Mapping[str, Examined], lost: Mapping[str, Finding], last: int) -> Judgement:
    others = [_why_not(name, one, last) for name, one in counties.items() if name not in lost]
    depths = np.array([finding.depth for finding in lost.values()])
    return Judgement(
        f"{NAME}: counties",
        f"a loss in all {len(counties)}",
        f"in {len(lost)}, {len(lost) / len(counties):.0%}, median depth {np.median(depths) if lost else 0:.2f}",
        holds=len(lost) == len(counties),
        remark="; ".join(others),
    )


def _why_not(name: str, county: Examined, last: int) -> str:
    """What the data of a county show after the documented cut, and what detection made of it."""
    series = county.series
    before, after = series.values[series.times < last], series.values[series.times >= last]
    seen = [described(finding) for finding in county.detection.findings]
    return (
        f"{name}: median {np.nanmedian(before):.0f} before and {np.nanmedian(after):.0f} after, "
        f"detected {'; '.join(seen) or 'nothing'}"
    )


def _onsets(lost: Mapping[str, Finding], first: int, last: int) -> Judgement:
    inside = {name for name, finding in lost.items() if holds_moment(finding.start, first, last)}
    outside = sorted((lost[name].start.best, name) for name in lost if name not in inside)
    return Judgement(
        f"{NAME}: onset by county",
        f"between {clock(first)} and {clock(last)}",
        f"in {len(inside)} of {len(lost)}",
        holds=len(inside) == len(lost) > 0,
        remark="; ".join(f"{name} {clock(start)}" for start, name in outside),
    )


def _spread(lost: Mapping[str, Finding], first: int, last: int) -> Judgement:
    order = sorted((finding.start.best, name) for name, finding in lost.items())
    starts = np.array([start for start, _ in order], dtype=np.float64)
    share = (1 - MOST) / 2
    early, middle, late = np.quantile(starts, (share, 0.5, 1 - share)) if lost else (np.nan, np.nan, np.nan)
    return Judgement(
        f"{NAME}: spread of onsets",
        f"nine tenths within {(last - first) / 3600:.0f} hours",
        f"{clock(early)}, {clock(middle)}, {clock(late)} (5, 50, 95 per cent)" if lost else "none",
        holds=bool(late - early <= last - first),
        remark=f"First {_named(order[:3])}; last {_named(order[-3:])}. An hour is the step of the data.",
    )


def _named(order: list[tuple[int, str]]) -> str:
    return ", ".join(f"{name} {clock(start)}" for start, name in order)


def _censored(counties: Mapping[str, Examined], lost: Mapping[str, Finding]) -> Judgement:
    closed = {name: finding.end for name, finding in lost.items() if finding.end is not None}
    end = max(one.end_of_data for one in counties.values())
    return Judgement(
        f"{NAME}: end",
        f"none: the data stop on {clock(end)}, before the restoration",
        f"none in {len(lost) - len(closed)} of {len(lost)}",
        holds=not closed and bool(lost),
        remark="; ".join(f"{name} {_span(edge)}" for name, edge in closed.items()),
    )


def _span(edge: Edge) -> str:
    return f"{clock(edge.earliest)} to {clock(edge.latest)}"


def _before(counties: Mapping[str, Examined], lost: Mapping[str, Finding]) -> Judgement:
    early = [
        (name, finding)
        for name, one in counties.items()
        for finding in trusted(one.detection)
        if finding is not lost.get(name)
    ]
    watched = sum(months(one.series) for one in counties.values())
    return Judgement(
        f"{NAME}: other events",
        "none is documented",
        f"{len(early)} in {watched:.1f} county-months",
        holds=not early,
        remark="; ".join(f"{name} {described(finding)}" for name, finding in early),
    )
