"""Fingerprints of blocks: what is found where, in which order, and tables that are none."""

from __future__ import annotations

import base64
import csv
import io
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.codecs import fingerprints
from kuager.codecs.fingerprints import Fingerprint, Fingerprints, UndecodableError
from kuager.codecs.many_texts import ManyTexts
from kuager.codecs.ooni.record import Answer, Blob, Query, Response
from kuager.errors import CodecError

HEAD = (
    "name,scope,other_names,location_found,pattern_type,pattern,confidence_no_fp,expected_countries,"
    "source,exp_url,notes"
)


def one(name: str, where: str, pattern: str, kind: str = "contains", scope: str = "nat") -> Fingerprint:
    return Fingerprint(name, scope, where, kind, pattern, 5, ("KZ",))


def names(known: Fingerprints, *responses: Response, queries: list[Query] | None = None) -> list[str]:
    return [found.name for found in known.find(queries, responses).fingerprints]


def test_answers_are_equal_and_come_first() -> None:
    known = Fingerprints(
        [one("page", "body", "blocked"), one("address", "dns", "192.0.2.1"), one("alias", "dns", "b.kz")]
    )
    queries = [
        Query(answers=[Answer(hostname="b.kz"), Answer(ipv4="192.0.2.1"), Answer(ipv4="192.0.2.10")]),
        Query(answers=None),
    ]
    assert names(known, Response(body="… blocked …"), queries=queries) == ["alias", "address", "page"]


def test_pages_hold_patterns_as_written_in_the_order_of_the_table_page_by_page() -> None:
    rows = [
        one("b", "body", "stop"),
        one("a", "body", "stop page"),
        one("same", "body", "stop"),
        one("re", "body", "st.p", "regexp"),
    ]
    known = Fingerprints(rows)
    assert names(known, Response(body="a stop page, stop"), Response(body="Stop"), Response(body="stop")) == [
        *("b", "a", "same"),
        *("b", "same"),
    ]
    assert names(known, Response(body="st.p")) == ["re"]


def test_pages_in_base64() -> None:
    known = Fingerprints([one("a", "body", "запрет")])
    page = base64.b64encode(b"\xff\xfe" + "запрет".encode()).decode()
    assert names(known, Response(body=Blob("base64", page))) == ["a"]
    assert names(known, Response(body=Blob("hex", page))) == []
    assert names(known, Response(body=Blob("base64", None))) == []
    with pytest.raises(UndecodableError):
        known.find(None, [Response(body=Blob("base64", "abc"))])


def test_headers_of_any_spelling_which_do_not_count_for_scores() -> None:
    rows = [
        one("begins", "header.location", "http://a/", "prefix"),
        one("equal", "header.location", "http://a/b", "full"),
        one("holds", "header.location", "a/b", "contains"),
        one("other", "header.via", "http://a/b", "full"),
    ]
    known = Fingerprints(rows)
    found = known.find(None, [Response(headers={"LOCATION": "http://a/b"})])
    assert [row.name for row in found.fingerprints] == ["begins", "equal", "holds"]
    assert found.of_scores == []
    assert names(known, Response(headers={"Location": "x http://a/b"})) == ["holds"]
    hidden = Blob("base64", base64.b64encode(b"http://a/b").decode())
    assert names(known, Response(headers={"Via": hidden, "Location": None})) == ["other"]


def test_marks_are_found_in_the_same_pass() -> None:
    known = Fingerprints([one("a", "body", "challenge")], {"challenge": "captcha", "not here": "refusal"})
    found = known.find(None, [Response(body="a challenge"), Response(body="not here")])
    assert found.kinds == {"captcha", "refusal"}
    assert [row.name for row in found.fingerprints] == ["a"]


TEXTS = st.lists(st.sampled_from([b"a", b"b", b"\xff", b" "]), min_size=1, max_size=4).map(b"".join)


@given(st.lists(TEXTS, max_size=8, unique=True), st.lists(TEXTS | st.just(b"\0"), max_size=20).map(b"".join))
def test_many_texts_are_those_that_the_page_holds(texts: list[bytes], page: bytes) -> None:
    assert ManyTexts(texts).find(page) == [number for number, text in enumerate(texts) if text in page]


def test_every_text_of_the_lists_is_found_where_it_stands(shared_data: Path) -> None:
    table = (shared_data / "ooni" / "fingerprints" / "fingerprints_http.csv").read_text("utf-8")
    texts = {row["pattern"] for row in csv.DictReader(io.StringIO(table)) if row["location_found"] == "body"}
    known = fingerprints.read([table.encode()])
    assert known.count == 1_729
    for text in sorted(texts)[::7]:
        page = f"<p>{text}</p>"
        found = {row.pattern for row in known.find(None, [Response(body=page)]).fingerprints}
        assert found == {other for other in texts if other in page}


def test_a_page_full_of_matches_takes_little_memory_and_time() -> None:
    known = Fingerprints([one("a", "body", "ab"), one("b", "body", "abab")])
    assert names(known, Response(body="ab" * 5_000_000)) == ["a", "b"]


def test_the_own_register_is_hand_picked_and_whole() -> None:
    own = resources.files("kuager.model").joinpath("data", "fingerprints.csv").read_bytes()
    known = fingerprints.read([own])
    assert 40 <= known.count <= 60
    assert names(known, queries=[Query(answers=[Answer(ipv4="10.10.34.36")])]) == ["ooni.ir_10dot10_ipv4_1"]
    for row in csv.DictReader(io.StringIO(own.decode())):
        assert row["source"].startswith("https://")
        assert row["notes"]
        assert len(row["pattern"]) <= 60


def test_countries_and_other_columns_are_read() -> None:
    row = 'x.a,isp,old,body,contains,"a, ""b""\nc",7,"kz,ZZ,RU",x,,'
    known = fingerprints.read([f"{HEAD}\n{row}\n".encode()])
    (found,) = known.find(None, [Response(body='… a, "b"\nc …')]).fingerprints
    assert (found.expected_countries, found.confidence_no_fp, found.other_names) == (("KZ", "RU"), 7, "old")


@pytest.mark.parametrize(
    "table",
    [
        b"",
        b"\x89PNG\r\n",
        b"name,scope\na,nat\n",
        f"{HEAD}\nx.a,isp,,body,contains,,5,,x,,\n".encode(),
        f"{HEAD}\nx.a,isp,,body,contains,a,high,,x,,\n".encode(),
        f"{HEAD}\nx.a,isp,,body,contains,a\xff".encode("latin-1"),
    ],
)
def test_what_is_no_table_of_fingerprints_is_refused(table: bytes) -> None:
    with pytest.raises(CodecError):
        fingerprints.read([table])


@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda text: f"{HEAD}\n{text}\n".encode()))
def test_any_bytes_are_fingerprints_or_refused(data: bytes) -> None:
    try:
        known = fingerprints.read([data])
    except CodecError:
        return
    assert known.count >= 0
