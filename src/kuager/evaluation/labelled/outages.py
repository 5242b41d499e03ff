"""What was no shutdown: Venezuela's power failure of July 2019, Tonga's eruption of January 2022.

Detection must find them, for people lost access, and nothing in a series may name an order as their cause.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from kuager.codecs import radar
from kuager.detection import Finding
from kuager.episodes import grade
from kuager.episodes.findings import Examined
from kuager.episodes.fuse import episode_clusters
from kuager.evaluation.labelled.documented import Moment, documented, labels, moment
from kuager.evaluation.labelled.examining import examined, trusted
from kuager.evaluation.labelled.judgement import Judgement, absent, clock, described, holds_moment
from kuager.evaluation.labelled.reading import connectivity
from kuager.evaluation.shapes import DAY_S
from kuager.model.words import CauseValue

VENEZUELA, TONGA = "Venezuela, July 2019", "Tonga, January 2022"


def judge(folder: Path) -> list[Judgement]:
    """What is claimed of both; see :func:`kuager.evaluation.labelled.judge`."""
    return [*_venezuela(folder), *_tonga(folder)]


def _venezuela(folder: Path) -> list[Judgement]:
    file = folder / "regional" / "venezuela-2019-07-power-failure.csv"
    if missing := absent(VENEZUELA, "a loss in every state", [file, labels(folder)]):
        return missing
    case = documented(folder, "VE-2019-07-22")
    states = {name: examined(one) for name, one in connectivity(file, case.country, "America/Caracas").items()}
    start = moment(case.start)
    near = {name: _nearest(one, start) for name, one in states.items()}
    lost = {name: finding for name, finding in near.items() if finding is not None}
    right = [name for name, finding in lost.items() if holds_moment(finding.start, start.earliest, start.latest)]
    return [
        Judgement(
            f"{VENEZUELA}: states",
            f"a loss in all {len(states)}",
            f"in {len(lost)}",
            holds=len(lost) == len(states),
            remark="; ".join(_undetected(name, one) for name, one in states.items() if name not in lost),
        ),
        Judgement(
            f"{VENEZUELA}: onset",
            clock(start.earliest),
            f"within the interval in {len(right)} of {len(lost)}: {_starts(lost)}",
            holds=len(right) == len(lost) > 0,
            remark=_ramp(states, lost),
        ),
        _cause(VENEZUELA, list(states.values())),
    ]


def _nearest(one: Examined, start: Moment) -> Finding | None:
    """The trusted event that begins within a day of the documented start, the nearest of several."""
    found = [f for f in trusted(one.detection) if abs(f.start.best - start.earliest) <= DAY_S]
    return min(found, key=lambda finding: abs(finding.start.best - start.earliest), default=None)


def _undetected(name: str, one: Examined) -> str:
    seen = "; ".join(map(described, one.detection.findings))
    return f"{name}: lowest {np.nanmin(one.series.values):.0f}, detected {seen or 'nothing'}"


def _starts(lost: Mapping[str, Finding]) -> str:
    starts, counts = np.unique([finding.start.best for finding in lost.values()], return_counts=True)
    return ", ".join(f"{clock(start)} in {count}" for start, count in zip(starts, counts, strict=True))


def _ramp(states: Mapping[str, Examined], lost: Mapping[str, Finding]) -> str:
    """How long the fall itself takes in these data: from the last full value to the lowest of the next hours."""
    hours = []
    for name, finding in lost.items():
        grid = states[name].detection.grid
        lowest = int(np.nanargmin(grid.values[finding.first : finding.first + 12]))
        hours.append((lowest + 1) * grid.step_s / 3600)
    return (
        f"The index takes {np.median(hours):.0f} hours (median) from the detected start to its lowest value: it comes "
        "smoothed over hours, so that a failure of minutes begins in it before it began."
        if hours
        else ""
    )


def _tonga(folder: Path) -> list[Judgement]:
    daily = folder / "cloudflare" / "tonga_2022-01-05_03-18_netflows_daily.csv"
    hourly = folder / "cloudflare" / "tonga_2022-01-14_18_netflows_hourly.csv"
    if missing := absent(TONGA, "a loss of five weeks", [daily, hourly, labels(folder)]):
        return missing
    case = documented(folder, "TO-2022-01")
    start, end = moment(case.start), moment(case.end)
    days, hours = (_netflows(file, case.country) for file in (daily, hourly))
    by_day, by_hour = _nearest(days, start), _nearest(hours, start)
    return [
        Judgement(
            f"{TONGA}: by days",
            f"{clock(start.earliest)} to {clock(end.earliest)[:10]}",
            described(by_day) if by_day else "nothing",
            holds=by_day is not None
            and by_day.end is not None
            and holds_moment(by_day.start, start.earliest, start.latest)
            and holds_moment(by_day.end, end.earliest, end.latest),
        ),
        Judgement(
            f"{TONGA}: by hours",
            f"from {clock(start.earliest)} on, open",
            described(by_hour) if by_hour else "nothing",
            holds=by_hour is not None
            and by_hour.end is None
            and holds_moment(by_hour.start, start.earliest, start.latest),
            remark=_ordinary(hours, start) if by_hour is None else "",
        ),
        _cause(TONGA, [days, hours]),
    ]


def _netflows(file: Path, country: str) -> Examined:
    (series,) = radar.decode(file.read_bytes(), country, "netflows").series
    return examined(series)


def _ordinary(one: Examined, start: Moment) -> str:
    """How much of a series lies before a documented start, and what detection takes for its noise."""
    before = np.count_nonzero(one.series.times < start.earliest)
    noise = float(np.median(one.detection.noise_at(0, one.detection.grid.values.size)[0]))
    return (
        f"{before} of its {one.series.times.size} samples lie before the loss. What is ordinary is learnt from all of "
        f"them, most of them low; the noise comes out as {noise:.2f} of the expectation."
    )


def _cause(name: str, every: Sequence[Examined]) -> Judgement:
    why = grade.cause(())
    count = sum(len(episode_clusters([one])) for one in every)
    return Judgement(
        f"{name}: cause",
        "not an order",
        f"{why.value.value}; episodes made of one series alone: {count}",
        holds=why.value is CauseValue.UNKNOWN,
        remark="Without a document no episode is called a shutdown.",
    )
