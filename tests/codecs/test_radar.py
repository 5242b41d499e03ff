"""Cloudflare Radar's series: the real exports, answers of its API in every shape, and any bytes at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import radar, registry
from kuager.codecs.decoded import Decoded
from kuager.errors import CodecError, UsageError
from kuager.model.series import Series
from kuager.model.words import Scale

RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "radar"
NETFLOWS = (RECORDED / "netflows-kz.json").read_bytes()
PAIR = (RECORDED / "netflows-pair.csv").read_bytes()
BGP = (RECORDED / "bgp-as9198.json").read_bytes()
HOURS = ["2022-01-05T08:00:00Z", "2022-01-05T09:00:00Z", "2022-01-05T10:00:00Z"]


def told(decoded: Decoded) -> list[str]:
    return [note.template.format(**note.facts) for note in decoded.remarks]


def at(series: Series, moment: str) -> float:
    (index,) = np.flatnonzero(series.times == int(datetime.fromisoformat(moment).timestamp()))
    return float(series.values[index])


def answer(
    values: list[Any] | None = None, times: list[str] | None = None, name: str = "serie_0", **meta: object
) -> bytes:
    ordinary: dict[str, object] = {"aggInterval": "ONE_HOUR", "normalization": "MIN0_MAX"}
    serie = {
        "timestamps": HOURS if times is None else times,
        "values": ["0.5", "1", "0.25"] if values is None else values,
    }
    return json.dumps({"success": True, "result": {"meta": ordinary | meta, name: serie}}).encode()


def one(data: bytes, kind: str = "radar:netflows", place: str = "KZ") -> Series:
    (series,) = registry.decode(kind, data, place).series
    return series


@pytest.mark.parametrize(
    ("name", "signal", "rows", "first", "step_s", "largest"),
    [
        ("canada_2022-11_netflows_hourly", "radar.netflows", 167, "2022-11-04T13:00:00Z", 3600, 73.1442),
        ("france_2022-11_netflows_hourly", "radar.netflows", 167, "2022-11-04T13:00:00Z", 3600, 100.0),
        ("global_2022-11-04_11_netflows_hourly", "radar.netflows", 168, "2022-11-04T12:00:00Z", 3600, 100.0),
        ("tonga_2022-01-05_03-18_netflows_daily", "radar.netflows", 73, "2022-01-05T00:00:00Z", 86400, 100.0),
        ("tonga_2022-01-14_18_netflows_hourly", "radar.netflows", 103, "2022-01-14T02:00:00Z", 3600, 59.0636),
        (
            "tonga_2022-04-14_18_netflows_hourly_TIMESTAMPS_ARE_JANUARY_add_90_days",
            "radar.netflows",
            103,
            "2022-01-14T02:00:00Z",
            3600,
            100.0,
        ),
        ("za_desktop_share_2022-11_hourly", "radar.share", 168, "2022-11-04T14:00:00Z", 3600, 50.396403),
        ("za_mobile_share_2022-11_hourly", "radar.share", 168, "2022-11-04T14:00:00Z", 3600, 81.318054),
    ],
)
def test_the_real_exports(
    shared_data: Path, name: str, signal: str, rows: int, first: str, step_s: int, largest: float
) -> None:
    decoded = registry.decode("radar", (shared_data / "cloudflare" / f"{name}.csv").read_bytes(), "TO")
    (series,) = decoded.series
    assert (series.signal, series.place, series.step_s, series.times.size) == (signal, "TO", step_s, rows)
    assert np.unique(np.diff(series.times)).tolist() == [step_s]
    assert series.times[0] == int(datetime.fromisoformat(first).timestamp())
    assert np.isfinite(series.values).all()
    assert np.max(series.values) == pytest.approx(largest)
    shares = signal == "radar.share"
    assert series.scale is (Scale.ABSOLUTE if shares else Scale.RELATIVE)
    assert any("per cent of something that the file does not name" in remark for remark in told(decoded)) is shares
    assert any("read as Radar's netflows" in remark for remark in told(decoded)) is not shares
    together = "normalised together with another series"  # their author asked for several series at once
    assert any(together in remark for remark in told(decoded)) is (largest < 99 and not shares)


def test_the_shares_of_two_kinds_of_devices_add_up(shared_data: Path) -> None:
    desktop, mobile = (
        one((shared_data / "cloudflare" / f"za_{kind}_share_2022-11_hourly.csv").read_bytes(), "radar", "ZA")
        for kind in ("desktop", "mobile")
    )
    assert 99 < (desktop.values + mobile.values).min() <= (desktop.values + mobile.values).max() <= 100


def test_tonga_falls_silent_after_the_eruption(shared_data: Path) -> None:
    """The volcano broke out at 04:14 UTC on 15 January 2022; the only cable was repaired on 22 February."""
    hourly = one((shared_data / "cloudflare" / "tonga_2022-01-14_18_netflows_hourly.csv").read_bytes(), "radar", "TO")
    assert at(hourly, "2022-01-15T03:00:00Z") == pytest.approx(33.4804)
    assert at(hourly, "2022-01-15T05:00:00Z") == pytest.approx(4.1417)
    assert at(hourly, "2022-01-15T08:00:00Z") == pytest.approx(0.004)  # written as 4e-05
    after = hourly.values[hourly.times >= int(datetime(2022, 1, 15, 6, tzinfo=UTC).timestamp())]
    assert after.max() < 2
    daily = one((shared_data / "cloudflare" / "tonga_2022-01-05_03-18_netflows_daily.csv").read_bytes(), "radar", "TO")
    assert at(daily, "2022-01-14T00:00:00Z") == pytest.approx(60.2633)
    assert at(daily, "2022-01-16T00:00:00Z") == pytest.approx(0.2113)
    assert at(daily, "2022-02-21T00:00:00Z") == pytest.approx(9.1688)
    assert at(daily, "2022-02-22T00:00:00Z") == pytest.approx(77.5376)


def test_a_file_with_the_times_of_another_is_read_as_written(shared_data: Path) -> None:
    """Its author wrote April's values beside January's times. Nothing in the bytes tells, so nothing is mended; both
    files have one key, so a case that gets both says that values differ."""
    folder = shared_data / "cloudflare"
    january = one((folder / "tonga_2022-01-14_18_netflows_hourly.csv").read_bytes(), "radar", "TO")
    mistaken = folder / "tonga_2022-04-14_18_netflows_hourly_TIMESTAMPS_ARE_JANUARY_add_90_days.csv"
    april = one(mistaken.read_bytes(), "radar", "TO")
    assert april.times.tolist() == january.times.tolist()
    assert april.key == january.key
    assert (april.values != january.values).all()
    assert at(april, "2022-01-16T00:00:00Z") > 16


def test_values_are_texts_and_notes_on_the_data_are_honoured() -> None:
    decoded = registry.decode("radar:netflows", NETFLOWS, "")
    (series,) = decoded.series
    assert (series.signal, series.place, series.scale, series.step_s) == ("radar.netflows", "KZ", Scale.RELATIVE, 3600)
    assert series.window == "2022-01-05T08:00:00Z/2022-01-05T15:00:00Z"
    assert np.isnan(series.values[[0, 6]]).all()  # routers' logs were lost; not over when it was counted last
    assert series.values[1:6] == pytest.approx([100, 64.0113, 2.0304, 0, 0.6])
    assert told(decoded) == [
        "Samples that were not over when Cloudflare last updated its data (2022-01-05T14:30:00Z), made missing: 1.",
        "Cloudflare notes on this time: “Networks of Kazakhstan were cut off”.",
        "Samples made missing, as Cloudflare says of its own data “Logs of routers were lost”: 1.",
        "Cloudflare notes on this time: “Logs of requests were lost”.",
    ]


def test_two_series_have_each_their_own_times_and_window() -> None:
    decoded = registry.decode("radar:http", (RECORDED / "http-two-weeks.json").read_bytes(), "")
    week, before = decoded.series
    assert (week.place, week.window) == ("KZ", "2022-01-05T00:00:00Z/2022-01-08T00:00:00Z")
    assert (before.place, before.window) == ("AS9198", "2021-12-29T00:00:00Z/2022-01-01T00:00:00Z")
    assert at(week, "2022-01-06T00:00:00Z") == pytest.approx(3)
    assert at(before, "2021-12-30T00:00:00Z") == pytest.approx(100)
    assert "Radar normalised 2 series to one common maximum." in told(decoded)
    assert any("the confidence 3 of 5" in remark for remark in told(decoded))


def test_messages_of_routes_are_counted_and_older_notes_are_honoured() -> None:
    series = one(BGP, "radar:bgp", "AS9198")
    assert (series.signal, series.scale, series.unit, series.step_s) == ("radar.bgp", Scale.ABSOLUTE, "messages", 900)
    assert series.values[:3].tolist() == [112, 98, 20417]
    assert np.isnan(series.values[3])  # a note with startTime and no end


def test_pairs_of_columns_with_a_hole_and_of_unequal_length() -> None:
    kazakhstan, russia = registry.decode("radar:netflows", PAIR, "").series
    assert (kazakhstan.place, kazakhstan.times.size, russia.place, russia.times.size) == ("KZ", 3, "RU", 2)
    assert np.isnan(kazakhstan.values[1])
    assert russia.values == pytest.approx([100, 98])


@pytest.mark.parametrize(
    ("interval", "times", "step_s"),
    [
        ("ONE_HOUR", HOURS, 3600),
        ("1h", HOURS, 3600),
        ("1d", HOURS[:1], 86400),
        ("ONE_WEEK", ["2022-01-03T00:00:00Z", "2022-01-10T00:00:00Z", "2022-01-24T00:00:00Z"], 604800),
        ("ONE_DAY", HOURS, 3600),
        ("FORTNIGHT", HOURS, 3600),
        (None, ["2022-01-05T08:00:00Z", "2022-01-05T08:15:00Z", "2022-01-05T08:30:00Z"], 900),
        ("15m", ["2022-01-05T08:00:00Z", "2022-01-05T08:30:00Z", "2022-01-05T09:00:00Z"], 900),
    ],
)
def test_the_step_is_the_declared_one_unless_samples_lie_closer(
    interval: str | None, times: list[str], step_s: int
) -> None:
    assert one(answer(["1"] * len(times), times, aggInterval=interval)).step_s == step_s


def test_nulls_and_empty_texts_are_missing_and_zero_is_zero() -> None:
    assert np.array_equal(one(answer([None, "1", "0"])).values, [np.nan, 100, 0], equal_nan=True)
    assert np.array_equal(one(answer(["", "1", 0.5])).values, [np.nan, 100, 50], equal_nan=True)


def test_samples_are_put_in_order_and_repeated_ones_dropped() -> None:
    decoded = registry.decode(
        "radar:http", answer(["0.5", "0.25", "1", "0.5"], [HOURS[2], HOURS[0], HOURS[1], HOURS[2]]), "KZ"
    )
    assert decoded.series[0].values.tolist() == [25, 100, 50]
    assert len(told(decoded)) == 2
    with pytest.raises(CodecError, match="different values for the same time"):
        one(answer(["0.5", "1", "0.25"], [HOURS[0], HOURS[1], HOURS[1]]))


def test_samples_that_the_window_cuts_are_missing_and_those_outside_dropped() -> None:
    window = [{"startTime": "2022-01-05T08:30:00.500Z", "endTime": "2022-01-05T10:00:00Z"}]
    decoded = registry.decode("radar:http", answer(dateRange=window), "KZ")
    (series,) = decoded.series
    assert np.array_equal(series.values, [np.nan, 100], equal_nan=True)
    assert any("only in part" in remark for remark in told(decoded))
    shifted = [{"startTime": "2022-02-05T08:30:00Z", "endTime": "2022-02-05T10:00:00Z"}]
    with pytest.raises(CodecError, match="in the window that the answer itself names"):
        one(answer(dateRange=shifted))


@pytest.mark.parametrize(
    ("note", "missing"),
    [
        ({"eventType": "PIPELINE", "dataSource": "NET"}, 1),
        ({"eventType": "PARTIAL_PROJECTION", "dataSource": "ALL"}, 1),
        ({"eventType": "PIPELINE", "dataSource": None}, 1),
        ({"eventType": "PIPELINE", "dataSource": "DNS"}, 0),
        ({"eventType": "OUTAGE", "dataSource": "NET"}, 0),
        ({"eventType": "PIPELINE", "dataSource": "NET", "endDate": None}, 2),
        ({"eventType": "PIPELINE", "dataSource": "NET", "startDate": None, "endDate": None}, 3),
        ({"eventType": "PIPELINE", "dataSource": "NET", "isInstantaneous": True, "endDate": None}, 1),
        ({"eventType": "PIPELINE", "dataSource": "NET", "startDate": "2022-02-01T00:00:00Z", "endDate": None}, 0),
    ],
)
def test_only_notes_on_the_very_data_make_samples_missing(note: dict[str, object], missing: int) -> None:
    extent: dict[str, object] = {"startDate": "2022-01-05T09:30:00Z", "endDate": "2022-01-05T09:40:00Z"}
    annotated = answer(confidenceInfo={"level": 5, "annotations": [extent | {"description": "logs"} | note]})
    assert np.isnan(one(annotated).values).sum() == missing


def test_what_was_counted_before_the_window_says_nothing_of_it() -> None:
    assert np.isfinite(one(answer(lastUpdated="2021-12-27T18:11:19.117Z")).values).all()


@pytest.mark.parametrize(
    ("normalization", "scale", "signal"),
    [
        ("RAW_VALUES", Scale.ABSOLUTE, "radar.netflows"),
        ("PERCENTAGE", Scale.ABSOLUTE, "radar.share"),
        ("MIN0_MAX", Scale.RELATIVE, "radar.netflows"),
        (None, Scale.RELATIVE, "radar.netflows"),
    ],
)
def test_what_values_are_compared_with(normalization: str | None, scale: Scale, signal: str) -> None:
    series = one(answer(normalization=normalization))
    assert (series.scale, series.signal) == (scale, signal)


def test_values_that_are_no_measure_of_traffic_are_skipped() -> None:
    decoded = registry.decode("radar:netflows", answer(normalization="PERCENTAGE_CHANGE"), "KZ")
    assert not decoded.series
    assert "PERCENTAGE_CHANGE" in told(decoded)[0]


def test_an_answer_without_values_is_told() -> None:
    empty = registry.decode("radar:netflows", answer([], []), "KZ")
    assert (empty.series, told(empty)) == ((), ["Cloudflare Radar has no values for KZ."])
    none = registry.decode("radar:netflows", b'{"success":true,"result":{}}', "KZ")
    assert (none.series, len(told(none))) == ((), 1)


def test_a_place_is_needed_where_the_answer_names_none() -> None:
    assert one(answer(name="AS9198")).place == "AS9198"
    with pytest.raises(UsageError, match="not the code of a place"):
        radar.decode(answer())
    with pytest.raises(CodecError, match="are not codes of places"):
        radar.decode(PAIR.replace(b"KZ", b"Kazakhstan").replace(b"RU", b"Russia"), "KZ")


def test_an_error_with_status_200_is_told_without_a_token_or_an_address() -> None:
    with pytest.raises(CodecError, match="“Authentication error for … from …”") as refused:
        radar.decode((RECORDED / "refused.json").read_bytes(), "KZ")
    said = str((refused.value, refused.value.diagnostics(), refused.value.facts))
    assert "Zk4xR9" not in said
    assert "198.51" not in said


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "There is nothing"),
        (b"<!DOCTYPE html><html>", "A web page"),
        (b'{"success":true}', "not an answer of Cloudflare Radar"),
        (b"[]", "not an answer of Cloudflare Radar"),
        (NETFLOWS[:-60], "not whole"),
        (b'{"result":' + b'{"a":' * 100_000, "not an answer|not whole"),
        (answer(["0.5", "1"]), "not an answer of Cloudflare Radar"),
        (answer(["0.5", "many", "1"]), "“many” in line 2"),
        (answer(["0.5", "-1", "1"]), "less than zero"),
        (answer(["0.5", "1e999", "1"]), "infinite"),
        (answer(["0.5", "1.2", "1"]), "larger than 1"),
        (answer(["0.5", "101", "1"], normalization=None), "larger than 100"),
        (answer(times=[*HOURS[:2], "2022-01-05T10:00:00"]), "does not say its zone"),
        (
            answer(confidenceInfo={"annotations": [{"eventType": "PIPELINE"}] * 101}),
            "not an answer of Cloudflare Radar",
        ),
        (b'{"result":{' + b",".join(b'"AS%d":{}' % one for one in range(51)) + b"}}", "not an answer of"),
        (b"time,value\n2022-01-05T08:00:00Z,1\n", "not those of Cloudflare Radar's CSV"),
        (PAIR.replace(b"RU values", b"KZ2 values"), "not those of Cloudflare Radar's CSV"),
    ],
)
def test_other_content_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(CodecError, match=sentence):
        registry.decode("radar:netflows", data, "KZ")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"{", b'{"result":{"meta":', b"timestamp_utc,value\n"]))
def test_any_bytes(data: bytes, beginning: bytes) -> None:
    for kind in radar.KINDS:
        answering.decoded(registry.decode, kind, beginning + data, "KZ")


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_damaged_answers(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([NETFLOWS, PAIR, BGP]))
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 20)))
    odd = [b"null", b"1e999", b"NaN", b'"', b"[]", b"{}", b"-1", b"9" * 400, b"\x00", b"0001-01-01T00:00:00Z"]
    kept = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from(odd)))
    answering.decoded(registry.decode, "radar:netflows", good[:start] + kept + good[end:], "KZ")
