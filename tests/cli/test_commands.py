"""The commands as a person and a program use them, on the real file and on the founding case."""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run, program

WINDOW = ("--from", "2025-12-01", "--to", "2026-01-29")

EPISODE_KEYS = {
    "id", "version", "place", "kind", "level", "probability", "start", "start_earliest", "start_latest", "end",
    "end_earliest", "end_latest", "ongoing", "phases", "signals", "cause", "evidence", "alternatives",
    "scope", "recurrence", "kinds", "reasons", "unknowns", "ordinary_days",
    "blocked", "slowed", "whitelisted", "groups",
}  # fmt: skip
CAUSE_KEYS = {"value", "level", "probability", "features", "notes"}
PHASE_KEYS = {"kind", "start", "end", "access", "places", "networks", "services", "uncertainty_s"}
SIGNAL_KEYS = {"signal", "place", "stance", "start", "end", "depth", "probability"}


def as_json(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_step_by_step_and_all_at_once_agree(run: Run, iran_export: Path) -> None:
    assert run("new", "one", "--place", "IR", *WINDOW).returncode == 0
    added = as_json(run("add", "one", iran_export, "--as", "ioda-export", "--json"))
    assert [one["signal"] for one in added["series"]] == [
        "ioda.gtr-norm", "ioda.merit-nt", "ioda.bgp", "ioda.ping-slash24", "ioda.mozilla",
    ]  # fmt: skip
    detected = run("detect", "one")
    assert detected.returncode == 0
    assert "  ioda.bgp IR  2026-01-08T18:00:00Z – 2026-01-09T09:00:00Z  −13" in detected.stdout
    assert detected.stdout.count(" IR  20") == 12
    assert run("publish", "one").returncode == 0
    done = run("investigate", "IR", iran_export, "--as", "ioda-export", *WINDOW, "--case", "two")
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert "Someone who looked at BGP alone would have called it over on 9 January" in told
    one, two = (as_json(run("show", name, "--json"))["episodes"] for name in ("one", "two"))
    for episode in (*one, *two):  # when each was known is a matter of its own
        assert episode.pop("known") > "2026"
    assert one == two


def test_json_is_as_promised(run: Run, iran_export: Path) -> None:
    run("investigate", "IR", iran_export, "--as", "ioda-export", *WINDOW, "--case", "ir-2026")
    shown = as_json(run("show", "ir-2026", "--json"))
    assert set(shown) == {"case", "episodes"}
    assert shown["case"] == "ir-2026"
    (episode,) = shown["episodes"]
    assert set(episode) == EPISODE_KEYS | {"known", "replaces"}
    assert all(set(phase) == PHASE_KEYS for phase in episode["phases"])
    assert all(set(reading) >= SIGNAL_KEYS for reading in episode["signals"])
    assert set(episode["cause"]) == CAUSE_KEYS
    assert (episode["cause"]["value"], episode["cause"]["level"]) == ("unknown", "cannot-tell")
    assert {one["explanation"]: one["status"] for one in episode["alternatives"]}["source"] == "unlikely"
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", episode[key]) for key in ("start", "end_latest"))


def test_the_terminal_timeline_fits_and_needs_no_colour(run: Run, iran_export: Path) -> None:
    run("investigate", "IR", iran_export, "--as", "ioda-export", *WINDOW, "--case", "ir-2026")
    shown = run("show", "ir-2026")
    assert "\x1b[" not in shown.stdout
    assert max(len(line) for line in shown.stdout.splitlines()) <= 120
    for word in ("corroborated", "BGP", "not measuring", "blackout", "Tehran"):
        assert word in shown.stdout
    assert "отключение" in run("show", "ir-2026", language="ru_RU").stdout.lower()


def test_a_quiet_case_says_what_was_measured(run: Run, tmp_path: Path) -> None:
    hours = [
        f"2022-03-{1 + hour // 24:02d}T{hour % 24:02d}:00Z,KZ,ioda.bgp,{5000 + hour % 7}" for hour in range(24 * 21)
    ]
    lines = ["time,place,signal,value", *hours]
    (tmp_path / "quiet.csv").write_text("\n".join(lines) + "\n")
    done = run("investigate", "KZ", "quiet.csv", "--as", "series", "--from", "2022-03-01", "--to", "2022-03-21")
    assert done.returncode == 0, done.stderr
    assert "No episode" in done.stdout
    assert (tmp_path / "kz-2022-03" / "public" / "kk" / "index.html").exists()
    assert as_json(run("show", "kz-2022-03", "--json"))["episodes"] == []


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, str, Path]:
    folder = tmp_path_factory.mktemp("demo")
    run = program(folder)
    done = run("demo")
    assert done.returncode == 0, done.stderr
    return run, done.stdout, folder / "kz-2022-01"


