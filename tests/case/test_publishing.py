"""What must not leave a case does not, whatever is written; and what is written again stays the same file."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.case.kazakh_measurements import PROBE
from tests.case.secret_case import NAMES_OF_SECRETS, NETWORK, RARE, REGION, SHOWN, secret_case, with_rules

from kuager.case.anchors import Anchors
from kuager.case.bundling import Chosen, bundle_case
from kuager.case.detecting import standing
from kuager.case.folder import Case, open_case
from kuager.case.preview import preview_case
from kuager.case.proving import PUBLICATION
from kuager.case.publication_settings import Publication
from kuager.case.publishing import MANIFEST, publish_case, safe_views
from kuager.case.rederiving import HOLDS, rederive
from kuager.cli.publishing import preview_record
from kuager.errors import UsageError
from kuager.evidence.bundle import layout
from kuager.evidence.leaves import Leaf, read_leaf
from kuager.evidence.objects import sha256
from kuager.model.time import parse_utc
from kuager.publications.safety.rules import Rules

WITHHELD = Rules(withheld=frozenset({REGION, NETWORK}), least_measurements=20)
NOW = parse_utc("2022-01-09T12:34:56Z")
DELAYED = Rules(delay_hours=24)
UNTIL = parse_utc("2022-01-08T12:00:00Z")

PUBLISH = """
import sys
from pathlib import Path
from kuager.case.folder import open_case
from kuager.case.publishing import publish_case
print("begun", flush=True)
publish_case(open_case(Path(sys.argv[1])))
"""


class Held(dict[str, bytes]):
    """The files of a bundle by path."""

    def read(self, path: str) -> bytes:
        return self[path]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The case with its secrets, published without a rule; nobody may write to it."""
    case = secret_case(tmp_path_factory.mktemp("secrets") / "kz")
    publish_case(case)
    return case


