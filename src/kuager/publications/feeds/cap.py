"""Common Alerting Protocol 1.2 (OASIS, July 2010): a message for each version of an episode, one ``info`` per language.

The first is an Alert; those of later versions are Updates that refer to all before them; a Cancel tells that an episode
was taken back. Kuager is no alerting authority, so the status is Test, and Exercise where the signals are simulated;
the note says so (section 3.2.1: status and note). CAP has no category for communications; Infra is the nearest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from kuager.errors import message
from kuager.model.episodes import Episode
from kuager.model.history import Version
from kuager.model.words import EpisodeKind, Level
from kuager.publications.feeds.story import clean, urn
from kuager.publications.language import translator
from kuager.publications.site import addresses
from kuager.publications.view import CaseView, EpisodeView
from kuager.publications.wording import sentence
from kuager.publications.words import KIND

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
SENDER = "kuager.invalid"
NOT_AN_AUTHORITY = message(
    "Not sent by an alerting authority: a record of measurements, published for programs to read."
)
_SIMULATED = message("The signals were drawn by a simulator. They prove nothing.")

_CERTAINTY = {
    Level.CONFIRMED: "Observed",
    Level.CORROBORATED: "Likely",
    Level.SIGNAL: "Possible",
    Level.DISPUTED: "Unknown",
    Level.CANNOT_TELL: "Unknown",
}
_SEVERITY = {
    EpisodeKind.SHUTDOWN: "Severe",
    EpisodeKind.OUTAGE: "Severe",
    EpisodeKind.RECURRING: "Moderate",
    EpisodeKind.THROTTLING: "Moderate",
    EpisodeKind.BLOCKING: "Moderate",
}
"""Extreme is for threats to life, of which a signal says nothing; some services or hours are less than all access."""


def cap_path(episode: str, number: int) -> str:
    """Where the message of a version lies below ``public/``."""
    return f"feeds/cap/{episode}-v{number}.xml"


def cap_messages(views: Mapping[str, CaseView]) -> dict[str, bytes]:
    """Every message of a case by its path; of versions whose text is gone there is none."""
    first = next(iter(views.values()))
    files: dict[str, bytes] = {}
    for index, shown in enumerate(first.episodes):
        translated = {code: view.episodes[index] for code, view in views.items()}
        versions = shown.history.versions if shown.history is not None else ()
        if not versions:
            path = cap_path(shown.episode.id, shown.episode.version)
            files[path] = _message(first, shown.episode, None, (), translated)
        for position, version in enumerate(versions):
            if version.episode is None:
                continue
            episode = shown.episode if position == len(versions) - 1 else version.episode
            path = cap_path(version.id, version.number)
            files[path] = _message(first, episode, version, versions[:position], translated)
    for name, history in first.histories.items():
        newest = history.newest
        if newest.retraction is not None and newest.episode is not None:
            retracted = _message(first, newest.episode, newest, history.versions, {}, cancelled=views)
            files[cap_path(name, newest.number + 1)] = retracted
    return files


def _message(
    case: CaseView,
    episode: Episode,
    version: Version | None,
    earlier: Sequence[Version],
    views: Mapping[str, EpisodeView],
    cancelled: Mapping[str, CaseView] | None = None,
) -> bytes:
    sent = case.about.known if version is None else version.known
    number = episode.version if version is None else version.number
    if cancelled and version is not None:
        sent, number = version.until or version.known, version.number + 1
    alert = Xml.Element("alert", {"xmlns": CAP})
    _text(alert, "identifier", f"{urn(case, episode.id)}:{number}")
    _text(alert, "sender", SENDER)
    _text(alert, "sent", _time(sent))
    _text(alert, "status", "Exercise" if episode.simulated else "Test")
    _text(alert, "msgType", "Cancel" if cancelled else "Update" if earlier else "Alert")
    _text(alert, "source", "Kuager")
    _text(alert, "scope", "Public")
    notes = [NOT_AN_AUTHORITY, _SIMULATED] if episode.simulated else [NOT_AN_AUTHORITY]
    _text(alert, "note", " ".join(notes))
    if earlier:
        _text(
            alert,
            "references",
            " ".join(f"{SENDER},{urn(case, episode.id)}:{one.number},{_time(one.known)}" for one in earlier),
        )
    _text(alert, "incidents", episode.id)
    for language, shown in (cancelled or {}).items():
        alert.append(_info(episode, shown.about.translation.gettext(message("Taken back")), "", language, case))
    for view in views.values():
        told = EpisodeView(episode, view.traces, view.about, history=view.history)
        text = f"{sentence.sentence(told)} {sentence.darkness(told)}"
        alert.append(_info(episode, sentence.title(told), text, view.about.language, case, view.about.place_name))
    Xml.indent(alert)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(alert, encoding="unicode")}\n'.encode()


def _info(episode: Episode, headline: str, text: str, language: str, case: CaseView, place: str = "") -> Xml.Element:
    """The block of one language; its children stand in the order of the schema."""
    translation = translator(language)
    info = Xml.Element("info")
    _text(info, "language", language)
    _text(info, "category", "Infra")
    _text(info, "event", clean(translation.gettext(KIND[episode.kind])))
    _text(info, "responseType", "Monitor" if episode.ongoing else "None")
    _text(info, "urgency", "Immediate" if episode.ongoing else "Past")
    _text(info, "severity", _SEVERITY[episode.kind])
    _text(info, "certainty", _CERTAINTY[episode.level])
    _text(info, "onset", _time(episode.start))
    if episode.end is not None:
        _text(info, "expires", _time(episode.end))
    _text(info, "senderName", "Kuager")
    _text(info, "headline", clean(headline)[:160])
    if text:
        _text(info, "description", clean(text))
    if case.about.address:
        _text(info, "web", case.about.address + addresses.episode(language, episode.id))
    for name, value in (
        ("level", episode.level.value),
        ("kind", episode.kind.value),
        ("version", str(episode.version)),
        ("start_earliest", _time(episode.start_earliest)),
        ("start_latest", _time(episode.start_latest)),
        ("end", _time(episode.end) if episode.end is not None else "unknown"),
    ):
        _pair(info, "parameter", name, value)
    area = Xml.SubElement(info, "area")
    _text(area, "areaDesc", clean(place or episode.place))
    scheme = "ASN" if episode.place.startswith("AS") else "ISO3166-2" if "-" in episode.place else "ISO3166-1"
    _pair(area, "geocode", scheme, episode.place)
    return info


def _pair(parent: Xml.Element, tag: str, name: str, value: str) -> None:
    pair = Xml.SubElement(parent, tag)
    _text(pair, "valueName", name)
    _text(pair, "value", value)


def _time(moment: datetime) -> str:
    """As CAP wants it: seconds, and the offset of UTC written -00:00 (section 3.2.1, sent)."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}-00:00"


def _text(parent: Xml.Element, tag: str, text: str) -> None:
    Xml.SubElement(parent, tag).text = text
