"""Two clocks: what was known of a case at any time, what replaced it, what was taken back, and how that is told."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.case.two_signals import BACK, CUT, LATER, series, small_case
from tests.publications.feeds.validators import faults

from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case
from kuager.case.folder import open_case
from kuager.case.history import histories, known_at, received_by
from kuager.case.publishing import publish_case
from kuager.cli.app import run
from kuager.errors import CaseDamaged, CaseError
from kuager.evidence.leaves import Claim, Observation, Retraction
from kuager.model.time import format_utc, parse_utc

ID = "kz-2022-01-12-a"
Show = Callable[..., tuple[int, str, str]]


class Told:
    """A case to which files were added one after the other, and a moment after each of them."""

    def __init__(self, folder: Path) -> None:
        self.case = small_case(folder, ("en", "ru", "kk"))
        self.moments: list[datetime] = []

    def then(self, name: str, data: bytes) -> datetime:
        add_bytes(self.case, data, name, "series", None)
        detect_case(open_case(self.case.path))
        moment = datetime.now(UTC).replace(microsecond=0)
        while datetime.now(UTC).timestamp() < moment.timestamp() + 1:  # entries tell seconds
            time.sleep(0.02)
        self.moments.append(moment)
        return moment


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Found, then corrected by a file that says it lasted longer; published."""
    told = Told(tmp_path_factory.mktemp("corrected") / "kz")
    told.then("first.csv", series((CUT, BACK)))
    told.then("second.csv", series((CUT, LATER), seed=2))
    publish_case(open_case(told.case.path))
    return told


