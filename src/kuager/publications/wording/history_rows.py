"""Earlier episodes, the time since the last one, and days to watch, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kuager.accountability.history import Earlier, SinceLast
from kuager.accountability.risk_dates import RiskDay
from kuager.accountability.rows.people import Past
from kuager.errors import message
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.wording.conduct_words import OCCASION
from kuager.publications.wording.register_rows import Cited, Speaker, Told
from kuager.publications.words import KIND


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """An earlier episode; ``listed`` names the entries of registers such as STOP."""

    id: str
    when: str
    kind: str
    text: Told
    cited: tuple[Cited, ...]
    listed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day to watch."""

    when: str
    occasion: str
    text: Told
    cited: tuple[Cited, ...]


def earlier_rows(history: tuple[Earlier, ...], speaker: Speaker) -> tuple[EarlierRow, ...]:
    """The earlier episodes, the newest first."""
    return tuple(_earlier(one, speaker) for one in reversed(history))


def day_rows(days: tuple[RiskDay, ...], speaker: Speaker) -> tuple[DayRow, ...]:
    """The days to watch, in order."""
    locale = speaker.translation.locale
    return tuple(
        DayRow(
            when=clock.day(one.first, locale),
            occasion=speaker.translation.gettext(OCCASION[one.occasion]),
            text=speaker.told(one.text),
            cited=speaker.cited(one.sources),
        )
        for one in days
    )


def since_last(found: SinceLast, until: datetime, translation: Translation) -> str:
    """How long it had been since the last confirmed episode when what is known ends, in one sentence."""
    day = clock.day(until.date(), translation.locale)
    if found.ongoing:
        return translation.gettext(message("A confirmed episode is going on."))
    if found.least is None or found.most is None:
        return translation.gettext(message("No confirmed episode is in this case: no days can be counted from one."))
    if found.least == found.most:
        return translation.ngettext(
            "{n} day without a confirmed episode up to {day}, where this case ends.",
            "{n} days without a confirmed episode up to {day}, where this case ends.",
            found.least,
            day=day,
        )
    return translation.gettext(
        message("{least} to {most} days without a confirmed episode up to {day}, where this case ends."),
        day=day,
        least=translation.number(found.least),
        most=translation.number(found.most),
    )


def _earlier(one: Earlier, speaker: Speaker) -> EarlierRow:
    translation = speaker.translation
    row = next((row for row in speaker.dossier.registers.of(Past) if row.id == one.id), None)
    when = translation.gettext(message("not known"))
    if row is not None:
        when = speaker.moment(row.at)
    elif one.start is not None:
        when = clock.day(one.start.best.date(), translation.locale)
    return EarlierRow(
        id=one.id,
        when=when,
        kind=", ".join(translation.gettext(KIND[kind]) for kind in sorted(one.kinds)),
        text=speaker.told(one.text),
        cited=speaker.cited(one.sources),
        listed=one.records,
    )
