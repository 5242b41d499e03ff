"""What operators say, in feeds: valid, dated by when it was said, each version as it was said then."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from lxml import etree
from tests.publications.feeds.conftest import Views
from tests.publications.feeds.validators import ATOM, CAP, atom_faults, cap_faults, json_feed_faults
from tests.publications.site.test_notices import FIRST, LAW, SAID, SECOND, THIRD, spoken

from kuager.accountability.rows.disclosure import Notice
from kuager.accountability.rows.row import Status
from kuager.model.time import format_utc
from kuager.publications.feeds.files import NOTICE_INCIDENTS, NOTICE_STATUS, feed_files, feed_list

STATES = {"investigating", "identified", "monitoring", "resolved"}


def feeds(views: Views, *notices: Notice) -> dict[str, bytes]:
    return feed_files({code: spoken(view, *notices) for code, view in views.items()})


def incident(files: dict[str, bytes]) -> dict[str, Any]:
    (one,) = json.loads(files[NOTICE_INCIDENTS])["incidents"]
    return dict(one)


def test_where_nobody_speaks_there_is_none(views: Views) -> None:
    assert [path for path in feed_files(views) if "notice" in path] == []


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_feed_is_valid_and_one_that_was_damaged_is_not(views: Views, language: str) -> None:
    files = feeds(views, FIRST, SECOND, THIRD)
    atom, feed = files[f"feeds/{language}/notices.atom"], files[f"feeds/{language}/notices.json"]
    assert atom_faults(atom) == []
    assert atom_faults(atom.replace(b"updated>", b"changed>")) != []
    assert json_feed_faults(feed) == []
    assert json_feed_faults(feed.replace(b'"id":', b'"name":')) != []
    alerts = {path: data for path, data in files.items() if path.startswith("feeds/cap/notice-")}
    assert len(alerts) == 3
    for data in alerts.values():
        assert cap_faults(data) == []
        assert cap_faults(data.replace(b"<sent>", b"<told>").replace(b"</sent>", b"</told>")) != []


def test_an_entry_keeps_its_id_and_is_dated_by_when_it_was_said(views: Views) -> None:
    def told(*notices: Notice) -> tuple[str, str, str]:
        (entry,) = etree.fromstring(feeds(views, *notices)["feeds/en/notices.atom"]).findall("a:entry", ATOM)
        return tuple(entry.findtext(f"a:{name}", "", ATOM) for name in ("id", "published", "updated"))

    first, third = told(FIRST), told(FIRST, SECOND, THIRD)
    assert first[0] == third[0]
    assert first[1:] == (format_utc(SAID[0]), format_utc(SAID[0]))
    assert third[1:] == (format_utc(SAID[0]), format_utc(SAID[2]))


def test_messages_refer_to_those_before_and_never_change(views: Views) -> None:
    one, three = feeds(views, FIRST), feeds(views, FIRST, SECOND, THIRD)
    path = "feeds/cap/notice-kcell-cut-v1.xml"
    assert one[path] == three[path]
    last = etree.fromstring(three["feeds/cap/notice-kcell-cut-v3.xml"])
    assert last.findtext("c:msgType", "", CAP) == "Update"
    assert len(last.findtext("c:references", "", CAP).split()) == 2
    assert [one.text for one in last.iterfind(".//c:urgency", CAP)] == ["Past"] * 3
    back = msgspec.structs.replace(SECOND, status=Status.WITHDRAWN)
    cancel = etree.fromstring(feeds(views, FIRST, back)["feeds/cap/notice-kcell-cut-v2.xml"])
    assert cancel.findtext("c:msgType", "", CAP) == "Cancel"


def test_a_message_says_what_is_withheld_and_by_which_law(views: Views) -> None:
    alert = etree.fromstring(feeds(views, FIRST)["feeds/cap/notice-kcell-cut-v1.xml"])
    english = alert.find("c:info", CAP)
    said = {
        one.findtext("c:valueName", "", CAP): one.findtext("c:value", "", CAP)
        for one in english.findall("c:parameter", CAP)
    }
    assert said["authority"] == f"withheld: legal basis {LAW}"
    assert said["contact"] == "withheld: no legal basis named"
    assert "" not in said.values()


def test_states_are_those_of_status_pages_and_no_update_is_dated_back(views: Views) -> None:
    one = incident(feeds(views, FIRST, SECOND, THIRD))
    assert {one["status"], *(update["status"] for update in one["incident_updates"])} <= STATES
    assert [update["display_at"] for update in one["incident_updates"]] == [format_utc(said) for said in SAID[::-1]]
    assert [update["kuager"]["start"] for update in one["incident_updates"]] == [THIRD.start, SECOND.start, FIRST.start]
    assert one["resolved_at"] == format_utc(SAID[2])
    assert one["kuager"]["withheld"]["authority"] == LAW
    assert one["kuager"]["withheld"]["contact"] is None


def test_a_feed_names_the_version_that_changed_something_and_all_that_is_withheld(views: Views) -> None:
    (item,) = json.loads(feeds(views, FIRST, SECOND)["feeds/en/notices.json"])["items"]
    lines = item["content_text"].split("\n\n")
    assert any(line.startswith("Version 2, said ") for line in lines)
    assert not any(line.startswith("Version 1, said ") for line in lines)
    assert item["_kuager"]["withheld"]["authority"] == LAW
    assert item["_kuager"]["withheld"]["contact"] is None


def test_the_summary_says_how_an_operator_is(views: Views) -> None:
    going_on = json.loads(feeds(views, FIRST)[NOTICE_STATUS])
    assert going_on["status"]["indicator"] == "critical"
    assert [one["status"] for one in going_on["components"]] == ["major_outage"]
    over = json.loads(feeds(views, FIRST, SECOND, THIRD)[NOTICE_STATUS])
    assert over["status"]["indicator"] == "none"
    assert over["incidents"] == []
    assert [one["status"] for one in over["components"]] == ["operational"]


def test_what_is_taken_back_is_marked(views: Views) -> None:
    files = feeds(views, FIRST, msgspec.structs.replace(SECOND, status=Status.WITHDRAWN))
    (item,) = json.loads(files["feeds/en/notices.json"])["items"]
    assert item["title"].startswith("Taken back: ")
    assert item["_kuager"]["retracted"] is True
    assert incident(files)["status"] == "resolved"
    assert incident(files)["name"].startswith("Taken back: ")
    cancel = etree.fromstring(files["feeds/cap/notice-kcell-cut-v2.xml"])
    assert cancel.findtext(".//c:headline", "", CAP).startswith("Taken back: ")


def test_readers_are_told_of_them(views: Views) -> None:
    paths = [one.path for one in feed_list(spoken(views["en"], FIRST))]
    assert {"feeds/en/notices.atom", "feeds/en/notices.json", NOTICE_STATUS} <= set(paths)
    assert [one for one in paths if one not in feeds(views, FIRST)] == []
