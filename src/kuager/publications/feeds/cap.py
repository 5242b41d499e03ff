"""Common Alerting Protocol 1.2 (OASIS, July 2010): a message for each version of an episode, one ``info`` per language.

The first is an Alert; those of later versions are Updates that refer to all before them; a Cancel tells that an episode
was taken back, and what is found again afterwards begins with an Alert. Kuager is no alerting authority, so the status
is Test, and Exercise where the signals are simulated; the note says so (section 3.2.1: status and note). CAP has no
category for communications; Infra is the nearest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree import ElementTree as Xml

from kuager.errors import message
from kuager.model.episodes import Episode
from kuager.model.history import Version
from kuager.model.words import EpisodeKind, Level, PhaseKind
from kuager.publications.feeds.cap_message import Heading, alert, pair, reference, text, written
from kuager.publications.feeds.identity import alert_path, clean
from kuager.publications.feeds.story import DRAWN, Entry, Feed, paragraphs, titled
from kuager.publications.feeds.told import as_told
from kuager.publications.site import addresses
from kuager.publications.view import CaseView, EpisodeView
from kuager.publications.words import KIND

NOT_AN_AUTHORITY = message(
    "Not sent by an alerting authority: a record of measurements, published for programs to read."
)

_CERTAINTY = {
    Level.CONFIRMED: "Observed",
    Level.CORROBORATED: "Likely",
    Level.SIGNAL: "Possible",
    Level.DISPUTED: "Unknown",
    Level.CANNOT_TELL: "Unknown",
}
_WHOLE = frozenset({EpisodeKind.SHUTDOWN, EpisodeKind.OUTAGE})
_FRESH = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Sending:
    """One message: of which version, when, after which others as CAP refers to them; ``cancel`` takes back."""

    number: int
    version: Version | None
    identifier: str
    sent: datetime
    earlier: tuple[str, ...]
    cancel: bool = False

    @property
    def reference(self) -> str:
        """Sender, identifier and time, by which later messages name it (section 3.2.1, references)."""
        return reference(self.identifier, self.sent)

    @property
    def kind(self) -> str:
        """Its msgType."""
        if self.cancel:
            return "Cancel"
        return "Update" if self.earlier else "Alert"


def cap_messages(feeds: Collection[Feed]) -> dict[str, bytes]:
    """Every message of a case by its path, from what is told in each language.

    Of a version whose file is gone there is no message, only the one that takes it back.
    """
    told = [(feed.view, {one.episode: one for one in feed.entries}) for feed in feeds]
    _, first = told[0]
    files: dict[str, bytes] = {}
    for name, entry in first.items():
        translated = [(view, shown[name]) for view, shown in told]
        for sending in _sendings(entry):
            data = _message(sending, entry, translated)
            if data is not None:
                files[alert_path(name, sending.number, cancel=sending.cancel)] = data
    return files


def _sendings(entry: Entry) -> Iterator[_Sending]:
    """The messages of an episode in the order of their knowledge."""
    if entry.history is None:
        yield _Sending(entry.version, None, f"{entry.id}:{entry.version}", entry.published, ())
        return
    earlier: tuple[str, ...] = ()
    for version in entry.history.versions:
        sending = _Sending(version.number, version, f"{entry.id}:{version.number}", version.known, earlier)
        yield sending
        earlier = (*earlier, sending.reference)
        if version.retraction is not None:
            sent = version.until or version.known
            yield _Sending(version.number, version, f"{sending.identifier}:cancel", sent, earlier, cancel=True)
            earlier = ()


def _message(sending: _Sending, entry: Entry, translated: list[tuple[CaseView, Entry]]) -> bytes | None:
    infos = [
        _info(sending, shown, case) for case, one in translated if (shown := _shown(sending, one, case)) is not None
    ]
    if not infos and not sending.cancel:
        return None
    return alert(
        Heading(
            identifier=sending.identifier,
            sent=sending.sent,
            status="Exercise" if entry.simulated else "Test",
            kind=sending.kind,
            note=" ".join([NOT_AN_AUTHORITY, DRAWN] if entry.simulated else [NOT_AN_AUTHORITY]),
            earlier=sending.earlier,
            incident=entry.episode,
        ),
        infos,
    )


def _shown(sending: _Sending, entry: Entry, case: CaseView) -> EpisodeView | None:
    """A version as it was told when it was new, so that its message never changes."""
    if sending.version is None:
        return entry.view
    return as_told(sending.version, case, entry.view.about if entry.view is not None else None)


def _info(sending: _Sending, shown: EpisodeView, case: CaseView) -> Xml.Element:
    """The block of one language; its children stand in the order of the schema."""
    episode, translation = shown.episode, case.about.translation
    headline, told = titled(shown), paragraphs(shown)
    if sending.cancel and sending.version is not None:
        headline = translation.gettext(message("Taken back: {title}"), title=headline)
        told = [translation.note(sending.version.retraction)] if sending.version.retraction is not None else []
    info = Xml.Element("info")
    text(info, "language", case.about.language)
    text(info, "category", "Infra")
    text(info, "event", clean(translation.gettext(KIND[episode.kind])))
    text(info, "responseType", "Monitor" if episode.ongoing and not sending.cancel else "None")
    text(info, "urgency", _urgency(sending, shown))
    text(info, "severity", _severity(episode))
    text(info, "certainty", "Unknown" if sending.cancel else _CERTAINTY[episode.level])
    text(info, "onset", written(episode.start))
    if episode.end is not None:
        text(info, "expires", written(episode.end))
    text(info, "senderName", "Kuager")
    text(info, "headline", clean(headline))
    text(info, "description", clean("\n\n".join(told)))
    if case.about.address and not sending.cancel:
        text(info, "web", case.about.address + addresses.episode(case.about.language, episode.id))
    for name, value in (
        ("level", episode.level.value),
        ("kind", episode.kind.value),
        ("version", str(sending.number)),
        ("start_earliest", written(episode.start_earliest)),
        ("start_latest", written(episode.start_latest)),
        ("end_earliest", written(episode.end_earliest) if episode.end_earliest is not None else "unknown"),
        ("end_latest", written(episode.end_latest) if episode.end_latest is not None else "unknown"),
    ):
        pair(info, "parameter", name, value)
    area = Xml.SubElement(info, "area")
    text(area, "areaDesc", clean(shown.about.place_name))
    scheme = "ASN" if episode.place.startswith("AS") else "ISO3166-2" if "-" in episode.place else "ISO3166-1"
    pair(area, "geocode", scheme, episode.place)
    return info


def _severity(episode: Episode) -> str:
    """Extreme is for threats to life, of which a signal says nothing; less than all access is a lesser threat."""
    dark = any(phase.kind is PhaseKind.BLACKOUT for phase in episode.phases)
    return "Severe" if episode.kind in _WHOLE and dark else "Moderate"


def _urgency(sending: _Sending, shown: EpisodeView) -> str:
    """What has ended is past; of what went on when old data end nobody knows whether it goes on now."""
    if sending.cancel or not shown.episode.ongoing:
        return "Past"
    return "Immediate" if sending.sent - shown.horizon <= _FRESH else "Unknown"
