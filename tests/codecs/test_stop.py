"""The register of shutdowns: all three generations, real files, workbooks good and bad, and any bytes at all."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import stop
from kuager.codecs.decoded import Decoded
from kuager.codecs.stop import columns as stop_columns
from kuager.codecs.stop import workbook as stop_workbook
from kuager.errors import CodecError
from kuager.model.tables import OPINIONS, SHUTDOWNS

RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "stop"
NEWEST = (RECORDED / "newest.csv").read_bytes()
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


ROOT = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Target='
    '"xl/workbook.xml" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
    "</Relationships>"
)
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def shutdowns(decoded: Decoded) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = decoded.tables["shutdowns"].to_pylist()
    return found


def opinions(decoded: Decoded) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = decoded.tables["opinions"].to_pylist()
    return found


def told(decoded: Decoded) -> list[str]:
    return [note.template.format(**note.facts) for note in decoded.remarks]


def workbook(**sheets: Sequence[Sequence[object]]) -> bytes:
    """A small workbook with its texts inside its cells; numbers stay numbers."""
    relations, named, sink = [], [], io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, rows) in enumerate(sheets.items(), start=1):
            cells = ""
            for row, values in enumerate(rows, start=1):
                cells += f'<row r="{row}">'
                for column, value in enumerate(values):
                    where = f"{chr(65 + column)}{row}"
                    if isinstance(value, str):
                        cells += f'<c r="{where}" t="inlineStr"><is><t>{value}</t></is></c>'
                    else:
                        cells += f'<c r="{where}"><v>{value}</v></c>'
                cells += "</row>"
            archive.writestr(f"xl/worksheets/sheet{number}.xml", SHEET.format(cells))
            named.append(f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>')
            relations.append(
                f'<Relationship Id="r{number}" Target="worksheets/sheet{number}.xml" Type='
                '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
            )
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r='
            '"http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            f"<sheets>{''.join(named)}</sheets></workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f"{''.join(relations)}</Relationships>",
        )
    return sink.getvalue()


HEADER = ["start_date", "end_date", "country", "shutdown_type"]


def test_the_newest_columns() -> None:
    decoded = stop.decode(NEWEST)
    kazakhstan, *others = shutdowns(decoded)
    assert decoded.tables["shutdowns"].schema == SHUTDOWNS
    assert decoded.tables["opinions"].schema == OPINIONS
    assert (kazakhstan["place"], kazakhstan["start"], kazakhstan["end"]) == ("KZ", date(2022, 1, 4), date(2022, 1, 11))
    assert (kazakhstan["days"], kazakhstan["row"]) == (8, 1)
    assert json.loads(kazakhstan["fields"])["affected_network"] == "Broadband, Mobile"
    assert [(one["place"], one["end"], one["days"]) for one in others] == [("", None, None)] * 2
    found, laos, myanmar = opinions(decoded)
    assert found == {
        "source": "stop",
        "kind": "record",
        "id": found["id"],
        "place": "KZ",
        "signal": "",
        "start": datetime(2022, 1, 4, tzinfo=UTC),
        "end": datetime(2022, 1, 12, tzinfo=UTC),
        "statement": "Shutdown, Throttle; several regions",
        "cause": "Protests",
        "score": None,
        "link": "https://news.example/kz",
    }
    assert [(one["place"], one["end"], one["link"]) for one in (laos, myanmar)] == [
        ("LA", None, "https://an.example/y"),
        ("MM", None, "https://an.example/y"),
    ]
    assert told(decoded) == ["Rows that name several countries, which have no one place: 2."]


def test_the_columns_of_2019() -> None:
    decoded = stop.decode((RECORDED / "generation-2019.csv").read_bytes())
    iran, somaliland = shutdowns(decoded)
    assert (iran["place"], iran["days"], iran["row"]) == ("IR", 3, 1)
    assert json.loads(iran["fields"])["shutdown_extent"] == "Full"
    assert (somaliland["place"], somaliland["days"], somaliland["row"]) == ("", None, 3)
    assert [one["statement"] for one in opinions(decoded)] == [
        "Shutdown and throttle; several cities of one region",
        "Shutdown; one city",
    ]
    assert [one["link"] for one in opinions(decoded)] == ["https://news.example/a", ""]
    assert opinions(decoded)[1]["end"] is None
    assert told(decoded) == [
        "Rows that end before they begin, which are kept without a duration: 1.",
        "Rows that only repeated another one and were dropped: 1.",
        "Rows that name a country without a code of a place, kept without one: 1 (Somaliland).",
    ]


def test_the_columns_of_2016() -> None:
    decoded = stop.decode((RECORDED / "generation-2016.csv").read_bytes())
    assert [(one["place"], one["days"], one["row"]) for one in shutdowns(decoded)] == [("IN", 1, 1), ("TR", None, 3)]
    assert [one["statement"] for one in opinions(decoded)] == ["Full network; Regional", "Service-based; National"]
    assert json.loads(shutdowns(decoded)[0]["fields"])["affected_network"] == "Mobile Internet"
    assert told(decoded)[0] == "Rows whose start date could not be read, which were passed over: 1."


def test_the_real_register(shared_data: Path) -> None:
    name = "stop_combined_2016_2025_snapshot_2026-05-20.csv"
    decoded = stop.decode((shared_data / "stop" / name).read_bytes())
    rows = shutdowns(decoded)
    assert len(rows) == 2_101  # of 2,102 one is there twice
    assert max(one["row"] for one in rows) == 2_102
    assert sum(one["end"] is None for one in rows) == 715
    assert sum(one["place"] == "" for one in rows) == 6
    assert {one["country"] for one in rows if not one["place"] and ";" not in one["country"]} == {"Somaliland"}
    assert len(opinions(decoded)) == 1_989  # a shutdown that went on is counted in every year
    assert len({one["id"] for one in opinions(decoded)}) == 1_989
    uprising = [one for one in opinions(decoded) if one["place"] == "KZ" and one["start"].date() == date(2022, 1, 4)]
    assert [one["end"] for one in uprising] == [datetime(2022, 1, 12, tzinfo=UTC)]
    assert told(decoded)[:3] == [
        "Rows that end before they begin, which are kept without a duration: 3.",
        "Rows whose duration is not the number of days from the first to the last, which was counted anew: 312.",
        "Rows that only repeated another one and were dropped: 1.",
    ]


def test_the_real_sheet_of_2019(shared_data: Path) -> None:
    decoded = stop.decode((shared_data / "stop" / "stop-2019-sheet.csv").read_bytes())
    rows = shutdowns(decoded)
    assert len(rows) == len(opinions(decoded)) == 205
    assert all(one["place"] for one in rows)
    ecuador = rows[0]
    assert (ecuador["place"], ecuador["start"], ecuador["days"]) == ("EC", date(2019, 10, 7), 1)
    assert sum(one["end"] is None for one in rows) == 76


def test_the_real_workbook(shared_data: Path) -> None:
    decoded = stop.decode((shared_data / "stop" / "Keepiton_raw_dataset.xlsx").read_bytes())
    rows = shutdowns(decoded)
    assert len(rows) == 1_110  # 187, 182, 159, 213 and 377 in five sheets, eight of them repeated
    assert [one["place"] for one in rows].count("KZ") == 8
    assert (
        told(decoded)[0] == "The sheet “Need more details” has no columns start_date and country and was passed over."
    )
    assert rows[0]["start"] == date(2020, 11, 4)
    assert json.loads(rows[-1]["fields"])["count_year"] == "2018"


def test_the_combined_sheet_is_preferred() -> None:
    one, two = ["2022-01-04", "", "Kazakhstan", "Shutdown"], [44_565, 44_572, "Iran", "Throttle"]
    sheets: dict[str, Sequence[Sequence[object]]] = {
        "2021": [HEADER, one],
        "Combined": [["notes"], HEADER, two, two],
    }
    decoded = stop.decode(workbook(**sheets))
    (row,) = shutdowns(decoded)
    assert (row["place"], row["start"], row["days"]) == ("IR", date(2022, 1, 4), 8)
    assert told(decoded) == [
        "The sheet “Combined” holds all years; the other sheets were passed over.",
        "Rows that only repeated another one and were dropped: 1.",
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (workbook(a=[["x", "y"], [1, 2]]), "No sheet of this file has the columns"),
        (workbook(a=[HEADER]), "a header in this file but no row"),
        (workbook(a=[HEADER, ["2022-01-04", "", "Kazakhstan", "Shutdown"]])[:-30], "damaged"),
        (b"PK\x03\x04" + b"\x00" * 40, "damaged"),
    ],
)
def test_bad_workbooks(data: bytes, sentence: str) -> None:
    with pytest.raises(CodecError, match=sentence):
        stop.decode(data)


def test_a_zip_archive_that_is_no_workbook() -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("stop.csv", NEWEST)
    with pytest.raises(CodecError, match="no workbook in it"):
        stop.decode(sink.getvalue())


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFD1048576"><v>1</v></c>',
        "<c r = 'XFD1048576' ><v>1</v></c>",
        '<c r="A1048576"><v>1</v></c><c r="XFD2"><v>1</v></c>',
    ],
)
def test_a_workbook_that_claims_millions_of_cells_is_not_opened(cell: str) -> None:
    good = workbook(a=[HEADER])
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as given_one, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in given_one.namelist():
            text = given_one.read(part).replace(b"worksheets/sheet1", b"elsewhere/sheet1")
            if "sheet1" in part:
                text = SHEET.format(f'<row r="1">{cell}</row>').encode()
            archive.writestr(part.replace("worksheets", "elsewhere"), text)
    with pytest.raises(CodecError, match="claims more cells"):
        stop.decode(sink.getvalue())


def test_a_workbook_that_unpacks_without_end_is_not_opened() -> None:
    sink = io.BytesIO(workbook(a=[HEADER]))
    with zipfile.ZipFile(sink, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/big.bin", bytes(130 * 2**20))
    with pytest.raises(CodecError, match="claims more cells or more text"):
        stop_workbook.sheets(sink.getvalue())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-01-05", date(2022, 1, 5)),
        ("2022-01-05 00:00:00", date(2022, 1, 5)),
        ("1/5/2022", date(2022, 1, 5)),
        ("01/05/22", date(2022, 1, 5)),
        ("25/12/2021", date(2021, 12, 25)),
        ("5 January 2022", date(2022, 1, 5)),
        ("Jan. 5, 2022", None),
        ("January 5, 2022", date(2022, 1, 5)),
        ("5-Jan-22", date(2022, 1, 5)),
        ("44566", date(2022, 1, 5)),
        ("44566.5", date(2022, 1, 5)),
        ("2/30/2022", None),
        ("0001-01-01", None),
        ("2200-01-01", None),
        ("1/5/2022 to be confirmed by partners in the country", None),
        ("ongoing", None),
        ("", None),
    ],
)
def test_days_in_many_spellings(text: str, expected: date | None) -> None:
    assert stop_columns.day(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Iran (Islamic Republic of)", ["IR"]),
        ("Türkiye", ["TR"]),
        ("Turkey ", ["TR"]),
        ("SriLanka", ["LK"]),
        ("Congo (Democratic Republic of the)", ["CD"]),
        ("Congo", ["CG"]),
        ("Korea (Democratic People's Republic of)", ["KP"]),
        ("Venezuela (Bolivarian Republic of)", ["VE"]),
        ("Viet Nam", ["VN"]),
        ("Côte d'Ivoire", ["CI"]),
        ("Tanzania, United Republic of; Kenya", ["TZ", "KE"]),
        ("Somaliland", [None]),
        ("", []),
        ("x" * 500, [None]),
    ],
)
def test_names_of_countries(text: str, expected: list[str | None]) -> None:
    assert stop_columns.countries(text) == expected


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "There is nothing"),
        (b"<!doctype html><p>Sign in</p>", "A web page"),
        (b'{"error":"gone"}', "no row under it|no columns"),
        (b"a,b\n1,2\n", "no columns start_date and country"),
        (NEWEST.splitlines()[0], "no row under it"),
        (NEWEST[:-20], "not whole"),
        (NEWEST.replace(b",", b";"), "semicolons"),
    ],
)
def test_other_content_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(CodecError, match=sentence):
        stop.decode(data)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"start_date,country\n"]))
def test_any_bytes(data: bytes, beginning: bytes) -> None:
    answering.decoded(stop.decode, beginning + data)


BOOK = workbook(a=[HEADER, ["2022-01-04", "", "Kazakhstan", "Shutdown"]])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_files(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([NEWEST, BOOK]))
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 12)))
    found = answering.decoded(stop.decode, good[:start] + data.draw(st.binary(max_size=8)) + good[end:])
    assert found is None or "shutdowns" in found.tables


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), st.text(max_size=60), st.text(max_size=20), st.text(max_size=60))
def test_any_cells_of_a_workbook(start: str, country: str, end: str, name: str) -> None:
    """Whatever its XML becomes, the archive itself stays whole, so the reader behind the check is tried too."""
    answering.decoded(stop.decode, workbook(a=[HEADER, [start, end, country, name], [start, 1e300, country, "x"]]))
