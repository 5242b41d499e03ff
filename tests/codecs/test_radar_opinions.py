"""What Cloudflare found itself: outages with their causes, anomalies, pages of them, and any bytes at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import radar
from kuager.codecs.decoded import Decoded
from kuager.codecs.radar.opinions import how_many
from kuager.errors import CodecError
from kuager.model.tables import OPINIONS

RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "radar"
OUTAGES = (RECORDED / "outages.json").read_bytes()
ANOMALIES = (RECORDED / "anomalies.json").read_bytes()


def opinions(data: bytes) -> list[dict[str, Any]]:
    table = radar.decode(data).tables["opinions"]
    assert table.schema == OPINIONS
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def told(decoded: Decoded) -> list[str]:
    return [note.template.format(**note.facts) for note in decoded.remarks]


def listed(name: str, *items: dict[str, object]) -> bytes:
    return json.dumps({"success": True, "errors": [], "result": {name: list(items)}}).encode()


def outage(**more: object) -> bytes:
    return listed("annotations", {"id": "1", "startDate": "2022-01-05T10:30:00Z", "locations": ["KZ"]} | more)


def test_outages_keep_the_words_and_the_cause() -> None:
    sudan, tonga, *powerless = opinions(OUTAGES)
    assert sudan == {
        "source": "radar",
        "kind": "annotation",
        "id": "1585",
        "place": "SD",
        "signal": "",
        "start": datetime(2026, 4, 22, 11, 45, tzinfo=UTC),
        "end": datetime(2026, 4, 22, 15, 15, tzinfo=UTC),
        "statement": "NATIONWIDE (AS15706, AS36998, AS36972): Internet service was suspended during examinations",
        "cause": "GOVERNMENT_DIRECTED",
        "score": None,
        "link": "https://news.example/exams",
    }
    assert (tonga["place"], tonga["end"], tonga["cause"]) == ("TO", None, "CABLE_CUT")
    assert (tonga["signal"], tonga["statement"]) == (
        "radar.netflows",
        "REGIONAL Two islands: A submarine cable was cut",
    )
    assert [(one["place"], one["cause"]) for one in powerless] == [
        ("AS9198", "POWER_OUTAGE"),
        ("AS21299", "POWER_OUTAGE"),
    ]
    assert {one["link"] for one in powerless} == {""}  # it was no address of a page
    assert told(radar.decode(OUTAGES)) == [
        "Findings of Cloudflare Radar that name no country and no network, skipped: 1 (such as 1592).",
        "Findings of Cloudflare Radar that end before they begin, skipped: 1 (such as 1593).",
        "Findings of Cloudflare Radar with times that are no times, skipped: 1 (such as 1594).",
    ]


def test_anomalies_say_who_looked_and_where_they_show() -> None:
    country, network = opinions(ANOMALIES)
    assert (country["kind"], country["place"], country["signal"]) == ("anomaly", "KZ", "")
    assert (country["start"], country["end"]) == (
        datetime(2022, 1, 5, 10, 30, tzinfo=UTC),
        datetime(2022, 1, 10, 18, tzinfo=UTC),
    )
    assert country["statement"] == "VERIFIED: LOCATION (NET, HTTP)"
    assert (network["place"], network["signal"], network["end"]) == ("AS9198", "radar.http", None)
    assert network["statement"] == "UNVERIFIED: AS (HTTP)"
    (skipped,) = told(radar.decode(ANOMALIES))
    assert skipped.endswith("no country and no network, skipped: 1 (such as 77c79155-8bc0-4984-b4df-fdaff72df39d).")


@pytest.mark.parametrize(
    "cause",
    ["POWER_OUTAGE", "CABLE_CUT", "GOVERNMENT_DIRECTED", "TECHNICAL_PROBLEM", "WEATHER", "CYBERATTACK", "NEW_ONE"],
)
def test_causes_are_kept_letter_by_letter(cause: str) -> None:
    (row,) = opinions(outage(outage={"outageCause": cause, "outageType": "NATIONWIDE"}))
    assert row["cause"] == cause


@pytest.mark.parametrize(
    ("more", "places"),
    [
        ({"locations": ["KZ", "kg"]}, ["KZ", "KG"]),
        ({"locations": "KZ"}, ["KZ"]),
        ({"locations": None, "location": "TO"}, ["TO"]),
        ({"locations": None, "location": ["TO", "FJ"]}, ["TO", "FJ"]),
        ({"locations": [], "locationsDetails": [{"code": "TO", "name": "Tonga"}, None]}, ["TO"]),
        ({"locations": ["KZ"], "asns": [9198]}, ["KZ"]),
        ({"locations": [], "asns": [9198, "9198", "AS21299", 0, -1, "x", 2**32]}, ["AS9198", "AS21299"]),
        ({"locations": [], "asnsDetails": [{"asn": "9198"}, {"asn": None}, None]}, ["AS9198"]),
    ],
)
def test_places_in_each_of_the_spellings(more: dict[str, object], places: list[str]) -> None:
    assert [row["place"] for row in opinions(outage(**more))] == places


@pytest.mark.parametrize("more", [{}, {"endDate": None}, {"endDate": ""}])
def test_an_outage_without_an_end_goes_on(more: dict[str, object]) -> None:
    assert opinions(outage(**more))[0]["end"] is None


def test_what_is_listed_twice_is_kept_once() -> None:
    item: dict[str, object] = {"id": "1", "startDate": "2022-01-05T10:30:00Z", "locations": ["KZ"]}
    assert len(opinions(listed("annotations", item, item, item | {"id": "2"}))) == 2


def test_nothing_found_is_an_answer() -> None:
    for name in ("annotations", "trafficAnomalies"):
        decoded = radar.decode(listed(name))
        assert (decoded.series, dict(decoded.tables)) == ((), {})
        assert told(decoded) == ["Cloudflare Radar answered, and had nothing to report for this request."]


def test_pages_are_counted_by_what_they_list() -> None:
    assert (how_many(OUTAGES), how_many(ANOMALIES), how_many(listed("annotations"))) == (6, 3, 0)
    for data in (b"", b"\xff", b"{}", (RECORDED / "netflows-kz.json").read_bytes(), OUTAGES[:-20]):
        assert how_many(data) == 0


@pytest.mark.parametrize(
    "data",
    [
        listed("annotations", {"id": "1", "locations": ["KZ"]}),
        outage(startDate=5),
        outage(asns=[[1]]),
        OUTAGES[:-20],
        b'{"success":true,"result":{"annotations":{}}}',
        b'{"result":{"annotations":' + b"[" * 100_000,
    ],
)
def test_lists_of_another_shape_are_refused(data: bytes) -> None:
    with pytest.raises(CodecError):
        radar.decode(data)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_damaged_lists(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([OUTAGES, ANOMALIES]))
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 20)))
    odd = [
        b"null",
        b"1e999",
        b'"',
        b"[]",
        b"9" * 400,
        b"\\u0000",
        b"9999-12-31T23:59:59-23:59",
        b"0001-01-01T00:00:00Z",
    ]
    kept = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from(odd)))
    damaged = good[:start] + kept + good[end:]
    assert how_many(damaged) >= 0
    found = answering.decoded(radar.decode, damaged, "KZ")
    for name, table in found.tables.items() if found is not None else ():
        assert name == "opinions"
        assert all(row["place"] and row["start"].year >= 1970 for row in table.to_pylist())
