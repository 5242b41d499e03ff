"""The exhibits of a pack, numbered the same each time, and which of them bears out what.

First the record itself (the head of the log, the settings, the operators, the version of the episode, the method), then
what was received, in the order of the log, then documents that are cited, then legal instruments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kuager.accountability.citing import Citation
from kuager.accountability.questions import INSTRUMENTS, Instrument
from kuager.accountability.rows.row import Row
from kuager.publications.pack.held import DerivedFile, Held, LogHead, OwnFile, SealedObject


class ExhibitKind(StrEnum):
    """What an exhibit is."""

    LOG = "log"
    SETTINGS = "settings"
    OPERATORS = "operators"
    EPISODE = "episode"
    METHOD = "method"
    MEASUREMENT = "measurement"
    RECORD = "record"
    REGISTER = "register"
    OWN_WORDS = "own-words"
    DOCUMENT = "document"
    CITED = "cited"
    INSTRUMENT = "instrument"


_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
OF_OBJECTS = {
    "record": ExhibitKind.RECORD,
    "register": ExhibitKind.REGISTER,
    "own-words": ExhibitKind.OWN_WORDS,
    "document": ExhibitKind.DOCUMENT,
}
"""What is received and is no measurement."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One exhibit, and what it is: bytes of the bundle, or a document or an instrument that is only cited."""

    number: int
    kind: ExhibitKind
    of: LogHead | OwnFile | DerivedFile | SealedObject | Citation | Instrument


class Exhibits:
    """All exhibits of a pack.

    Args:
        held: what the pack is made from.
        citations: every document that is cited in the case, and may be.
        law: whether legal instruments are among them.
    """

    def __init__(self, held: Held, citations: Iterable[Citation], *, law: bool) -> None:
        self._held = held
        self.all: list[Exhibit] = []
        self._of_object: dict[str, int] = {}
        self._of_citation: dict[str, int] = {}
        self._of_instrument: dict[str, int] = {}
        self.log = self._take(ExhibitKind.LOG, held.head)
        self.settings = self._take(ExhibitKind.SETTINGS, held.settings)
        self.operators = self._take(ExhibitKind.OPERATORS, held.operators) if held.operators else self.settings
        self.episode = self._take(ExhibitKind.EPISODE, held.derived)
        self.method = self._take(ExhibitKind.METHOD, held.derived)
        for one in held.objects:
            if one.digest not in self._of_object:
                self._of_object[one.digest] = self._take(OF_OBJECTS.get(one.kind, ExhibitKind.MEASUREMENT), one)
        for cited in sorted(citations, key=lambda one: one.id):
            number = self._of_object.get(cited.object.removeprefix("sha256:"))
            self._of_citation[cited.id] = number or self._take(ExhibitKind.CITED, cited)
        for instrument in INSTRUMENTS.values() if law else ():
            self._of_instrument[instrument.id] = self._take(ExhibitKind.INSTRUMENT, instrument)

    def of_signals(self, signals: Iterable[str] = ()) -> tuple[int, ...]:
        """What bears out what signals show: the version of the episode, and the bytes that their series came from.

        Without signals, or where nothing came from the source of one, all measurements that the episode rests on. A
        file of series that somebody wrote may be behind any signal.
        """
        inputs = frozenset(self._held.view.episode.inputs)
        measured = [one for one in self._held.objects if one.digest in inputs and one.kind not in OF_OBJECTS]
        sources = {signal.partition(".")[0] for signal in signals}
        behind = [one for one in measured if _comes_from(one, sources)]
        return (self.episode, *sorted({self._of_object[one.digest] for one in behind or measured}))

    def of_sources(self, sources: Iterable[str]) -> tuple[int, ...]:
        """Of documents by their ids; those that are not in the case are left out."""
        return tuple(sorted({self._of_citation[one] for one in sources if one in self._of_citation}))

    def of_named(self, *texts: str) -> tuple[int, ...]:
        """Of documents that sentences name by their ids, such as T039."""
        return self.of_sources(word for text in texts for word in _ID.findall(text))

    def of_row(self, row: Row) -> tuple[int, ...]:
        """Of a row of a register: the file that it stands in, and what it cites."""
        return self.of_told(row.id, row.sources)

    def of_told(self, name: str, sources: Iterable[str]) -> tuple[int, ...]:
        """As :meth:`of_row`, by the id of the row."""
        digest = self._held.told_in.get(name, "")
        stands_in = {self._of_object[digest]} if digest in self._of_object else set()
        return tuple(sorted(stands_in | set(self.of_sources(sources)))) or (self.log,)

    def of_object(self, digest: str) -> tuple[int, ...]:
        """Of an object; the record as a whole where it is not in the bundle."""
        return (self._of_object.get(digest, self.log),)

    def of_instruments(self, names: Sequence[str]) -> tuple[int, ...]:
        """Of legal instruments by their ids."""
        return tuple(self._of_instrument[one] for one in names if one in self._of_instrument)

    def _take(
        self, kind: ExhibitKind, of: LogHead | OwnFile | DerivedFile | SealedObject | Citation | Instrument
    ) -> int:
        number = len(self.all) + 1
        self.all.append(Exhibit(number, kind, of))
        return number


def _comes_from(one: SealedObject, sources: Iterable[str]) -> bool:
    return one.kind == "series" or any(one.source == source or one.kind.startswith(source) for source in sources)


def together(*numbers: Iterable[int]) -> tuple[int, ...]:
    """Numbers of exhibits, each once, in order."""
    return tuple(sorted({one for some in numbers for one in some}))
