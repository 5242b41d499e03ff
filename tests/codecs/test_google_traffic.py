"""Google's traffic report: its odd body in every shape, and any bytes at all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import google_traffic, registry
from kuager.codecs.decoded import Decoded
from kuager.errors import CodecError, UsageError
from kuager.model.series import Series
from kuager.model.words import Scale

RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "google_traffic"
YOUTUBE = (RECORDED / "youtube-kz.json").read_bytes()
START_MS, HOUR_MS = 1_641_340_800_000, 3_600_000


def told(decoded: Decoded) -> list[str]:
    return [note.template.format(**note.facts) for note in decoded.remarks]


def body(*samples: object, guard: bytes = b")]}'\n\n") -> bytes:
    return guard + json.dumps([["tr.atsr", samples]]).encode()


def sample(hours: float, value: float | None) -> list[object]:
    return [START_MS + int(hours * HOUR_MS), [[None, value]]]


def one(data: bytes, kind: str = "google-traffic:YOUTUBE", place: str = "KZ") -> Series:
    (series,) = registry.decode(kind, data, place).series
    return series


def test_an_answer_with_holes() -> None:
    decoded = registry.decode("google-traffic:YOUTUBE", YOUTUBE, "kz")
    (series,) = decoded.series
    assert (series.signal, series.place, series.scale, series.step_s) == ("google.youtube", "KZ", Scale.RELATIVE, 7200)
    assert series.window == "2022-01-05T00:00:00Z/2022-01-05T14:00:00Z"
    assert np.array_equal(series.values, [51.9738, 48.25, np.nan, 50.5, np.nan, 12.75, 0.0], equal_nan=True)
    assert series.times[0] == 1_641_340_800
    assert told(decoded) == []


def test_every_product_is_a_signal_of_its_own() -> None:
    assert google_traffic.PRODUCTS["ALL"] == 1
    assert google_traffic.PRODUCTS["WEB_SEARCH"] == 19
    assert google_traffic.PRODUCTS["YOUTUBE"] == 21
    for product in google_traffic.PRODUCTS:
        assert one(YOUTUBE, f"google-traffic:{product}").signal == f"google.{product.lower()}"
    decoded = registry.decode("google-traffic", YOUTUBE, "KZ")
    assert decoded.series[0].signal == "google.traffic"
    assert told(decoded) == ["The file does not say of which product it is; it is kept as google.traffic."]


@pytest.mark.parametrize("guard", [b")]}'\n\n", b")]}'", b"", b"\xef\xbb\xbf)]}'\r\n", b"\n )]}' \n"])
def test_the_guard_may_be_there_or_not(guard: bytes) -> None:
    assert one(body(sample(0, 1.5), sample(2, 2), guard=guard)).values.tolist() == [1.5, 2]


@pytest.mark.parametrize("step_hours", [0.5, 2, 3, 24])
def test_the_step_is_recognised_over_a_hole(step_hours: float) -> None:
    series = one(body(*(sample(index * step_hours, 5) for index in (0, 1, 2, 5, 6))))
    assert series.step_s == step_hours * 3600
    assert series.times.size == 5


@pytest.mark.parametrize("empty", [b")]}'\n[[]]", b'[["tr.atsr"]]', b'[["tr.atsr",[]]]'])
def test_an_empty_answer_is_no_series_and_is_told(empty: bytes) -> None:
    decoded = registry.decode("google-traffic:MAPS", empty, "KZ")
    assert (decoded.series, told(decoded)) == ((), ["Google answered, but had no values of google.maps for KZ."])


@pytest.mark.parametrize("nothing", [b")]}'", b")]}'\n\n[]", b")]}'\n\nnull"])
def test_nothing_is_no_answer(nothing: bytes) -> None:
    with pytest.raises(CodecError, match="answered with nothing"):
        registry.decode("google-traffic:MAPS", nothing, "KZ")


def test_an_answer_of_nulls_is_a_series_of_holes_and_is_told() -> None:
    decoded = registry.decode("google-traffic:MAPS", body(sample(0, None), [START_MS + 2 * HOUR_MS, None]), "KZ")
    assert np.isnan(decoded.series[0].values).all()
    assert told(decoded) == ["Google answered, but had no values of google.maps for KZ."]


def test_samples_out_of_order_and_repeated() -> None:
    decoded = registry.decode(
        "google-traffic:MAPS", body(sample(4, 3), sample(0, 1), sample(2, 2), sample(2, 2), sample(6, 4)), "KZ"
    )
    (series,) = decoded.series
    assert (series.values.tolist(), series.step_s) == ([1, 2, 3, 4], 7200)
    assert told(decoded) == [
        "Samples that stood after a later one and were put in order of time: 3.",
        "Samples that only repeated another one and were dropped: 1.",
    ]
    with pytest.raises(CodecError, match="different values for the same time"):
        one(body(sample(0, 1), sample(2, 2), sample(2, 3)))


def test_samples_beside_the_whole_hour_stay_where_they_are() -> None:
    series = one(body(sample(0.25, 1), sample(2.25, 2), sample(4.25, 3)))
    assert (series.times[0], series.step_s) == (1_641_341_700, 7200)
    assert series.window == "2022-01-05T00:15:00Z/2022-01-05T06:15:00Z"


@pytest.mark.parametrize("place", ["", "AS9198", "KZ-75", "Kazakhstan"])
def test_a_country_is_needed(place: str) -> None:
    with pytest.raises(UsageError, match="not the code of a country"):
        registry.decode("google-traffic:MAPS", YOUTUBE, place)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<!doctype html><title>Sorry</title>", "A web page"),
        (b")]}'\n{}", "not an answer of Google"),
        (b")]}'\n5", "not an answer of Google"),
        (YOUTUBE[:-30], "not whole"),
        (YOUTUBE.replace(b"tr.atsr", b"tr.other"), "not an answer of Google"),
        (body([START_MS, [[None, 1]], [[None, 1]]]), "not an answer of Google"),
        (body([START_MS, [[None, 1], [None, 2]]]), "not an answer of Google"),
        (body([START_MS, [[1, 2]]]), "not an answer of Google"),
        (body([START_MS, [[None, None, 2]]]), "not an answer of Google"),
        (body([START_MS, [[None, "5"]]]), "not an answer of Google"),
        (body([None, [[None, 5]]]), "not an answer of Google"),
        (body(sample(0, -1), sample(2, 1)), "has the value -1 at 2022-01-05T00:00:00Z"),
        (body([1_641_340_800, [[None, 5]]]).replace(b"1641340800", b"1641340800000000"), "before 1970 or after 2099"),
        (body([START_MS + 1, [[None, 5]]]), "lies between two seconds"),
        (body(sample(0, 5)).replace(b"5]]", b"1e999]]"), "not an answer of Google|has the value inf"),
        (b"[" * 100_000, "not an answer of Google|not whole"),
        (b"[" * 100_000 + b"]" * 100_000, "not an answer of Google"),
    ],
)
def test_other_content_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(CodecError, match=sentence):
        registry.decode("google-traffic:MAPS", data, "KZ")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b")]}'", b'[["tr.atsr",[[']))
def test_any_bytes(data: bytes, beginning: bytes) -> None:
    answering.decoded(registry.decode, "google-traffic", beginning + data, "KZ")


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_damaged_answers(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(YOUTUBE)))
    end = data.draw(st.integers(start, min(len(YOUTUBE), start + 20)))
    odd = [b"null", b"1e999", b"NaN", b"[]", b"-0", b"-1", b"9" * 400, b"1e300", b"\x00", b"0.5"]
    kept = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from(odd)))
    answering.decoded(registry.decode, "google-traffic:YOUTUBE", YOUTUBE[:start] + kept + YOUTUBE[end:], "KZ")
