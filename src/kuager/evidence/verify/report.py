"""What a check of a bundle found: what holds, what fails, what was not checked, and what nothing here can prove."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from kuager.errors import KuagerError, message
from kuager.model.notes import Note

LONGEST_FACT = 300
"""Characters of a word out of a bundle that are shown."""

FILES = message("Files")
CUSTODY = message("Custody")
LOG = message("The log")
ENTRIES = message("Entries of the log")
SPOKEN_OF = message("What the entries speak of")
FIELDS = message("Opened fields")
TIME = message("Time")
DERIVED = message("Derived again")

TRUTH = message(
    "That nothing was changed does not show that it was true: a measurement can be wrong, a document false, before "
    "anybody logs it."
)
OWN_KEYS = message(
    "Some keys come from the bundle itself, and whoever made the bundle chose them. Compare their fingerprints with "
    "those that were published elsewhere, and give the keys with --key, --policy, --custodian and --tsa-root."
)
NOT_DERIVED = message(
    "That the results come out of what was received was not checked: it takes the program to derive them again."
)
COMPLETENESS = message(
    "What nobody logged cannot be seen here: the bundle shows that what it has is unchanged, not that "
    "it has everything."
)
NOT_EARLIER = message(
    "Times show that something was there not later than then. Nothing shows when what it speaks of happened but the "
    "measurements and documents themselves."
)


class Outcome(StrEnum):
    """What came of one check."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        subject: the group that it belongs to, a message.
        outcome: what came of it.
        note: the sentence.
        place: the file of the bundle that it is about, if it is about one.
        further: what that means and what to do, if there is more to say.
    """

    subject: str
    outcome: Outcome
    note: Note
    place: str = ""
    further: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """The first entries of the log were there before a moment, by somebody's word. ``anchored``: by a trusted key."""

    entries: int
    time: datetime
    by: str
    anchored: bool


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, what is not proved, and until when which entries were there, earliest first."""

    findings: tuple[Finding, ...]
    limits: tuple[Note, ...]
    bounds: tuple[Bound, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether anything fails."""
        return any(one.outcome is Outcome.FAILS for one in self.findings)

    def derived_again(self, findings: Iterable[Finding]) -> Report:
        """The report with what came of deriving the results again (subject ``DERIVED``)."""
        limits = tuple(one for one in self.limits if one.template != NOT_DERIVED)
        return replace(self, findings=(*self.findings, *findings), limits=limits)


@dataclass(slots=True)
class Section:
    """Findings about one subject, as they are made."""

    subject: str
    findings: list[Finding] = field(default_factory=list)

    def holds(self, template: str, place: str = "", **facts: object) -> None:
        """Something is as it should be."""
        self._add(Outcome.HOLDS, template, place, facts)

    def fails(self, template: str, place: str = "", **facts: object) -> None:
        """Something is not as it should be."""
        self._add(Outcome.FAILS, template, place, facts)

    def not_checked(self, template: str, place: str = "", **facts: object) -> None:
        """Something could not be found out."""
        self._add(Outcome.NOT_CHECKED, template, place, facts)

    def counted(self, template: str, good: int, total: int, **facts: object) -> None:
        """So many of so many are as they should be, ``{count}`` of ``{all}``; nothing is said of none."""
        if total:
            outcome = Outcome.HOLDS if good == total else Outcome.FAILS
            self._add(outcome, template, "", {"count": good, "all": total, **facts})

    def refused(self, error: KuagerError, place: str = "") -> None:
        """Something was refused, in the words of whoever refused it."""
        self.findings.append(refusal(self.subject, error, place))

    def _add(self, outcome: Outcome, template: str, place: str, facts: dict[str, object]) -> None:
        self.findings.append(Finding(self.subject, outcome, note(template, **facts), shown(place)))


def refusal(subject: str, error: KuagerError, place: str = "") -> Finding:
    """That something was refused."""
    further = tuple(note(template, **error.facts) for template in (error.meaning, error.remedy) if template)
    return Finding(subject, Outcome.FAILS, note(error.happened, **error.facts), shown(place), further)


def note(template: str, **facts: object) -> Note:
    """A sentence whose facts may come out of a bundle."""
    return Note(template, {name: shown(str(fact)) for name, fact in facts.items()})


def shown(text: str) -> str:
    """Text out of a bundle as a terminal can show it: no sign that moves, hides or turns what stands around it."""
    cut = text if len(text) <= LONGEST_FACT else f"{text[:LONGEST_FACT]}…"
    return cut if cut.isprintable() else "".join(one if one.isprintable() else ascii(one)[1:-1] for one in cut)
