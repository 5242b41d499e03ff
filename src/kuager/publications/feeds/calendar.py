"""iCalendar (RFC 5545, with NAME and COLOR's neighbours of RFC 7986): an event for each episode, for a risk calendar.

An episode that goes on has no end here: it is told as lasting until the moment up to which it is known, with the words
"so far", for calendars show an event without an end as lasting no time at all.
"""

from __future__ import annotations

from datetime import datetime

from icalendar import Calendar, Event, vText

from kuager.errors import message
from kuager.publications.feeds.story import Entry, clean, entries
from kuager.publications.view import CaseView


def calendar(view: CaseView) -> bytes:
    """The calendar of a case in one language."""
    about = view.about
    title = about.translation.gettext(message("Kuager: {title}"), title=about.case_title)
    made = Calendar()
    made.add("prodid", "-//Kuager//Kuager//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):  # which the library does not know to be text that must be escaped
        made.add(name, vText(clean(title)))
    for one in entries(view):
        made.add_component(_event(one, view))
    return bytes(made.to_ical())


def _event(one: Entry, case: CaseView) -> Event:
    translation = case.about.translation
    event = Event()
    event.add("uid", f"{one.id.removeprefix('urn:uuid:')}@kuager.invalid")
    event.add("dtstamp", one.updated)
    event.add("last-modified", one.updated)
    event.add("created", one.published)
    event.add("sequence", one.version - 1)
    start, end = _when(one, case)
    event.add("dtstart", start)
    event.add("dtend", end)
    going_on = one.view is not None and one.view.episode.ongoing
    so_far = translation.gettext(message("{title} (so far)"), title=one.title)
    event.add("summary", so_far if going_on else one.title)
    event.add("description", "\n\n".join(one.text))
    event.add("status", "CANCELLED" if one.view is None else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if one.view is not None:
        event.add("location", one.view.about.place_name)
    if case.about.address and one.path:
        event.add("url", case.about.address + one.path)
    return event


def _when(one: Entry, case: CaseView) -> tuple[datetime, datetime]:
    if one.view is not None:
        return one.view.episode.start, one.view.horizon
    newest = case.histories[one.episode].newest
    return newest.start, newest.end or case.about.window[1]
