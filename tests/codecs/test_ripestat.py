"""Answers of RIPEstat: the envelope and the counts of a country."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import ripestat
from kuager.codecs.decoded import Decoded
from kuager.codecs.ripestat.answer import milliseconds
from kuager.errors import CodecError
from kuager.model.series import Series
from kuager.model.words import Access, Scale

RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "ripestat"
STATS = (RECORDED / "country-resource-stats.json").read_bytes()
EVERY = [path.read_bytes() for path in sorted(RECORDED.glob("*.json"))]
JAN_7, HOUR_S = 1_767_744_000, 3600


def told(decoded: Decoded) -> list[str]:
    return [note.template.format(**note.facts) for note in decoded.remarks]


def signals(decoded: Decoded) -> dict[str, Series]:
    return {one.signal: one for one in decoded.series}


def changed(change: Callable[[Any], None]) -> bytes:
    """The recorded counts after a change of the whole answer."""
    answer = json.loads(STATS)
    change(answer)
    return json.dumps(answer).encode()


def stats(*rows: dict[str, object], **data: object) -> bytes:
    whole = {"resource": "ir", "resolution": "5m", "stats": list(rows), **data}
    return changed(lambda answer: answer.update(data=whole))


def row(start: str, end: str = "", **counts: object) -> dict[str, object]:
    timeline = [{"starttime": f"2026-01-07T{start}", "endtime": f"2026-01-07T{end or start}"}]
    return {"timeline": timeline, **(counts or {"asns_ris": 5})}


def test_counts_of_a_country() -> None:
    decoded = ripestat.decode(STATS)
    found = signals(decoded)
    assert set(found) == {"ripestat.v4_prefixes_ris", "ripestat.v6_prefixes_ris", "ripestat.asns_ris"}
    v4 = found["ripestat.v4_prefixes_ris"]
    assert (v4.place, v4.access, v4.scale, v4.window, v4.step_s) == ("IR", Access.MIXED, Scale.ABSOLUTE, "", HOUR_S)
    hours = [0, 1, 2, 3, 39, 40, 41, 42, 43]
    assert ((v4.times - JAN_7) / HOUR_S).tolist() == hours
    np.testing.assert_array_equal(v4.values, [8209, 8209, 8209, 8207.5, 8209, 8210, 8210, 7900, np.nan])
    np.testing.assert_array_equal(
        found["ripestat.v6_prefixes_ris"].values, [433, 433, 433, 433, 433, 431, 431, 3, np.nan]
    )
    assert found["ripestat.asns_ris"].values.tolist()[-2:] == [520, 519]
    assert told(decoded) == [
        "Values that RIPEstat marks with -1, “not available”, and that are missing here: 2.",
        "Samples that stood after a later one and were put in order of time: 3.",
    ]


def test_periods_that_touch_do_not_count_their_ends_in() -> None:
    rows = [row("00:00:00", "00:05:00", asns_ris=5), row("00:05:00", "00:10:00", asns_ris=6)]
    rows.append(row("00:20:00", "00:30:00", asns_ris=7))
    found = signals(ripestat.decode(stats(*rows)))["ripestat.asns_ris"]
    assert ((found.times - JAN_7) // 60).tolist() == [0, 5, 20, 25]
    assert found.values.tolist() == [5, 6, 7, 7]


def test_a_timeline_that_is_one_period_and_a_period_without_end() -> None:
    alone = {"timeline": {"starttime": "2026-01-07T00:00:00"}, "asns_ris": 5}
    found = signals(ripestat.decode(stats(alone)))["ripestat.asns_ris"]
    assert (found.times.tolist(), found.values.tolist()) == ([JAN_7], [5])


def test_times_are_utc_whatever_zone_they_name() -> None:
    assert milliseconds("2026-01-07T00:00:00") == milliseconds("2026-01-07T00:00Z") == JAN_7 * 1000
    assert milliseconds("2026-01-07T03:30:00+03:30") == milliseconds(JAN_7) == JAN_7 * 1000
    assert milliseconds("2026-01-07T00:00:00.510462") == JAN_7 * 1000 + 510
    for wrong in ("2026-02-30T00:00:00", "07.01.2026", "2026-W01", "", "1969-12-31T23:59:59", -1, 10**400, 1e300):
        assert milliseconds(wrong) is None


def test_repeated_rows_collapse_and_contradictions_are_refused() -> None:
    decoded = ripestat.decode(stats(row("00:00:00"), row("00:05:00"), row("00:00:00")))
    assert signals(decoded)["ripestat.asns_ris"].values.tolist() == [5, 5]
    assert "Samples that only repeated another one and were dropped: 1." in told(decoded)
    with pytest.raises(CodecError, match=r"different values for the same time, 2026-01-07T00:00:00Z"):
        ripestat.decode(stats(row("00:00:00"), row("00:00:00", asns_ris=6)))


def test_what_lies_outside_the_window_or_after_the_answer_is_dropped_and_told() -> None:
    window = {"query_starttime": "2026-01-07T00:05:00", "query_endtime": "2026-01-07T00:10:00"}
    decoded = ripestat.decode(stats(row("00:00:00", "00:20:00"), **window))
    assert ((signals(decoded)["ripestat.asns_ris"].times - JAN_7) // 60).tolist() == [5, 10]
    assert told(decoded) == ["Samples outside the time that was asked for, which were dropped: 3."]
    early = changed(lambda answer: answer.update(time="2026-01-07T02:30:00.5"))
    assert ((signals(ripestat.decode(early))["ripestat.asns_ris"].times - JAN_7) // HOUR_S).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "odd",
    [
        {"timeline": [], "asns_ris": 5},
        {"asns_ris": 5},
        {"timeline": [{"starttime": "soon"}], "asns_ris": 5},
        row("01:00:00", "00:00:00"),
        row("01:00:00", asns_ris=-2),
        row("01:00:00", asns_ris="5"),
        row("01:00:00", asns_ris=None),
        row("01:00:00", announced_prefixes=0),
        "row",
    ],
)
def test_an_odd_row_is_passed_over_and_told_and_alone_it_is_refused(odd: dict[str, object]) -> None:
    decoded = ripestat.decode(stats(row("00:00:00"), odd))
    assert signals(decoded)["ripestat.asns_ris"].values.tolist() == [5]
    assert "without usable times or counts, which were passed over: 1." in told(decoded)[0]
    with pytest.raises(CodecError, match="not an answer of RIPEstat"):
        ripestat.decode(stats(odd))


def test_no_value_is_no_zero() -> None:
    decoded = ripestat.decode(stats())
    assert not decoded.series
    assert told(decoded) == ["RIPEstat answered, but has no values for IR."]
    missing = signals(ripestat.decode(stats(row("00:00:00", asns_ris=5))))
    assert np.isnan(missing["ripestat.v4_prefixes_ris"].values).all()


def test_the_place_given_serves_where_the_answer_names_none() -> None:
    assert ripestat.decode(stats(row("00:00:00"), resource=None), "KZ").series[0].place == "KZ"
    assert ripestat.decode(stats(row("00:00:00"), resource=["kg"]), "KZ").series[0].place == "KG"
    for resource in (None, "AS9198", ["kz", "kg"], "KZ-75"):
        with pytest.raises(CodecError, match="not one country"):
            ripestat.decode(stats(row("00:00:00"), resource=resource), "")


def test_warnings_are_told_without_addresses() -> None:
    words = "2026-01-07T10:30:00: 198.51.100.239 and 2001:db8::239 asked too often"
    decoded = ripestat.decode(
        changed(
            lambda answer: answer.update(messages=[["warning", words], 5, []], data_call_status="deprecated - 2027")
        )
    )
    assert told(decoded)[:2] == [
        "RIPEstat says of its answer: “2026-01-07T10:30:00: … and … asked too often”.",
        "RIPEstat calls this kind of answer “deprecated - 2027”: it may change or end without notice.",
    ]


@pytest.mark.parametrize(
    ("change", "clue"),
    [
        ({"status": "error", "messages": [["error", "198.51.100.239: no such country"]]}, "“… no such country”"),
        ({"status": "maintenance", "messages": []}, "“maintenance” instead of data: “no reason given”"),
        ({"data": None, "messages": ["try later"]}, "“try later”"),
        ({"status_code": 500}, "instead of data"),
        ({"data_call_name": None}, "“data_call_name” is missing"),
        ({"data_call_name": "whats-my-ip 198.51.100.239"}, "“whats-my-ip …”, which Kuager does not read"),
        ({"data": {"resource": "ir", "resolution": "5m", "announced_prefixes": 0}}, "not an answer of RIPEstat"),
        ({"data": {"resource": "ir", "resolution": "2h", "stats": []}}, "resolution “2h”"),
        ({"data": {"resource": "ir", "stats": []}}, "resolution “”"),
        ({"data": []}, "not an answer of RIPEstat"),
        ({"messages": 5}, "not an answer of RIPEstat"),
    ],
)
def test_errors_and_other_shapes_are_told(change: dict[str, object], clue: str) -> None:
    with pytest.raises(CodecError) as refused:
        ripestat.decode(changed(lambda answer: answer.update(change)))
    assert clue in str(refused.value)
    assert "198.51" not in str((refused.value, refused.value.diagnostics(), refused.value.facts))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"<html>",
        b"\x00",
        STATS[:-40],
        b'{"data":' * 50_000,
        b'{"status":"ok","data_call_name":"country-asns","data":' + b"[" * 50_000,
        STATS.replace(b"8210", b"NaN"),
        stats(row("00:00:00", asns_ris=5) | {"timeline": [{"starttime": 0, "endtime": 4_000_000_000}]}),
    ],
)
def test_other_content_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError):
        ripestat.decode(data)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_damaged_answers_give_rows_or_an_error_and_never_an_address(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(EVERY))
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 30)))
    kept = data.draw(
        st.sampled_from(
            [b'"198.51.100.239"', b"null", b"1e999", b"-1", b"1e15", b"", b"[]", b'"status":', b"\xff", b"9" * 400]
        )
    )
    try:
        decoded = ripestat.decode(good[:start] + kept + good[end:])
        told_all = str(([one.to_pylist() for one in decoded.tables.values()], decoded.series, decoded.remarks))
    except CodecError as error:
        told_all = str((error, error.diagnostics(), error.facts))
    assert not any(group in told_all for group in ("198.51", "100.239", "ffff::239", "ffff::"))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "timeline": st.lists(
                    st.fixed_dictionaries({"starttime": st.integers(0, 90_000), "endtime": st.integers()})
                )
            },
            optional={"asns_ris": st.none() | st.floats(-2, 1e6), "v4_prefixes_ris": st.integers(-1, 9)},
        ),
        max_size=8,
    )
)
def test_any_rows_give_series_in_order_or_an_error(rows: list[dict[str, object]]) -> None:
    answering.decoded(ripestat.decode, stats(*rows))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    answering.decoded(ripestat.decode, data)


def test_a_text_that_never_was_json_is_not_called_cut_off() -> None:
    with pytest.raises(CodecError, match="is not an answer of RIPEstat"):
        ripestat.decode(b"# A page\n\nof words\n", "KZ")
