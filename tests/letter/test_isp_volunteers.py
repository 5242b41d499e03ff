"""L46: whoever helps is kept safe: what was entrusted, and who measured, is searched for in everything that leaves."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pyrage import x25519
from tests.case.kazakh_measurements import PROBE
from tests.case.test_registers_kept_back import every_text, where
from tests.case.two_signals import BACK, CUT, END, measurements, series, small_case
from typer.testing import CliRunner

from kuager.case import contributing
from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case
from kuager.case.folder import open_case
from kuager.case.publication_settings import Publication
from kuager.case.publishing import publish_case
from kuager.case.settings import Contributions, to_toml
from kuager.cli.app import app
from kuager.errors import EvidenceError, UsageError
from kuager.model.time import format_utc, parse_utc
from kuager.publications.safety.rules import Rules

SECRETS = {
    "office of the official": "zebraofficezebra",
    "note on the demand": "zebranotezebra",
    "copy of the order": "zebracopyzebra",
    "name of the copy": "zebracopynamezebra",
    "field of a contribution": "zebrafieldzebra",
    "what a contributor fears": "zebrafearzebra",
    "original of a contribution": "zebraoriginalzebra",
    "name of the original": "zebraoriginalnamezebra",
    "private field of a row": "zebraprivatezebra",
}
"""What nobody opened; none of it may stand in anything that is made to be handed on."""
ROWS = f"""
[[harms]]
id = "harm"
text = "Banks closed."
sources = ["notice"]
field = "banking"
at = 2022-01-12
private = "{SECRETS["private field of a row"]}"
"""


def said(*words: str | Path) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every export of a case in which all of that is planted, each in a folder of its own, with what was printed."""
    folder = tmp_path_factory.mktemp("entrusted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUAGER_KEYS", str(folder / "keys"))
        patch.setenv("HOME", str(folder))
        patch.chdir(folder)
        _planted(folder)
        printed = _exported(folder)
    (folder / "out" / "printed").mkdir()
    (folder / "out" / "printed" / "told.txt").write_text(printed)
    return folder / "out"


def _planted(folder: Path) -> None:
    case = small_case(folder / "kz", ("en", "ru"))
    settings = replace(case.settings, contributions=Contributions(interval_hours=1, at_once=2))
    (case.path / "case.toml").write_bytes(to_toml(settings))
    (folder / "a.csv").write_bytes(series((CUT, BACK)))
    (folder / f"{PROBE}.jsonl").write_bytes(measurements())
    (folder / "notice.html").write_text("<p>Notice")
    (folder / "rows.toml").write_text(ROWS)
    said("add", "kz", "a.csv", "--as", "series")
    said("add", "kz", f"{PROBE}.jsonl", "--as", "ooni")
    meta = ("kind=notice", "by=Somebody", "published=2022-01-12", "source_class=company", "text=A notice")
    said("add", "kz", "notice.html", "--as", "document", *(word for one in meta for word in ("--meta", one)))
    said("add", "kz", "rows.toml", "--as", "register")
    keys = [x25519.Identity.generate() for _ in range(2)]
    (folder / "key").write_text(f"{keys[0]}\n")
    to = [word for key in keys for word in ("--to", str(key.to_public()))]
    copy = folder / f"{SECRETS['name of the copy']}.txt"
    copy.write_text(SECRETS["copy of the order"])
    demanded = ("--authority", "Prosecutor", "--office", SECRETS["office of the official"], "--kind", "cut")
    note = ("--received", "2022-01-11", "--note", SECRETS["note on the demand"])
    said("demand", "add", "kz", *demanded, *note, "--copy", copy, *to)
    original = folder / f"{SECRETS['name of the original']}.txt"
    original.write_text(SECRETS["original of a contribution"])
    field = f"seen={SECRETS['field of a contribution']}"
    agreed = ("--consent", "public", "--risk", SECRETS["what a contributor fears"])
    said("contribute", original, *to, "--say", field, "--say", "day=2022-01-12", *agreed, "--into", "parcel")
    said("receive", "kz", "parcel", "--identity", "key")
    said("detect", "kz")
    said("notice", "new", "kz", "--operator", "kcell", "--effect", "cut", "--start", "2022-01-12T06:00Z")


def _exported(folder: Path) -> str:
    out = folder / "out"
    out.mkdir()
    printed = said("show", "kz", "--json") + said("publish", "kz", "--dry-run", "--json")
    printed += said("publish", "kz") + said("demand", "list", "kz") + said("notice", "show", "kz")
    episode = json.loads(said("show", "kz", "--json"))["episodes"][0]["id"]
    printed += said("bundle", "kz", "--into", out / "bundle")
    printed += said("bundle", "kz", "--confidential", "--into", out / "confidential")
    printed += said("court-pack", "kz", "--preset", "civil", "--episode", episode, "--into", out / "pack")
    printed += said("peers", "kz", "--into", out / "peers.csv")
    printed += said("joint-statement", "kz", "--claim", episode, "--into", out / "joint.html")
    printed += said("report", "kz", "--preset", "court", "--episode", episode, "--into", out / "court.html")
    year = ("--operator", "kcell", "--from", "2022-01-01", "--to", "2022-12-31")
    printed += said("transparency-report", "kz", *year, "--identity", "key", "--into", out / "transparency")
    (folder / "kz" / "public").rename(out / "public")
    return printed


