"""Censored Planet's files: every real one, side data, damaged lines, compressed ones, and any bytes at all."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import censoredplanet
from kuager.errors import CodecError
from kuager.model.tables import MEASUREMENTS

RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "censoredplanet"
GOOD = b"".join(path.read_bytes() for path in sorted(RECORDED.glob("*.jsonl")))
SIDE_DATA = (
    "Satellitev1_2018-08-03/answers_control.json",
    "Satellitev1_2018-08-03/resolvers.json",
    "Satellitev1_2018-08-03/tagged_answers.json",
    "Satellitev1_2018-08-03/tagged_resolvers.json",
    "Satellitev2-2021-10-20/blockpages.json",
    "Satellitev2-2021-10-20/control_pages.json",
    "Satellitev2-2021-10-20/resolver_info.json",
    "Satellitev2-2021-10-20/resolvers.json",
    "Satellitev2-2021-10-20/resolvers_profile.json",
    "Satellitev2_2021-04-25/responses_control.json",
    "Satellitev2_2021-04-25/tagged_resolvers.json",
    "Satellitev2_2021-04-25/tagged_responses.json",
)


def test_every_real_result_says_what_its_publishers_read_in_it(shared_data: Path) -> None:
    folder = shared_data / "censoredplanet"
    expected: dict[str, list[dict[str, object]]] = {}
    for line in (folder / "censoredplanet_e2e.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        expected.setdefault(case["file"], []).append(case)
    tests: Counter[str] = Counter()
    for name, cases in expected.items():
        rows = censoredplanet.decode((folder / name).read_bytes()).tables["measurements"].to_pylist()
        assert len(rows) == len(cases), name
        for row, case in zip(rows, cases, strict=True):
            assert (row["domain"], row["anomaly"]) == (case["domain"], case["anomaly"])
            assert row["place"] == case.get("country", "")
            assert row["failed"] == case.get("controls_failed", row["failed"])
            assert str(case["vantage"]) not in str(row)
            details = json.loads(row["details"])
            assert details.get("confidence") == case.get("confidence")
            assert bool(details.get("stateful_block")) == bool(case.get("stateful_block"))
            tests[row["test"]] += 1
    assert tests == {
        "hyperquack-discard": 8,
        "hyperquack-echo": 8,
        "hyperquack-http": 8,
        "hyperquack-https": 8,
        "satellite": 20,
    }


@pytest.mark.parametrize("name", SIDE_DATA)
def test_side_data_are_refused_for_what_they_are(shared_data: Path, name: str) -> None:
    with pytest.raises(CodecError, match="describe resolvers, controls or pages"):
        censoredplanet.decode((shared_data / "censoredplanet" / "e2e_test_data" / name).read_bytes())


def test_a_file_without_one_whole_line_is_refused(shared_data: Path) -> None:
    with pytest.raises(CodecError, match="No line of this file is a result"):
        censoredplanet.decode((shared_data / "censoredplanet" / "e2e_test_data" / "invalid_results.json").read_bytes())


def test_broken_lines_and_side_data_between_results_are_counted() -> None:
    decoded = censoredplanet.decode(b'{"vp":\n{"vp":"192.0.2.9","name":"x"}\n[1]\n' + GOOD + b'{"Server":"192.0.2')
    assert decoded.tables["measurements"].num_rows == 4
    told = [note.template.format(**note.facts) for note in decoded.remarks]
    assert told == [
        "Lines that are not whole results of Censored Planet and were passed over: 3.",
        "Lines that describe resolvers, controls or pages and are no results, passed over: 1.",
    ]


def test_compressed_files_are_the_same() -> None:
    plain = censoredplanet.decode(GOOD).tables["measurements"]
    assert plain.schema == MEASUREMENTS
    assert censoredplanet.decode(gzip.compress(GOOD[:700]) + gzip.compress(GOOD[700:])).tables["measurements"] == plain
    with pytest.raises(CodecError, match="damaged or not whole"):
        censoredplanet.decode(gzip.compress(GOOD)[:-9])


def test_many_lines_come_in_batches() -> None:
    reading = censoredplanet.batches(line for _ in range(1_500) for line in GOOD.splitlines())
    assert [batch.num_rows for batch in reading] == [2_000, 2_000, 2_000]
    assert reading.remarks == ()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "There is nothing"),
        (b"<!DOCTYPE html><html>", "A web page"),
        (b"{}", "No line"),
        (b'{"error": "not found"}', "No line"),
        (b"[" * 100_000 + b"]" * 100_000, "No line"),
        (b'{"Server":' * 20_000, "No line"),
        (b'{"service":"echo","vp":5,"test_url":"x"}', "No line"),
        (b'{"confidence":{"average":1e999},"vp":"x","test_url":"y","response":[[[]]]}', "No line"),
    ],
)
def test_other_content_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(CodecError, match=sentence):
        censoredplanet.decode(data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    answering.decoded(censoredplanet.decode, data)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_files(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 12)))
    filling = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from([b"null", b"1e999", b"[]", b'"', b"{}"])))
    found = answering.decoded(censoredplanet.decode, GOOD[:start] + filling + GOOD[end:])
    assert found is None or set(found.tables) == {"measurements"}
