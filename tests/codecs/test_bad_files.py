"""Files that are not what they should be: each is named for what it is, by line, and nothing but our errors escapes."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import registry
from kuager.codecs.text import read_table
from kuager.errors import CodecError, UsageError

SERIES = (
    b"time,place,signal,value\n2022-01-05T10:00:00Z,KZ,own.a,1\n2022-01-05T11:00:00Z,KZ,own.a,2\n"
    b"2022-01-05T12:00:00Z,KZ,own.a,3\n"
)
EXPORT = b'"Time (UTC)","BGP (#Visible /24s)"\n"2022-01-05 10:00:00",100\n"2022-01-05 10:30:00",99\n'
ANSWER = (
    b'{"type":"signals","requestParameters":{"from":1641376800,"until":1641463200},"error":null,"data":[[{"entityType":'
    b'"country","entityCode":"KZ","entityName":"Kazakhstan","datasource":"bgp","subtype":"","from":1641376800,"until":'
    b'1641377400,"step":300,"nativeStep":300,"values":[10,null]}]]}'
)
GOOD = {"series": SERIES, "ioda-export": EXPORT, "ioda-api": ANSWER}
KINDS = sorted(GOOD)


def refusal(kind: str, data: bytes) -> CodecError:
    with pytest.raises(CodecError) as refused:
        registry.decode(kind, data, "KZ")
    return refused.value


def test_good_files_are_read() -> None:
    for kind, data in GOOD.items():
        assert registry.decode(kind, data, "KZ").series


def test_an_unknown_kind_is_wrong_usage_and_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="“mrt”") as refused:
        registry.decode("mrt", SERIES, "KZ")
    assert all(kind in refused.value.diagnostics().remedy for kind in registry.NAMED)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "There is nothing in this file"),
        (b"\xef\xbb\xbf \r\n\n", "There is nothing in this file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", r"A picture \(PNG\)"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", r"A picture \(JPEG\)"),
        (b"GIF89a\x01\x00", r"A picture \(GIF\)"),
        (b"%PDF-1.7\n%\xe2\xe3", "format PDF"),
        (b"PK\x03\x04\x14\x00", "format ZIP"),
        (b"\x1f\x8b\x08\x00", "format gzip"),
        ("time,place".encode("utf-16"), "UTF-16"),
        (b"time,place\n\x00\x01", "Line 2 of this file holds a zero byte"),
        (b"<!DOCTYPE html>\n<html>", "A web page"),
        (b"time,place\nabc,\xc3\x28\n", "Line 2 of this file is not text in UTF-8"),
    ],
)
def test_what_is_not_text_is_named_for_what_it_is(kind: str, data: bytes, sentence: str) -> None:
    assert re.search(sentence, str(refusal(kind, data)))


def test_a_parquet_file_is_refused_where_text_is_meant() -> None:
    assert "format Parquet" in str(refusal("ioda-export", b"PAR1\x15\x04"))


@pytest.mark.parametrize("kind", ["series", "ioda-export"])
def test_a_header_without_rows_is_refused(kind: str) -> None:
    header = GOOD[kind].split(b"\n")[0]
    for data in (header, header + b"\n", header + b"\r\n\r\n"):
        assert "a header in this file but no row" in str(refusal(kind, data))


@pytest.mark.parametrize("kind", ["series", "ioda-export"])
@pytest.mark.parametrize(("delimiter", "name"), [(b";", "semicolons"), (b"\t", "tabs"), (b"|", "vertical bars")])
def test_a_wrong_delimiter_is_named(kind: str, delimiter: bytes, name: str) -> None:
    assert f"separated by {name}" in str(refusal(kind, GOOD[kind].replace(b",", delimiter)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_byte_order_mark_and_windows_line_breaks_are_accepted(kind: str) -> None:
    plain = registry.decode(kind, GOOD[kind], "KZ").series[0]
    marked = registry.decode(kind, b"\xef\xbb\xbf" + GOOD[kind].replace(b"\n", b"\r\n"), "KZ").series[0]
    assert marked.key == plain.key
    assert marked.times.tolist() == plain.times.tolist()


@pytest.mark.parametrize("kept", [b"2022-01-05T12:00:00Z,KZ,own.a", b"2022-01-05T12:0", b'2022-01-05T12:00:00Z,KZ,"ow'])
def test_a_table_cut_in_its_last_line_is_named_as_that(kept: bytes) -> None:
    error = refusal("series", SERIES[: SERIES.rindex(b"2022")] + kept)
    assert str(error) == "Line 4 is the last one of this file and it is not whole."
    assert "cut off" in error.diagnostics().meaning


def test_an_export_cut_inside_a_quoted_time_is_named_as_that() -> None:
    assert "Line 3 is the last one" in str(refusal("ioda-export", EXPORT[:-15]))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"2022-01-05T11:00:00Z,KZ,own.a,2,5", "Line 3 of this file has 5 cells where the header has 4"),
        (b"2022-01-05T11:00:00Z,KZ", "Line 3 of this file has 2 cells where the header has 4"),
        (b'2022-01-05T11:00:00Z,KZ,"own.a,2', "In line 3 of this file a quotation mark"),
        (b'2022-01-05T11:00:00Z,KZ,"own"a,2', "In line 3 of this file a quotation mark"),
    ],
)
def test_a_broken_line_in_the_middle_is_named(line: bytes, sentence: str) -> None:
    assert sentence in str(refusal("series", SERIES.replace(b"2022-01-05T11:00:00Z,KZ,own.a,2", line)))


def test_blank_lines_are_passed_over_and_still_counted() -> None:
    assert "line 5 of" in str(refusal("series", SERIES.replace(b"own.a,2", b"own.a,x").replace(b"\n", b"\n\n")))


def test_a_column_named_twice_is_refused() -> None:
    assert "names the column “value” twice" in str(refusal("series", SERIES.replace(b"signal", b"value", 1)))


def test_a_missing_column_is_told_with_those_found() -> None:
    assert "The columns of this file are time, place, signal, count" in str(
        refusal("series", SERIES.replace(b"value", b"count"))
    )


def test_the_case_can_name_the_file_in_every_error() -> None:
    for kind in KINDS:
        for data in (b"", b"\x89PNG", b"a;b\n1;2\n", b"a,b\n1,2\n", b"a,b\n1", b"a,b\n", b'{"data":null}'):
            named = refusal(kind, data).in_file("iran.csv")
            assert "iran.csv" in str(named)
            assert "this file" not in str(named)


def test_control_characters_of_a_file_do_not_reach_the_terminal() -> None:
    shown = str(refusal("series", SERIES.replace(b"own.a,2", b"own.a,\x1b[31m2")))
    assert "\x1b" not in shown
    assert "[31m2” in line 3" in shown


def test_lines_are_counted_over_cells_with_line_breaks() -> None:
    table = read_table(b'a,b\n"x\ny",1\nz,2\n')
    assert table.lines.tolist() == [3, 4]


@given(st.binary(max_size=300))
@example(b"PAR1" + bytes(20) + b"PAR1")
@example(b'"')
@example(b"\r")
@example(b"time,place,signal,value\n,,,\n")
def test_no_other_exception_escapes_on_any_bytes(data: bytes) -> None:
    for kind in KINDS:
        answering.decoded(registry.decode, kind, data, "KZ")


@given(st.sampled_from(KINDS), st.data())
def test_no_other_exception_escapes_on_damaged_files(kind: str, data: st.DataObject) -> None:
    good = GOOD[kind]
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 12)))
    filling = data.draw(
        st.one_of(st.binary(max_size=8), st.sampled_from([b"-1", b"1e999", b"null", b'"', b",", b"[]"]))
    )
    answering.decoded(registry.decode, kind, good[:start] + filling + good[end:], "KZ")
