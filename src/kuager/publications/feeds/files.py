"""Every feed of a case by its path below ``public/``, what a server calls it, and what readers are told of it.

feeds/<language>/episodes.{atom,json,ics}    all episodes of the case
feeds/<language>/<place>.{atom,json,ics}     those of one place, where there are several
feeds/<language>/days-to-watch.ics           days to watch, where the case has any
feeds/cap/<episode>-v<n>.xml                 an alert for each version, in every language
feeds/{status,incidents}.json                in the shape of status pages, in the first language
feeds/<language>/notices.{atom,json}         what operators say, where any does
feeds/cap/notice-<id>-v<n>.xml               an alert for each version of a notice
feeds/notices/{status,incidents}.json        notices in the shape of status pages
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kuager.errors import message
from kuager.publications.dossiers import dossier_of
from kuager.publications.feeds.atom import atom
from kuager.publications.feeds.calendar import calendar
from kuager.publications.feeds.cap import cap_messages
from kuager.publications.feeds.days_to_watch import days_to_watch, risk_calendar_path
from kuager.publications.feeds.json_feed import json_feed
from kuager.publications.feeds.notice_cap import notice_messages
from kuager.publications.feeds.notice_status import notice_incidents, notice_summary
from kuager.publications.feeds.notices import notice_feed
from kuager.publications.feeds.statuspage import incidents, status_page
from kuager.publications.feeds.story import feed_of
from kuager.publications.feeds.told import about_place
from kuager.publications.view import CaseView

STATUS, INCIDENTS = "feeds/status.json", "feeds/incidents.json"
NOTICE_STATUS, NOTICE_INCIDENTS = "feeds/notices/status.json", "feeds/notices/incidents.json"
_SUBSCRIBED = (
    (".atom", "application/atom+xml", message("Atom, for feed readers")),
    (".json", "application/feed+json", message("JSON Feed, for programs")),
    (".ics", "text/calendar", message("iCalendar, for calendars")),
)
_WRITERS = (atom, json_feed, calendar)
_NOTICE_WRITERS = (atom, json_feed)
_SPOKEN = message("What operators say")


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed: where it lies below ``public/``, its media type, and what it is for."""

    path: str
    kind: str
    title: str


def atom_path(language: str, place: str = "") -> str:
    """The Atom feed of a case in a language, or of one of its places."""
    return _path(language, place, ".atom")


def feed_list(view: CaseView) -> tuple[FeedLink, ...]:
    """The feeds of a case for a reader of one language; those of single places come last."""
    language, translate = view.about.language, view.about.translation.gettext
    found = [FeedLink(_path(language, "", suffix), kind, translate(title)) for suffix, kind, title in _SUBSCRIBED]
    found.append(FeedLink(STATUS, "application/json", translate(message("Status, in the shape of status pages"))))
    found.append(
        FeedLink(INCIDENTS, "application/json", translate(message("All incidents, in the shape of status pages")))
    )
    if view.about.spoken:
        found += [
            FeedLink(
                _notices_path(language, suffix),
                kind,
                translate(message("{place}: {feed}"), place=translate(_SPOKEN), feed=translate(title)),
            )
            for suffix, kind, title in _SUBSCRIBED[: len(_NOTICE_WRITERS)]
        ]
        spoken = translate(message("What operators say, in the shape of status pages"))
        found.append(FeedLink(NOTICE_STATUS, "application/json", spoken))
    for place in feed_of(view).places:
        name = about_place(view, place, view.about.window[0]).place_name
        found += [
            FeedLink(
                _path(language, place, suffix),
                kind,
                translate(message("{place}: {feed}"), place=name, feed=translate(title)),
            )
            for suffix, kind, title in _SUBSCRIBED
        ]
    return tuple(found)


def feed_files(views: Mapping[str, CaseView]) -> dict[str, bytes]:
    """All feeds in all languages; messages of CAP hold every language, and those of status pages the first."""
    told = [feed_of(view) for view in views.values()]
    files = {}
    for whole in told:
        for feed in (whole, *(whole.of(place) for place in whole.places)):
            for (suffix, _, _), write in zip(_SUBSCRIBED, _WRITERS, strict=True):
                path = _path(whole.view.about.language, feed.place, suffix)
                files[path] = write(feed, path)
    for view in views.values():
        days = dossier_of(view).days_to_watch
        if days:
            files[risk_calendar_path(view.about.language)] = days_to_watch(view, days)
    files[STATUS], files[INCIDENTS] = status_page(told[0], STATUS), incidents(told[0], INCIDENTS)
    return files | cap_messages(told) | _spoken(list(views.values()))


def _spoken(views: list[CaseView]) -> dict[str, bytes]:
    """The feeds of notices; none where no operator speaks."""
    told = [notice_feed(view) for view in views if view.about.spoken]
    if not told:
        return {}
    files = {}
    for feed in told:
        for (suffix, _, _), write in zip(_SUBSCRIBED, _NOTICE_WRITERS, strict=False):
            path = _notices_path(feed.view.about.language, suffix)
            files[path] = write(feed, path)
    files[NOTICE_STATUS] = notice_summary(told[0], NOTICE_STATUS)
    files[NOTICE_INCIDENTS] = notice_incidents(told[0], NOTICE_INCIDENTS)
    return files | notice_messages(views)


def _notices_path(language: str, suffix: str) -> str:
    return f"feeds/{language}/notices{suffix}"


def _path(language: str, place: str, suffix: str) -> str:
    return f"feeds/{language}/{place.lower() or 'episodes'}{suffix}"