def test_the_founding_case_says_simulated_everywhere(demo: tuple[Run, str, Path]) -> None:
    run, story, case = demo
    assert "simulated signals" in story.lower()
    shown = as_json(run("show", "kz-2022-01", "--json"))
    assert shown["notice"] == "simulated signals"
    words = {"en": "simulated signals", "ru": "смоделирован", "kk": "модельде"}
    without_signals = {"verify", "subscribe", "method", "glossary", "volunteer", "law", "register"}
    pages = [one for one in case.glob("public/??/**/*.html") if not without_signals.intersection(one.parts)]
    assert len(pages) > 6
    for page in pages:
        assert words[page.relative_to(case / "public").parts[0]] in page.read_text("utf-8").lower()
    for file in case.glob("public/**/*.json"):
        if file.parent.name == "conduct":  # rows of registers, which hold no signals
            continue
        record = json.loads(file.read_bytes())
        if file.name == "ooni-incident.json":  # whose keys are fixed: it says so in its title
            assert record["title"].startswith("simulated signals")
        else:
            assert record.get("_kuager", record)["notice"] == "simulated signals"
    for file in case.glob("episodes/*.json"):
        assert json.loads(file.read_bytes())["notice"] == "simulated signals"
    for picture in case.glob("public/??/episode/**/*.svg"):
        assert words[picture.relative_to(case / "public").parts[0]] in picture.read_text("utf-8").lower()


def test_the_founding_case_tells_what_the_documents_tell(demo: tuple[Run, str, Path]) -> None:
    run, _, case = demo
    (episode,) = as_json(run("show", "kz-2022-01", "--json"))["episodes"]
    assert episode["kind"] == "shutdown"
    assert episode["level"] == "confirmed"
    assert (episode["cause"]["value"], episode["cause"]["level"]) == ("ordered", "signal")
    assert episode["start"] == "2022-01-04T14:30:00Z"
    assert episode["end"] == "2022-01-11T02:15:00Z"
    kinds = [phase["kind"] for phase in episode["phases"]]
    assert kinds[0] == "throttling"
    assert episode["phases"][0]["access"] == "mobile"
    assert kinds.count("restoration") == 6
    assert kinds.count("blackout") == 7
    first_cut = episode["phases"][kinds.index("blackout")]
    assert "2022-01-05T10:30:00Z" <= first_cut["start"] <= "2022-01-05T11:15:00Z"
    page = (case / "public" / "en" / "episode" / episode["id"] / "index.html").read_text("utf-8")
    for onset in ("T013", "T014", "T015", "T016", "T017"):
        assert onset in page
    assert "Kcell" in page
    told = " ".join(episode["reasons"])
    assert "Could have seen it and did not: BGP." in told
    assert "Of 4 independent kinds of signal 3 saw it, 0 saw a part of it, 1 could have seen it and did not" in told
    assert all(reason in html.unescape(page) for reason in episode["reasons"])
    assert "each of the 6 simulated windows began" in page


def test_the_demo_can_be_run_again(demo: tuple[Run, str, Path]) -> None:
    run, _, case = demo
    before = {path: path.read_bytes() for path in case.rglob("*") if path.is_file() and path.name != ".lock"}
    assert run("demo").returncode == 0
    after = {path: path.read_bytes() for path in case.rglob("*") if path.is_file() and path.name != ".lock"}
    assert after == before


def test_what_is_published_checks_with_sha256sum(demo: tuple[Run, str, Path]) -> None:
    public = demo[2] / "public"
    check = ["sha256sum", "--check", "--strict", "--quiet", "MANIFEST.sha256"]
    assert subprocess.run(check, cwd=public, check=False).returncode == 0
    listed = (public / "MANIFEST.sha256").read_text().splitlines()
    assert len(listed) == sum(path.is_file() for path in public.rglob("*")) - 1


def test_nothing_private_is_published(demo: tuple[Run, str, Path]) -> None:
    case = demo[2]
    for path in (case / "public").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert str(case.parent).encode() not in content
            assert b"simulated-signals.csv" not in content


def test_a_fall_that_one_signal_saw_alone_is_told_as_such(run: Run, tmp_path: Path) -> None:
    days = [
        f"2022-{1 + d // 28:02d}-{1 + d % 28:02d}T00:00Z,TO,my.traffic,{(40 if 15 <= d < 50 else 80) + d % 3}"
        for d in range(84)
    ]
    (tmp_path / "daily.csv").write_text("\n".join(["time,place,signal,value", *days, ""]))
    done = run("investigate", "TO", "daily.csv", "--as", "series", "--from", "2022-01-01", "--to", "2022-04-30")
    told = " ".join(done.stdout.split())
    assert "my.traffic (TO) fell from 16" in told
    assert "it is not called an episode" in told
    page = (tmp_path / "to-2022-01" / "public" / "en" / "index.html").read_text("utf-8")
    assert "Seen by one signal alone" in page
