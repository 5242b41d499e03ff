"""How many measurements of sites and apps said neither blocked nor open, and why: silence would read as "open".

Each measurement counts once, by the first of the reasons below that its verdict names. What is said of a place is
about its measurements, in full on the list of episodes and in short on each; how files were read is said of the case
alone, for a line that cannot be read has no place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kuager.case.folder import Case
from kuager.case.verdicts import has_public_name, of_services, remarks_on_reading, services, times
from kuager.detection.blocking.unstable import down_share
from kuager.episodes.measurements import ALL, DOWN, NAMELESS, OTHERS, REASONS, UNDECIDED, UNSTABLE
from kuager.model.notes import Note
from kuager.model.verdicts import VerdictKind

Table = Any

_MOST_FREQUENT = 2
"""Reasons that an episode gives itself."""
LEAST_DOWN, LEAST_DOWN_SHARE, MOST_NAMED = 5, 0.2, 5
"""A service is often down while so large a share of what is measured within three days says so; it is named from so
many such measurements on, no more than five of them."""
_COLUMNS = ("source", "uid", "test", "domain", "place", "network", "start", "received", "verdict", "anomaly", "reasons")
_MUTE = pa.array([VerdictKind.FAILED.value, VerdictKind.DOWN.value])


class NotJudged:
    """What was not judged in a case; its verdicts are read once."""

    def __init__(self, case: Case) -> None:
        """The verdicts of the case must be up to date."""
        self._rows = of_services(case, _COLUMNS)
        self.of_reading = remarks_on_reading(case)

    def at(self, place: str) -> tuple[Note, ...]:
        """What is to be said of a country or a network: how many, and why; nothing where all are judged."""
        rows, counts = self._counted(place)
        sentences = (*REASONS.values(), DOWN, UNDECIDED, NAMELESS)
        return _told(rows, counts, [(one, counts[one]) for one in sentences if counts[one]])

    def in_short(self, place: str) -> tuple[Note, ...]:
        """What an episode says of a country or a network: how many, and the most frequent reasons."""
        rows, counts = self._counted(place)
        frequent = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_MOST_FREQUENT]
        others = counts.total() - sum(count for _, count in frequent)
        return _told(rows, counts, [*frequent, *([(OTHERS, others)] if others else [])])

    def _counted(self, place: str) -> tuple[Table, Counter[str]]:
        """The measurements of a place, and for how many of them each reason holds; no reason for none."""
        rows = self._at(place)
        named = has_public_name(rows)
        nameless = rows.num_rows - pc.sum(named, min_count=0).as_py()
        mute = rows.filter(pc.and_(named, pc.is_in(rows["verdict"], _MUTE)))
        counts = Counter(_why(mute["verdict"].to_pylist(), mute["reasons"].to_pylist())) + Counter({NAMELESS: nameless})
        return rows, counts

    def measurements_at(self, place: str) -> int:
        """How many measurements of sites and services there are of a country or a network, told or not."""
        return int(self._at(place).num_rows)

    def _at(self, place: str) -> Table:
        return self._rows.filter(pc.equal(self._rows["network" if place.startswith("AS") else "place"], place))


def _told(rows: Table, counts: Counter[str], reasons: Iterable[tuple[str, int]]) -> tuple[Note, ...]:
    if not counts:
        return ()
    return (
        Note(ALL, {"all": str(rows.num_rows), "count": str(counts.total())}),
        *(Note(template, {"count": str(count)}) for template, count in reasons),
        *_unstable(rows.filter(has_public_name(rows))),
    )


def _unstable(rows: Table) -> Iterator[Note]:
    """The sites and services that were down for everybody again and again, most often first."""
    rows = rows.filter(pc.is_valid(times(rows)))
    names = np.array(services(rows).to_pylist(), dtype=np.str_)
    verdicts = np.array(rows["verdict"].to_pylist(), dtype=np.str_)
    fell, told = (
        verdicts == VerdictKind.DOWN.value,
        np.isin(verdicts, [VerdictKind.OK.value, VerdictKind.BLOCKED.value]),
    )
    targets = np.unique(names, return_inverse=True)[1].astype(np.int64)
    often = down_share(times(rows).to_numpy().astype(np.int64), targets, told, fell) >= LEAST_DOWN_SHARE
    every = Counter(names[often & (told | fell)].tolist())
    down = Counter(names[often & fell].tolist())
    for service, count in sorted(down.items(), key=lambda one: (-one[1], one[0]))[:MOST_NAMED]:
        if count < LEAST_DOWN:
            break
        yield Note(UNSTABLE, {"service": service, "down": str(count), "all": str(every[service])})


def _why(verdicts: Iterable[str], reasons: Iterable[list[str]]) -> Iterator[str]:
    for verdict, told in zip(verdicts, reasons, strict=True):
        if verdict == VerdictKind.DOWN.value:
            yield DOWN
        else:
            yield next((said for reason, said in REASONS.items() if reason in told), UNDECIDED)
