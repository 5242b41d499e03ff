"""What was said of an episode before, in words: a correction stands beside what it replaces, and nothing disappears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kuager.errors import message
from kuager.model.history import History, Version
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.words import LEVEL

STANDS = message("stands")


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version in words: its number, since when it is known, until when it stood, what it said, the log's entry.

    ``taken_back`` says why it was taken back, empty where it was replaced or stands.
    """

    number: int
    known: str
    until: str
    said: str
    entry: int
    taken_back: str = ""


def version_rows(history: History | None, translation: Translation) -> list[VersionRow]:
    """Every version of an episode, the newest first."""
    if history is None:
        return []
    return [_row(one, translation) for one in reversed(history.versions)]


def history_lines(history: History | None, translation: Translation) -> list[str]:
    """Since when an episode is known, and what it said before."""
    first = message("Version {number}, known since {known}.")
    before = message("It replaces version {number}, known from {known} to {until}: {said}.")
    gone = message("Version {number}, known from {known} to {until}, was taken back: {said}. {reason}")
    lines: list[str] = []
    for row in version_rows(history, translation):
        template = first if not lines else gone if row.taken_back else before
        facts = {"number": row.number, "known": row.known, "until": row.until, "said": row.said}
        lines.append(translation.gettext(template, reason=row.taken_back, **facts))
    return lines


def retracted_lines(histories: Mapping[str, History], translation: Translation) -> list[str]:
    """Episodes that were claimed once and were taken back, with why."""
    template = message("Taken back: {id}, version {number}, known from {known} to {until}: {said}. {reason}")
    return [
        translation.gettext(
            template,
            id=name,
            number=row.number,
            known=row.known,
            until=row.until,
            said=row.said,
            reason=row.taken_back,
        )
        for name, history in sorted(histories.items())
        if history.newest.retraction is not None
        for row in [_row(history.newest, translation)]
    ]


def _row(one: Version, translation: Translation) -> VersionRow:
    locale = translation.locale
    end = clock.short_utc(one.end, locale) if one.end is not None else "…"
    said = translation.gettext(
        message("{start} to {end}, {level}"),
        start=clock.short_utc(one.start, locale),
        end=end,
        level=translation.gettext(LEVEL[one.episode.level]) if one.episode is not None else clock.NOTHING,
    )
    until = clock.short_utc(one.until, locale) if one.until is not None else translation.gettext(STANDS)
    reason = translation.note(one.retraction) if one.retraction is not None else ""
    return VersionRow(one.number, clock.short_utc(one.known, locale), until, said, one.entry, reason)
