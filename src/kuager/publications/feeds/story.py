"""What every feed tells: an entry for each episode, with its versions as updates of it.

An entry keeps its id for as long as the case lives; its *published* is when the first version was known, its *updated*
when the newest was, or when it was taken back; under a delay, when that could be told at the earliest. Times of the
event itself stand in the text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from kuager.errors import message
from kuager.model.history import History
from kuager.model.time import format_utc
from kuager.publications import clock
from kuager.publications.feeds.identity import alert_path, clean, urn
from kuager.publications.feeds.told import about_place, as_told, place_of
from kuager.publications.language import Translation
from kuager.publications.site import addresses
from kuager.publications.site.places import country_of, pages_of_places
from kuager.publications.view import CaseView, EpisodeView
from kuager.publications.wording import sentence
from kuager.publications.wording.history import history_lines, retracted_lines

DRAWN = message("The signals were drawn by a simulator. They prove nothing.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One episode as a feed tells it.

    Attributes:
        id: a URN that stays.
        episode: its id in the case.
        place: its code.
        place_name: the same in words.
        view: what is shown of it, or was before it was taken back; None where that is gone.
        history: what was said of it and when; None where it was never logged.
        retracted: whether it was taken back.
        simulated: whether its signals were drawn by a simulator.
        start: of the event.
        end: of the event; None while it goes on.
        title: what happened, or that it is back, or that it was taken back.
        text: paragraphs, the newest first.
        published: when its first version was known.
        updated: when its newest was, or when it was taken back.
        version: the number of the newest.
        path: of its page below ``public/``; empty when it was taken back.
        alert: of its newest alert below ``public/``.
    """

    id: str
    episode: str
    place: str
    place_name: str
    view: EpisodeView | None
    history: History | None
    retracted: bool
    simulated: bool
    start: datetime
    end: datetime | None
    title: str
    text: tuple[str, ...]
    published: datetime
    updated: datetime
    version: int
    path: str
    alert: str

    @property
    def going_on(self) -> bool:
        """Whether it stands and had not ended when the data end."""
        return not self.retracted and self.view is not None and self.view.episode.ongoing

    @property
    def revision(self) -> int:
        """Grows with everything that is said of it: with each version, and when one is taken back (0 at first)."""
        if self.history is None:
            return self.version - 1
        return self.version - 1 + sum(one.retraction is not None for one in self.history.versions)

    @property
    def words(self) -> tuple[str, ...]:
        """What programs may sort it by: place, kind, level, and that it is simulated or was taken back."""
        found = [self.place]
        if self.view is not None:
            found += [self.view.episode.kind.value, self.view.episode.level.value]
        if self.simulated:
            found.append("simulated")
        if self.retracted:
            found.append("retracted")
        return tuple(found)

    @property
    def facts(self) -> dict[str, object]:
        """For programs, beside the words."""
        return {
            "episode": self.episode,
            "version": self.version,
            "retracted": self.retracted,
            "start": format_utc(self.start),
            "end": format_utc(self.end) if self.end is not None else None,
            "simulated": self.simulated,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """The entries of a case in one language, what was learnt last first; with ``place`` those of one place of it."""

    view: CaseView
    entries: tuple[Entry, ...]
    place: str = ""

    def of(self, place: str) -> Feed:
        """What is of one place; of a country also what is of its regions and networks."""
        found = tuple(one for one in self.entries if place in (one.place, country_of(one.place)))
        return replace(self, entries=found, place=place)

    @property
    def places(self) -> tuple[str, ...]:
        """The places that have feeds of their own: those of the case and of its episodes, where they are several."""
        found = dict.fromkeys([*self.view.places, *sorted(one.place for one in self.entries)])
        return tuple(found) if len(found) > 1 else ()

    @property
    def name(self) -> str:
        """From which its id is made."""
        return f"feed {self.view.about.language} {self.place}".rstrip()

    @property
    def title(self) -> str:
        """What it is called in a reader."""
        about = self.view.about
        name = about_place(self.view, self.place, about.window[0]).place_name if self.place else about.case_title
        return clean(about.translation.gettext(message("Kuager: {title}"), title=name))

    @property
    def remark(self) -> str:
        """Why a feed without entries does not say that nothing happened; empty where the place was measured."""
        if self.entries:
            return ""
        if not self.place:
            return " ".join(sentence.beside_series(self.view))
        measured = any(self.place in (one.place, country_of(one.place)) for one in self.view.measured)
        return "" if measured else self.view.about.translation.gettext(sentence.NO_SERIES)

    @property
    def page(self) -> str:
        """The page of its place below ``public/``, or the first one where it has none."""
        return pages_of_places(self.view).get(self.place, addresses.home(self.view.about.language))

    @property
    def updated(self) -> datetime:
        """When the newest entry was learnt; when the case was derived, where there is none."""
        return max((one.updated for one in self.entries), default=self.view.about.known)

    @property
    def simulated(self) -> bool:
        """Whether anything in it, or in its case, was drawn by a simulator."""
        return self.view.holds_simulated or any(one.simulated for one in self.entries)


def feed_of(view: CaseView) -> Feed:
    """Every episode of a case that stands or was taken back."""
    told = [_standing(one, view) for one in view.episodes]
    told += [_retracted(name, one, view) for name, one in view.histories.items() if one.newest.retraction is not None]
    return Feed(view, tuple(sorted(told, key=lambda one: (-one.updated.timestamp(), one.episode))))


def titled(view: EpisodeView) -> str:
    """The title of an episode, which says of simulated ones that they are."""
    title = sentence.title(view)
    return marked(title, view.about.translation) if view.episode.simulated else title


def marked(title: str, translation: Translation) -> str:
    """A title of what is simulated."""
    return translation.gettext(message("{title} (simulated signals)"), title=title)


def paragraphs(view: EpisodeView) -> list[str]:
    """What is said of an episode; first of all that it is simulated."""
    text = [sentence.status(view.episode, view.about.translation), sentence.sentence(view), sentence.darkness(view)]
    return [view.about.translation.gettext(DRAWN), *text] if view.episode.simulated else text


def _standing(view: EpisodeView, case: CaseView) -> Entry:
    episode, translation, history = view.episode, view.about.translation, view.history
    earlier = history.earlier if history is not None else ()
    title = sentence.title(view)
    if earlier and earlier[-1].retraction is None and earlier[-1].end is None and episode.end is not None:
        title = translation.gettext(message("It is back: {title}"), title=title)
    if episode.simulated:
        title = marked(title, translation)
    version = history.newest.number if history is not None else episode.version
    first, newest = (
        (history.versions[0].known, history.newest.known) if history is not None else (view.about.known,) * 2
    )
    return Entry(
        id=urn(case, episode.id),
        episode=episode.id,
        place=episode.place,
        place_name=clean(view.about.place_name),
        view=view,
        history=history,
        retracted=False,
        simulated=episode.simulated,
        start=episode.start,
        end=episode.end,
        title=clean(title),
        text=tuple(clean(one) for one in (*paragraphs(view), *history_lines(history, translation)) if one),
        published=_told(first, episode.start, case),
        updated=_told(newest, episode.end or episode.start, case),
        version=version,
        path=addresses.episode(view.about.language, episode.id),
        alert=alert_path(episode.id, version),
    )


def _told(known: datetime, happened: datetime, case: CaseView) -> datetime:
    """When what is known may be told: under a delay the end of an episode comes out later than its version."""
    delay = case.held_back.delay
    return max(known, happened + delay) if delay else known


def _retracted(name: str, history: History, case: CaseView) -> Entry:
    translation, newest = case.about.translation, history.newest
    view, place = as_told(newest, case), place_of(name)
    simulated = view.episode.simulated if view is not None else case.simulated
    if view is not None:
        place = view.episode.place
        title = translation.gettext(message("Taken back: {title}"), title=sentence.title(view))
    else:
        start = clock.utc(newest.start, translation.locale)
        title = translation.gettext(message("Taken back: {id}, {start}"), id=name, start=start)
    text = [*retracted_lines({name: history}, translation), *history_lines(history, translation)[1:]]
    if simulated:
        title, text = marked(title, translation), [translation.gettext(DRAWN), *text]
    return Entry(
        id=urn(case, name),
        episode=name,
        place=place,
        place_name=clean(about_place(case, place, newest.start).place_name),
        view=view,
        history=history,
        retracted=True,
        simulated=simulated,
        start=newest.start,
        end=newest.end,
        title=clean(title),
        text=tuple(clean(line) for line in text),
        published=history.versions[0].known,
        updated=newest.until or newest.known,
        version=newest.number,
        path="",
        alert=alert_path(name, newest.number, cancel=True),
    )
