"""Every feed against the schema of its format, each with a damaged copy that is refused; updates and corrections."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event
from lxml import etree
from tests.publications.conftest import BACK, in_language

from kuager.errors import message
from kuager.model.episodes import Episode
from kuager.model.history import History, Version
from kuager.model.notes import Note
from kuager.publications.feeds.cap import cap_messages
from kuager.publications.feeds.files import STATUS, atom_path, feed_files, feed_list
from kuager.publications.feeds.story import clean, entries
from kuager.publications.language import LANGUAGES
from kuager.publications.view import CaseView, EpisodeView

SCHEMAS = Path(__file__).parent / "schemas"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
CAP = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
FIRST, SECOND = datetime(2022, 1, 6, 12, tzinfo=UTC), datetime(2022, 1, 12, 12, tzinfo=UTC)


def version(episode: Episode, number: int, known: datetime, until: datetime | None = None) -> Version:
    return Version(episode.id, number, episode.start, episode.end, episode, number, known, until)


@pytest.fixture(scope="module")
def views(simulated_view: EpisodeView) -> dict[str, CaseView]:
    """An episode that was going on at first and is over in its second version."""
    now = msgspec.structs.replace(simulated_view.episode, version=2)
    before = msgspec.structs.replace(now, version=1, end=None, end_earliest=None, end_latest=None, ongoing=True)
    history = History((version(before, 1, FIRST, SECOND), version(now, 2, SECOND)), (1, 2))
    found = {}
    for language in LANGUAGES:
        one = replace(in_language(simulated_view, language), episode=now, history=history)
        found[language] = CaseView(one.about, (one,), places=("KZ",), histories={now.id: history})
    return found


@pytest.fixture(scope="module")
def retracted(views: dict[str, CaseView]) -> dict[str, CaseView]:
    found = {}
    for language, view in views.items():
        (history,) = view.histories.values()
        newest = msgspec.structs.replace(
            history.newest,
            until=SECOND + timedelta(days=1),
            retraction=Note(message("Too noisy to tell: {signals}."), {"signals": "sim.bgp"}),
        )
        taken = History((history.versions[0], newest), history.entries)
        found[language] = replace(view, episodes=(), histories={newest.id: taken})
    return found


def empty(views: dict[str, CaseView]) -> dict[str, CaseView]:
    return {language: replace(view, episodes=(), histories={}) for language, view in views.items()}


def atom_faults(data: bytes) -> list[str]:
    """What RELAX NG and the three rules beside it (RFC 4287, appendix B and section 4.1) have against a feed."""
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
    return faults


def cap_valid(data: bytes) -> bool:
    return bool(etree.XMLSchema(etree.parse(SCHEMAS / "cap-1.2.xsd")).validate(etree.fromstring(data)))


def json_feed_faults(data: bytes) -> list[str]:
    schema = json.loads((SCHEMAS / "json-feed-1.1.json").read_text("utf-8"))
    return [one.message for one in jsonschema.Draft7Validator(schema).iter_errors(json.loads(data))]


def calendar_faults(data: bytes) -> list[str]:
    """What the library lets pass: required properties that are not there."""
    events = [one for one in Calendar.from_ical(data).walk() if one.name == "VEVENT"]
    return [name for event in events for name in Event.required if name not in event]


class Incident(msgspec.Struct):
    """The fields of an incident that readers of status pages rely on."""

    id: str
    name: str
    status: str
    impact: str
    created_at: str
    updated_at: str
    resolved_at: str | None
    incident_updates: list[Any]
    components: list[Any]


@pytest.mark.parametrize("kind", ["told", "retracted", "empty"])
def test_every_feed_is_valid(kind: str, views: dict[str, CaseView], retracted: dict[str, CaseView]) -> None:
    files = feed_files({"told": views, "retracted": retracted, "empty": empty(views)}[kind])
    for language in LANGUAGES:
        assert atom_faults(files[atom_path(language)]) == []
        assert json_feed_faults(files[f"feeds/{language}/episodes.json"]) == []
        assert calendar_faults(files[f"feeds/{language}/episodes.ics"]) == []
    messages = [data for path, data in files.items() if path.startswith("feeds/cap/")]
    assert bool(messages) == (kind != "empty")
    assert all(map(cap_valid, messages))
    status = json.loads(files[STATUS])
    assert status["page"].keys() >= {"id", "name", "url", "time_zone", "updated_at"}
    for one in json.loads(files["feeds/incidents.json"])["incidents"]:
        msgspec.convert(one, Incident)


def test_a_damaged_copy_of_each_is_refused(views: dict[str, CaseView]) -> None:
    files = feed_files(views)
    atom = files[atom_path("en")]
    assert atom_faults(re.sub(rb"<updated>.*?</updated>", b"", atom, count=1))
    assert atom_faults(re.sub(rb"<author>.*?</author>", b"", atom, flags=re.DOTALL))
    assert atom_faults(re.sub(rb"<content.*?</content>|<link rel=\"alternate\"[^>]*>", b"", atom, flags=re.DOTALL))
    cap = next(data for path, data in files.items() if path.startswith("feeds/cap/"))
    assert not cap_valid(re.sub(rb"<status>.*?</status>", b"", cap))
    assert not cap_valid(cap.replace(b"<category>Infra", b"<category>Internet"))
    assert json_feed_faults(files["feeds/en/episodes.json"].replace(b'"id"', b'"ident"'))
    assert calendar_faults(re.sub(rb"UID:.*?\r\n", b"", files["feeds/en/episodes.ics"]))


def test_an_episode_keeps_its_id_and_that_it_is_back_is_an_update(views: dict[str, CaseView]) -> None:
    (before,) = entries(_as_it_was(views["en"]))
    (after,) = entries(views["en"])
    assert before.id == after.id
    assert (before.published, before.updated) == (FIRST, FIRST)
    assert (after.published, after.updated) == (FIRST, SECOND)
    assert after.title.startswith("It is back: Kazakhstan")
    assert "It replaces version 1" in " ".join(after.text)
    tree = etree.fromstring(feed_files(views)[atom_path("en")])
    assert tree.findtext("a:entry/a:updated", namespaces=ATOM) == "2022-01-12T12:00:00Z"


def _as_it_was(view: CaseView) -> CaseView:
    (history,) = view.histories.values()
    first = msgspec.structs.replace(history.versions[0], until=None)
    assert first.episode is not None
    then = History((first,), (1,))
    (shown,) = view.episodes
    return replace(view, episodes=(replace(shown, episode=first.episode, history=then),), histories={first.id: then})


def test_an_update_refers_to_what_it_updates_and_a_cancel_to_all(
    views: dict[str, CaseView], retracted: dict[str, CaseView]
) -> None:
    first, second = (etree.fromstring(data) for data in cap_messages(views).values())
    assert first.findtext("c:msgType", namespaces=CAP) == "Alert"
    assert second.findtext("c:msgType", namespaces=CAP) == "Update"
    references = second.findtext("c:references", namespaces=CAP)
    sender, identifier, sent = references.split(",")
    assert sender == first.findtext("c:sender", namespaces=CAP)
    assert identifier == first.findtext("c:identifier", namespaces=CAP)
    assert sent == first.findtext("c:sent", namespaces=CAP)
    assert [one.findtext("c:language", namespaces=CAP) for one in second.findall("c:info", CAP)] == list(LANGUAGES)
    assert second.findtext("c:status", namespaces=CAP) == "Exercise"
    (cancel,) = (etree.fromstring(data) for data in cap_messages(retracted).values())
    assert cancel.findtext("c:msgType", namespaces=CAP) == "Cancel"
    assert len(cancel.findtext("c:references", namespaces=CAP).split()) == 2


def test_measured_alerts_are_tests_for_kuager_is_no_authority(ongoing_view: EpisodeView) -> None:
    (data,) = cap_messages({"en": CaseView(ongoing_view.about, (ongoing_view,))}).values()
    tree = etree.fromstring(data)
    assert tree.findtext("c:status", namespaces=CAP) == "Test"
    assert "Not sent by an alerting authority" in tree.findtext("c:note", namespaces=CAP)
    assert tree.find("c:info/c:expires", CAP) is None


def test_what_was_taken_back_stays_and_says_so(retracted: dict[str, CaseView]) -> None:
    (one,) = entries(retracted["en"])
    assert one.title.startswith("Taken back: kz-2022-01-05-a")
    assert "Too noisy to tell" in one.text[0]
    files = feed_files(retracted)
    assert b"STATUS:CANCELLED" in files["feeds/en/episodes.ics"]
    assert json.loads(files["feeds/en/episodes.json"])["items"][0]["_kuager"]["retracted"] is True


def test_an_ongoing_episode_is_on_the_status_page(ongoing_view: EpisodeView) -> None:
    status = json.loads(feed_files({"en": CaseView(ongoing_view.about, (ongoing_view,), places=("KZ",))})[STATUS])
    assert status["status"]["indicator"] == "critical"
    assert [one["status"] for one in status["incidents"]] == ["identified"]
    assert status["components"][0]["status"] == "major_outage"
    assert "notice" not in status


def test_addresses_are_whole_where_the_site_has_one(views: dict[str, CaseView]) -> None:
    address = "https://example.org/kz/"
    named = {code: replace(view, about=replace(view.about, address=address)) for code, view in views.items()}
    files = feed_files(named)
    links = etree.fromstring(files[atom_path("en")]).xpath("//a:link/@href", namespaces=ATOM)
    assert all(one.startswith(address) for one in links)
    assert json.loads(files["feeds/en/episodes.json"])["feed_url"] == f"{address}feeds/en/episodes.json"
    relative = etree.fromstring(feed_files(views)[atom_path("en")]).xpath("//a:link/@href", namespaces=ATOM)
    assert "../../en/episode/kz-2022-01-05-a/index.html" in relative


def test_the_list_of_feeds_names_files_that_are_there(views: dict[str, CaseView]) -> None:
    files = feed_files(views)
    for view in views.values():
        assert {one.path for one in feed_list(view)} <= files.keys()


def test_simulated_feeds_say_so_everywhere(views: dict[str, CaseView]) -> None:
    files = feed_files(views)
    assert b"(simulated signals)" in files[atom_path("en")]
    for path in (STATUS, "feeds/incidents.json"):
        assert json.loads(files[path])["notice"] == "simulated signals"
    assert json.loads(files["feeds/en/episodes.json"])["_kuager"]["notice"] == "simulated signals"


@settings(max_examples=40, deadline=None)
@given(title=st.text(max_size=200))
def test_any_title_survives_or_is_cleaned(views: dict[str, CaseView], title: str) -> None:
    view = replace(views["en"], about=replace(views["en"].about, case_title=title))
    files = feed_files({"en": view})
    assert atom_faults(files[atom_path("en")]) == []
    assert etree.fromstring(files[atom_path("en")]).findtext("a:title", namespaces=ATOM) is not None
    assert json.loads(files["feeds/en/episodes.json"])["title"].endswith(title)
    assert calendar_faults(files["feeds/en/episodes.ics"]) == []


def test_what_xml_forbids_is_replaced() -> None:
    assert clean("a\x00b\x1fc\ufffed\u2028e\U0001f600") == "a\ufffdb\ufffdc\ufffdd\u2028e\U0001f600"
    assert BACK > FIRST
