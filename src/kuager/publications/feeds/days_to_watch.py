"""Days to watch as a calendar (RFC 5545): elections, exams, anniversaries of earlier cuts. Nobody foretells a cut."""

from __future__ import annotations

from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event, vText

from kuager.accountability.risk_dates import RiskDay
from kuager.errors import message
from kuager.publications.view import CaseView
from kuager.publications.wording.conduct_words import OCCASION

_DAY = timedelta(days=1)


def risk_calendar_path(language: str) -> str:
    """Where the calendar in a language lies below ``public/``."""
    return f"feeds/{language}/days-to-watch.ics"


def days_to_watch(view: CaseView, days: tuple[RiskDay, ...]) -> bytes:
    """The calendar in the language of a view; an event lasts whole days and blocks nobody's time."""
    translation = view.about.translation
    made = Calendar()
    made.add("prodid", "-//Kuager//Kuager//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", vText(translation.gettext(message("Days to watch"))))
    for one in days:
        event = Event()
        event.add("uid", f"{uuid5(NAMESPACE_URL, f'{view.about.first_entry}/{one.row}/{one.first}')}@kuager.invalid")
        event.add("dtstamp", view.about.known)
        event.add("dtstart", one.first)
        event.add("dtend", one.last + _DAY)
        text = one.text.get(translation.code) or one.text.get("en") or next(iter(one.text.values()), "")
        event.add("summary", vText(translation.gettext(OCCASION[one.occasion])))
        event.add("description", vText(text))
        event.add("transp", "TRANSPARENT")
        made.add_component(event)
    return bytes(made.to_ical())
