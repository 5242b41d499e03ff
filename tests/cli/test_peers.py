"""``kuager peers`` and ``kuager joint-statement`` on the founding case: the files they write, and what is refused."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
from lxml import html
from tests.cli.conftest import Inside

from kuager.accountability.rows.row import Status
from kuager.case.demonstration import build_founding_case
from kuager.case.detecting import detect_case, standing
from kuager.case.folder import Case, open_case
from kuager.case.joint_statement import joint_statement
from kuager.case.publishing import safe_views
from kuager.case.registers import add_row_bytes, registers_of
from kuager.errors import UsageError
from kuager.publications.records.files import record_files
from kuager.publications.report.joint_statement import as_html, as_text
from kuager.publications.report.pdf import available

WITHDRAWN = """
[[statements]]
id = "taken-back"
text = "Somebody said so."
sources = ["kcell-answer"]
kind = "statement"
who = "Somebody"
at = 2022-01-06
status = "withdrawn"

[[statements]]
id = "without-a-source"
text = "Somebody said so, too."
sources = ["not-in-this-case"]
kind = "statement"
who = "Somebody"
at = 2022-01-06

[[claims]]
id = "claimed"
text = "Service was cut on somebody's word < & >."
doubt = "Nobody else says so."
sources = ["kcell-answer"]
topic = "word"
by = "Somebody"
at = 2022-01-06
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The founding case with a few rows more."""
    folder = tmp_path_factory.mktemp("peers")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUAGER_KEYS", str(folder / "keys"))
        made = build_founding_case(folder / "kz")
        add_row_bytes(made, WITHDRAWN.encode(), "rows.toml")
        detect_case(open_case(made.path))
    return open_case(made.path)


@pytest.fixture(scope="module")
def episode(case: Case) -> str:
    (name,) = case.proving.latest("episode")
    return name


def test_the_table_is_printed_and_written_with_the_same_operators(inside: Inside, case: Case, tmp_path: Path) -> None:
    code, shown, told = inside("peers", case.path)
    assert code == 0, told
    assert "simulated signals" in shown
    assert "Service back" in shown
    assert inside("peers", case.path, "--into", "peers.csv")[0] == 0
    with (tmp_path / "peers.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["operator"] for row in rows} >= {"kazakhtelecom", "kcell", "beeline-kz", "tele2-altel"}
    files = record_files(safe_views(case, standing(case), None))
    (published,) = [data for path, data in files.items() if path.endswith("/peers.csv")]
    assert published == (tmp_path / "peers.csv").read_bytes()


def test_the_page_is_one_file_in_the_language_of_the_reader(inside: Inside, case: Case, tmp_path: Path) -> None:
    assert inside("peers", case.path, "--language", "ru", "--into", "peers.html")[0] == 0
    page = html.fromstring((tmp_path / "peers.html").read_bytes())
    assert page.get("lang") == "ru"
    assert page.xpath("//@src") == []
    assert "моделир" in page.text_content().lower()


@pytest.mark.parametrize(
    ("command", "words", "clue"),
    [
        ("peers", ("--into", "peers.doc"), "none of these endings"),
        ("peers", ("--episode", "no-such"), "has no episode “no-such”"),
        ("peers", ("--language", "de"), "not published in “de”"),
        ("joint-statement", ("--claim", "no-such", "--into", "s.html"), "is called “no-such”"),
        ("joint-statement", ("--claim", "taken-back", "--into", "s.html"), "was withdrawn"),
        ("joint-statement", ("--claim", "without-a-source", "--into", "s.html"), "cites nothing"),
        ("joint-statement", ("--claim", "claimed", "--into", "s.doc"), "none of these endings"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_written(
    inside: Inside, case: Case, tmp_path: Path, command: str, words: tuple[str, ...], clue: str
) -> None:
    code, _, told = inside(command, case.path, *words)
    assert code == 2
    assert clue in told
    assert not (tmp_path / words[-1]).exists()


def test_each_claim_is_a_sentence_with_its_number_and_what_proves_it(case: Case, episode: str) -> None:
    made = joint_statement(case, [episode, "claimed", "kcell-answer", "claimed"], ["kcell", "A society"], "en")
    page = html.fromstring(as_html(made))
    assert [one.get("id") for one in page.xpath("//li[@id]")] == [
        *(f"claim-{number}" for number in (1, 2, 3)),
        *(f"source-{number}" for number in (1, 2, 3)),
    ]
    first, claimed, _ = (" ".join(one.text_content().split()) for one in page.xpath("//li[starts-with(@id,'claim')]"))
    assert "[1]" in first
    assert "confirmed" in first
    assert "Service was cut on somebody's word < & >." in claimed
    assert "unproven" in claimed
    assert "This is what Somebody claims." in claimed
    assert "Nobody else says so." in claimed
    (evidence,) = page.xpath("//li[@id='source-1']")
    digest = case.proving.latest("episode")[episode].leaf.output  # type: ignore[union-attr] # a claim
    assert digest.removeprefix("sha256:") in evidence.text_content()
    assert f"log entry {case.proving.latest('episode')[episode].index}, since" in evidence.text_content()
    rows = " ".join(page.xpath("//li[@id='source-2']")[0].text_content().split())
    assert "Kcell" in rows
    assert re.search(r"the row of this case, SHA-256 [0-9a-f]{64}, log entry \d+", rows)


def test_it_is_a_draft_that_nobody_has_signed_and_says_simulated(case: Case, episode: str) -> None:
    for signers, names in ((["kcell"], ["Kcell"]), ([], ["…", "…", "…"])):
        page = html.fromstring(as_html(joint_statement(case, [episode], signers, "en")))
        assert [one.text for one in page.xpath("//section[h2[@id='signed']]//tbody//th")] == names
        told = " ".join(page.text_content().split())
        assert "the statement of nobody until those named below have signed it" in told
        assert "simulated signals" in told
        assert "kuager verify BUNDLE" in told


def test_the_text_says_what_the_page_says(case: Case, episode: str) -> None:
    text = as_text(joint_statement(case, [episode, "claimed"], ["kcell"], "en"))
    assert "2. Service was cut on somebody's word < & >." in text
    assert "simulated signals" in text
    assert "Kcell ____" in text
    assert re.search(r"SHA-256 [0-9a-f]{64}", text)


def test_the_statement_as_pdf(inside: Inside, case: Case, episode: str, tmp_path: Path) -> None:
    if not available():
        pytest.skip("WeasyPrint is not installed")
    code, _, told = inside("joint-statement", case.path, "--claim", episode, "--language", "kk", "--into", "s.pdf")
    assert code == 0, told
    assert (tmp_path / "s.pdf").read_bytes().startswith(b"%PDF")


def test_every_row_that_counts_can_be_stated(case: Case) -> None:
    rows = [row for row in registers_of(case) if row.status is not Status.WITHDRAWN]
    names = [row.id for row in rows if row.id != "without-a-source"]
    made = joint_statement(case, names, (), "ru")
    assert len(made.claims) == len(set(names))
    assert all(one.sentence.text and one.sources for one in made.claims)


def test_what_the_gate_withholds_cannot_be_chosen(case: Case, tmp_path: Path) -> None:
    copy = shutil.copytree(case.path, tmp_path / "kz")
    settings = copy / "case.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[publication]\nwithheld = ["AS29355"]\n', "utf-8")
    named = next(row.id for row in registers_of(case) if getattr(row, "operator", "") == "kcell")
    assert joint_statement(case, [named], (), "en").claims
    with pytest.raises(UsageError, match="Nothing that this case publishes is called"):
        joint_statement(open_case(copy), [named], (), "en")
