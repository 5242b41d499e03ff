"""The controls of own series: which of those that are named can be used, and what is said of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kuager.codecs.own_series import SeriesOfTable
from kuager.codecs.text import excerpt
from kuager.detection.controlled import LEAST_CONTROLS, Own
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.series import Times

NAMED = 5
"""So many names stand in a remark."""


class Falling(Sequence[Own]):
    """Those of the series of a table that are judged for losses; each is made when it is asked for."""

    def __init__(self, every: SeriesOfTable, steps: Times, judged: list[int]) -> None:
        """Take the series of a table, the steps of all of them, and which of them are judged."""
        self._every = every
        self._steps = steps
        self._judged = judged
        self._places: dict[str, int] = {}
        if every.has_controls:
            self._places = {every.names[index]: place for place, index in enumerate(judged)}

    def __len__(self) -> int:
        return len(self._judged)

    def __getitem__(self, place: Any) -> Any:
        """One series with the places of those of its controls that can be used."""
        index = self._judged[place]
        one = self._every[index]
        return Own(one.times, one.values, int(self._steps[index]), one.kind, tuple(self.controls(index).values()))

    def controls(self, index: int) -> dict[str, int]:
        """The controls of a series of the table that can be used, and their places."""
        one = self._every[index]
        named = {name: self._places[name] for name in one.controls if name in self._places and name != one.name}
        return {name: place for name, place in named.items() if self._steps[self._judged[place]] == self._steps[index]}

    def remarks(self, index: int, *, rises: bool) -> Iterator[Note]:
        """Which of the controls that a series of the table names are not used, and why."""
        one = self._every[index]
        if rises:
            yield Note(message("Its controls were not used: they are for kinds that fall."), {})
            return
        usable = self.controls(index)
        unknown = [name for name in dict.fromkeys(one.controls) if not self._every.holds(name)]
        useless = [name for name in dict.fromkeys(one.controls) if self._every.holds(name) and name not in usable]
        if unknown:
            yield Note(message("These of its controls are not in the file: {names}."), {"names": _listed(unknown)})
        if useless:
            template = message(
                "These of its controls say nothing: {names}. A control is another series of the same step that can be "
                "judged and falls when something happens."
            )
            yield Note(template, {"names": _listed(useless)})
        if len(usable) < LEAST_CONTROLS:
            template = message("It was judged without controls: {least} are needed, and {count} can be used.")
            yield Note(template, {"least": str(LEAST_CONTROLS), "count": str(len(usable))})


def _listed(names: Sequence[str]) -> str:
    """The first of some names, cleaned."""
    return ", ".join(excerpt(name) for name in names[:NAMED]) + (", …" if len(names) > NAMED else "")
