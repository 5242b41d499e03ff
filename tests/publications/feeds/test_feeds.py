"""Every feed against the schema of its format, each with a damaged copy that is refused; what readers find in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from posixpath import dirname, join, normpath

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from lxml import etree
from tests.publications.conftest import BACK
from tests.publications.feeds.conftest import Views, alerts_of, each_newest
from tests.publications.feeds.validators import (
    ATOM,
    CAP,
    Incidents,
    Summary,
    atom_faults,
    calendar_faults,
    cap_faults,
    faults,
    json_feed_faults,
    status_faults,
)

from kuager.model.notes import Note
from kuager.model.words import Level
from kuager.publications.feeds.files import INCIDENTS, STATUS, atom_path, feed_files, feed_list
from kuager.publications.feeds.identity import clean
from kuager.publications.language import LANGUAGES
from kuager.publications.site.pages import site_files
from kuager.publications.view import CaseView, EpisodeView

ADDRESS = "https://example.org/kz/"
CAP_PATH = "feeds/cap/kz-2022-01-05-a-v2.xml"


def ongoing(view: EpisodeView) -> Views:
    return {"en": CaseView(view.about, (view,), places=("KZ",))}


def graded(view: EpisodeView, level: Level) -> Views:
    return ongoing(replace(view, episode=msgspec.structs.replace(view.episode, level=level)))


@pytest.mark.parametrize("case", ["views", "retracted", "found_again", "several", "empty"])
def test_every_feed_is_valid(case: str, request: pytest.FixtureRequest) -> None:
    told: Views = request.getfixturevalue(case)
    for views in (told, {code: replace(one, about=replace(one.about, address=ADDRESS)) for code, one in told.items()}):
        files = feed_files(views)
        assert faults(files) == []
        assert {path.rpartition(".")[2] for path in files} >= {"atom", "json", "ics"}
        assert any(path.startswith("feeds/cap/") for path in files) == (case != "empty")
        assert feed_files(views) == files


def test_every_feed_of_what_goes_on_is_valid(ongoing_view: EpisodeView) -> None:
    for level in Level:
        assert faults(feed_files(graded(ongoing_view, level))) == []


def test_samples_of_each_format_are_found_valid(shared_data: Path) -> None:
    samples = shared_data / "feeds"
    assert atom_faults((samples / "atom.xml").read_bytes()) == []
    assert cap_faults((samples / "cap.xml").read_bytes()) == []
    assert json_feed_faults((samples / "feed.json").read_bytes()) == []
    assert calendar_faults((samples / "incidents.ics").read_bytes()) == []


@pytest.mark.parametrize(
    ("path", "what", "instead"),
    [
        ("feeds/en/episodes.atom", r"<updated>.*?</updated>", ""),
        ("feeds/en/episodes.atom", r"(?s)<author>.*?</author>", ""),
        ("feeds/en/episodes.atom", r'(?s)<content.*?</content>|<link rel="alternate"[^>]*>', ""),
        ("feeds/en/episodes.json", '"id"', '"ident"'),
        ("feeds/en/episodes.json", "https://jsonfeed.org/version/1.1", "1.1"),
        ("feeds/en/episodes.ics", "DTSTAMP:.*?\r\n", ""),
        ("feeds/en/episodes.ics", "DTEND:2022", "DTEND:2021"),
        ("feeds/en/episodes.ics", "\r\n ", ""),
        (CAP_PATH, "<status>.*?</status>", ""),
        (CAP_PATH, "<category>Infra", "<category>Internet"),
        (CAP_PATH, "-00:00</sent>", "Z</sent>"),
        (CAP_PATH, "<references>.*?</references>", ""),
        (CAP_PATH, "<sender>", "<sender>the "),
        (STATUS, '"operational"', '"up"'),
        (INCIDENTS, '"impact"', '"severity"'),
    ],
)
def test_a_damaged_copy_is_refused(path: str, what: str, instead: str, views: Views) -> None:
    data = feed_files(views)[path].decode()
    damaged, count = re.subn(what, instead, data)
    assert count
    assert faults({path: damaged.encode()})


def test_measured_alerts_are_tests_for_kuager_is_no_authority(ongoing_view: EpisodeView) -> None:
    (data,) = alerts_of(ongoing(ongoing_view)).values()
    tree = etree.fromstring(data)
    assert tree.findtext("c:status", namespaces=CAP) == "Test"
    assert "Not sent by an alerting authority" in tree.findtext("c:note", namespaces=CAP)
    assert tree.find("c:info/c:expires", CAP) is None
    assert tree.findtext("c:info/c:severity", namespaces=CAP) == "Severe"
    assert tree.findtext("c:info/c:area/c:geocode/c:value", namespaces=CAP) == "KZ"


def test_nobody_is_urged_by_what_went_on_when_old_data_end(ongoing_view: EpisodeView) -> None:
    about = ongoing_view.about
    long_ago = replace(about, known=about.window[1].replace(year=2026))
    just_now = replace(about, known=about.window[1])
    urgencies = []
    for one in (long_ago, just_now):
        (data,) = alerts_of(ongoing(replace(ongoing_view, about=one))).values()
        urgencies.append(etree.fromstring(data).findtext("c:info/c:urgency", namespaces=CAP))
    assert urgencies == ["Unknown", "Immediate"]


@pytest.mark.parametrize(
    ("level", "certainty", "status"),
    [
        (Level.CONFIRMED, "Observed", "CONFIRMED"),
        (Level.CORROBORATED, "Likely", "CONFIRMED"),
        (Level.SIGNAL, "Possible", "TENTATIVE"),
        (Level.DISPUTED, "Unknown", "TENTATIVE"),
    ],
)
def test_no_feed_is_surer_than_the_episode(
    level: Level, certainty: str, status: str, ongoing_view: EpisodeView
) -> None:
    views = graded(ongoing_view, level)
    (alert,) = alerts_of(views).values()
    assert etree.fromstring(alert).findtext("c:info/c:certainty", namespaces=CAP) == certainty
    (event,) = Calendar.from_ical(feed_files(views)["feeds/en/episodes.ics"]).events
    assert event["status"] == status


def test_a_calendar_shows_what_goes_on_until_the_data_end(ongoing_view: EpisodeView) -> None:
    (event,) = Calendar.from_ical(feed_files(ongoing(ongoing_view))["feeds/en/episodes.ics"]).events
    assert str(event["summary"]).endswith("(so far)")
    assert event.decoded("dtend") == ongoing_view.horizon


def test_an_ongoing_episode_is_on_the_status_page(ongoing_view: EpisodeView) -> None:
    status = json.loads(feed_files(ongoing(ongoing_view))[STATUS])
    assert status["status"]["indicator"] == "critical"
    assert [one["status"] for one in status["incidents"]] == ["identified"]
    assert [(one["name"], one["status"]) for one in status["components"]] == [("Kazakhstan", "major_outage")]
    assert "notice" not in status
    disputed = json.loads(feed_files(graded(ongoing_view, Level.DISPUTED))[STATUS])
    assert disputed["status"]["indicator"] == "minor"
    assert disputed["components"][0]["status"] == "degraded_performance"


def test_what_nobody_measured_is_not_called_operational(several: Views, empty: Views) -> None:
    named = [one["name"] for one in json.loads(feed_files(several)[STATUS])["components"]]
    assert named == ["Kazakhtelecom (AS9198)", "Kazakhstan"]
    nothing = json.loads(feed_files(empty)[STATUS])
    assert nothing["components"] == []
    assert nothing["status"]["description"].startswith("Nothing was measured at all")


def test_an_empty_feed_says_that_nothing_was_measured(several: Views, empty: Views) -> None:
    no_series = "The case holds no series of this place and time"
    for files, name, said in (
        (feed_files(several), "uz", no_series),
        (feed_files(empty), "episodes", "Nothing was measured at all"),
    ):
        atom = etree.fromstring(files[f"feeds/en/{name}.atom"])
        assert atom.findtext("a:subtitle", namespaces=ATOM).startswith(said)
        assert json.loads(files[f"feeds/en/{name}.json"])["description"].startswith(said)
        assert str(Calendar.from_ical(files[f"feeds/en/{name}.ics"])["description"]).startswith(said)
    told = etree.fromstring(feed_files(several)["feeds/en/episodes.atom"])
    assert told.find("a:subtitle", ATOM) is None


def test_addresses_are_whole_where_the_site_has_one(views: Views) -> None:
    named = {code: replace(view, about=replace(view.about, address=ADDRESS)) for code, view in views.items()}
    files = feed_files(named)
    links = etree.fromstring(files[atom_path("en")]).xpath("//a:link/@href", namespaces=ATOM)
    assert f"{ADDRESS}{CAP_PATH}" in links
    assert all(one.startswith(ADDRESS) for one in links)
    page = f"{ADDRESS}en/episode/kz-2022-01-05-a/index.html"
    feed = json.loads(files["feeds/en/episodes.json"])
    assert feed["feed_url"] == f"{ADDRESS}feeds/en/episodes.json"
    assert feed["items"][0]["url"] == page
    assert etree.fromstring(files[CAP_PATH]).findtext("c:info/c:web", namespaces=CAP) == page
    (incident,) = json.loads(files[INCIDENTS])["incidents"]
    assert incident["shortlink"] == page


def test_addresses_are_relative_to_the_feed_where_it_has_none(views: Views) -> None:
    files = feed_files(views)
    links = etree.fromstring(files[atom_path("en")]).xpath("//a:entry/a:link/@href", namespaces=ATOM)
    assert links == ["../../en/episode/kz-2022-01-05-a/index.html", "../cap/kz-2022-01-05-a-v2.xml"]
    assert "url" not in json.loads(files["feeds/en/episodes.json"])["items"][0]
    (incident,) = json.loads(files[INCIDENTS])["incidents"]
    assert incident["shortlink"] == "../en/episode/kz-2022-01-05-a/index.html"


def test_each_of_several_places_has_feeds_of_its_own(several: Views, views: Views) -> None:
    files = feed_files(several)

    def told(name: str) -> list[str]:
        return [one["_kuager"]["episode"] for one in json.loads(files[f"feeds/en/{name}.json"])["items"]]

    both = ["as9198-2022-01-05-a", "kz-2022-01-05-a"]
    assert sorted(told("episodes")) == both
    assert sorted(told("kz")) == both
    assert told("as9198") == both[:1]
    assert told("uz") == []
    assert etree.fromstring(files[atom_path("ru", "UZ")]).findtext("a:title", namespaces=ATOM) == "Kuager: Узбекистан"
    assert not any("/kz." in path for path in feed_files(views))


def test_the_list_of_feeds_names_all_that_are_there(several: Views, views: Views) -> None:
    for one in (several, views):
        files = [path for path in feed_files(one) if not path.startswith("feeds/cap/")]
        assert {link.path for view in one.values() for link in feed_list(view)} == set(files)
    titles = [link.title for link in feed_list(several["en"])]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("case", ["views", "retracted"])
def test_simulated_feeds_say_so_everywhere(case: str, request: pytest.FixtureRequest) -> None:
    files = feed_files(request.getfixturevalue(case))
    atom = etree.fromstring(files[atom_path("en")])
    assert atom.findtext("a:entry/a:title", namespaces=ATOM).endswith("(simulated signals)")
    assert atom.findtext("a:entry/a:content", namespaces=ATOM).startswith("The signals were drawn by a simulator")
    for path in (STATUS, INCIDENTS):
        assert json.loads(files[path])["notice"] == "simulated signals"
    feed = json.loads(files["feeds/en/episodes.json"])
    assert feed["_kuager"]["notice"] == "simulated signals"
    assert feed["items"][0]["_kuager"]["simulated"] is True
    (event,) = Calendar.from_ical(files["feeds/en/episodes.ics"]).events
    assert str(event["summary"]).endswith("(simulated signals)")
    for path, data in files.items():
        if path.startswith("feeds/cap/"):
            alert = etree.fromstring(data)
            assert alert.findtext("c:status", namespaces=CAP) == "Exercise"
            assert "simulated signals" in alert.findtext("c:info/c:headline", namespaces=CAP)


def _titled(views: Views, text: str) -> Views:
    view = views["en"]
    return {"en": replace(view, about=replace(view.about, case_title=text))}


def _placed(views: Views, text: str) -> Views:
    view = views["en"]
    (one,) = view.episodes
    return {"en": replace(view, episodes=(replace(one, about=replace(one.about, place_name=text)),))}


def _taken_back(views: Views, text: str) -> Views:
    return each_newest(
        {"en": views["en"]},
        lambda newest: msgspec.structs.replace(newest, until=BACK, retraction=Note(text, {})),
        stands=False,
    )


@pytest.mark.parametrize("change", [_titled, _placed, _taken_back], ids=["title", "place", "reason"])
def test_any_text_survives_or_is_cleaned(change: Callable[[Views, str], Views], views: Views) -> None:
    @settings(max_examples=25, deadline=None)
    @given(text=st.text(min_size=1, max_size=200))
    @example(text="<script>&amp;\"']]>")
    @example(text="\x00\x0b\x1f\x7f\ufffe")
    @example(text="a;b,c\\d\r\ne\rf\nBEGIN:VEVENT")
    @example(text="\u202eقطع الإنترنت \u2066\U0001f1f0\U0001f1ff")
    @example(text="интернет " * 1200)
    def check(text: str) -> None:
        files = feed_files(change(views, text))
        assert faults(files) == []
        shown = json.dumps([json.loads(files[INCIDENTS]), json.loads(files["feeds/en/episodes.json"])])
        assert json.dumps(clean(text))[1:-1] in shown
        assert len(Calendar.from_ical(files["feeds/en/episodes.ics"]).events) == 1

    check()


def test_what_xml_forbids_is_replaced() -> None:
    assert clean("a\x00b\x1fc\ufffed\u2028e\U0001f600") == "a\ufffdb\ufffdc\ufffdd\u2028e\U0001f600"


def test_status_pages_are_told_apart_from_other_shapes(views: Views) -> None:
    files = feed_files(views)
    assert status_faults(files[INCIDENTS], Incidents) == []
    assert status_faults(files[INCIDENTS], Summary)
    assert len(json.loads(files[INCIDENTS])["incidents"][0]["incident_updates"]) == 2
    assert sorted(path.split("/")[1] for path in files if path.endswith(".atom")) == sorted(LANGUAGES)


def test_links_lead_to_files_that_are_there(several: Views) -> None:
    files = feed_files(several)
    there = files.keys() | site_files(several).keys()
    for path, data in files.items():
        if path.endswith(".atom"):
            links = etree.fromstring(data).xpath("//a:link/@href", namespaces=ATOM)
            assert len(links) > 0
            assert {normpath(join(dirname(path), link)) for link in links} <= there
    leads = etree.fromstring(files[atom_path("en", "AS9198")]).xpath("a:link/@href", namespaces=ATOM)
    assert leads == ["../../en/network/as9198/index.html"]
