"""Signatures of pages: the source's own examples, the source's own rules, and files that are no list of signatures."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs.censoredplanet.page import LONGEST_PAGE
from kuager.codecs.censoredplanet.signatures import PageMatch, Signatures
from kuager.errors import CodecError

HARMLESS = b'{"fingerprint": "x_busy", "pattern": "Too many"}\n'


def lines(**patterns: str) -> bytes:
    return b"\n".join(json.dumps({"fingerprint": name, "pattern": one}).encode() for name, one in patterns.items())


@pytest.fixture(scope="module")
def files(shared_data: Path) -> tuple[bytes, bytes]:
    folder = shared_data / "censoredplanet" / "metadata" / "data"
    return (folder / "blockpage_signatures.json").read_bytes(), (folder / "false_positive_signatures.json").read_bytes()


@pytest.fixture(scope="module")
def signatures(files: tuple[bytes, bytes]) -> Signatures:
    return Signatures(*files)


def test_every_page_of_the_sources_own_tests(shared_data: Path, signatures: Signatures) -> None:
    text = (shared_data / "censoredplanet" / "blockpages.jsonl").read_text("utf-8")
    cases = [json.loads(line) for line in text.split("\n") if line]
    assert len(cases) == 10
    for case in cases:
        expected = PageMatch(case["expected_blocked"], case["expected_signature"] or "")
        assert signatures.match(case["page"]) == expected, case["source"]


def test_a_long_page_takes_milliseconds(shared_data: Path, signatures: Signatures) -> None:
    page = (shared_data / "censoredplanet" / "metadata" / "test_files" / "long_blockpage.html").read_text("utf-8")
    began = time.process_time()
    assert signatures.match(page) == PageMatch(None, "")
    assert time.process_time() - began < 1


def test_the_answers_are_those_of_the_patterns_as_regular_expressions(
    files: tuple[bytes, bytes], signatures: Signatures
) -> None:
    """Searched for piece by piece, every pattern of both lists finds what ``re`` finds."""
    lists = [[json.loads(line) for line in data.decode().split("\n") if line.strip()] for data in files]
    known = [
        (blocked, {one["fingerprint"]: re.compile(one["pattern"], re.DOTALL) for one in signs})
        for blocked, signs in ((False, lists[1]), (True, lists[0]))
    ]
    pieces = [re.sub(r"\\(.)", r"\1", one["pattern"]) for signs in lists for one in signs]
    for number, piece in enumerate(pieces):
        page = f"<p>{piece.replace('.*', chr(10))}</p> {pieces[number * 7 % len(pieces)][:20]}"
        found = (
            PageMatch(blocked, name)
            for blocked, patterns in known
            for name, one in patterns.items()
            if one.search(page)
        )
        assert signatures.match(page) == next(found, PageMatch(None, "")), page


@pytest.mark.parametrize(
    ("pattern", "page", "found"),
    [
        ("a.*b", "a\nb", True),
        ("a.*b", "b a", False),
        ("ab.*bc", "abc", False),
        (r"1\.5", "105", False),
        (r"1\.5", "1.5", True),
        (r"a\.*b", "ab", True),
        (r"a\.*b", "axb", False),
        (r"\d\d", "x42", True),
        ("a.c", "a\nc", True),
        ("(http|https)://x", "https://x", True),
        ('{"error"', '{"error"', True),
    ],
)
def test_what_a_pattern_finds(pattern: str, page: str, found: bool) -> None:
    assert Signatures(lines(one=pattern), HARMLESS).match(page).blocked is (True if found else None)


def test_false_positives_come_first_and_a_name_given_twice_keeps_its_place() -> None:
    block = lines(one="blocked", two="banned") + b"\n" + lines(one="forbidden")
    signatures = Signatures(block, HARMLESS)
    assert len(signatures) == 3
    assert signatures.match("banned and forbidden") == PageMatch(True, "one")
    assert signatures.match("blocked") == PageMatch(None, "")
    assert signatures.match("Too many banned") == PageMatch(False, "x_busy")


def test_only_the_beginning_of_a_page_is_looked_at() -> None:
    signatures = Signatures(lines(one="needle"), HARMLESS)
    assert signatures.match("x" * 50_000_000 + "needle") == PageMatch(None, "")
    assert signatures.match("x" * (LONGEST_PAGE - 6) + "needle").name == "one"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "There is nothing"),
        (b"<!DOCTYPE html><html>", "A web page"),
        (b'{"fingerprint": "x"}', "Line 1 of this file is no signature"),
        (b'\n{"fingerprint": 5, "pattern": "a"}', "Line 2 of this file is no signature"),
        (b"[" * 100_000, "is no signature"),
        (lines(one="("), "one.* cannot be used"),
        (lines(one="(a+)+b"), "cannot be used"),
        (lines(one="a?" * 40 + "a" * 40), "cannot be used"),
        (lines(one="(a|aa)" * 40), "cannot be used"),
        (lines(one="a{1,99999999999}"), "cannot be used"),
        (lines(one=""), "cannot be used"),
        (lines(one=".*"), "cannot be used"),
        (lines(one="a" * 5_000), "cannot be used"),
        (lines(one="x?.*y"), "cannot be used"),
    ],
)
def test_what_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(CodecError, match=sentence):
        Signatures(data, HARMLESS)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=30).map(lambda text: lines(one=text))), st.text())
def test_any_bytes(data: bytes, page: str) -> None:
    signatures = answering.answered(Signatures, data, HARMLESS)
    if signatures is not None:
        assert signatures.match(page).blocked in {None, True, False}
