"""L43, contest the legality of orders: a pack of which each sentence cites an exhibit, and that verifies offline."""

from __future__ import annotations

import csv
import hashlib
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.case.court_packs import PROGRAM, on_a_clean_machine, pack_of, page_of, without_exhibits

from kuager.case.adding import add_file
from kuager.case.court_pack import Asked
from kuager.case.demonstration import build_founding_case
from kuager.case.detecting import detect_case
from kuager.case.folder import new_case
from kuager.case.settings import Settings


@pytest.fixture(scope="module")
def iran(tmp_path_factory: pytest.TempPathFactory, iran_export: Path) -> Path:
    """The pack of the real case of Iran, alone in an empty place; the case that it was made of is gone."""
    made = tmp_path_factory.mktemp("custodian")
    window = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 29, tzinfo=UTC)
    case = new_case(made / "ir", Settings("", ("IR",), *window))
    add_file(case, iran_export, "ioda-export", None)
    detect_case(case)
    pack_of(case, made / "pack", Asked("constitutional"))
    alone = tmp_path_factory.mktemp("expert") / "pack"
    shutil.copytree(made / "pack", alone)
    shutil.rmtree(made)
    return alone


@pytest.fixture(scope="module")
def kazakhstan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack of the founding case for a human rights body, in Russian."""
    made = tmp_path_factory.mktemp("founding")
    case = build_founding_case(made / "kz")
    detect_case(case)
    pack_of(case, made / "pack", Asked("human-rights", language="ru"))
    return made / "pack"


def test_l43_each_sentence_cites_an_exhibit_and_the_pack_verifies_offline(iran: Path) -> None:
    assert without_exhibits(page_of(iran)) == []
    checked = on_a_clean_machine(iran.parent, "sh", iran / "check.sh")
    assert checked.returncode == 0, checked.stdout
    assert "all that was checked holds" in checked.stdout
    again = on_a_clean_machine(iran.parent, *PROGRAM, "verify", iran, "--rederive")
    assert again.returncode == 0, again.stdout + again.stderr
    for made in ("pack.html", "exhibits.csv", "chronology.csv"):
        assert f"{made} comes out the same, byte for byte" in again.stdout
    assert "ir-2026-01-08-a comes out the same" in again.stdout
    assert list(iran.parent.iterdir()) == [iran]  # nothing was left behind, nothing was asked for


def test_l43_each_exhibit_with_bytes_lies_where_the_pack_says(iran: Path) -> None:
    rows = list(csv.DictReader((iran / "exhibits.csv").open(encoding="utf-8")))
    there = [row for row in rows if row["path"]]
    assert {"log", "settings", "episode", "method", "measurement"} <= {row["kind"] for row in there}
    for row in there:
        data = (iran / row["path"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), str(len(data))) == (row["sha256"], row["size"])
    assert all(row["not_here"] for row in rows if not row["path"])


def test_l43_the_chronology_tells_when_what_was_measured_and_who_says_so(iran: Path) -> None:
    rows = list(csv.DictReader((iran / "chronology.csv").open(encoding="utf-8")))
    assert rows[0]["time"] == "2026-01-08T16:30:00Z"
    assert rows[0]["local"] == "20:00 Tehran"
    assert rows[0]["precision"].startswith("±")
    assert "Active probing" in rows[0]["says"]
    assert [row["time"] for row in rows] == sorted(row["time"] for row in rows)
    assert all(row["exhibits"] for row in rows)


def test_l43_what_nothing_answers_is_unknown_and_cites_the_record_as_a_whole(iran: Path) -> None:
    page = page_of(iran)
    (row,) = page.xpath("//tr[starts-with(normalize-space(td[1]), 'K02.')]")
    assert "unknown" in row.text_content()
    assert "#E1" in row.xpath(".//a/@href")
    (log,) = page.xpath("//tr[@id='E1']")
    assert "the record as a whole" in log.text_content()


def test_l43_the_founding_case_has_all_tests_and_says_that_its_signals_are_simulated(kazakhstan: Path) -> None:
    page = page_of(kazakhstan)
    assert page.get("lang") == "ru"
    assert without_exhibits(page) == []
    head, footed = (
        " ".join(one.text_content().split()) for one in page.xpath("//header/p[position()=1 or @class='id']")
    )
    assert "смоделированные сигналы" in head
    assert "смоделированные сигналы" in footed  # stands at the foot of every sheet of the PDF
    asked = {one.text_content().split(".")[0] for one in page.xpath("//section[@id='legal']//tbody/tr/td[1]")}
    assert {f"K{number:02d}" for number in range(1, 17)} | {f"P{number:02d}" for number in range(1, 14)} <= asked
    (notified,) = page.xpath("//tr[starts-with(normalize-space(td[1]), 'K05.')]")
    assert "ICCPR" not in notified.text_content()  # an instrument has its name in words
    checked = on_a_clean_machine(kazakhstan.parent, *PROGRAM, "verify", kazakhstan, "--rederive")
    assert checked.returncode == 0, checked.stdout


def test_l43_a_sentence_that_names_a_document_cites_it(kazakhstan: Path) -> None:
    page = page_of(kazakhstan)
    named = [one for one in page.xpath("//section[@id='limits']//p[@class='fact']") if "T039" in one.text_content()]
    assert named
    for one in named:
        cited = [page.xpath(f"//tr[@id='{address[1:]}']")[0].text_content() for address in one.xpath(".//a/@href")]
        assert any("T039:" in text for text in cited)


def test_l43_every_link_to_an_exhibit_leads_to_one(iran: Path, kazakhstan: Path) -> None:
    for pack in (iran, kazakhstan):
        page = page_of(pack)
        there = set(page.xpath("//tr/@id"))
        assert {address[1:] for address in page.xpath("//a/@href") if address.startswith("#E")} <= there
