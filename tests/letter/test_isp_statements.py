"""L40: what operators said in public about shutdowns, each with what proves that it was said."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import html
from tests.case.registers_added import add_file_to, add_rows_to
from tests.case.test_rederiving import bundled
from tests.case.two_signals import BACK, CUT, series, small_case
from tests.evidence.authority import stamped
from tests.letter.conftest import OPERATORS, section, words

from kuager.accountability.archive import Denounced, archives
from kuager.accountability.dossier import Dossier
from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case
from kuager.case.folder import open_case
from kuager.case.proving import PUBLICATION
from kuager.case.publishing import publish_case
from kuager.case.rederiving import HOLDS, rederive
from kuager.evidence.log.folder import LogFolder
from kuager.publications.records.denouncements import DENOUNCEMENTS, denouncements_csv
from kuager.publications.view import CaseView

PAGE = b"<p>Beeline opposes the shutdown of the internet."
AUTHORITY = """
[[proof.authorities]]
name = "time"
url = "https://time.example/"
roots = "roots.pem"
"""
ROWS = """
[[statements]]
id = "against"
text = "Beeline said that it opposes shutdowns."
sources = ["spoke"]
kind = "denouncement"
operator = "beeline-kz"
channel = "website"
at = 2022-01-13

[[statements]]
id = "only-told"
text = "Kcell answered that networks were being suspended."
sources = ["retold"]
kind = "answer"
operator = "kcell"
channel = "press"
at = 2022-01-12

[[documents]]
id = "retold"
text = "An article."
kind = "article"
by = "A newspaper"
published = 2022-01-12
seen = 2022-01-13
source_class = ["media"]

[[searches]]
id = "no-denouncement-kcell"
text = "None was found on its site."
register = "statements"
on = 2026-11-20
operators = ["kcell"]
checks = ["P11"]
"""


@pytest.mark.parametrize("operator", OPERATORS)
def test_l40_denounced_yes_no_or_none_found_with_the_day(
    operator: str, dossier: Dossier, operator_pages: dict[str, html.HtmlElement], view: CaseView
) -> None:
    """L40: for each of the four an answer that is never a blank, and the day on which it was looked for."""
    (found,) = [one for one in archives(dossier) if one.operator == operator]
    assert found.answer is Denounced.NO or found.searched or found.answer in {Denounced.YES, Denounced.UNKNOWN}
    part = section(operator_pages[operator], "archive")
    assert words(part.xpath(".//dl//dd")[0])
    rows = list(csv.DictReader(io.StringIO(denouncements_csv(dossier, view.logged, {}).decode())))
    assert [row["answer"] for row in rows if row["operator"] == operator] == [found.answer.value]
    assert len(part.xpath(".//tbody/tr")) == len(found.kept)


def test_l40_each_statement_has_its_hash_and_its_time_or_is_only_cited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L40: the SHA-256 of the sealed page and when the log took it; a retelling is only cited (made for this)."""
    monkeypatch.setenv("KUAGER_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("KUAGER_SETTINGS", str(tmp_path / "settings.toml"))
    case = small_case(tmp_path / "kz")
    add_bytes(case, series((CUT, BACK)), "series.csv", "series", None)
    add_file_to(case, tmp_path, "spoke.html", PAGE, id="spoke", by="Beeline", published="2022-01-13")
    add_rows_to(case, ROWS)
    detect_case(open_case(case.path))
    publish_case(open_case(case.path))

    rows = {row["operator"]: row for row in csv.DictReader(io.StringIO((case.public / DENOUNCEMENTS).read_text()))}
    sealed = f"sha256:{hashlib.sha256(PAGE).hexdigest()}"
    beeline, kcell = rows["beeline-kz"], rows["kcell"]
    assert (beeline["answer"], beeline["row"], beeline["object"]) == ("yes", "against", sealed)
    assert abs(datetime.fromisoformat(beeline["logged"]) - datetime.now(UTC)) < timedelta(minutes=5)
    assert beeline["stamped"] == ""
    assert (kcell["answer"], kcell["object"], kcell["searched"]) == ("none-found", "", "2026-11-20")

    head = LogFolder(case.proving.log.folder)
    assert head.checkpoint is not None
    token, roots = stamped(tmp_path / "authority", head.checkpoint.text)
    (tmp_path / "roots.pem").write_bytes(roots)
    (tmp_path / "settings.toml").write_text(AUTHORITY)
    (head.path / "stamps").mkdir(exist_ok=True)
    (head.path / "stamps" / f"{head.signed_size}.time.tsr").write_bytes(token)
    publish_case(open_case(case.path))
    rows = {row["operator"]: row for row in csv.DictReader(io.StringIO((case.public / DENOUNCEMENTS).read_text()))}
    vouched = datetime.fromisoformat(rows["beeline-kz"]["stamped"])
    assert datetime.fromisoformat(beeline["logged"]) <= vouched < datetime.now(UTC) + timedelta(minutes=1)
    assert rows["kcell"]["stamped"] == ""

    pages = {
        name: html.fromstring((case.public / "en" / "operator" / name / "index.html").read_bytes()) for name in rows
    }
    assert sealed in words(section(pages["beeline-kz"], "archive"))
    assert "in the log since" in words(section(pages["beeline-kz"], "archive"))
    assert "only cited" in words(section(pages["kcell"], "archive"))
    assert "none found, searched on 20 November 2026" in words(section(pages["kcell"], "archive"))

    files, leaves = bundled(case, tmp_path / "bundle")
    outcomes = [one.outcome for one in rederive(files, leaves) if one.claim.about == PUBLICATION]
    assert set(outcomes) == {HOLDS}
