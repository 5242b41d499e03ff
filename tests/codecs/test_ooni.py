"""Raw measurements of OONI: files in every form and state, whole and damaged."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import ooni
from kuager.errors import CodecError
from kuager.model.tables import MEASUREMENTS

UID = "20220105103105.250000_KZ_webconnectivity_0123456789abcdef"
GOOD: dict[str, Any] = {
    "annotations": {"network_type": "mobile", "platform": "android"},
    "input": "https://www.Example.org:443/path",
    "measurement_start_time": "2022-01-05 10:30:00",
    "measurement_uid": UID,
    "probe_asn": "AS9198",
    "probe_cc": "KZ",
    "probe_ip": "203.0.113.77",
    "probe_network_name": "Home of 203.0.113.77",
    "report_id": "20220105T103000Z_webconnectivity_KZ_9198_n1_abcdefghijklmnop",
    "resolver_ip": "198.51.100.239",
    "software_name": "ooniprobe-android",
    "software_version": "3.6.0",
    "test_keys": {
        "accessible": False,
        "blocking": "http-failure",
        "client_resolver": "198.51.100.239",
        "control_failure": None,
        "http_experiment_failure": "generic_timeout_error",
        "requests": [{"failure": "generic_timeout_error", "response": {"code": 0, "body": "secret 203.0.113.77"}}],
    },
    "test_name": "web_connectivity",
    "test_version": "0.4.1",
}
SECRETS = ("203.0.113", "198.51.100", "abcdefghijklmnop", "secret", "Home of")
"""Parts of what the good measurement holds and no row may."""


def line(**changes: object) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


def read(*pieces: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of a file given in these pieces, and its remarks."""
    reading = ooni.read(pieces)
    rows: list[dict[str, Any]] = []
    for batch in reading:
        assert batch.schema == MEASUREMENTS
        batch.validate(full=True)
        rows += batch.to_pylist()
    return rows, [note.template.format(**note.facts) for note in reading.remarks]


def row(**changes: object) -> dict[str, Any]:
    ((found,), _) = read(line(**changes))
    return found


def refused(*pieces: bytes) -> str:
    with pytest.raises(CodecError) as error:
        read(*pieces)
    said = error.value.diagnostics()
    assert not any(secret in str((said, error.value.facts)) for secret in SECRETS)
    return f"{said.happened} {said.meaning} {said.remedy}"


def test_a_whole_row() -> None:
    found = row()
    details = json.loads(found.pop("details"))
    assert found == {
        "source": "ooni",
        "uid": UID,
        "test": "web_connectivity",
        "test_version": "0.4.1",
        "software": "ooniprobe-android 3.6.0",
        "start": datetime(2022, 1, 5, 10, 30, tzinfo=UTC),
        "received": datetime(2022, 1, 5, 10, 31, 5, 250_000, tzinfo=UTC),
        "place": "KZ",
        "network": "AS9198",
        "access": "mobile",
        "input": "https://www.Example.org:443/path",
        "domain": "www.example.org",
        "anomaly": None,
        "confirmed": None,
        "failed": None,
    }
    assert details == {
        "accessible": False,
        "blocking": "http-failure",
        "control_failure": None,
        "http_experiment_failure": "generic_timeout_error",
    }


@pytest.mark.parametrize(
    "data",
    [
        line(),
        line() + b"\n",
        b"\n  \r\n" + line() + b"\r\n\n",
        b"\xef\xbb\xbf" + line(),
        b"\n\xef\xbb\xbf\n\xef\xbb\xbf" + line(),
        json.dumps(GOOD, indent=4).encode(),
        json.dumps(GOOD, indent=1).encode() + b"\n",
        gzip.compress(line() + b"\n"),
        gzip.compress(json.dumps(GOOD, indent=2).encode()),
        gzip.compress(line()[:100]) + gzip.compress(b"") + gzip.compress(line()[100:]),
        gzip.compress(line()) + bytes(512),
    ],
)
def test_one_measurement_in_every_form_however_it_is_cut(data: bytes) -> None:
    expected: tuple[list[dict[str, Any]], list[str]] = ([row()], [])
    assert read(data) == expected
    assert read(b"", data[:1], b"", *(data[at : at + 7] for at in range(1, len(data), 7))) == expected


def test_many_lines_come_in_batches_and_in_order() -> None:
    names = [f"https://{number}.example/" for number in range(4_500)]
    data = gzip.compress(b"\n".join(line(input=name) for name in names), 1)
    reading = ooni.read(data[at : at + 1000] for at in range(0, len(data), 1000))
    batches = list(reading)
    assert [batch.num_rows for batch in batches] == [2_000, 2_000, 500]
    assert [one for batch in batches for one in batch["input"].to_pylist()] == names
    assert reading.remarks == ()


@pytest.mark.parametrize("place", range(4))
def test_bad_lines_among_good_ones_are_passed_over_and_counted(place: int) -> None:
    bad = [b"{", b"not JSON \xff", b'{"measurements": 1}', b"[" * 100_000, b'{"test_name": "a", "x": NaN}', b"{}"]
    lines = [line()] * 9
    lines[place:place] = bad
    rows, remarks = read(b"\n".join(lines))
    assert len(rows) == 9
    assert remarks == ["Lines that are not whole measurements of OONI and were passed over: 6."]


