"""What the schemas of the formats, and the rules beside them, have against a feed: nothing, where it is valid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import jsonschema
import msgspec
from icalendar import Calendar, Event
from lxml import etree

from kuager.publications.feeds.files import INCIDENTS, STATUS

SCHEMAS = Path(__file__).parent / "schemas"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
CAP = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}


def atom_faults(data: bytes) -> list[str]:
    """RELAX NG and the three rules beside it (RFC 4287, appendix B and section 4.1)."""
    tree = etree.fromstring(data)
    schema = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
    faults = [] if schema.validate(tree) else [str(schema.error_log)]
    authored = tree.find("a:author", ATOM) is not None
    for entry in tree.findall("a:entry", ATOM):
        if not authored and entry.find("a:author", ATOM) is None:
            faults.append("nobody wrote an entry")
        if entry.find("a:content", ATOM) is None and entry.find("a:link[@rel='alternate']", ATOM) is None:
            faults.append("an entry without content and without an alternate")
        if entry.find("a:content[@src]", ATOM) is not None and entry.find("a:summary", ATOM) is None:
            faults.append("content elsewhere and no summary")
    ids = [one.text for one in tree.iterfind(".//a:id", ATOM)]
    return faults if len(ids) == len(set(ids)) else [*faults, "two things of one id"]


def cap_faults(data: bytes) -> list[str]:
    """The schema of OASIS, and what section 3.2.1 says of sender, identifier and references in words."""
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "cap-1.2.xsd"))
    tree = etree.fromstring(data)
    faults = [] if schema.validate(tree) else [str(schema.error_log)]
    faults += [
        f"the {name} has a character that it must not have"
        for name in ("identifier", "sender")
        if set(tree.findtext(f"c:{name}", "", CAP)) & set(" ,<&")
    ]
    references = tree.findtext("c:references", "", CAP).split()
    if any(len(one.split(",")) != 3 for one in references):
        faults.append("a reference is not of sender, identifier and time")
    if (tree.findtext("c:msgType", "", CAP) == "Alert") == bool(references):
        faults.append("an Alert refers to others, or another message to none")
    return faults


def json_feed_faults(data: bytes) -> list[str]:
    """The JSON Schema."""
    schema = json.loads((SCHEMAS / "json-feed-1.1.json").read_text("utf-8"))
    return [one.message for one in jsonschema.Draft7Validator(schema).iter_errors(json.loads(data))]


def calendar_faults(data: bytes) -> list[str]:
    """What the library lets pass: required properties that are not there, times that run backwards, long lines."""
    events = [one for one in Calendar.from_ical(data).walk() if isinstance(one, Event)]
    faults = [name for event in events for name in Event.required if name not in event]
    faults += ["an end before its start" for one in events if "dtend" in one and one.decoded("dtend") <= one.start]
    faults += ["a line of more than 75 octets" for line in data.split(b"\r\n") if len(line) > 75]
    controls = {*range(0x20), 0x7F} - {*b"\t\r\n"}
    return [*faults, "a control character"] if controls & set(data) else faults


Text = Annotated[str, msgspec.Meta(min_length=1)]
Time = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
IncidentStatus = Literal["investigating", "identified", "monitoring", "resolved", "postmortem"]


class Page(msgspec.Struct):
    id: Text
    name: str
    url: str
    time_zone: Text
    updated_at: Time


class Component(msgspec.Struct):
    id: Text
    name: str
    status: Literal["operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"]
    created_at: Time
    updated_at: Time
    position: int
    description: str | None
    showcase: bool
    start_date: str | None
    group: bool
    group_id: str | None
    page_id: Text
    only_show_if_degraded: bool


class Update(msgspec.Struct):
    id: Text
    incident_id: Text
    status: IncidentStatus
    body: Text
    created_at: Time
    updated_at: Time
    display_at: Time


class Incident(msgspec.Struct):
    id: Text
    name: Text
    status: IncidentStatus
    impact: Literal["none", "minor", "major", "critical"]
    created_at: Time
    updated_at: Time
    started_at: Time
    resolved_at: Time | None
    monitoring_at: Time | None
    shortlink: str
    page_id: Text
    incident_updates: Annotated[list[Update], msgspec.Meta(min_length=1)]
    components: list[Component]


class Indicated(msgspec.Struct):
    indicator: Literal["none", "minor", "major", "critical"]
    description: Text


class Summary(msgspec.Struct):
    page: Page
    status: Indicated
    components: list[Component]
    incidents: list[Incident]
    scheduled_maintenances: list[Any]


class Incidents(msgspec.Struct):
    page: Page
    incidents: list[Incident]


def status_faults(data: bytes, shape: type[Summary] | type[Incidents]) -> list[str]:
    """The shape of Statuspage's answers (version 2 of its public API)."""
    try:
        msgspec.json.decode(data, type=shape)
    except msgspec.ValidationError as error:
        return [str(error)]
    return []


def faults(files: dict[str, bytes]) -> list[tuple[str, str]]:
    """Everything that is wrong in the feeds of a case, with the path of the file."""
    found = []
    for path, data in files.items():
        if path.endswith(".atom"):
            told = atom_faults(data)
        elif path.endswith(".ics"):
            told = calendar_faults(data)
        elif path.endswith(".xml"):
            told = cap_faults(data)
        elif path in (STATUS, INCIDENTS):
            told = status_faults(data, Summary if path == STATUS else Incidents)
        else:
            told = json_feed_faults(data)
        found += [(path, one) for one in told]
    return found
