"""Court packs: the same bytes from the same bundle, the same facts for every forum; whatever is changed is found."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.case.court_packs import pack_of, page_of, without_exhibits
from tests.case.secret_case import NAMES_OF_SECRETS, NETWORK, REGION, secret_case, with_rules
from tests.case.two_signals import BACK, CUT, measurements, series, small_case

from kuager.case.adding import add_bytes, add_file
from kuager.case.court_pack import Asked
from kuager.case.detecting import detect_case
from kuager.case.folder import Case, new_case, open_case
from kuager.case.pack_checking import check_pack
from kuager.case.pack_files import MANIFEST, SIGNATURE, manifest_of
from kuager.case.publication_settings import Publication
from kuager.case.settings import Settings
from kuager.case.signing import custodian_key
from kuager.errors import CaseError, UsageError
from kuager.evidence.bundle import layout
from kuager.evidence.keys import ssh_signature
from kuager.evidence.verify.report import Finding, Outcome
from kuager.evidence.verify.trusted import Trusted
from kuager.publications.pack.presets import PRESETS
from kuager.publications.pack.sentences import Row, Sentence
from kuager.publications.report import pdf
from kuager.publications.safety.rules import Rules

EXPERT = Asked("expert")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory, iran_export: Path) -> Case:
    """The real case of Iran."""
    window = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 29, tzinfo=UTC)
    made = new_case(tmp_path_factory.mktemp("packed") / "ir", Settings("", ("IR",), *window))
    add_file(made, iran_export, "ioda-export", None)
    detect_case(made)
    return made


@pytest.fixture(scope="module")
def packed(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs") / "expert"
    pack_of(case, folder, EXPERT)
    return folder


def failures(folder: Path, *, again: bool = False) -> list[Finding]:
    return [one for one in check_pack(folder, Trusted(), again=again).findings if one.outcome is Outcome.FAILS]


def test_a_sentence_cannot_be_made_without_an_exhibit() -> None:
    for made in (lambda: Sentence("It was dark.", ()), lambda: Row((), (1,)), lambda: Sentence(" ", (1,))):
        with pytest.raises(ValueError, match="names the exhibits"):
            made()


@pytest.mark.parametrize("preset", [one.name for one in PRESETS])
def test_every_preset_has_its_sections_and_the_same_chronology(
    preset: str, case: Case, packed: Path, tmp_path: Path
) -> None:
    pack_of(case, tmp_path / "pack", Asked(preset))
    page = page_of(tmp_path / "pack")
    (kind,) = [one for one in PRESETS if one.name == preset]
    assert page.xpath("//main/section/@id") == [name for name in kind.sections if name != "legal" or kind.law]
    assert without_exhibits(page) == []
    assert (tmp_path / "pack" / "chronology.csv").read_bytes() == (packed / "chronology.csv").read_bytes()
    assert failures(tmp_path / "pack") == []


def test_the_same_case_gives_the_same_pages(case: Case, packed: Path, tmp_path: Path) -> None:
    pack_of(case, tmp_path / "again", EXPERT)
    for name in ("pack.html", "exhibits.csv", "chronology.csv", "pack.json"):
        assert (tmp_path / "again" / name).read_bytes() == (packed / name).read_bytes(), name


def test_exhibits_have_the_same_numbers_for_every_forum(case: Case, packed: Path, tmp_path: Path) -> None:
    pack_of(case, tmp_path / "pack", Asked("human-rights"))
    few, all_of_them = (
        [row["exhibit"] + row["sha256"] for row in csv.DictReader((folder / "exhibits.csv").open(encoding="utf-8"))]
        for folder in (packed, tmp_path / "pack")
    )
    assert all_of_them[: len(few)] == few


def test_one_bit_changed_anywhere_is_found(packed: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(packed, changed)
    objects = next(path for path in sorted((changed / "bundle/data/objects").rglob("*")) if path.is_file())
    files = [path for path in sorted(changed.iterdir()) if path.is_file()]
    for path in [*files, objects, changed / "bundle/log/checkpoint"]:
        before = path.read_bytes()
        path.chmod(0o644)
        middle = len(before) // 2
        path.write_bytes(before[:middle] + bytes([before[middle] ^ 1]) + before[middle + 1 :])
        assert failures(changed), path
        checked = subprocess.run(["sh", str(packed / "check.sh"), str(changed)], capture_output=True, check=False)
        assert checked.returncode == 3, path
        path.write_bytes(before)
    assert failures(changed) == []


def test_what_is_added_taken_away_or_linked_is_found(packed: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(packed, changed)
    (changed / "more.txt").write_text("more")
    assert any(one.place == "more.txt" for one in failures(changed))
    (changed / "more.txt").unlink()
    (changed / "link").symlink_to("/etc/hostname")
    assert any(one.place == "link" for one in failures(changed))
    (changed / "link").unlink()
    (changed / "README.txt").unlink()
    assert any(one.place == "README.txt" for one in failures(changed))


def test_a_page_that_does_not_follow_from_the_bundle_is_found_though_somebody_signed_it(
    packed: Path, tmp_path: Path
) -> None:

    forged = tmp_path / "forged"
    shutil.copytree(packed, forged)
    page = (forged / "pack.html").read_text("utf-8")
    (forged / "pack.html").write_text(page.replace("BGP disagrees", "nobody disagrees"), "utf-8")
    manifest = manifest_of(forged)
    (forged / MANIFEST).write_bytes(manifest)
    (forged / SIGNATURE).write_bytes(ssh_signature.sign(manifest, custodian_key(None), layout.NAMESPACE))
    assert failures(forged) == []
    (found,) = failures(forged, again=True)
    assert found.note.facts == {"file": "pack.html"}


def test_without_a_pdf_the_pack_is_made_all_the_same(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "available", lambda: False)
    made = pack_of(case, tmp_path / "pack", EXPERT)
    assert not made.printed
    assert not (tmp_path / "pack" / "pack.pdf").exists()
    assert failures(tmp_path / "pack") == []


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (Asked("tabloid"), "There is no pack for “tabloid”."),
        (Asked("expert", "ir-1999-01-01-a"), "This case has no episode “ir-1999-01-01-a”."),
        (Asked("expert", language="fr"), "This case is not published in “fr”."),
    ],
)
def test_what_cannot_be_is_told_and_leaves_nothing(asked: Asked, says: str, case: Case, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=says.replace("?", "\\?")):
        pack_of(case, tmp_path / "pack", asked)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(case: Case, tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    with pytest.raises(UsageError, match="There is something at"):
        pack_of(case, tmp_path / "pack", EXPERT)
    with pytest.raises(UsageError, match="There is no folder"):
        pack_of(case, tmp_path / "none" / "pack", EXPERT)


def test_a_case_that_was_not_detected_or_signed_is_told_so(iran_export: Path, tmp_path: Path) -> None:
    window = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 29, tzinfo=UTC)
    made = new_case(tmp_path / "ir", Settings("", ("IR",), *window))
    add_file(made, iran_export, "ioda-export", None)
    with pytest.raises(CaseError, match="Nothing has been detected"):
        pack_of(made, tmp_path / "pack", EXPERT)
    assert [path.name for path in tmp_path.iterdir()] == ["ir"]


def test_what_identifies_people_is_held_back_and_what_rests_on_it_is_named(tmp_path: Path) -> None:

    case = small_case(tmp_path / "kz")
    add_bytes(open_case(case.path), series((CUT, BACK)), "signals.csv", "series", None)
    add_bytes(open_case(case.path), measurements(), "measured.jsonl", "ooni", None)
    detect_case(open_case(case.path))
    pack_of(case, tmp_path / "public", EXPERT)
    pack_of(case, tmp_path / "closed", Asked("expert", confidential=True))
    held_back = page_of(tmp_path / "public")
    assert "could point at a volunteer" in held_back.text_content()
    assert "cannot be derived again" in held_back.text_content()
    closed = page_of(tmp_path / "closed")
    assert "never publish it" in closed.text_content()
    assert "cannot be derived again" not in closed.text_content()
    for pack in ("public", "closed"):
        report = check_pack(tmp_path / pack, Trusted(), again=True)
        assert not report.wrong
        again = [one for one in report.findings if one.note.facts.get("file") == "pack.html"]
        assert [one.outcome for one in again] == [Outcome.HOLDS]


def test_every_column_says_what_it_means(packed: Path) -> None:
    package = json.loads((packed / "datapackage.json").read_bytes())
    for table in package["resources"]:
        header = (packed / table["path"]).read_text("utf-8").splitlines()[0].split(",")
        assert [field["name"] for field in table["schema"]["fields"]] == header
        assert all(field.get("description") for field in table["schema"]["fields"])


def test_withheld_places_and_people_are_in_no_word_of_a_pack(tmp_path: Path) -> None:
    secrets = secret_case(tmp_path / "kz")
    case = with_rules(secrets, Publication(rules=Rules(withheld=frozenset({REGION, NETWORK}))))
    country = next(one.id for one in detect_case(case).episodes if one.place == "KZ")
    pack_of(case, tmp_path / "pack", Asked("human-rights", country, confidential=True))
    for name in ("pack.html", "exhibits.csv", "chronology.csv", "datapackage.json", "README.txt", "pack.json"):
        text = (tmp_path / "pack" / name).read_text("utf-8")
        assert [secret for secret, pattern in NAMES_OF_SECRETS.items() if pattern.search(text)] == [], name
    assert failures(tmp_path / "pack", again=True) == []


def test_under_a_delay_the_pack_tells_nothing_later_and_is_made_again_all_the_same(case: Case, tmp_path: Path) -> None:
    shutil.copytree(case.path, tmp_path / "ir")
    hours = int((datetime.now(UTC) - datetime(2026, 1, 12, tzinfo=UTC)).total_seconds()) // 3600
    delayed = with_rules(open_case(tmp_path / "ir"), Publication(rules=Rules(delay_hours=hours)))
    pack_of(delayed, tmp_path / "pack", EXPERT)
    told = (tmp_path / "pack" / "chronology.csv").read_text("utf-8")
    assert "2026-01-08T16:30:00Z" in told
    assert "2026-01-27" not in told
    assert failures(tmp_path / "pack", again=True) == []


def test_a_killed_run_leaves_no_half_pack(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_folder: Path) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr("kuager.case.court_pack.manifest_of", stopped)
    with pytest.raises(KeyboardInterrupt):
        pack_of(case, tmp_path / "pack", EXPERT)
    assert list(tmp_path.iterdir()) == []
