"""``case.toml``: what a case is about. Written once by ``kuager new``, edited by people, read by every step."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeGuard

from kuager.case.publication_settings import Publication, publication_lines, publication_of
from kuager.errors import CaseDamaged, UsageError, message
from kuager.model.places import find
from kuager.model.time import format_utc, to_epoch
from kuager.publications.language import LANGUAGES

_LONGEST_INTERVAL, _MOST_AT_ONCE = 24 * 366, 4_096
"""Hours and entries: a longer interval or a larger batch is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Contributions:
    """How contributions of sources who must stay unknown are entered into the log, so that none shows when it came.

    Attributes:
        interval_hours: of a batch, counted from the epoch; the only time that is told of a contribution is its start.
        at_once: entries of a batch, dummies among them; when more came, twice or three times as many.
    """

    interval_hours: int = 24
    at_once: int = 64

    @property
    def interval_s(self) -> int:
        """Seconds of a batch."""
        return self.interval_hours * 3600


@dataclass(frozen=True, slots=True)
class Settings:
    """What a case is about.

    Attributes:
        title: for people, in whatever language they write; empty for the place and the window in the reader's.
        places: codes of the places that may have episodes.
        start: the window's first moment, UTC.
        end: the window's end, UTC, not included.
        languages: of what is published, the first being the one that a bare address leads to.
        contributions: how those of unknown sources are entered; everyone can see it in the log.
        publication: where it is published and what is left out.
    """

    title: str
    places: tuple[str, ...]
    start: datetime
    end: datetime
    languages: tuple[str, ...] = tuple(LANGUAGES)
    contributions: Contributions = Contributions()
    publication: Publication = field(default_factory=Publication)

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise UsageError(
                message("The window would end ({end}) before it begins ({start})."),
                remedy=message("Give an earlier time to --from, or a later one to --to."),
                start=format_utc(self.start),
                end=format_utc(self.end),
            )
        if not self.places:
            raise UsageError(message("A case needs at least one place."), remedy=message("Name one with --place KZ."))

    @property
    def window(self) -> tuple[int, int]:
        """Seconds since the epoch, half-open."""
        return to_epoch(self.start), to_epoch(self.end)


def to_toml(settings: Settings) -> bytes:
    """The file's text. Strings are written as JSON writes them, which TOML's basic strings read alike."""
    lines = [
        "# A Kuager case. Times are UTC; `to` is not included. Run `kuager detect` after a change.",
        f"title = {json.dumps(settings.title, ensure_ascii=False)}",
        f"places = {json.dumps(settings.places)}",
        f"from = {format_utc(settings.start)}",
        f"to = {format_utc(settings.end)}",
        f"languages = {json.dumps(settings.languages)}",
    ]
    if settings.contributions != Contributions():
        hours, at_once = settings.contributions.interval_hours, settings.contributions.at_once
        lines += ["", "[contributions]", f"interval_hours = {hours}", f"at_once = {at_once}"]
    lines += publication_lines(settings.publication)
    return ("\n".join(lines) + "\n").encode()


def from_toml(data: bytes) -> Settings:
    """Read the file's text.

    Raises:
        CaseDamaged: it is no TOML, or something is missing or of the wrong kind.
        UsageError: a place is unknown or the window ends before it begins.
    """
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _damaged(str(error)) from error
    title, places, start, end = (table.get(name) for name in ("title", "places", "from", "to"))
    languages = table.get("languages", list(LANGUAGES))
    if not isinstance(title, str) or not _are_strings(places) or not _are_strings(languages):
        raise _damaged("title, places or languages")
    if not isinstance(start, datetime) or not isinstance(end, datetime) or not start.tzinfo or not end.tzinfo:
        raise _damaged("from, to")
    if not set(languages) <= set(LANGUAGES) or not languages:
        raise _damaged("languages")
    codes = tuple(find(code).code for code in places)
    return Settings(
        title,
        codes,
        start,
        end,
        tuple(languages),
        _contributions(table.get("contributions", {})),
        publication_of(table.get("publication", {})),
    )


def _contributions(table: object) -> Contributions:
    if not isinstance(table, dict) or not set(table) <= {"interval_hours", "at_once"}:
        raise _damaged("contributions")
    found = Contributions(**table)
    for number, most in ((found.interval_hours, _LONGEST_INTERVAL), (found.at_once, _MOST_AT_ONCE)):
        if type(number) is not int or not 1 <= number <= most:
            raise _damaged("contributions")
    return found


def _are_strings(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _damaged(what: str) -> CaseDamaged:
    return CaseDamaged(
        message("case.toml cannot be read: {what}."),
        meaning=message("Without it nobody knows the place and the window of the case."),
        remedy=message("Mend the file; docs/architecture.md shows what belongs in it."),
        what=what,
    )
