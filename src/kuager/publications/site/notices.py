"""What operators say of disruptions: the page of how they stand, and one for each notice with its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kuager.accountability.moments import known_interval
from kuager.accountability.notice import same_land
from kuager.accountability.notices import NoticeHistory
from kuager.accountability.rows.disclosure import NoticeState
from kuager.accountability.rows.row import Status
from kuager.errors import message
from kuager.model.episodes import Episode
from kuager.model.time import Instant
from kuager.publications import clock
from kuager.publications.dossiers import dossier_of
from kuager.publications.site import addresses
from kuager.publications.site.rendering import render
from kuager.publications.view import CaseView, EpisodeView
from kuager.publications.wording import sentence
from kuager.publications.wording.conduct_words import STATUS
from kuager.publications.wording.disclosure_words import STATE
from kuager.publications.wording.notice_history import first_said, moved_lines, version_rows
from kuager.publications.wording.notices import NoticeTold, fact_rows, text_message

_OVER = frozenset({NoticeState.RESOLVED})
_SHAPE = {
    NoticeState.INVESTIGATING: "◐",
    NoticeState.IDENTIFIED: "●",
    NoticeState.MONITORING: "◐",
    NoticeState.RESOLVED: "○",
}
"""Filled: going on. Half: not sure. Empty: over."""


@dataclass(frozen=True, slots=True)
class NoticePart:
    """A notice as the page of status shows it."""

    id: str
    page: str
    operator: str
    state: str
    what: str
    rows: tuple[tuple[str, str], ...]
    said: str
    updated: str
    over: bool
    moved: tuple[str, ...]
    withdrawn: str


@dataclass(frozen=True, slots=True)
class MeasuredPart:
    """An episode that overlaps with a notice: its page, its title, and when it was measured to begin and end."""

    page: str
    title: str
    start: str
    end: str


def notice_pages(view: CaseView) -> dict[str, bytes]:
    """All of these pages in the language of a view, and the text message of each notice, by path below ``public/``."""
    if not view.about.spoken:
        return {}
    language = view.about.language
    files = {addresses.status(language): render_status(view).encode()}
    for one in view.notices:
        page = addresses.notice(language, one.id)
        files[page] = render_notice(view, one).encode()
        message_of = text_message(one.newest, view.operators, view.about.translation)
        files[page.replace("index.html", "sms.txt")] = f"{message_of}\n".encode()
    return files


def render_status(view: CaseView) -> str:
    """How things stand by what operators say: what goes on first, then what is over, then what was taken back."""
    translation = view.about.translation
    newest_first = sorted(view.notices, key=lambda one: one.last_known, reverse=True)
    standing = [one for one in newest_first if not one.withdrawn]
    groups = (
        (message("Going on"), [one for one in standing if one.newest.state not in _OVER]),
        (message("Over"), [one for one in standing if one.newest.state in _OVER]),
        (message("Taken back"), [one for one in newest_first if one.withdrawn]),
    )
    return render(
        "notices/status.html",
        view.about,
        addresses.status(view.about.language),
        title=translation.gettext(message("What operators say")),
        simulated=False,
        groups=[(translation.gettext(name), [_part(one, view) for one in group]) for name, group in groups if group],
        canaries=[translation.note(one.notice) for one in dossier_of(view).missed_canaries],
    )


def render_notice(view: CaseView, history: NoticeHistory) -> str:
    """A notice with every version of it, and beside it what was measured."""
    translation, language = view.about.translation, view.about.language
    part = _part(history, view)
    return render(
        "notices/notice.html",
        view.about,
        addresses.notice(language, history.id),
        title=part.what,
        simulated=any(one.episode.simulated for one in view.episodes if overlaps(history, one)),
        part=part,
        status=addresses.status(language),
        operator=operator_page(history.newest.operator, view),
        text_message=text_message(history.newest, view.operators, translation),
        versions=version_rows(history, view.operators, translation),
        measured=[_measured(one, view) for one in view.episodes if overlaps(history, one)],
    )


def going_on(view: CaseView) -> list[tuple[str, str]]:
    """What operators say goes on: the page of each notice, and what it says in short."""
    shown = [_part(one, view) for one in view.notices]
    return [(part.page, part.what) for part in shown if not part.over]


def operator_page(name: str, view: CaseView) -> str:
    """The page of an operator below ``public/``; empty where it has none."""
    held = dossier_of(view).operators
    return addresses.operator(view.about.language, name) if name in held else ""


def overlaps(history: NoticeHistory, shown: EpisodeView) -> bool:
    """Whether a notice may speak of an episode: of the same land, at the same time as far as its times are known."""
    notice, episode = history.newest, shown.episode
    places = notice.places or notice.networks
    if history.withdrawn or (places and not any(same_land(episode.place, place) for place in places)):
        return False
    start, end = known_interval(notice.start), known_interval(notice.end)
    began = start.earliest if start is not None else history.first_known
    over = end.latest if end is not None else max(history.last_known, began)
    return began < shown.horizon and episode.start_earliest < over


def _part(history: NoticeHistory, view: CaseView) -> NoticePart:
    translation, notice = view.about.translation, history.newest
    told = NoticeTold(notice, view.operators, translation)
    withdrawn = notice.status is Status.WITHDRAWN
    state = translation.gettext(STATUS[Status.WITHDRAWN] if withdrawn else STATE[notice.state])
    return NoticePart(
        id=history.id,
        page=addresses.notice(view.about.language, history.id),
        operator=told.operator,
        state=state if withdrawn else f"{_SHAPE[notice.state]} {state}",
        what=told.what(told.moment),
        rows=fact_rows(notice, view.operators, translation)[1:],
        said=first_said(history, translation),
        updated=clock.utc(history.last_known, translation.locale),
        over=withdrawn or notice.state in _OVER,
        moved=tuple(
            line for number in range(len(history.versions)) for line in moved_lines(history, number, translation)
        ),
        withdrawn=told.prose(notice.doubt) if withdrawn else "",
    )


def _measured(shown: EpisodeView, view: CaseView) -> MeasuredPart:
    translation, episode = view.about.translation, shown.episode
    return MeasuredPart(
        page=addresses.episode(view.about.language, episode.id),
        title=sentence.title(shown),
        start=clock.interval(Instant(episode.start_earliest, episode.start, episode.start_latest), translation),
        end=clock.interval(_end(episode, episode.end), translation) if episode.end is not None else clock.NOTHING,
    )


def _end(episode: Episode, end: datetime) -> Instant:
    return Instant(episode.end_earliest or end, end, episode.end_latest or end)