@pytest.fixture(scope="module")
def withheld(everything: Case, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A copy of it that withholds a region and a network, and has a high floor."""
    case = with_rules(copied(everything, tmp_path_factory.mktemp("withheld")), Publication(rules=WITHHELD))
    publish_case(case)
    return case


@pytest.fixture(scope="module")
def delayed(everything: Case, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A copy of it, published on 9 January as it was a day before."""
    case = with_rules(copied(everything, tmp_path_factory.mktemp("delayed")), Publication(rules=DELAYED))
    publish_case(case, now=NOW)
    return case


def copied(case: Case, to: Path) -> Case:
    shutil.copytree(case.path, to / "kz")
    return open_case(to / "kz")


def public(case: Case) -> dict[str, bytes]:
    return {
        path.relative_to(case.public).as_posix(): path.read_bytes()
        for path in sorted(case.public.rglob("*"))
        if path.is_file()
    }


def texts(case: Case) -> Iterator[tuple[str, str]]:
    """Every file that is no picture, and every path, as text."""
    for path, data in public(case).items():
        yield path, path
        if not path.endswith((".png", ".pdf")):
            yield path, data.decode("utf-8")


def where(case: Case, secret: re.Pattern[str]) -> list[str]:
    return sorted({path for path, text in texts(case) if secret.search(text)})


def test_the_secrets_are_there_when_nothing_is_withheld(everything: Case) -> None:
    assert where(everything, NAMES_OF_SECRETS["network"])
    assert where(everything, NAMES_OF_SECRETS["region's code"])
    assert where(everything, NAMES_OF_SECRETS["region's name"])
    assert where(everything, re.compile(RARE))


@pytest.mark.parametrize("secret", sorted(NAMES_OF_SECRETS))
def test_what_is_withheld_stands_in_no_file_and_in_no_path(withheld: Case, secret: str) -> None:
    assert where(withheld, NAMES_OF_SECRETS[secret]) == []


def test_a_probe_and_the_name_of_a_file_stand_in_no_file_without_any_rule(everything: Case) -> None:
    assert where(everything, re.compile(re.escape(PROBE))) == []
    assert where(everything, re.compile(r"report_id|measurement_uid|record\.toml")) == []


def test_findings_on_few_measurements_are_counted_and_not_shown(everything: Case, withheld: Case) -> None:
    assert where(withheld, re.compile(re.escape(RARE))) == []
    (held,) = {view.held_back for view in safe_views(withheld, standing(withheld), None).values()}
    assert (held.rows, held.least, held.places, held.episodes) == (1, 20, 2, 0)
    assert (withheld.public / "data" / "blocking.csv").read_text().count("\n") == 5
    assert (everything.public / "data" / "blocking.csv").read_text().count("\n") == 8


def test_the_rest_of_what_is_known_is_still_published(withheld: Case) -> None:
    shown = {path.parent.name for path in (withheld.public / "en" / "episode").glob("*/index.html")}
    assert shown == {f"{place}-2022-01-05-a" for place in ("kz", SHOWN.lower())}
    page = (withheld.public / "en" / "episode" / "kz-2022-01-05-a" / "index.html").read_text()
    assert "kaztag.kz" in page
    assert "AS48503" in page


def test_nothing_of_a_list_from_which_one_is_missing_gives_it_away(everything: Case, withheld: Case) -> None:
    """Of all regions of a country, or all that carry people, the one that is not there would be known."""
    for case, there in ((everything, True), (withheld, False)):
        page = (case.public / "en" / "country" / "kz" / "index.html").read_text()
        assert ("Mangystau" in page) is there
        assert ("AS21299" in page) is there
        told = (case.public / "data" / "kz-2022-01-05-a" / "episode.json").read_text()
        assert ('"kind": "regions"' in told) is there


@pytest.mark.parametrize(("changed", "words"), [({"title": "В Костанае"}, "title"), ({"places": ("KZ-39",)}, "about")])
def test_a_case_about_a_withheld_place_or_named_after_one_is_not_published(
    everything: Case, tmp_path: Path, changed: dict[str, Any], words: str
) -> None:
    case = with_rules(copied(everything, tmp_path), Publication(rules=WITHHELD))
    found = standing(case)
    case.settings = replace(case.settings, **changed)
    with pytest.raises(UsageError, match=words):
        safe_views(case, found, None)


def test_nothing_later_than_the_delay_allows_is_told(delayed: Case) -> None:
    """Documents that were published speak of what they like; all else ends with the last hour that may be told."""
    for path, text in texts(delayed):
        if not path.endswith(".html"):
            late = [time for time in re.findall(r"2022-\d\d-\d\dT\d\d:\d\d:\d\dZ", text) if parse_utc(time) > UNTIL]
            assert late == [], path
    for view in safe_views(delayed, standing(delayed), UNTIL).values():
        assert view.about.window[1] == UNTIL
        assert view.held_back.until == UNTIL
        for one in view.episodes:
            assert one.episode.ongoing
            assert one.episode.end is None
            assert max(trace.end_of_data or UNTIL for trace in one.traces) <= UNTIL
            assert max(span.end for reading in one.episode.signals for span in reading.spans) <= UNTIL
            assert one.documents
            assert all(entry.begins is None or entry.begins < UNTIL for entry in one.documents)


def test_the_delay_counts_from_the_full_hour_of_publishing(delayed: Case, tmp_path: Path) -> None:
    case = copied(delayed, tmp_path)
    before = public(case)
    assert publish_case(case, now=NOW + timedelta(minutes=20)).changes.changed == ()
    assert public(case) == before
    publish_case(case, now=NOW + timedelta(days=30))
    ended = (case.public / "data" / "kz-2022-01-05-a" / "episode.json").read_text()
    assert '"end": "2022-01-11T02:00:00Z"' in ended


def test_an_episode_that_began_later_is_held_back_whole(everything: Case, tmp_path: Path) -> None:
    case = with_rules(copied(everything, tmp_path), Publication(rules=DELAYED))
    publish_case(case, now=parse_utc("2022-01-05T18:00Z"))
    assert not list(case.public.rglob("episode/*/index.html"))
    (held,) = {
        view.held_back.episodes for view in safe_views(case, standing(case), parse_utc("2022-01-04T18:00Z")).values()
    }
    assert held == 4
    assert "2022-01-05T11:00" not in "".join(text for _, text in texts(case))
    with pytest.raises(UsageError, match="delay leaves nothing"):
        publish_case(case, now=parse_utc("2021-12-01"))


@pytest.mark.parametrize("name", ["withheld", "delayed"])
def test_what_was_published_by_rules_comes_out_again_from_a_bundle(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    case: Case = request.getfixturevalue(name)
    bundle_case(open_case(case.path), Chosen(confidential=True), tmp_path / "bundle", Anchors())
    folder = tmp_path / "bundle"
    files = Held({str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()})
    leaves: dict[int, Leaf] = {
        number: read_leaf(files[layout.leaf_path(number)])
        for number in sorted(int(path.stem) for path in (folder / "log").glob("*.leaf"))
    }
    found = [one for one in rederive(files, leaves) if one.claim.about == PUBLICATION]
    assert [one.outcome for one in found][-1:] == [HOLDS]


def test_a_dry_run_writes_nothing_and_lists_what_publishing_then_writes(everything: Case, tmp_path: Path) -> None:
    case = with_rules(copied(everything, tmp_path), Publication(rules=WITHHELD))
    before = snapshot(case.path)
    found = preview_case(case)
    assert snapshot(case.path) == before
    published = publish_case(case)
    assert published.changes == found.changes
    assert set(found.changes.gone) == before_public(before) - set(public(case))
    assert sum(one.files for one in found.sorts) == len(public(case))
    assert sum(one.size for one in found.sorts) == sum(len(data) for data in public(case).values())
    record = {name: value for name, value in preview_record(found).items() if name != "gone"}
    assert not any(secret.search(str(record)) for secret in NAMES_OF_SECRETS.values())
    assert {"AS9198", "AS48503"} <= set(found.networks)
    assert {"KZ", SHOWN} <= set(found.places)
    assert [one.id for one in found.sources if one.non_commercial] == ["ooni"]
    written = "".join(text for _, text in texts(case))
    assert all(address in written for address in found.addresses)
    assert set(re.findall(r'href="(https?://[^"&]+)', written)) <= set(found.addresses)


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*")
    }


def before_public(before: dict[str, tuple[int, int]]) -> set[str]:
    return {
        path.removeprefix("public/") for path in before if path.startswith("public/") and "." in path.rpartition("/")[2]
    }


def test_what_did_not_change_stays_the_same_file(everything: Case, tmp_path: Path) -> None:
    case = copied(everything, tmp_path)
    inodes = {path: (case.public / path).stat().st_ino for path in public(case)}
    assert set(publish_case(case).changes.unchanged) == set(inodes)
    assert {path: (case.public / path).stat().st_ino for path in public(case)} == inodes
    (case.public / "en" / "index.html").write_text("somebody else's words")
    (case.public / "left.txt").write_text("left over")
    changes = publish_case(case).changes
    assert (changes.new, changes.changed, changes.gone) == ((), ("en/index.html",), ("left.txt",))
    picture = next(case.public.rglob("*.png"))
    whole = picture.read_bytes()
    picture.write_bytes(b"another picture")
    publish_case(case)
    assert picture.read_bytes() == whole


def test_tables_that_were_thrown_away_are_made_again_so_that_no_page_loses_its_chart(
    everything: Case, tmp_path: Path
) -> None:
    case = open_case(Path(shutil.copytree(everything.path, tmp_path / "kz", symlinks=True)))
    before = (case.public / MANIFEST).read_bytes()
    shutil.rmtree(case.path / "observations")
    publish_case(case)
    assert (case.public / MANIFEST).read_bytes() == before


def test_the_manifest_lists_every_file(everything: Case) -> None:
    files = public(everything)
    lines = files.pop(MANIFEST).decode().splitlines()
    assert {line.partition("  ")[2]: line.partition("  ")[0] for line in lines} == {
        path: sha256(data) for path, data in files.items()
    }


def test_killed_at_any_moment_readers_have_the_old_publication_or_the_new(everything: Case, tmp_path: Path) -> None:
    case = copied(everything, tmp_path)
    old = (case.public / MANIFEST).read_bytes()
    with_rules(case, Publication(rules=WITHHELD))
    new = b""
    for turn in range(3):
        writer = subprocess.Popen([sys.executable, "-c", PUBLISH, str(case.path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        try:
            writer.wait(timeout=0.8 + 0.5 * turn)
        except subprocess.TimeoutExpired:
            os.kill(writer.pid, signal.SIGKILL)
            writer.wait()
        writer.stdout.close()
        with open_case(case.path).writing("test"):
            files = public(case)
        if files[MANIFEST] != old:
            new = new or files[MANIFEST]
            assert files[MANIFEST] == new
        listed = {line.partition("  ")[2] for line in files[MANIFEST].decode().splitlines()}
        assert listed == set(files) - {MANIFEST}
    publish_case(open_case(case.path))
    assert new in {b"", (case.public / MANIFEST).read_bytes()}
    assert not list(case.path.rglob(".tmp-*"))
