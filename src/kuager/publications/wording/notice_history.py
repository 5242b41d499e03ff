"""What became of a notice in words: when it was said, how long after the start, what each version changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kuager.accountability.notices import NoticeHistory, facts_of, said_after
from kuager.accountability.rows.row import Status
from kuager.errors import message
from kuager.model.operators import Operator
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.wording.conduct_words import STATUS
from kuager.publications.wording.disclosure_words import EFFECT, FACT, STATE
from kuager.publications.wording.field_words import FIELD_NAME
from kuager.publications.wording.notices import NoticeTold, zone_of


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A fact that a version says otherwise: its name, what was said until then, what is said now."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version as a page shows it.

    Attributes:
        number: from 1 on.
        said: when it was said, in UTC and by the clocks there.
        text: its sentences.
        changes: what it says otherwise than the one before.
        moved: sentences on a start or an end that was moved after it had been told.
        object: the SHA-256 of the sealed rows.
    """

    number: int
    said: str
    text: str
    changes: tuple[ChangeRow, ...]
    moved: tuple[str, ...]
    object: str


def version_rows(
    history: NoticeHistory, operators: Sequence[Operator], translation: Translation
) -> tuple[VersionRow, ...]:
    """Every version, the newest first."""
    rows = []
    for number, version in enumerate(history.versions):
        rows.append(
            VersionRow(
                number=version.notice.version,
                said=clock.both(version.known, zone_of(version.notice), translation),
                text=version.notice.text.get(translation.code) or next(iter(version.notice.text.values())),
                changes=change_rows(history, number, operators, translation),
                moved=moved_lines(history, number, translation),
                object=version.object,
            )
        )
    return tuple(rows[::-1])


def change_rows(
    history: NoticeHistory, number: int, operators: Sequence[Operator], translation: Translation
) -> tuple[ChangeRow, ...]:
    """What the version at a place of ``versions`` says otherwise than the one before."""
    if number == 0:
        return ()
    before, after = (
        NoticeTold(one.notice, tuple(operators), translation) for one in history.versions[number - 1 : number + 1]
    )
    rows = [
        ChangeRow(translation.gettext(FACT[old.fact]), before.value(old), after.value(new))
        for old, new in zip(facts_of(before.notice), facts_of(after.notice), strict=True)
        if old != new
    ]
    words: dict[str, Any] = {
        "state": lambda one: translation.gettext(STATE[one.state]),
        "effect": lambda one: translation.gettext(EFFECT[one.effect]),
        "end": lambda one: clock.stated(one.end, zone_of(one), translation),
        "reason_told": lambda one: after.prose(one.reason_told),
    }
    for name, tell in words.items():
        if getattr(before.notice, name) != getattr(after.notice, name):
            said = (tell(before.notice), tell(after.notice))
            rows.append(ChangeRow(translation.gettext(FIELD_NAME[name]), *(one or clock.NOTHING for one in said)))
    if (before.notice.status, after.notice.status) == (Status.SUPPORTED, Status.WITHDRAWN):
        why = after.prose(after.notice.doubt)
        withdrawn = translation.gettext(STATUS[Status.WITHDRAWN])
        rows.append(ChangeRow(translation.gettext(message("Status")), clock.NOTHING, f"{withdrawn}. {why}".strip()))
    return tuple(rows)


def moved_lines(history: NoticeHistory, number: int, translation: Translation) -> tuple[str, ...]:
    """Sentences on each time of the disruption that a version moved after it had been told."""
    start = message("Until {said} its start had been told as {before}; since then as {after}.")
    end = message("Until {said} its end had been told as {before}; since then as {after}.")
    version = history.versions[number]
    zone = zone_of(version.notice)
    return tuple(
        translation.gettext(
            start if one.field == "start" else end,
            said=clock.utc(version.known, translation.locale),
            before=clock.stated(one.before, zone, translation),
            after=clock.stated(one.after, zone, translation) if one.after else clock.NOTHING,
        )
        for one in history.moved(number)
    )


def first_said(history: NoticeHistory, translation: Translation) -> str:
    """When it was first said, and how long that was before or after the start that it named then."""
    first = history.versions[0]
    said = clock.both(first.known, zone_of(first.notice), translation)
    lag = said_after(first)
    if lag is None:
        return translation.gettext(message("First said on {said}. It named no start."), said=said)
    least, most = lag
    if most < timedelta():
        template = message("First said on {said}, {duration} before the start that it named.")
        return translation.gettext(template, said=said, duration=clock.duration(-most, translation))
    if least < timedelta():
        return translation.gettext(message("First said on {said}, about when it began as it said."), said=said)
    if least == most:
        template = message("First said on {said}, {duration} after the start that it named.")
        return translation.gettext(template, said=said, duration=clock.duration(least, translation))
    template = message("First said on {said}, between {least} and {most} after the start that it named.")
    return translation.gettext(
        template,
        said=said,
        least=clock.duration(least, translation),
        most=clock.duration(most, translation),
    )
