"""What becomes of an entry: its id stays, each version is an update, and what was taken back stays and says so."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import msgspec
from icalendar import Calendar
from lxml import etree
from tests.publications.feeds.conftest import FIRST, SECOND, TAKEN_BACK, Views, alerts_of, each_newest
from tests.publications.feeds.validators import ATOM, CAP, faults

from kuager.model.history import History
from kuager.publications.feeds.files import INCIDENTS, STATUS, atom_path, feed_files
from kuager.publications.feeds.identity import urn
from kuager.publications.feeds.story import feed_of
from kuager.publications.language import LANGUAGES
from kuager.publications.safety.gate import made_safe
from kuager.publications.safety.rules import Rules
from kuager.publications.view import CaseView

NAME = "kz-2022-01-05-a"


def as_it_was(view: CaseView) -> CaseView:
    """The case when only the first version was known."""
    (history,) = view.histories.values()
    first = msgspec.structs.replace(history.versions[0], until=None)
    assert first.episode is not None
    then = History((first,), (1,))
    (shown,) = view.episodes
    return replace(view, episodes=(replace(shown, episode=first.episode, history=then),), histories={NAME: then})


def told(alert: etree._Element, name: str) -> str:
    return str(alert.findtext(name if "/" in name else f"c:{name}", "", CAP))


def alerts(views: Views) -> dict[str, etree._Element]:
    """Every message by the end of its path."""
    return {path.partition(NAME)[2]: etree.fromstring(data) for path, data in alerts_of(views).items()}


def event_of(views: Views) -> dict[str, object]:
    (event,) = Calendar.from_ical(feed_files(views)["feeds/en/episodes.ics"]).events
    return {name: event.decoded(name) for name in ("uid", "sequence", "dtstamp", "status")}


def test_an_episode_keeps_its_id_and_that_it_is_back_is_an_update(views: Views) -> None:
    (before,), (after,) = feed_of(as_it_was(views["en"])).entries, feed_of(views["en"]).entries
    assert before.id == after.id
    assert (before.published, before.updated) == (FIRST, FIRST)
    assert (after.published, after.updated) == (FIRST, SECOND)
    assert after.title.startswith("It is back: Kazakhstan")
    assert "It replaces version 1" in after.text[-1]
    tree = etree.fromstring(feed_files(views)[atom_path("en")])
    assert tree.findtext("a:entry/a:updated", namespaces=ATOM) == "2022-01-12T12:00:00Z"
    (item,) = json.loads(feed_files(views)["feeds/en/episodes.json"])["items"]
    assert (item["date_published"], item["date_modified"]) == ("2022-01-06T12:00:00Z", "2022-01-12T12:00:00Z")
    assert item["_kuager"]["start"] == "2022-01-05T10:30:00Z"


def test_ids_stay_when_title_places_window_and_address_change(views: Views) -> None:
    view = views["en"]
    (start, end), about = view.about.window, view.about
    moved = replace(about, window=(start.replace(day=1), end), case_title="Other", address="https://example.org/")
    changed = replace(view, about=moved, places=("KZ", "UZ"))
    assert [one.id for one in feed_of(changed).entries] == [one.id for one in feed_of(view).entries]
    another = replace(view, about=replace(about, first_entry="6b" * 32))
    assert urn(another, NAME) != urn(view, NAME)
    assert len({urn(view, NAME), urn(view, "page"), urn(view, "feed en"), urn(view, "feed ru")}) == 4


def test_an_earlier_version_ends_where_its_data_ended(views: Views) -> None:
    first, second = alerts(views).values()
    description = told(first, "c:info/c:description").replace("\u00a0", " ")
    assert "still going on at 6 January 2022, 12:00 UTC" in description
    assert "11 January 2022" not in description
    assert "11 January 2022" in told(second, "c:info/c:description").replace("\u00a0", " ")
    (incident,) = json.loads(feed_files(views)[INCIDENTS])["incidents"]
    now, then = incident["incident_updates"]
    assert (then["status"], now["status"]) == ("identified", "resolved")
    assert "still going on at 6 January 2022" in then["body"].replace("\u00a0", " ")
    assert (then["display_at"], now["display_at"]) == ("2022-01-06T12:00:00Z", "2022-01-12T12:00:00Z")


def test_an_end_that_was_held_back_is_an_update_when_it_is_told(views: Views) -> None:
    rules = Rules(delay_hours=48)
    (history,) = views["en"].histories.values()
    end = history.newest.end
    assert end is not None
    before, after = (
        feed_of(made_safe(views["en"], rules, moment)).entries[0] for moment in (end - timedelta(hours=1), end)
    )
    assert before.going_on
    assert not after.going_on
    assert before.published == history.newest.start + timedelta(hours=48)
    assert before.updated == SECOND
    assert after.updated == end + timedelta(hours=48)


def test_an_update_refers_to_what_it_updates(views: Views) -> None:
    first, second = alerts(views).values()
    assert (told(first, "msgType"), told(second, "msgType")) == ("Alert", "Update")
    assert told(second, "references").split(",") == [told(first, name) for name in ("sender", "identifier", "sent")]
    languages = [one.text for one in second.findall("c:info/c:language", CAP)]
    assert languages == list(LANGUAGES)


def test_a_cancel_refers_to_all_and_what_was_sent_stays(retracted: Views) -> None:
    sent = alerts(retracted)
    assert list(sent) == ["-v1.xml", "-v2.xml", "-v2-cancel.xml"]
    cancel = sent["-v2-cancel.xml"]
    assert told(cancel, "msgType") == "Cancel"
    assert [one.split(",")[1] for one in told(cancel, "references").split()] == [
        told(sent[name], "identifier") for name in ("-v1.xml", "-v2.xml")
    ]
    assert told(cancel, "c:info/c:description") == "Too noisy to tell: BGP."
    assert told(cancel, "c:info/c:headline").startswith("Taken back: Kazakhstan")
    assert (told(cancel, "c:info/c:urgency"), told(cancel, "c:info/c:certainty")) == ("Past", "Unknown")


def test_what_was_taken_back_stays_and_says_so(retracted: Views, views: Views) -> None:
    (one,) = feed_of(retracted["en"]).entries
    (before,) = feed_of(views["en"]).entries
    assert (one.id, one.published, one.updated) == (before.id, FIRST, TAKEN_BACK)
    assert one.title.startswith("Taken back: Kazakhstan: internet shutdown")
    assert "Too noisy to tell" in one.text[1]
    files = feed_files(retracted)
    assert json.loads(files["feeds/en/episodes.json"])["items"][0]["_kuager"]["retracted"] is True
    (incident,) = json.loads(files[INCIDENTS])["incidents"]
    assert (incident["status"], incident["impact"]) == ("resolved", "none")
    assert incident["incident_updates"][0]["body"] == "Too noisy to tell: BGP."
    assert json.loads(files[STATUS])["incidents"] == []


def test_calendars_see_each_change_as_a_later_one(views: Views, retracted: Views, found_again: Views) -> None:
    first = event_of({"en": as_it_was(views["en"])})
    seen = [first, event_of(views), event_of(retracted), event_of(found_again)]
    assert {str(one["uid"]) for one in seen} == {str(first["uid"])}
    assert [one["sequence"] for one in seen] == [0, 1, 2, 3]
    assert [one["status"] for one in seen] == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert str(first["uid"]).count("@kuager.invalid") == 1


def test_what_is_found_again_begins_with_an_alert(found_again: Views) -> None:
    sent = alerts(found_again)
    assert [told(one, "msgType") for one in sent.values()] == ["Alert", "Update", "Cancel", "Alert"]
    assert len({told(one, "identifier") for one in sent.values()}) == 4
    assert [told(one, "sent") for one in sent.values()] == sorted(told(one, "sent") for one in sent.values())
    (one,) = feed_of(found_again["en"]).entries
    assert any("was taken back" in line and "Too noisy" in line for line in one.text)
    assert not one.title.startswith("It is back")


def test_a_version_whose_file_is_gone_is_still_taken_back(retracted: Views) -> None:
    gone = each_newest(retracted, lambda newest: msgspec.structs.replace(newest, episode=None), stands=False)
    assert faults(feed_files(gone)) == []
    sent = alerts(gone)
    assert list(sent) == ["-v1.xml", "-v2-cancel.xml"]
    assert len(told(sent["-v2-cancel.xml"], "references").split()) == 2
    (one,) = feed_of(gone["en"]).entries
    assert one.title.startswith(f"Taken back: {NAME}")
