"""What a comparison of a detection with a documented case comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kuager.detection import Edge, Finding
from kuager.model.time import format_utc, from_epoch


@dataclass(frozen=True, slots=True)
class Judgement:
    """One claim about a documented case.

    Attributes:
        name: the case and what of it is judged.
        wanted: what the documents say.
        found: what detection gives.
        holds: whether both agree; false where there was nothing to judge.
        remark: where they do not agree, why; and what a reader should know of the data.
        judged: whether there were data.
    """

    name: str
    wanted: str
    found: str
    holds: bool
    remark: str = ""
    judged: bool = True


def absent(name: str, wanted: str, files: Iterable[Path]) -> list[Judgement]:
    """One judgement for a case of which files are not there, or none when all are."""
    missing = ", ".join(f"{file.parent.name}/{file.name}" for file in files if not file.is_file())
    if not missing:
        return []
    return [Judgement(name, wanted, "nothing: the data are absent", holds=False, remark=missing, judged=False)]


def clock(seconds: float) -> str:
    """A time to the minute: ``2022-01-05 10:30Z``."""
    return format_utc(from_epoch(seconds))[:16].replace("T", " ") + "Z"


def described(finding: Finding) -> str:
    """A finding in one line: start, end, depth, probability."""
    end = clock(finding.end.best) if finding.end is not None else "open"
    return f"{clock(finding.start.best)} to {end}, depth {finding.depth:.2f}, p {finding.probability:.2f}"


def holds_moment(edge: Edge, earliest: float, latest: float) -> bool:
    """Whether an edge can lie within an interval of seconds since the epoch, ends included."""
    return edge.earliest <= latest and earliest <= edge.latest
