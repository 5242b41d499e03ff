"""iCalendar (RFC 5545, with names and addresses of calendars by RFC 7986): an event for each episode.

An episode that goes on has no end here: it is told as lasting until the moment up to which it is known, with the words
"so far", for calendars show an event without an end as lasting no time at all.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from icalendar import Calendar, Event, vText, vUri

from kuager.errors import message
from kuager.model.words import Level
from kuager.publications.feeds.identity import urn
from kuager.publications.feeds.story import Entry, Feed
from kuager.publications.view import CaseView

_SURE = frozenset({Level.CORROBORATED, Level.CONFIRMED})
_DELETE = "\x7f"
"""A control character that XML allows and calendars do not (RFC 5545, section 3.1)."""


def calendar(told: Feed, path: str) -> bytes:
    """The calendar of a case or of one of its places, in one language, which lies at ``path`` below ``public/``."""
    about, title = told.view.about, _text(told.title)
    made = Calendar()
    made.add("prodid", "-//Kuager//Kuager//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("uid", _uid(urn(told.view, f"calendar of {told.name}")))
    made.add("last-modified", told.updated)
    for name in ("name", "x-wr-calname"):  # which the library does not know to be text that must be escaped
        made.add(name, title)
    if told.remark:
        made.add("description", vText(told.remark))
    if about.address:
        made.add("source", vUri(about.address + path), parameters={"value": "URI"})
    for one in told.entries:
        made.add_component(_event(one, told.view))
    return bytes(made.to_ical())


def _event(one: Entry, case: CaseView) -> Event:
    event = Event()
    event.add("uid", _uid(one.id))
    event.add("dtstamp", one.updated)
    event.add("last-modified", one.updated)
    event.add("created", one.published)
    event.add("sequence", one.revision)
    event.add("dtstart", one.start)
    end = _end(one, case)
    if end > one.start:  # section 3.8.2.2: later than the start
        event.add("dtend", end)
    so_far = case.about.translation.gettext(message("{title} (so far)"), title=one.title)
    event.add("summary", _text(so_far if one.going_on else one.title))
    event.add("description", _text("\n\n".join(one.text)))
    event.add("categories", list(one.words))
    event.add("status", _status(one))
    event.add("transp", "TRANSPARENT")
    event.add("location", _text(one.place_name))
    if case.about.address and one.path:
        event.add("url", case.about.address + one.path)
    return event


def _status(one: Entry) -> str:
    if one.retracted:
        return "CANCELLED"
    return "CONFIRMED" if one.view is not None and one.view.episode.level in _SURE else "TENTATIVE"


def _end(one: Entry, case: CaseView) -> datetime:
    return one.end or (one.view.horizon if one.view is not None else case.about.window[1])


def _uid(identifier: str) -> str:
    return f"{UUID(identifier)}@kuager.invalid"


def _text(text: str) -> vText:
    return vText(text.replace(_DELETE, "\ufffd"))