def test_more_bad_lines_than_good_ones_are_refused() -> None:
    lines = [line(), b"x", line(), b"y", b"z"]
    assert "Of 5 lines of this file, 3 are not measurements" in refused(b"\n".join(lines) + b"\n")
    assert len(read(b"\n".join(lines[:4]) + b"\n")[0]) == 2


def test_a_file_of_strange_lines_is_not_read_to_its_end() -> None:
    taken = 0

    def pieces() -> Iterator[bytes]:
        nonlocal taken
        yield line() + b"\n"
        while taken < 1_000:
            taken += 1
            yield b"{}\n" * 1_000

    with pytest.raises(CodecError, match="are not measurements of OONI"):
        list(ooni.read(pieces()))
    assert taken < 20


def test_blank_lines_cost_nothing_and_are_counted() -> None:
    blanks = b"\n  \r\n\t" * 3_000_000
    assert read(blanks, b"  ", line() + b"\n", blanks, blanks)[0] == [row()]
    assert "Line 6000001 is the last one" in refused(line() + blanks, line()[:-9])


def test_braces_are_not_kept_line_by_line() -> None:
    tracemalloc.start()
    assert "not whole" in refused(b"{\n" * 200_000)
    assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "There is nothing in"),
        (b" \n \n", "There is nothing in"),
        (gzip.compress(b"", mtime=0), "There is nothing in"),
        (b"{}", "has no measurement of that name"),
        (b"{\n}\n", "has no measurement of that name"),
        (b"<!DOCTYPE html>\n<html>203.0.113.77", "A web page"),
        (gzip.compress(b"<html>203.0.113.77</html>", mtime=0), "A web page"),
        (b"%PDF-1.4\n1 0 obj", "PDF"),
        (b"PK\x03\x04\n1 0 obj", "ZIP"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"203.0.113.77,1,2\n203.0.113.77,1,2\n", "are not measurements"),
        (b'{"error": "quota exceeded for 203.0.113.77"}', "are not measurements"),
        (b'{"metadata": {"count": -1}, "results": []}', "--as ooni-api"),
        (json.dumps({"v": 0, "result": [1, 2]}, indent=1).encode(), "--as ooni-api"),
        (b"[1, 2, 3]", "are not measurements"),
        (b"null", "are not measurements"),
        (b'{"test_name": "203.0.113.77"}', "are not measurements"),
        (line()[:-30], "looks cut off"),
        (line() + b"\n" + line()[:200], "Line 2 is the last one"),
        (json.dumps(GOOD, indent=2).encode()[:-30], "looks cut off"),
        (gzip.compress(line())[:-20], "damaged or not whole"),
        (gzip.compress(line())[:-3], "damaged or not whole"),
        (gzip.compress(line()) + b"\x1f\x8b\x08", "damaged or not whole"),
        (gzip.compress(line())[:-8] + b"\0\0\0\0" + gzip.compress(line())[-4:], "damaged or not whole"),
        (b"\x1f\x8b", "damaged or not whole"),
        (b"x" * (33 * 2**20), "longer than any measurement"),
        (gzip.compress(bytes(64 * 2**20), 1), "longer than any measurement"),
        (gzip.compress(b"\n" * (200 * 2**20), 9), "hundreds of times its size"),
    ],
)
def test_what_is_refused(data: bytes, said: str) -> None:
    assert said in refused(data[: len(data) // 2], data[len(data) // 2 :])


def test_a_file_that_breaks_off_is_refused_although_rows_were_read_before() -> None:
    data = gzip.compress(b"".join(line(input=f"https://{one}.example/") + b"\n" for one in range(5_000)), 1)
    reading = ooni.read([data[:-100]])
    batches = iter(reading)
    assert next(batches).num_rows == 2_000
    with pytest.raises(CodecError, match="damaged or not whole"):
        list(batches)


def test_flags_of_ooni_are_kept_where_a_row_has_them() -> None:
    found = row(anomaly=True, confirmed=False, failure=False)
    assert (found["anomaly"], found["confirmed"], found["failed"]) == (True, False, False)
    assert row(msm_failure=True)["failed"] is True
    assert row(failure="a text")["failed"] is None


def test_fields_of_another_type_cost_only_themselves_and_are_told() -> None:
    odd = {"blocking": "dns", "accessible": "203.0.113.77", "requests": "203.0.113.77", "x_dns_flags": 10**30}
    rows, remarks = read(line(test_version=5, test_keys=odd) + b"\n" + line())
    assert (rows[0]["test_version"], json.loads(rows[0]["details"])) == ("", {"blocking": "dns"})
    assert rows[0]["place"] == "KZ"
    assert remarks == ["Measurements with fields of another type than OONI's, which were left out: 1."]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.booleans(), st.integers(1, 50))
def test_any_bytes(data: bytes, packed: bool, step: int) -> None:
    whole = gzip.compress(data) if packed else data
    answering.answered(read, *(whole[at : at + step] for at in range(0, len(whole), step)))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_damaged_measurements_give_nothing_that_leads_to_a_volunteer(data: st.DataObject) -> None:
    good = line()
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 40)))
    put = data.draw(st.sampled_from([b"null", b"1e999", b"NaN", b"\n", b"", b"[]", b'"', b"\xff", b"{", b'"\\ud800"']))
    damaged = good[:start] + put + good[end:]
    try:
        told = str(read(line(), b"\n", damaged, b"\n", damaged + b"\n", line()))
    except CodecError as error:
        told = str((error, error.diagnostics(), error.facts))
    assert not any(secret in told for secret in SECRETS)
