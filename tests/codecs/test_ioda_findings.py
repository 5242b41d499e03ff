"""IODA's alerts, events and lists of entities: recorded shapes, their traps, and any bytes at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs.decoded import Decoded
from kuager.codecs.ioda import api as ioda_api
from kuager.codecs.ioda.entities import regions_in
from kuager.codecs.ioda.opinions import how_many
from kuager.errors import CodecError
from kuager.model.tables import ENTITIES, OPINIONS

NO_ANSWER = "not an answer of IODA's API"
RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "ioda"


def recorded(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def rows(decoded: Decoded, table: str = "opinions") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = decoded.tables[table].to_pylist()
    return found


def told(decoded: Decoded) -> list[str]:
    return [note.template.format(**note.facts) for note in decoded.remarks]


def changed(name: str, change: Callable[[dict[str, Any]], None]) -> bytes:
    answer = json.loads(recorded(name))
    change(answer)
    return json.dumps(answer).encode()


def only(name: str, **row: Any) -> list[dict[str, Any]]:
    """The rows of an answer that has its first row alone, with some fields changed."""

    def change(answer: dict[str, Any]) -> None:
        answer["data"] = [answer["data"][0] | row]

    decoded = ioda_api.decode(changed(name, change))
    return rows(decoded) if decoded.tables else []


def january(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2022, 1, day, hour, minute, second, tzinfo=UTC)


def test_alerts_are_moments_in_iodas_words() -> None:
    decoded = ioda_api.decode(recorded("alerts.json"))
    assert decoded.tables["opinions"].schema.equals(OPINIONS)
    assert not decoded.series
    found = [(row["place"], row["signal"], row["statement"]) for row in rows(decoded)]
    assert found == [
        ("KZ", "ioda.bgp", "warning: 2401 where 2553 was usual (median, < 0.99)"),
        ("KZ", "ioda.ping-slash24", "critical: 1093 where 2553 was usual (median, < 0.8)"),
        ("KZ", "ioda.merit-nt", "critical: 12.5 where 4070412 was usual (sarima, < 0.25)"),
        ("KZ", "ioda.bgp", "normal: 2551 where 2553 was usual (median, normal)"),
        ("KZ", "ioda.gtr", "critical: a value where 14 was usual (median, < 0.99)"),
        ("KZ", "", "critical: 5 where 6 was usual (new-source, median, < 0.99)"),
        ("KZ-75", "ioda.bgp", "critical: 40 where 90 was usual (median, < 0.99)"),
    ]
    assert rows(decoded)[0]["start"] == rows(decoded)[0]["end"] == january(5, 11, 45)
    assert {(row["source"], row["kind"], row["score"], row["id"]) for row in rows(decoded)} == {
        ("ioda", "alert", None, "")
    }
    assert told(decoded) == [
        "1 findings of IODA are of sources that Kuager does not know: kept without a signal.",
        "1 findings of IODA have no beginning, or times that are no times: skipped.",
        "1 findings of IODA are about places without a code in Kuager: skipped.",
    ]


def test_events_in_both_forms_are_the_same() -> None:
    codf, own = (
        rows(ioda_api.decode(recorded("events-codf.json")))[0],
        only("events-ioda.json", score=59189.58584640128),
    )
    assert [codf] == own
    assert (codf["start"], codf["end"]) == (january(5, 11, 45), january(5, 13, 15))
    assert (codf["kind"], codf["statement"], codf["score"]) == ("event", "outage event (median)", 59189.58584640128)


def test_events_are_kept_as_ioda_gives_them() -> None:
    decoded = ioda_api.decode(recorded("events-codf.json"))
    spans = [(row["place"], row["signal"], row["start"], row["end"]) for row in rows(decoded)]
    assert spans[1] == ("KZ", "ioda.ping-slash24", january(5, 12, 5), january(5, 12, 5))
    assert spans[2] == ("KZ", "ioda.merit-nt", january(5, 13, 15), january(5, 13, 5))
    assert spans[3] == ("KZ", "ioda.bgp", january(1), january(3, 8, 53, 20))
    assert spans[4] == ("KZ", "ioda.merit-nt", january(11, 11, 20), None)
    assert [place for place, *_ in spans[5:]] == ["KZ-75", "AS9198", "KZ"]
    assert told(decoded) == [
        "2 events of IODA do not end after they begin: kept as IODA gives them.",
        "1 events of IODA reach the end of the window that was asked for: their end is not known.",
        "1 findings of IODA are about places without a code in Kuager: skipped.",
        "1 findings of IODA are of sources that Kuager does not know: kept without a signal.",
    ]


def test_an_event_whose_end_is_missing_has_none() -> None:
    found = rows(ioda_api.decode(recorded("events-ioda.json")))
    assert [(row["signal"], row["end"]) for row in found] == [
        ("ioda.bgp", january(5, 13, 15)),
        ("ioda.ping-slash24", None),
        ("ioda.gtr", None),
    ]
    assert only("events-codf.json", duration=None)[0]["end"] is None


def test_an_event_that_an_alert_closed_at_the_windows_end_has_that_end() -> None:
    (row,) = only("events-codf.json", duration=1_642_031_999 - 1_641_383_100, overlaps_window=False)
    assert row["end"] == january(12, 23, 59, 59)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("events-codf.json", "start", -5),
        ("events-codf.json", "start", 1_641_383_100_000),
        ("events-codf.json", "start", None),
        ("events-codf.json", "duration", 10**15),
        ("alerts.json", "time", 10**18),
    ],
)
def test_times_that_are_none_are_skipped(name: str, field: str, value: object) -> None:
    assert only(name, **{field: value}) == []


def test_missing_words_are_missing() -> None:
    (row,) = only(
        "alerts.json", level=None, value=None, historyValue=None, condition=None, method=None, datasource=None
    )
    assert (row["statement"], row["signal"]) == ("no level", "")


def test_words_of_a_source_cannot_be_long_or_control_a_screen() -> None:
    (row,) = only("alerts.json", level="\x1b[2J" + "x" * 5000, method="y" * 5000)
    assert "\x1b" not in row["statement"]
    assert len(row["statement"]) < 250


def test_regions_without_their_country_are_read_with_the_place_given_beside_them() -> None:
    def elsewhere(answer: dict[str, Any]) -> None:
        answer["requestParameters"] = None
        answer["data"] = [answer["data"][5]]

    data = changed("events-codf.json", elsewhere)
    assert not ioda_api.decode(data).tables
    assert [row["place"] for row in rows(ioda_api.decode(data, "KZ"))] == ["KZ-75"]
    assert not ioda_api.decode(data, "AS9198").tables


def test_no_findings_are_an_answer() -> None:
    for name in ("alerts.json", "events-codf.json"):
        decoded = ioda_api.decode(changed(name, lambda answer: answer.update(data=[])))
        assert not decoded.tables
        assert told(decoded) == ["IODA answered, and had nothing to report for this request."]


def test_an_error_beside_findings_is_told() -> None:
    decoded = ioda_api.decode(changed("alerts.json", lambda answer: answer.update(error="backend slow")))
    assert len(rows(decoded)) == 7
    assert told(decoded)[0] == "IODA sent data together with an error: “backend slow”."


def test_entities_have_our_codes_where_there_are_any() -> None:
    decoded = ioda_api.decode(recorded("entities.json"))
    assert decoded.tables["entities"].schema.equals(ENTITIES)
    assert [(row["type"], row["code"], row["name"], row["place"]) for row in rows(decoded, "entities")] == [
        ("region", "2071", "Almaty", "KZ-19"),
        ("region", "2072", "Almaty City", "KZ-75"),
        ("region", "2073", "Aqmola", "KZ-11"),
        ("region", "2077", "Qaraghandy oblysy", "KZ-35"),
        ("region", "2078", "Bayqongyr", ""),
        ("region", "2079", "South Kazakhstan", "KZ-61"),
        ("country", "KZ", "Kazakhstan", "KZ"),
        ("asn", "9198", "AS9198 (KAZTELECOM-AS)", "AS9198"),
        ("geoasn", "9198-KZ", "x", ""),
    ]
    assert told(decoded) == ["2 of the places that IODA lists have no code in Kuager's register: Bayqongyr, x."]


def test_a_region_of_that_name_in_another_country_is_not_ours() -> None:
    def abroad(answer: dict[str, Any]) -> None:
        answer["data"] = [answer["data"][3] | {"attrs": {"fqid": "geo.netacuity.SA.UY.4397"}}]

    assert rows(ioda_api.decode(changed("entities.json", abroad)), "entities")[0]["place"] == ""


def test_an_empty_list_of_entities_says_so() -> None:
    decoded = ioda_api.decode(changed("entities.json", lambda answer: answer.update(data=[])))
    assert (dict(decoded.tables), told(decoded)) == ({}, ["IODA answered, and lists no such place."])


def test_regions_of_a_list_are_found_by_number() -> None:
    expected = [("2071", "KZ-19"), ("2072", "KZ-75"), ("2073", "KZ-11"), ("2077", "KZ-35"), ("2079", "KZ-61")]
    assert regions_in(recorded("entities.json"), "KZ") == expected
    assert regions_in(recorded("alerts.json"), "KZ") == []
    assert regions_in(b"\xff", "KZ") == []


def test_findings_are_counted_for_the_next_page() -> None:
    assert how_many(recorded("alerts.json")) == 10
    assert how_many(recorded("events-codf.json")) == 9
    assert how_many(recorded("entities.json")) == 0
    assert how_many(recorded("error.json")) == 0


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (recorded("error.json"), "“'from' timestamp must be set”"),
        (recorded("summary.json"), "of the type “outages.summary” and holds nothing that Kuager reads"),
        (changed("alerts.json", lambda answer: answer.update(data=None)), "holds nothing that Kuager reads"),
        (changed("alerts.json", lambda answer: answer.update(type="outages.events")), NO_ANSWER),
        (changed("events-codf.json", lambda answer: answer.update(type="outages.alerts")), NO_ANSWER),
        (changed("entities.json", lambda answer: answer.update(data={"a": 1})), NO_ANSWER),
        (recorded("alerts.json")[:-300], "is not whole"),
        (b'{"type": "outages.events", "data": [' + b"[" * 200_000 + b"]" * 200_000 + b"]}", NO_ANSWER),
        (b'{"type": "outages.events", "data": [{"location": "country/KZ", "score": NaN}]}', NO_ANSWER),
        (b'{"type": "outages.events", "data": [{"location": "country/KZ", "score": 1e999}]}', NO_ANSWER),
    ],
)
def test_what_is_something_else_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(CodecError) as refused:
        ioda_api.decode(data)
    assert sentence in str(refused.value)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
NAMES = sorted(path.name for path in RECORDED.glob("*.json"))


@settings(max_examples=300)
@given(st.sampled_from(NAMES), st.data())
def test_any_change_gives_rows_or_our_refusal(name: str, data: st.DataObject) -> None:
    answer = json.loads(recorded(name))
    at: Any = answer
    while isinstance(at, dict | list) and at:
        keys = sorted(at) if isinstance(at, dict) else list(range(len(at)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(at[key], dict | list) or data.draw(st.booleans()):
            at[key] = data.draw(ANYTHING)
            break
        at = at[key]
    place = data.draw(st.sampled_from(["", "KZ", "KZ-75", "AS1"]))
    found = answering.decoded(ioda_api.decode, json.dumps(answer).encode(), place)
    assert found is None or all(rows(found, table) for table in found.tables)


@settings(max_examples=300)
@given(st.sampled_from(NAMES), st.integers(0, 4000), st.binary(max_size=4))
def test_damaged_bytes_give_rows_or_our_refusal(name: str, position: int, damage: bytes) -> None:
    good = recorded(name)
    data = good[:position] + damage + good[position + len(damage) :]
    answering.decoded(ioda_api.decode, data)
    how_many(data)
    regions_in(data, "KZ")
