"""The shortest forms: a text of at most 2,048 bytes for radio, mail and slow lines, and one text message.

A text message holds 160 letters of the basic alphabet of GSM 03.38, or 70 of any other (3GPP TS 23.038). Sentences are
left out whole, the least important first; nothing is cut in the middle of a word.
"""

from __future__ import annotations

from collections.abc import Sequence

from kuager.errors import message
from kuager.publications import clock
from kuager.publications.view import EpisodeView
from kuager.publications.wording import sentence, tables
from kuager.publications.words import KIND_IN_SHORT, LEVEL

MOST_BYTES = 2_048
MOST_BASIC, MOST_OTHER = 160, 70
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)


def text_summary(view: EpisodeView) -> str:
    """What happened, how sure, in which phases, what is not known, and how to check it, as plain text."""
    translation, episode = view.about.translation, view.episode
    first = [sentence.title(view)]
    if episode.simulated:
        first.append(translation.gettext(message("The signals were drawn by a simulator. They prove nothing.")))
    first += [sentence.status(episode, translation), sentence.sentence(view), sentence.darkness(view)]
    phases = [_phase(row) for row in tables.phase_rows(view)]
    unknowns = [f"- {translation.note(note)}" for note in episode.unknowns]
    last = translation.gettext(
        message("{id}, version {version}. Derived on {known}."),
        id=episode.id,
        version=episode.version,
        known=clock.utc(view.about.known, translation.locale),
    )
    lines = _fitting([*first, ""], [*phases, "", translation.gettext(message("What we do not know")), *unknowns], last)
    return "\n".join([*lines, "", last]).replace("\u00a0", " ") + "\n"


def text_message(view: EpisodeView) -> str:
    """One text message: the most that fits of place and what, since when and until when, how sure, and the id."""
    translation, episode = view.about.translation, view.episode
    place, what = view.about.place_name, translation.gettext(KIND_IN_SHORT[episode.kind])
    start = f"{episode.start:%d.%m %H:%M}"
    end = f"{episode.end:%d.%m %H:%M}" if episode.end is not None else "…"
    level = translation.gettext(LEVEL[episode.level])
    simulated = translation.gettext(message("simulated")) if episode.simulated else ""
    times = f"{start}-{end} UTC".replace("…", "?")
    forms = (
        [simulated, f"{place}: {what}", times, level, episode.id],
        [simulated, f"{place}: {what}", times, level],
        [simulated, f"{place}: {what}", times],
        [simulated, episode.place, what, times],
        [simulated, episode.place, times],
    )
    for form in forms:
        told = ", ".join(part for part in form if part).replace("\u00a0", " ")
        if fits(told):
            return told
    return f"{episode.id}, {start}"


def fits(text: str) -> bool:
    """Whether a text is one text message."""
    return len(text) <= (MOST_BASIC if _BASIC.issuperset(text) else MOST_OTHER)


def _fitting(first: Sequence[str], rest: Sequence[str], last: str) -> list[str]:
    """The first lines, and as many whole ones of the rest as leave room for the last."""
    lines = list(first)
    for line in rest:
        if len("\n".join([*lines, line, "", last, ""]).encode()) > MOST_BYTES:
            break
        lines.append(line)
    return lines


def _phase(row: tables.PhaseRow) -> str:
    end = row.end.utc if row.end is not None else "…"
    return f"{row.number}. {row.kind}: {row.start.utc} – {end}"
