"""Notices as messages of CAP 1.2: one for each version, as it was said then, in every language.

The first is an Alert, later ones are Updates that refer to all before them, and a notice that is taken back is told by
a Cancel. The operator says it, and no alerting authority: the status stays Test, and the note says who speaks.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from xml.etree import ElementTree as Xml

from kuager.accountability.moments import known_interval
from kuager.accountability.notices import NoticeHistory, NoticeVersion, facts_of
from kuager.accountability.rows.disclosure import Effect, Notice, NoticeState
from kuager.accountability.rows.row import Status
from kuager.errors import message
from kuager.publications.feeds.cap_message import Heading, alert, pair, reference, text, written
from kuager.publications.feeds.identity import clean, urn
from kuager.publications.feeds.notices import notice_alert_path, notice_title
from kuager.publications.site import addresses
from kuager.publications.view import CaseView
from kuager.publications.wording.disclosure_words import EFFECT
from kuager.publications.wording.notices import NoticeTold

SAID_BY_OPERATOR = message("Not sent by an alerting authority: an operator says this of its own network.")
_SEVERITY = {Effect.CUT: "Severe", Effect.SLOWED: "Moderate", Effect.BLOCKED: "Moderate"}
_BACK = frozenset({NoticeState.MONITORING, NoticeState.RESOLVED})


def notice_messages(views: Collection[CaseView]) -> dict[str, bytes]:
    """Every message by its path, from the same case in each language."""
    first, *_ = views
    return {
        notice_alert_path(history.id, version.notice.version): _message(history, number, list(views))
        for history in first.notices
        for number, version in enumerate(history.versions)
    }


def _message(history: NoticeHistory, number: int, views: list[CaseView]) -> bytes:
    version = history.versions[number]
    cancels = version.notice.status is Status.WITHDRAWN
    earlier = tuple(reference(_identifier(one, views[0]), one.known) for one in history.versions[:number])
    return alert(
        Heading(
            identifier=_identifier(version, views[0]),
            sent=version.known,
            status="Test",
            kind="Cancel" if cancels and earlier else "Update" if earlier else "Alert",
            note=SAID_BY_OPERATOR,
            earlier=earlier,
            incident=history.id,
        ),
        [_info(version, view) for view in views],
    )


def _identifier(version: NoticeVersion, view: CaseView) -> str:
    return f"{urn(view, f'notice {version.notice.id}')}:{version.notice.version}"


def _info(version: NoticeVersion, view: CaseView) -> Xml.Element:
    """The block of one language; its children stand in the order of the schema."""
    notice, translation = version.notice, view.about.translation
    told = NoticeTold(notice, view.operators, translation)
    info = Xml.Element("info")
    text(info, "language", view.about.language)
    text(info, "category", "Infra")
    text(info, "event", clean(translation.gettext(EFFECT[notice.effect])))
    text(info, "responseType", "None" if notice.state is NoticeState.RESOLVED else "Monitor")
    text(info, "urgency", _urgency(version))
    text(info, "severity", _SEVERITY[notice.effect])
    text(info, "certainty", "Observed")
    start, end = known_interval(notice.start), known_interval(notice.end)
    if start is not None:
        text(info, "onset", written(start.best))
    if end is not None:
        text(info, "expires", written(end.best))
    text(info, "senderName", clean(told.operator))
    text(info, "headline", notice_title(told, told.moment))
    text(info, "description", clean(notice.text.get(translation.code) or next(iter(notice.text.values()))))
    if view.about.address:
        text(info, "web", view.about.address + addresses.notice(view.about.language, notice.id))
    if notice.contact:
        text(info, "contact", clean(notice.contact))
    pair(info, "parameter", "version", str(notice.version))
    pair(info, "parameter", "state", notice.state.value)
    for fact in facts_of(notice):
        pair(info, "parameter", fact.fact.value, clean(told.value(fact)))
    area = Xml.SubElement(info, "area")
    text(area, "areaDesc", clean(_area(notice, told, view)))
    for code in (*notice.places, *notice.networks):
        scheme = "ASN" if code.startswith("AS") else "ISO3166-2" if "-" in code else "ISO3166-1"
        pair(area, "geocode", scheme, code)
    return info


def _area(notice: Notice, told: NoticeTold, view: CaseView) -> str:
    """Where it is, in words; the place of the case where the notice does not tell."""
    places = [told.value(one) for one in facts_of(notice) if one.fact.value == "places" and one.value]
    return places[0] if places else view.about.place_name


def _urgency(version: NoticeVersion) -> str:
    if version.notice.state in _BACK or version.notice.status is Status.WITHDRAWN:
        return "Past"
    start = known_interval(version.notice.start)
    return "Future" if start is not None and start.earliest > version.known + timedelta(minutes=1) else "Immediate"
