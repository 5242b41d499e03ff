"""Every feed of a case by its path below ``public/``, what a server calls it, and what readers are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kuager.errors import message
from kuager.publications.feeds.atom import atom
from kuager.publications.feeds.calendar import calendar
from kuager.publications.feeds.cap import cap_messages
from kuager.publications.feeds.json_feed import json_feed
from kuager.publications.feeds.statuspage import incidents, status_page
from kuager.publications.view import CaseView

STATUS, INCIDENTS = "feeds/status.json", "feeds/incidents.json"


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed: where it lies below ``public/``, its media type, and what it is for."""

    path: str
    kind: str
    title: str


def atom_path(language: str) -> str:
    """The Atom feed of a language."""
    return f"feeds/{language}/episodes.atom"


def feed_list(view: CaseView) -> tuple[FeedLink, ...]:
    """The feeds of a case for a reader of one language."""
    language, translate = view.about.language, view.about.translation.gettext
    return (
        FeedLink(atom_path(language), "application/atom+xml", translate(message("Atom, for feed readers"))),
        FeedLink(
            f"feeds/{language}/episodes.json", "application/feed+json", translate(message("JSON Feed, for programs"))
        ),
        FeedLink(f"feeds/{language}/episodes.ics", "text/calendar", translate(message("iCalendar, for calendars"))),
        FeedLink(STATUS, "application/json", translate(message("Status, in the shape of status pages"))),
        FeedLink(INCIDENTS, "application/json", translate(message("All incidents, in the shape of status pages"))),
    )


def feed_files(views: Mapping[str, CaseView]) -> dict[str, bytes]:
    """All feeds in all languages; messages of CAP hold every language, and those of status pages the first."""
    files = {}
    for language, view in views.items():
        files[atom_path(language)] = atom(view, atom_path(language))
        files[f"feeds/{language}/episodes.json"] = json_feed(view, f"feeds/{language}/episodes.json")
        files[f"feeds/{language}/episodes.ics"] = calendar(view)
    first = next(iter(views.values()))
    files[STATUS], files[INCIDENTS] = status_page(first), incidents(first)
    return files | cap_messages(views)
