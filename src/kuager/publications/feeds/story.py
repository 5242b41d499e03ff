"""What every feed tells: an entry for each episode, with its versions as updates of it.

An entry keeps its id for as long as the case lives; its *published* is when the first version was known, its *updated*
when the newest was, or when it was taken back. Times of the event itself stand in the text.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from kuager.errors import message
from kuager.model.history import History
from kuager.publications import clock
from kuager.publications.site import addresses
from kuager.publications.view import CaseView, EpisodeView
from kuager.publications.wording import sentence
from kuager.publications.wording.history import history_lines, retracted_lines

_NAMESPACE = uuid.UUID("c3b6a1f0-7f5b-5f0e-9f0e-6b7561676572")
"""Of ids made of a case and an episode (RFC 9562, version 5)."""
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (section 2.2) does not allow, not even escaped."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One episode as a feed tells it.

    Attributes:
        id: a URN that stays.
        episode: its id in the case.
        view: what is shown of it; None when it was taken back.
        title: what happened, or that it is back, or that it was taken back.
        text: paragraphs, the newest first.
        published: when its first version was known.
        updated: when its newest was, or when it was taken back.
        version: the number of the newest.
        path: of its page below ``public/``; empty when it was taken back.
    """

    id: str
    episode: str
    view: EpisodeView | None
    title: str
    text: tuple[str, ...]
    published: datetime
    updated: datetime
    version: int
    path: str


def entries(view: CaseView) -> tuple[Entry, ...]:
    """Every episode that stands or was taken back, what was learnt last first."""
    told = [_standing(one, view) for one in view.episodes]
    told += [_retracted(name, one, view) for name, one in view.histories.items() if one.newest.retraction is not None]
    return tuple(sorted(told, key=lambda one: (-one.updated.timestamp(), one.episode)))


def updated(view: CaseView) -> datetime:
    """When the newest of a feed was learnt; when the case was derived, for one without entries."""
    return max((one.updated for one in entries(view)), default=view.about.known)


def urn(view: CaseView, name: str) -> str:
    """An id that does not depend on where the site lies: of the case's window and places, and a name."""
    start, _ = view.about.window
    return uuid.uuid5(_NAMESPACE, f"{' '.join(view.places)} {start:%Y-%m-%dT%H:%M}Z {name}").urn


def clean(text: str) -> str:
    """A text without characters that XML forbids."""
    return _NOT_IN_XML.sub("\ufffd", text)


def _standing(view: EpisodeView, case: CaseView) -> Entry:
    episode, translation, history = view.episode, view.about.translation, view.history
    earlier = history.earlier if history is not None else ()
    title = sentence.title(view)
    if earlier and earlier[-1].end is None and episode.end is not None:
        title = translation.gettext(message("It is back: {title}"), title=title)
    if episode.simulated:
        title = translation.gettext(message("{title} (simulated signals)"), title=title)
    text = [sentence.status(episode, translation), sentence.sentence(view), sentence.darkness(view)]
    if episode.simulated:
        text.insert(
            0,
            translation.gettext(message("The signals were drawn by a simulator. They prove nothing.")),
        )
    known = history.newest.known if history is not None else view.about.known
    return Entry(
        id=urn(case, episode.id),
        episode=episode.id,
        view=view,
        title=clean(title),
        text=tuple(clean(one) for one in (*text, *history_lines(history, translation)) if one),
        published=history.versions[0].known if history is not None else view.about.known,
        updated=known,
        version=episode.version,
        path=addresses.episode(view.about.language, episode.id),
    )


def _retracted(name: str, history: History, case: CaseView) -> Entry:
    translation, newest = case.about.translation, history.newest
    start = clock.utc(newest.start, translation.locale)
    title = translation.gettext(message("Taken back: {id}, {start}"), id=name, start=start)
    return Entry(
        id=urn(case, name),
        episode=name,
        view=None,
        title=clean(title),
        text=tuple(clean(line) for line in retracted_lines({name: history}, translation)),
        published=history.versions[0].known,
        updated=newest.until or newest.known,
        version=newest.number,
        path="",
    )