@pytest.fixture(scope="module")
def texts(exported: Path) -> list[tuple[str, str]]:
    return list(every_text(exported))


@pytest.mark.parametrize("name", SECRETS)
def test_l46_what_nobody_opened_stands_in_no_byte_that_leaves(texts: list[tuple[str, str]], name: str) -> None:
    assert where(texts, SECRETS[name]) == []


def test_l46_no_probe_identity_in_any_output(texts: list[tuple[str, str]]) -> None:
    """Only a confidential bundle holds what volunteers sent, as they sent it."""
    found = [path for path in where(texts, PROBE) if not path.startswith("confidential/data/")]
    assert found == []
    assert len({path.partition("/")[0] for path, _ in texts}) >= 8, "an export is missing"


def test_l46_the_delay_is_honoured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUAGER_KEYS", str(tmp_path / "keys"))
    case = small_case(tmp_path / "kz")
    add_bytes(case, series((CUT, BACK)), "a.csv", "series", None)
    detect_case(case)
    settings = replace(case.settings, publication=Publication(rules=Rules(delay_hours=48)))
    (case.path / "case.toml").write_bytes(to_toml(settings))
    now = END - timedelta(days=3)
    publish_case(open_case(case.path), now=now)
    until = now - timedelta(hours=48)
    moments = []
    for path in (case.public / "data").rglob("series.csv"):
        with path.open(newline="") as file:
            moments += [parse_utc(row["time"]) for row in csv.DictReader(file)]
    assert moments
    assert max(moments) < until, f"told until {format_utc(until)}"


def test_l46_consent_is_asked_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUAGER_KEYS", str(tmp_path / "keys"))
    monkeypatch.chdir(tmp_path)
    case = small_case(tmp_path / "kz")
    settings = replace(case.settings, contributions=Contributions(interval_hours=1, at_once=2))
    (case.path / "case.toml").write_bytes(to_toml(settings))
    keys = [x25519.Identity.generate() for _ in range(2)]
    (tmp_path / "key").write_text(f"{keys[0]}\n")
    to = [word for key in keys for word in ("--to", str(key.to_public()))]

    def refused(*words: str | Path) -> str:
        done = CliRunner().invoke(app, [str(word) for word in words])
        assert isinstance(done.exception, UsageError | EvidenceError), done.output
        return done.exception.diagnostics().happened

    assert "how far the contribution may go" in refused("contribute", *to, "--say", "a=b", "--into", "p")
    agreed = ("--consent", "court")
    assert "what could happen" in refused("contribute", *to, "--say", "a=b", *agreed, "--into", "p")
    indexes = {consent: _entered(tmp_path, to, consent, monkeypatch) for consent in ("sealed", "court", "public")}
    assert "Nobody agreed" in refused("reveal", "kz", str(indexes["sealed"]), "a")
    assert "never opened" in refused("reveal", "kz", str(indexes["public"]), "risk")
    for consent in ("court", "public"):
        said("reveal", "kz", str(indexes[consent]), "a")
    (tmp_path / "own.csv").write_text("time,place,signal,value\n2022-01-05T10:00Z,KZ,my.traffic,81.2\n")
    said("add", "kz", "own.csv", "--as", "series")
    for words, opened in ((("--into", "open"), 1), (("--confidential", "--into", "for-a-court"), 2)):
        said("bundle", "kz", *words)
        folder = tmp_path / words[-1] / "data" / "disclosures"
        assert len(list(folder.glob("*.json"))) == opened
        said("verify", words[-1])


def _entered(folder: Path, to: list[str], consent: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """The number of the entry of a contribution with that consent, after its batch was entered."""
    parcel = folder / f"{consent}.age"
    said("contribute", *to, "--say", "a=b", "--consent", consent, "--risk", "none that I know of", "--into", parcel)
    moment = 1_641_340_800 + 7_200 * ("sealed", "court", "public").index(consent)
    monkeypatch.setattr("time.time", lambda: moment)
    before = {one.index for one in contributing.kept(open_case(folder / "kz"))}
    said("receive", "kz", parcel, "--identity", folder / "key")
    monkeypatch.setattr("time.time", lambda: moment + 3_700)
    said("receive", "kz", "--due")
    (index,) = {one.index for one in contributing.kept(open_case(folder / "kz"))} - before
    return index
