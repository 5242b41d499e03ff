"""Answers of RIPEstat that are rows: networks of a country, routes of a network and their changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import ripestat
from kuager.codecs.decoded import Decoded
from kuager.errors import CodecError
from kuager.model.tables import NETWORKS, ROUTES, UPDATES

RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "ripestat"


def recorded(name: str) -> bytes:
    return (RECORDED / f"{name}.json").read_bytes()


def with_data(name: str, **data: object) -> bytes:
    answer = json.loads(recorded(name))
    answer["data"].update(data)
    return json.dumps(answer).encode()


def countries(**country: object) -> bytes:
    return with_data("country-asns-lod1", countries=[{"resource": "kz", **country}])


def updates(*changes: dict[str, object]) -> bytes:
    return with_data("bgp-updates", updates=list(changes), nr_updates=len(changes))


def change(kind: str = "A", path: object = None, **more: object) -> dict[str, object]:
    attributes = {"source_id": "00-198.51.100.239", "target_prefix": "192.0.2.0/24", **more}
    return {"timestamp": "2024-03-01T10:30:05", "type": kind, "attrs": {**attributes, "path": path}}


def rows(decoded: Decoded, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = decoded.tables[table].to_pylist()
    return found


def told(decoded: Decoded) -> list[str]:
    return [note.template.format(**note.facts) for note in decoded.remarks]


def test_networks_of_a_country() -> None:
    decoded = ripestat.decode(recorded("country-asns-lod1"))
    assert decoded.tables["networks"].schema == NETWORKS
    first, *_, last = rows(decoded, "networks")
    moment = datetime(2022, 1, 2, tzinfo=UTC)
    assert first == {"source": "ripestat", "place": "KZ", "network": "AS9198", "time": moment, "routed": True}
    assert (last["network"], last["routed"]) == ("AS5434", False)
    assert len(rows(decoded, "networks")) == 4
    assert told(decoded) == []


def test_counts_alone_are_a_remark_and_no_row() -> None:
    decoded = ripestat.decode(recorded("country-asns-lod0"))
    assert decoded.tables == {}
    (remark,) = told(decoded)
    assert "only counts for KZ: 204 networks registered, 152 of them routed." in remark


@pytest.mark.parametrize(
    "written",
    [
        [9198, 29355],
        ["AsnSingle(9198)", "AsnSingle(29355)"],
        ["9198", "AS29355"],
        "{AsnSingle(9198), AsnSingle(29355)}",
        "AsnSingle(AS9198),AsnSingle(AS29355)",
    ],
)
def test_every_way_in_which_networks_are_listed(written: object) -> None:
    decoded = ripestat.decode(countries(routed=written, non_routed="set()"))
    assert [row["network"] for row in rows(decoded, "networks")] == ["AS9198", "AS29355"]


@pytest.mark.parametrize("odd", [0, 2**32, -5, "AsnSingle(x)", "AsnRange(1-5)", "", "9198 or so", 10**30])
def test_what_is_no_network_is_passed_over_and_alone_it_is_refused(odd: object) -> None:
    decoded = ripestat.decode(countries(routed=[9198, odd]))
    assert [row["network"] for row in rows(decoded, "networks")] == ["AS9198"]
    assert told(decoded) == ["Entries that are no number of a network and were passed over: 1."]
    with pytest.raises(CodecError, match="not an answer of RIPEstat"):
        ripestat.decode(countries(routed=[odd]))


def test_a_network_both_routed_and_not_is_refused() -> None:
    with pytest.raises(CodecError, match="AS9198 both as routed and as not routed"):
        ripestat.decode(countries(routed=[9198], non_routed="{AsnSingle(9198)}"))


@pytest.mark.parametrize("data", [countries(), with_data("country-asns-lod1", query_time="now")])
def test_countries_without_networks_or_time_are_refused(data: bytes) -> None:
    with pytest.raises(CodecError, match="not an answer of RIPEstat"):
        ripestat.decode(data)


def test_routes_and_when_they_were_seen() -> None:
    decoded = ripestat.decode(recorded("routing-history"))
    assert decoded.tables["routes"].schema == ROUTES
    found = rows(decoded, "routes")
    assert found[0] == {
        "source": "ripestat",
        "network": "AS64496",
        "prefix": "192.0.2.0/24",
        "start": datetime(2022, 1, 2, tzinfo=UTC),
        "end": datetime(2022, 1, 5, 7, 59, 59, tzinfo=UTC),
        "peers": 369.0,
    }
    assert [(row["prefix"], row["start"].day, row["peers"]) for row in found[1:]] == [
        ("2001:db8::/48", 2, 374.33),
        ("192.0.2.0/24", 5, 371.67),
    ]
    assert "less than 10 RIS full-feed peers" in told(decoded)[0]
    assert len(told(decoded)) == 1


def test_no_route_is_an_empty_table_with_a_remark() -> None:
    decoded = ripestat.decode(with_data("routing-history", by_origin=[]))
    assert rows(decoded, "routes") == []
    assert "RIPEstat saw no route in that time." in told(decoded)


def test_odd_routes_are_passed_over_and_told() -> None:
    good = {"prefix": "192.0.2.0/24", "timelines": [{"starttime": "2022-01-02T00:00:00"}]}
    timelines = [
        {"starttime": "2022-01-02T00:00:00", "endtime": "2022-01-01T00:00:00"},
        {"starttime": "2022-01-02T00:00:00", "endtime": "later"},
        {"starttime": None},
    ]
    odd = [{**good, "timelines": [one]} for one in timelines] + [{**good, "prefix": "192.0.2.0"}]
    one_origin = [{"origin": 64496, "prefixes": [good, *odd]}, {"origin": "64496 64497", "prefixes": [good]}]
    decoded = ripestat.decode(with_data("routing-history", by_origin=one_origin))
    (row,) = rows(decoded, "routes")
    assert (row["network"], row["end"], row["peers"]) == ("AS64496", None, None)
    assert "which were passed over: 5." in told(decoded)[1]
    with pytest.raises(CodecError, match="not an answer of RIPEstat"):
        ripestat.decode(with_data("routing-history", by_origin=one_origin[1:]))


def test_an_answer_at_the_limit_of_routes_says_that_others_may_be_missing() -> None:
    many = [{"prefix": "192.0.2.0/24", "timelines": [{"starttime": 1_641_081_600}]}] * 3000
    origins = [{"origin": 64496, "prefixes": many}, {"origin": 64497, "prefixes": []}]
    assert "others may be missing" in told(ripestat.decode(with_data("routing-history", by_origin=origins)))[-1]
    assert len(told(ripestat.decode(with_data("routing-history", by_origin=origins[:1])))) == 1


def test_changes_of_routes() -> None:
    decoded = ripestat.decode(recorded("bgp-updates"))
    assert decoded.tables["updates"].schema == UPDATES
    assert [tuple(row.values()) for row in rows(decoded, "updates")] == [
        ("ripestat", "rrc13", datetime(2024, 3, 1, 10, 20, tzinfo=UTC), "", "withdraw", "2001:db8::/48", "", ""),
        (
            "ripestat",
            "rrc00",
            datetime(2024, 3, 1, 10, 30, 5, tzinfo=UTC),
            "AS64496",
            "announce",
            "192.0.2.0/24",
            "64496 64497 64500",
            "AS64500",
        ),
        (
            "ripestat",
            "rrc00",
            datetime(2024, 3, 1, 10, 31, 40, tzinfo=UTC),
            "AS64496",
            "withdraw",
            "192.0.2.0/24",
            "",
            "",
        ),
        (
            "ripestat",
            "rrc21",
            datetime(2024, 3, 1, 10, 32, tzinfo=UTC),
            "AS64498",
            "announce",
            "203.0.113.0/24",
            "64498 {64499,64500}",
            "",
        ),
    ]
    assert told(decoded) == []
    assert not any(group in str(decoded) for group in ("198.51", "ffff::239", "100.117"))


def test_a_peer_with_two_networks_is_not_guessed() -> None:
    decoded = ripestat.decode(updates(change(path=[64496, 64500]), change(path=[64497, 64500]), change("W")))
    assert {row["peer"] for row in rows(decoded, "updates")} == {""}


@pytest.mark.parametrize(
    ("path", "written", "origin"),
    [
        ([64496, "{64499,64500}"], "64496 {64499,64500}", ""),
        ([64496, [64500]], "64496 {64500}", "AS64500"),
        (["64496", 64500], "64496 64500", "AS64500"),
        ([64496, 0], "64496 0", ""),
    ],
)
def test_sets_in_a_path(path: list[object], written: str, origin: str) -> None:
    (row,) = rows(ripestat.decode(updates(change(path=path))), "updates")
    assert (row["path"], row["origin"]) == (written, origin)


def test_times_as_seconds_since_the_epoch() -> None:
    (row,) = rows(ripestat.decode(updates({**change(path=[64496]), "timestamp": 1_709_289_005})), "updates")
    assert row["time"] == datetime(2024, 3, 1, 10, 30, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "odd",
    [
        change(path=[]),
        change(path=None),
        change(path=[2**32]),
        change(path=["{}"]),
        change(path=[64496, "somebody"]),
        change(path=[1] * 1001),
        change("S"),
        change("W", source_id="198.51.100.239"),
        change("W", target_prefix="198.51.100.239"),
        {**change("W"), "timestamp": "then"},
        {"type": "W"},
    ],
)
def test_an_odd_change_is_passed_over_and_told_and_alone_it_is_refused(odd: dict[str, object]) -> None:
    decoded = ripestat.decode(updates(change("W"), odd))
    assert len(rows(decoded, "updates")) == 1
    assert "which were passed over: 1." in told(decoded)[0]
    with pytest.raises(CodecError) as refused:
        ripestat.decode(updates(odd))
    assert "198.51" not in str((refused.value, refused.value.diagnostics(), refused.value.facts))


def test_a_quiet_day_is_an_empty_table_and_a_list_that_is_not_whole_is_told() -> None:
    quiet = ripestat.decode(updates())
    assert (rows(quiet, "updates"), told(quiet)) == ([], ["RIPEstat answered, but heard no change of a route."])
    assert told(ripestat.decode(with_data("bgp-updates", nr_updates=9))) == [
        "RIPEstat announces 9 changes of routes and sent 4."
    ]


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=12),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["routed", "path", "prefix"]), inner)
        ),
        max_leaves=6,
    )
)
def test_any_value_in_the_place_of_a_known_one(value: object) -> None:
    for data in (
        countries(routed=value, non_routed=[5434]),
        with_data("country-asns-lod1", countries=value),
        with_data("routing-history", by_origin=value),
        with_data("routing-history", by_origin=[{"origin": value, "prefixes": value}]),
        with_data("bgp-updates", updates=value),
        updates(change(path=value), change("W", source_id=value)),
    ):
        answering.decoded(ripestat.decode, data)
