"""The statement archive of an operator in words, with what proves each statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kuager.accountability.archive import Archive, Denounced, Kept
from kuager.accountability.citing import Citation
from kuager.accountability.rows.row import Answer
from kuager.errors import message
from kuager.publications import clock
from kuager.publications.wording.conduct_words import ANSWER
from kuager.publications.wording.register_rows import Speaker, Told


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document behind a statement: who speaks, the hash of its sealed bytes, since when it is in the log.

    ``object`` is empty, and ``logged`` says so, where it is only cited.
    """

    by: str
    object: str
    logged: str


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A statement of the archive."""

    when: str
    kind: str
    text: Told
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class ArchivePart:
    """The archive on the page of an operator: whether it denounced shutdowns, and its statements."""

    answer: str
    rows: tuple[KeptRow, ...]


def archive_part(archive: Archive, logged: Mapping[str, datetime], speaker: Speaker) -> ArchivePart:
    """The archive of one operator; ``logged`` says when the log took each object."""
    return ArchivePart(_answer(archive, speaker), tuple(_row(one, logged, speaker) for one in archive.kept))


def _answer(archive: Archive, speaker: Speaker) -> str:
    translation = speaker.translation
    if archive.answer is Denounced.NONE_FOUND:
        days = ", ".join(speaker.moment(day) for day in archive.searched)
        return translation.gettext(message("none found, searched on {days}"), days=days)
    return translation.gettext(ANSWER[Answer(archive.answer.value)])


def _row(one: Kept, logged: Mapping[str, datetime], speaker: Speaker) -> KeptRow:
    return KeptRow(
        when=speaker.moment(one.statement.at),
        kind=speaker.word(one.statement.kind),
        text=speaker.told(one.statement.text),
        evidence=tuple(_evidence(citation, logged, speaker) for citation in one.citations),
    )


def _evidence(one: Citation, logged: Mapping[str, datetime], speaker: Speaker) -> Evidence:
    translation, since = speaker.translation, logged.get(one.object)
    if not one.object:
        told = translation.gettext(message("only cited"))
    elif since is None:
        told = translation.gettext(message("not in the log yet"))
    else:
        told = translation.gettext(message("in the log since {time}"), time=clock.utc(since, translation.locale))
    return Evidence(one.by, one.object, told)
