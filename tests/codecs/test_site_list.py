"""Lists of sites: the real ones, the columns of 2013, odd rows told, and that no volunteer is pointed at."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import registry, site_list
from kuager.codecs.decoded import Decoded
from kuager.errors import CodecError
from kuager.model.sites import domain_of, sites
from kuager.model.tables import SITES

HEADER = "url,category_code,category_description,date_added,source,notes\n"
RECORDED = (Path(__file__).parents[1] / "sources" / "recorded" / "site-list" / "odd.csv").read_bytes()
OF_2013 = (Path(__file__).parents[1] / "sources" / "recorded" / "site-list" / "generation-2013.csv").read_bytes()


def rows(decoded: Decoded) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = decoded.tables["sites"].to_pylist()
    return found


def told(decoded: Decoded) -> list[str]:
    return [note.template.format(**note.facts) for note in decoded.remarks]


@pytest.mark.parametrize(
    ("name", "count", "news", "domains"),
    [("kz", 553, 166, 548), ("ru", 1093, 579, 1070), ("ir", 903, 149, 898), ("global", 1721, 139, 1705)],
)
def test_the_real_lists(shared_data: Path, name: str, count: int, news: int, domains: int) -> None:
    decoded = site_list.decode((shared_data / "ooni" / "test-lists" / f"{name}.csv").read_bytes(), name.upper()[:2])
    found = rows(decoded)
    assert decoded.tables["sites"].schema == SITES
    assert decoded.remarks == ()
    assert len(found) == len({row["url"] for row in found}) == count
    assert Counter(row["category"] for row in found)["NEWS"] == news
    assert len({row["domain"] for row in found}) == domains
    assert all(row["added"] and date(2014, 4, 15) <= row["added"] <= date(2026, 12, 31) for row in found)


def test_the_founding_sites_in_kazakhstans_real_list(shared_data: Path) -> None:
    decoded = site_list.decode((shared_data / "ooni" / "test-lists" / "kz.csv").read_bytes(), "KZ")
    by_domain = {row["domain"]: row for row in rows(decoded)}
    assert by_domain["orda.kz"] == {
        "source": "site-list",
        "place": "KZ",
        "url": "https://orda.kz/",
        "domain": "orda.kz",
        "category": "NEWS",
        "added": date(2022, 11, 14),
        "note": "",
    }
    assert by_domain["www.kaztag.kz"]["added"] == date(2018, 3, 26)
    assert by_domain["www.kaztag.kz"]["note"] == "Targeted by authorities in 2016"
    assert rows(decoded)[0]["domain"] == "www.akorda.kz"


def test_the_columns_of_2013_and_the_older_categories() -> None:
    decoded = site_list.decode(OF_2013, "MM")
    assert [(row["domain"], row["category"], row["added"], row["note"]) for row in rows(decoded)] == [
        ("news.example", "NEWS", None, ""),
        ("blog.example", "HOST", None, ""),
        ("faith.example", "MINF", None, ""),
    ]
    assert told(decoded) == [
        "Rows without an address that can be tested, which were passed over: 1 (such as line 5).",
        "Category codes that the Citizen Lab's legend does not have: MINF (1 rows).",
        "Category codes of the legend before 2014, read as those that replaced them: 2 rows.",
    ]


def test_odd_rows_are_kept_or_passed_over_and_told() -> None:
    decoded = site_list.decode(RECORDED, "KZ")
    assert [(row["domain"], row["category"], row["added"]) for row in rows(decoded)] == [
        ("xn--e1afmkfd.xn--p1ai", "NEWS", date(2020, 2, 29)),
        ("192.0.2.7", "ANON", date(2020, 3, 1)),
        ("2001:db8::7", "ANON", None),
        ("port.example", "NEWZ", None),
        ("port.example", "", date(2021, 1, 2)),
    ]
    assert [row["note"] for row in rows(decoded)] == ["", "", "", "two\ufffdlines", ""]
    assert told(decoded) == [
        "Rows without an address that can be tested, which were passed over: 4 (such as line 9).",
        "Rows that name an address a second time, which were passed over: 1 (such as port.example).",
        "Category codes that the Citizen Lab's legend does not have: NEWZ, – (2 rows).",
        "Rows whose date could not be read, which are kept without one: 1 (such as 2020-02-30).",
        "Notes that hold an address of e-mail, which were left out: 1.",
    ]


def test_nothing_points_at_whoever_added_a_row() -> None:
    decoded = site_list.decode(RECORDED, "KZ")
    everything = str((rows(decoded), decoded.remarks))
    assert not any(name in everything for name in ("Volunteer", "volunteer@", "secret", "password"))


@pytest.mark.parametrize(("place", "expected"), [("KZ", "KZ"), ("KZ-75", "KZ"), ("AS9198", "AS9198"), ("", "")])
def test_the_place_is_the_country_given_beside_the_file(place: str, expected: str) -> None:
    data = f"{HEADER}https://orda.kz/,NEWS,,,,\n".encode()
    assert {row["place"] for row in rows(registry.decode("site-list", data, place))} == {expected}
    assert {row["place"] for row in rows(registry.decode("site-list:global", data, place))} == {""}


@pytest.mark.parametrize(
    ("data", "clue"),
    [
        (b"", "nothing in"),
        (HEADER.encode(), "no row"),
        (
            b"https://fsmk.org/,POLR,Political Criticism,2021-06-03,,Added\nhttps://a.b/,NEWS,,,,\n",
            "not those of a list",
        ),
        (b"url,category\nhttps://a.b/,NEWS\n", "not those of a list"),
        (f"{HEADER[:-1]},probe\nhttps://a.b/,NEWS,,,,,1\n".encode(), "not those of a list"),
        (f"{HEADER}https://a.b/,NEWS,,\nhttps://a.c/,NEWS,,,,\n".encode(), "4 cells"),
        (f"{HEADER}https://a.b/,NEWS,,,,\nhttps://a.c/,NE".encode(), "not whole"),
        (f"{HEADER}a.b,NEWS,,,,\n\nb.c,NEWS,,,,\n".encode(), "line 2"),
        (HEADER.replace(",", ";").encode(), ";"),
        (b'{"results":\n[]}\n', "not those of a list"),
    ],
)
def test_what_is_no_list_is_refused(data: bytes, clue: str) -> None:
    with pytest.raises(CodecError) as refused:
        site_list.decode(data, "KZ")
    assert clue in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.b/",
        "orda.kz",
        "https://",
        "https://user:secret@a.b/",
        "https://a",
        "https://a..b/",
        "https://-a.b/",
        "https://a_b;c.d/",
        "http://http;//a.b",
        "https://a.b:0/",
        "https://a.b:65536/",
        "https://256.1.1.1/",
        "https://1.2.3/",
        "https://[::1",
        "https://[v1.a]/",
        "https://[fe80::1%25eth0]/",
        "https://straße.de/",
        "https://a b.c/",
        "https://a\tb.c/",
        f"https://{'a.' * 200}kz/",
    ],
)
def test_what_is_no_address_on_the_web(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        domain_of(url)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://ORDA.kz:8443/a?b=c", "orda.kz"),
        ("http://orda.kz.", "orda.kz"),
        ("https://ПРИМЕР.рф/", "xn--e1afmkfd.xn--p1ai"),
        ("https://xn--e1afmkfd.xn--p1ai/", "xn--e1afmkfd.xn--p1ai"),
        ("https://a_b.blogspot.com/", "a_b.blogspot.com"),
        ("http://192.0.2.7:80/", "192.0.2.7"),
        ("http://[2001:0db8:0::7]:80/", "2001:db8::7"),
    ],
)
def test_the_domain_is_what_is_looked_up(url: str, domain: str) -> None:
    assert domain_of(url) == domain


def test_the_sites_of_the_founding_case_each_name_who_says_so() -> None:
    found = {site.domain: site for site in sites("KZ")}
    assert list(found) == ["orda.kz", "kaztag.kz", "www.kaztag.kz", "web.telegram.org", "www.facebook.com"]
    assert "Adil Soz" in found["orda.kz"].source
    assert "letter" in found["kaztag.kz"].source
    assert all(site.source and site.note for site in found.values())
    assert sites("IR") == ()
    packaged = resources.files("kuager.model").joinpath("data", "sites-kz.csv").read_bytes()
    decoded = site_list.decode(packaged, "KZ")
    assert decoded.remarks == ()
    assert [(row["domain"], row["category"], row["note"]) for row in rows(decoded)] == [
        (site.domain, site.category, site.note) for site in found.values()
    ]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_lists_give_rows_or_one_error(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([RECORDED, OF_2013]))
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 30)))
    kept = data.draw(st.one_of(st.binary(max_size=6), st.sampled_from([b"http://[", b"\xd0", b'"', b",,", b"\n"])))
    decoded = answering.decoded(site_list.decode, good[:start] + kept + good[end:], "KZ")
    if decoded is not None:
        found = rows(decoded)
        assert found
        assert all(row["domain"].isascii() and row["domain"] for row in found)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.text(max_size=40))
def test_any_bytes_and_any_address(data: bytes, address: str) -> None:
    answering.decoded(site_list.decode, data, "KZ")
    with suppress(ValueError):
        assert domain_of(f"https://{address}/").isascii()
