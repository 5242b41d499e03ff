"""Registers in a case: on its pages, whatever stands in them; in bundles; and what they do to the level of episodes."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.case.registers_added import add_file_to, add_rows_to
from tests.case.test_rederiving import read
from tests.case.two_signals import BACK, CUT, series, small_case
from tests.publications.test_pages import VOID

from kuager.case.adding import add_bytes
from kuager.case.anchors import Anchors
from kuager.case.bundling import Chosen, bundle_case
from kuager.case.detecting import detect_case
from kuager.case.documents import add_record
from kuager.case.folder import Case, open_case
from kuager.case.founding import founding_bytes
from kuager.case.proving import EPISODE, PUBLICATION, STANDING
from kuager.case.publishing import publish_case
from kuager.case.rederiving import HOLDS, rederive
from kuager.errors import UsageError
from kuager.evidence.verify.report import Outcome
from kuager.evidence.verify.verifying import verify_bundle
from kuager.model.words import Level

HOSTILE = '<script>alert(1)</script>" onload="x <b>&amp; {{ 7*7 }} \u200f'


def rows_of(hostile: str) -> str:
    """A row of every register; each text of it is hostile, each id one that a page has itself."""
    every: dict[str, dict[str, object]] = {
        "documents": {"kind": "notice", "by": hostile, "published": "2022-01-12", "seen": "2022-01-13",
                      "source_class": ["media"], "licence": hostile, "group": hostile, "quote": hostile,
                      "quote_language": "en", "media": hostile, "urls": ["https://example.org/'onload='x&amp;{{7*7}}"]},
        "orders": {"state": "issued", "body": hostile, "law": hostile, "begins": "2022-01-12",
                   "services": [hostile], "urls": ["http://a:b@example.org/#'"]},
        "statements": {"kind": "answer", "who": hostile, "at": "2022-01-12", "operator": "kcell"},
        "pledges": {"who": hostile, "at": "2021-01-12"},
        "laws": {"law": hostile, "since": "2004", "provisions": [{"number": hostile, "says": {"en": hostile}}]},
        "challenges": {"kind": "complaint", "by": hostile, "against": hostile, "body": hostile, "filed": "2022-01-13"},
        "coordination": {"at": "2022-01-12", "parties": [hostile]},
        "ownership": {"owned": "kcell", "owner": hostile},
        "judgements": {"check": "K01", "subject": "KZ", "answer": "no", "role": hostile, "on": "2022-01-14",
                       "clause": hostile},
        "offers": {"ordered_by": hostile, "at": "2022-01-14", "days": 3},
        "tariffs": {"operator": "kcell", "access": "mobile", "currency": "KZT", "fee": 1000, "since": "2021"},
        "reachability": {"service": hostile, "reach": "blocked", "at": "2022-01-12", "field": "banking"},
        "harms": {"field": "banking", "at": "2022-01-12"},
        "assemblies": {"at": "2022-01-12", "places": ["KZ"], "latitude": -43.2, "longitude": 76.9},
        "past": {"kind": "shutdown", "at": "2019", "places": ["KZ"], "services": [hostile]},
        "risk-dates": {"occasion": "election", "on": "2022-02-01", "places": ["KZ"]},
        "claims": {"topic": hostile, "by": hostile, "at": "2022-01-14", "method": hostile},
        "canaries": {"operator": "kcell", "at": "2022-01-01", "due": "2022-01-10"},
        "searches": {"register": "orders", "on": "2022-01-15"},
    }  # fmt: skip
    ids = ("main", "orders", "said", "pledges", "instruments", "challenges", "K01", "searched", "tests", "remedy",
           "cost", "registers", "harms", "days", "episodes", "after", "claims", "operators", "replies")  # fmt: skip
    common: dict[str, object] = {"text": {"en": hostile}, "doubt": {"en": hostile}, "sources": ["main"]}
    rows = {name: [{"id": one, **common, **row}] for one, (name, row) in zip(ids, every.items(), strict=True)}
    return json.dumps(rows)


class Page(HTMLParser):
    """What a page holds; every element is closed where it must be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @property
    def ids(self) -> list[str]:
        return [str(attributes["id"]) for _, attributes in self.seen if "id" in attributes]