@pytest.fixture(scope="module")
def taken_back(corrected: Told, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The same, not found any more, then found again."""
    told = Told(tmp_path_factory.mktemp("taken-back") / "other")
    shutil.rmtree(told.case.path)
    shutil.copytree(corrected.case.path, told.case.path)
    told.case, told.moments = open_case(told.case.path), list(corrected.moments)
    told.then("third.csv", series(seed=3))
    publish_case(open_case(told.case.path))
    shutil.copytree(told.case.path, told.case.path.parent / "without")
    told.then("fourth.csv", series((CUT, BACK), seed=4))
    return told


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Show:
    """``show(case, "--json")``: the command in this process; its exit code, what it printed, what it told."""
    for name, said in {"HOME": str(tmp_path), "LANG": "en_GB.UTF-8", "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, said)
    for name in ("XDG_CONFIG_HOME", "KUAGER_SETTINGS", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)

    def command(case: Path, *words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kuager", "show", str(case), *words])
        with pytest.raises(SystemExit) as stopped:
            run()
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out, told.err

    return command


def shown(show: Show, case: Path, *words: str) -> dict[str, Any]:
    code, answer, error = show(case, "--json", *words)
    assert code == 0, error
    record: dict[str, Any] = json.loads(answer)
    return record


def test_a_correction_stands_beside_what_it_replaces(corrected: Told) -> None:
    history = histories(open_case(corrected.case.path))[ID]
    one, two = history.versions
    assert (one.number, one.end) == (1, BACK)
    assert (two.number, two.end) == (2, LATER)
    assert one.known < one.until == two.known  # type: ignore[operator]
    assert (two.until, two.retraction, one.retraction) == (None, None, None)
    entries = open_case(corrected.case.path).proving.log.entries()
    (before, after) = (entries[one.entry], entries[two.entry])
    assert isinstance(after.leaf, Claim)
    assert after.leaf.replaces == (before.hash,)
    (received,) = [entry for entry in entries if entry.index == history.entries[0]]
    assert history.entries == (received.index, two.entry), "the later file has every value"
    assert isinstance(received.leaf, Observation)
    assert received.leaf.object == open_case(corrected.case.path).records.all()[1].object


def test_both_are_shown_in_json_and_on_a_terminal(corrected: Told, show: Show) -> None:
    (episode,) = shown(show, corrected.case.path)["episodes"]
    assert (episode["version"], episode["end"]) == (2, format_utc(LATER))
    (replaced,) = episode["replaces"]
    assert (replaced["version"], replaced["end"], replaced["retraction"]) == (1, format_utc(BACK), None)
    assert replaced["until"] == episode["known"]
    assert replaced["entry"] < max(episode["evidence"])
    said = show(corrected.case.path)[1]
    assert "Version 2, known since" in said
    assert "It replaces version 1, known from" in said


def test_feeds_tell_the_correction_under_the_id_that_was_there_before(corrected: Told, taken_back: Told) -> None:
    told, later = feeds_of(corrected), feeds_of(taken_back)
    assert faults(told) == faults(later) == []
    assert [path for path in sorted(told) if "/cap/" in path] == [f"feeds/cap/{ID}-v{n}.xml" for n in (1, 2)]
    assert set(later) - set(told) == {f"feeds/cap/{ID}-v2-cancel.xml"}
    assert all(later[path] == data for path, data in told.items() if "/cap/" in path), "what was sent stays"
    (before,), (after,) = (json.loads(one["feeds/en/episodes.json"])["items"] for one in (told, later))
    assert before["id"] == after["id"]
    assert before["date_published"] == after["date_published"] < before["date_modified"] < after["date_modified"]
    assert "It replaces version 1" in before["content_text"]
    assert after["_kuager"]["retracted"] is True


def feeds_of(told: Told) -> dict[str, bytes]:
    """The feeds as they were published."""
    public = told.case.public
    return {
        path.relative_to(public).as_posix(): path.read_bytes()
        for path in (public / "feeds").rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_both_are_on_the_page(corrected: Told, language: str) -> None:
    page = (corrected.case.public / language / "episode" / ID / "index.html").read_text()
    known = histories(open_case(corrected.case.path))[ID]
    for version in known.versions:
        assert f"{version.known:%H:%M}" in page
        assert str(version.entry) in page
    record = json.loads((corrected.case.public / "data" / ID / "episode.json").read_text())
    assert [one["version"] for one in record["replaces"]] == [1]


def test_what_was_known_between_is_told_with_what_was_there_then(corrected: Told, show: Show) -> None:
    case, between = open_case(corrected.case.path), corrected.moments[0]
    (episode,) = known_at(case, between).episodes
    assert (episode.version, episode.end) == (1, BACK)
    assert [record.name for record in received_by(case, between)] == ["first.csv"]
    assert len(histories(case, between)[ID].versions) == 1
    record = shown(show, case.path, "--as-of", format_utc(between))
    assert record["as_of"] == format_utc(between)
    (one,) = record["episodes"]
    assert (one["version"], one["end"], one["replaces"]) == (1, format_utc(BACK), [])
    said = show(case.path, "--as-of", format_utc(between))[1]
    assert "Version 1, known since" in said
    assert "Version 2" not in said
    (now,) = shown(show, case.path, "--as-of", format_utc(corrected.moments[1]))["episodes"]
    assert now["version"] == 2


def test_before_anything_was_derived_nothing_is_told(corrected: Told, show: Show) -> None:
    with pytest.raises(CaseError, match="Nothing had been derived"):
        known_at(open_case(corrected.case.path), parse_utc("2022-01-20"))
    code, answer, told = show(corrected.case.path, "--as-of", "2022-01-20")
    assert (code, answer) == (1, "")
    assert "Nothing had been derived" in told
    assert "kuager show" in told


@pytest.mark.parametrize("pattern", [f"{ID}.v1.json", "stood.*.json"])
@pytest.mark.parametrize("harm", ["changed", "gone", "no JSON"])
def test_a_damaged_version_is_told_and_not_shown(
    corrected: Told, tmp_path: Path, show: Show, pattern: str, harm: str
) -> None:
    shutil.copytree(corrected.case.path, tmp_path / "kz")
    for path in (tmp_path / "kz" / "episodes").glob(pattern):
        data = path.read_bytes()
        path.unlink()
        if harm == "changed":
            path.write_bytes(data + b" ")
        elif harm == "no JSON":
            path.write_bytes(data[:100])
    with pytest.raises(CaseDamaged):
        known_at(open_case(tmp_path / "kz"), corrected.moments[0])
    code, answer, told = show(tmp_path / "kz", "--as-of", format_utc(corrected.moments[0]))
    assert (code, answer) == (1, "")
    assert "is not what was derived" in told


def test_what_is_not_found_any_more_is_shown_as_taken_back(taken_back: Told, show: Show) -> None:
    case = open_case(taken_back.case.path.parent / "without")
    assert known_at(case, taken_back.moments[2]).episodes == ()
    newest = histories(case)[ID].newest
    assert newest.number == 2
    assert newest.retraction is not None
    record = shown(show, case.path)
    assert record["episodes"] == []
    (gone,) = record["retracted"]
    assert (gone["id"], gone["version"]) == (ID, 2)
    assert "not found any more" in gone["retraction"]
    said = show(case.path)[1]
    assert f"Taken back: {ID}, version 2" in said
    assert "It is not found any more" in said
    for language in ("en", "ru", "kk"):
        assert ID in (case.public / language / "index.html").read_text()
        assert not (case.public / language / "episode" / ID).exists()


def test_what_was_taken_back_is_taken_back_once(taken_back: Told) -> None:
    case = open_case(taken_back.case.path.parent / "without")
    before = len(case.proving.log.entries())
    detect_case(open_case(case.path))
    detect_case(open_case(case.path))
    assert len(open_case(case.path).proving.log.entries()) == before
    entries = [entry.leaf for entry in case.proving.log.entries()]
    assert len([leaf for leaf in entries if isinstance(leaf, Retraction)]) == 1


def test_what_is_found_again_goes_on_with_its_history(taken_back: Told, show: Show) -> None:
    case = open_case(taken_back.case.path)
    one, two, three = histories(case)[ID].versions
    assert [version.number for version in (one, two, three)] == [1, 2, 3]
    assert [version.retraction is not None for version in (one, two, three)] == [False, True, False]
    assert one.until == two.known
    assert two.until is not None
    assert two.until < three.known
    record = shown(show, case.path)
    assert "retracted" not in record
    assert [bool(before["retraction"]) for before in record["episodes"][0]["replaces"]] == [False, True]
    gone = shown(show, case.path, "--as-of", format_utc(taken_back.moments[2]))
    assert gone["episodes"] == []
    assert [one["id"] for one in gone["retracted"]] == [ID]
    said = show(case.path, "--as-of", format_utc(taken_back.moments[2]))[1]
    assert "No episode had been found" in said
    assert "Taken back" in said


def test_versions_whose_files_are_gone_keep_their_numbers_and_are_told_by_the_log(
    corrected: Told, show: Show, tmp_path: Path
) -> None:
    path = tmp_path / "copy"
    shutil.copytree(corrected.case.path, path)
    before = shown(show, path)["episodes"][0]
    entries = len(open_case(path).proving.log.entries())
    shutil.rmtree(path / "episodes")
    detect_case(open_case(path))
    assert len(open_case(path).proving.log.entries()) == entries, "the same was derived, and is not claimed again"
    one, two = histories(open_case(path))[ID].versions
    assert (one.number, one.end, one.episode) == (1, BACK, None)
    assert (two.number, two.end, two.episode is None) == (2, LATER, False)
    after = shown(show, path)["episodes"][0]
    assert (after["version"], after["evidence"], after["known"]) == (2, before["evidence"], before["known"])
    assert (after["replaces"][0]["version"], after["replaces"][0]["level"]) == (1, None)
    publish_case(open_case(path))
    add_bytes(open_case(path), series((CUT, BACK), seed=5), "again.csv", "series", None)
    detect_case(open_case(path))
    assert histories(open_case(path))[ID].newest.number == 3
