"""A law through its versions: which was in force when, and what changed from one to the next, word by word.

Paragraphs are told in our own words: a difference of words points to what to read, the law's own text decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum

from kuager.accountability.moments import known_interval
from kuager.accountability.rows.law import LawVersion
from kuager.accountability.rows.row import Status
from kuager.model.time import Instant

_DIGITS = re.compile(r"(\d+)", re.ASCII)


class ChangeKind(StrEnum):
    """What became of a paragraph. ``unread``: its wording was not read in one of the versions, so nothing is known."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"
    UNREAD = "unread"


class Operation(StrEnum):
    """What became of a few words."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph in two versions.

    Attributes:
        paragraph: its number.
        kind: what became of it.
        before, after: what it says, in one language; empty where it is not there or was not read.
        pieces: runs of words in order, where it changed: those kept and removed make ``before``, those kept and added
            make ``after``.
        told: whether what is compared is, of one version at least, what others write of it.
    """

    paragraph: str
    kind: ChangeKind
    before: str
    after: str
    pieces: tuple[tuple[Operation, str], ...] = ()
    told: bool = False


def ordered(versions: Iterable[LawVersion], law: str) -> tuple[LawVersion, ...]:
    """The versions of a law, the oldest first; those of which nobody knows since when, and withdrawn rows, left out."""
    return tuple(version for _, version in _dated(one for one in versions if one.law == law))


def in_force(versions: Iterable[LawVersion], on: datetime) -> tuple[LawVersion, ...]:
    """The version of one law that was in force at a time; several, the oldest first, where the dates do not decide.

    Empty where no version is known to have begun by then: that none is known is not that there was none. A version
    that is ``repealed`` is the end of the law.
    """
    begun = [(since, version) for since, version in _dated(versions) if since.earliest <= on]
    certain = [place for place, (since, _) in enumerate(begun) if since.latest <= on]
    return tuple(version for _, version in begun[certain[-1] if certain else 0 :])


def differences(before: LawVersion, after: LawVersion, language: str = "en") -> tuple[Change, ...]:
    """What became of every paragraph that either version has, by number.

    A paragraph that a version does not have was added or removed only where that version was read; of one that was not
    read, or where a paragraph is told in no common language, nothing is said.

    Args:
        before: a version of a law.
        after: another, of the same law.
        language: in which the paragraphs are compared; where one is not told in it, another that both have.

    Raises:
        ValueError: they are of two laws.
    """
    if before.law != after.law:
        raise ValueError(f"{before.law} and {after.law} are two laws")
    old, new = ({one.number: one.says for one in version.provisions} for version in (before, after))
    told = not (before.read and after.read)
    return tuple(
        _change(number, old.get(number), new.get(number), (before, after), language, told)
        for number in sorted({*old, *new}, key=_by_number)
    )


def _change(
    number: str,
    old: dict[str, str] | None,
    new: dict[str, str] | None,
    versions: tuple[LawVersion, LawVersion],
    language: str,
    told: bool,
) -> Change:
    before, after = versions
    if old is None and new:
        return Change(number, ChangeKind.ADDED if before.read else ChangeKind.UNREAD, "", _in(new, language), told=told)
    if new is None and old:
        gone = after.read or after.repealed
        return Change(number, ChangeKind.REMOVED if gone else ChangeKind.UNREAD, _in(old, language), "", told=told)
    common = [one for one in (language, *(old or {})) if one in (old or {}) and one in (new or {})]
    if not old or not new or not common:
        return Change(number, ChangeKind.UNREAD, _in(old, language), _in(new, language), told=told)
    first, second = old[common[0]].split(), new[common[0]].split()
    if first == second:
        return Change(number, ChangeKind.SAME, " ".join(first), " ".join(second), told=told)
    pieces = tuple(_pieces(first, second))
    return Change(number, ChangeKind.CHANGED, " ".join(first), " ".join(second), pieces, told)


def _in(says: dict[str, str] | None, language: str) -> str:
    """What a paragraph says in a language, or in the first that it has."""
    return " ".join(says.get(language, next(iter(says.values()))).split()) if says else ""


def _pieces(first: list[str], second: list[str]) -> Iterator[tuple[Operation, str]]:
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    for operation, start, end, second_start, second_end in matcher.get_opcodes():
        if operation == "equal":
            yield Operation.KEPT, " ".join(first[start:end])
            continue
        if start < end:
            yield Operation.REMOVED, " ".join(first[start:end])
        if second_start < second_end:
            yield Operation.ADDED, " ".join(second[second_start:second_end])


def _dated(versions: Iterable[LawVersion]) -> list[tuple[Instant, LawVersion]]:
    dated = [
        (since, one)
        for one in versions
        if one.status is not Status.WITHDRAWN
        and (since := known_interval(one.since, one.places[0] if one.places else "")) is not None
    ]
    return sorted(dated, key=lambda pair: (pair[0], pair[1].id))


def _by_number(number: str) -> tuple[tuple[int, int, str], ...]:
    """Paragraph 10 comes after paragraph 9."""
    return tuple(
        (0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part)
        for part in _DIGITS.split(number)
        if part
    )
