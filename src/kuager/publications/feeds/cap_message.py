"""The frame of a message of Common Alerting Protocol 1.2 (OASIS, July 2010), its elements in the order of the schema.

Instants are written with the offset -00:00, as section 3.3.2 wants those of UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
SENDER = "kuager.invalid"


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the blocks of the languages: ``earlier`` are the messages that this one refers to."""

    identifier: str
    sent: datetime
    status: str
    kind: str
    note: str
    earlier: tuple[str, ...]
    incident: str


def alert(heading: Heading, infos: Iterable[Xml.Element]) -> bytes:
    """A whole message."""
    root = Xml.Element("alert", {"xmlns": CAP})
    text(root, "identifier", heading.identifier)
    text(root, "sender", SENDER)
    text(root, "sent", written(heading.sent))
    text(root, "status", heading.status)
    text(root, "msgType", heading.kind)
    text(root, "source", "Kuager")
    text(root, "scope", "Public")
    text(root, "note", heading.note)
    if heading.earlier:
        text(root, "references", " ".join(heading.earlier))
    text(root, "incidents", heading.incident)
    root.extend(infos)
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'.encode()


def reference(identifier: str, sent: datetime) -> str:
    """Sender, identifier and time, by which later messages name one (section 3.2.1, references)."""
    return f"{SENDER},{identifier},{written(sent)}"


def written(moment: datetime) -> str:
    """An instant as messages have it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}-00:00"


def text(parent: Xml.Element, tag: str, words: str) -> None:
    """An element that holds words."""
    Xml.SubElement(parent, tag).text = words


def pair(parent: Xml.Element, tag: str, name: str, value: str) -> None:
    """An element that holds a name and a value."""
    found = Xml.SubElement(parent, tag)
    text(found, "valueName", name)
    text(found, "value", value)