def copied(case: Case, to: Path) -> Case:
    shutil.copytree(case.path, to / "kz")
    return open_case(to / "kz")


@pytest.fixture(scope="module")
def detected(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A case with one episode that two signals saw, and nothing that anybody said; nobody may write to it."""
    case = small_case(tmp_path_factory.mktemp("registers") / "kz")
    add_bytes(case, series((CUT, BACK)), "a.csv", "series", None)
    detect_case(open_case(case.path))
    return case


@pytest.mark.parametrize("texts", [HOSTILE, "ұ" * 4000], ids=["hostile", "long"])
def test_pages_stay_whole_whatever_stands_in_a_row(detected: Case, tmp_path: Path, texts: str) -> None:
    case = copied(detected, tmp_path)
    add_rows_to(case, rows_of(texts))
    detect_case(open_case(case.path))
    publish_case(open_case(case.path))
    pages = {path: path.read_text() for path in case.public.rglob("*.html")}
    assert len([path for path in pages if "conduct" in str(path) or "register" in str(path)]) > 19
    for path, text in pages.items():
        page = Page(text)
        assert "alert(1)</script>" not in text, path
        assert "49" not in re.findall(r"&amp;amp; (\S+)", text), path
        assert [one for one, count in Counter(page.ids).items() if count > 1] == [], path
        for _, attributes in page.seen:
            assert not [name for name in attributes if name.startswith("on")], path
            assert re.match(r"https?://|\.\./|[\w.#-]|$", attributes.get("href") or ""), path
            assert "javascript" not in (attributes.get("href") or ""), path
    anchors = {path: set(Page(text).ids) for path, text in pages.items()}
    for path, text in pages.items():
        for _, attributes in Page(text).seen:
            target, _, fragment = (attributes.get("href") or "").partition("#")
            if fragment and not target.startswith("http"):
                assert fragment in anchors[(path.parent / target).resolve() if target else path], (path, fragment)


DISPUTED = """
[[claims]]
id = "yes"
text = "The ministry says that it lasted an hour."
sources = ["notice"]
topic = "lasting"
by = "The ministry"
at = 2022-01-14

[[claims]]
id = "no"
text = "The ministry says that it lasted a day."
sources = ["notice"]
topic = "lasting"
holds = false
by = "Others"
at = 2022-01-14
"""
DOLLARS = """
[[tariffs]]
id = "dollars"
text = "A plan in dollars."
sources = ["notice"]
operator = "kcell"
access = "mobile"
currency = "USD"
fee = 10
since = 2021

[[offers]]
id = "offer"
text = "Days for free."
sources = ["notice"]
operator = "kcell"
at = 2022-01-15
percent = 10
"""


def published(case: Case, path: str) -> str:
    """A page of a case, derived and published anew."""
    detect_case(open_case(case.path))
    publish_case(open_case(case.path))
    return (case.public / path).read_text()


@pytest.fixture(scope="module")
def told(detected: Case, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A copy of it in which somebody contradicts somebody, and a tariff is in dollars; published."""
    folder = tmp_path_factory.mktemp("told")
    case = copied(detected, folder)
    add_file_to(case, folder, "notice.html", b"<html>Dear subscribers</html>")
    add_rows_to(case, DISPUTED + DOLLARS)
    published(case, "en/index.html")
    return case


def test_sources_that_contradict_each_other_are_shown_as_disputed(told: Case) -> None:
    page = (told.public / "en/register/claims/index.html").read_text()
    assert page.count(">disputed: sources contradict each other ·") == 2
    assert "Holds it: no" in page


def test_a_tariff_in_another_currency_is_set_aside_and_said_so(told: Case) -> None:
    page = (told.public / "en/episode/kz-2022-01-12-a/conduct/index.html").read_text()
    assert "The tariff is in USD; KZT was asked for: money is left aside, nothing is converted." in page


def levels(case: Case) -> set[Level]:
    return {one.level for one in detect_case(open_case(case.path)).episodes}


ADMITS = """
[[statements]]
id = "answer"
text = "It answered that networks were being suspended."
sources = ["notice"]
kind = "answer"
operator = "kcell"
at = 2022-01-12T09:00:00Z
admits = true
"""


@pytest.mark.parametrize(
    ("said", "changed", "level"),
    [
        ({}, ADMITS, Level.CONFIRMED),
        ({"source_class": ["media"]}, ADMITS, Level.CORROBORATED),
        ({}, ADMITS.replace("admits = true", ""), Level.CORROBORATED),
        ({}, ADMITS.replace('"answer"\noperator', '"reply"\noperator'), Level.CORROBORATED),
        ({}, ADMITS + 'status = "withdrawn"\n', Level.CORROBORATED),
        ({}, ADMITS.replace('["notice"]', '["elsewhere"]'), Level.CORROBORATED),
        ({}, ADMITS.replace("2022-01-12T", "2021-01-12T"), Level.CORROBORATED),
    ],
    ids=["operator", "media", "says-nothing", "reply", "withdrawn", "not-there", "of-another-time"],
)
def test_an_operator_that_admits_it_confirms_an_episode(
    detected: Case, tmp_path: Path, said: dict[str, object], changed: str, level: Level
) -> None:
    case = copied(detected, tmp_path)
    assert levels(case) == {Level.CORROBORATED}
    add_file_to(case, tmp_path, "notice.html", b"<html>Dear subscribers</html>", **said)
    assert levels(case) == {Level.CORROBORATED}
    add_rows_to(case, changed)
    assert levels(case) == {level}


def test_a_document_that_is_only_cited_confirms_nothing(detected: Case, tmp_path: Path) -> None:
    case = copied(detected, tmp_path)
    cited = """
[[documents]]
id = "notice"
text = "A notice"
kind = "notice"
by = "Kcell"
published = 2022-01-12
seen = 2022-01-13
source_class = ["company"]
"""
    add_rows_to(case, cited + ADMITS)
    assert levels(case) == {Level.CORROBORATED}


def test_no_document_takes_the_name_of_a_row_of_the_record(detected: Case, tmp_path: Path) -> None:
    case = copied(detected, tmp_path)
    add_record(open_case(case.path), founding_bytes(), "record.toml")
    with pytest.raises(UsageError, match="“T001” is the name of a row"):
        add_file_to(case, tmp_path, "notice.html", b"<html>Dear subscribers</html>", id="T001")


def test_a_case_with_registers_comes_out_again_from_a_bundle(detected: Case, tmp_path: Path) -> None:
    case = copied(detected, tmp_path)
    secret = b"<html>Words of somebody else</html>"
    add_file_to(case, tmp_path, "notice.html", secret, private="handed over at the tram stop")
    add_rows_to(case, ADMITS + 'private = "a second thing that stays here"\n')
    add_rows_to(case, DISPUTED)
    published(case, "en/index.html")
    for confidential in (True, False):
        folder = tmp_path / ("court" if confidential else "anyone")
        bundle_case(open_case(case.path), Chosen(confidential=confidential), folder, Anchors())
        report = verify_bundle(folder)
        assert [one for one in report.findings if one.outcome is Outcome.FAILS] == []
        files, leaves = read(folder)
        if confidential:  # the pages take long, and come out of less all the same
            leaves = {at: leaf for at, leaf in leaves.items() if getattr(leaf, "about", "") != PUBLICATION}
        found = list(rederive(files, leaves))
        assert {one.outcome for one in found} == {HOLDS}
        assert {one.claim.about for one in found} >= {EPISODE, STANDING} | (set() if confidential else {PUBLICATION})
        held = b"".join(files.values())
        assert (secret in held) is confidential
        assert b"tram stop" not in held
        assert b"second thing" not in held
        closed = {path.name for path in (case.path / "evidence" / "closed").iterdir()}
        assert len(closed) == 2
        assert not [path for path in files if closed & set(path.split("/"))]
