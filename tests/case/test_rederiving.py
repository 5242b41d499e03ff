"""Every claim of a bundle derived again: those that were made hold, those that somebody forged do not."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.case.two_signals import BACK, CUT, LATER, series, small_case

from kuager.case import versions
from kuager.case.adding import add_bytes, add_file
from kuager.case.anchors import Anchors
from kuager.case.bundling import Chosen, bundle_case
from kuager.case.derivation import code_version
from kuager.case.detecting import detect_case
from kuager.case.folder import Case, open_case
from kuager.case.proving import EPISODE, PUBLICATION, STANDING, TABLE, VERDICTS
from kuager.case.publishing import publish_case
from kuager.case.rederiving import (
    DIFFERS,
    FAILS,
    HOLDS,
    NO_RESULT,
    NOT_CHECKED,
    NOT_HERE,
    OTHER_CODE,
    OTHER_OPERATORS,
    PAGES,
    Compared,
    rederive,
)
from kuager.evidence.bundle import layout
from kuager.evidence.leaves import Claim, Leaf, Observation, read_leaf
from kuager.evidence.objects import sha256
from kuager.evidence.statements import Statement

ID = "kz-2022-01-12-a"
OPERATORS = b"""[[operators]]
id = "mine"
name = { en = "Mine" }
country = "KZ"
source = "its own site"
networks = [{ asn = 9198 }]
"""
OTHER = OPERATORS.replace(b"Mine", b"Another")


class Held(dict[str, bytes]):
    """The files of a bundle by path, as :class:`kuager.case.rederiving.Files` reads them."""

    def read(self, path: str) -> bytes:
        return self[path]


Bundle = tuple[Held, dict[int, Leaf]]
"""Files, and entries by their number."""


def bundled(case: Case, into: Path, *, confidential: bool = True) -> Bundle:
    bundle_case(open_case(case.path), Chosen(confidential=confidential), into, Anchors())
    return read(into)


def read(folder: Path) -> Bundle:
    files = Held({str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()})
    numbers = sorted(int(path.stem) for path in (folder / "log").glob("*.leaf"))
    return files, {one: read_leaf(files[layout.leaf_path(one)]) for one in numbers}


def step(case: Case, data: bytes, name: str) -> None:
    add_bytes(open_case(case.path), data, name, "series", None)
    detect_case(open_case(case.path))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Case:
    """Measurements of OONI; found, corrected, with operators, taken back, found again; published."""
    made = small_case(tmp_path_factory.mktemp("rederiving") / "kz")
    step(made, series((CUT, BACK)), "a.csv")
    add_file(open_case(made.path), shared_data / "ooni" / "fastpath_unit" / "web_connectivity_ir_fp.json", "ooni", None)
    step(made, series((CUT, LATER), seed=2), "b.csv")
    (made.path / "operators.toml").write_bytes(OPERATORS)
    step(made, series(seed=3), "c.csv")
    step(made, series((CUT, BACK), seed=4), "d.csv")
    publish_case(open_case(made.path))
    return made


@pytest.fixture(scope="module")
def whole(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundled(case, tmp_path_factory.mktemp("bundles") / "whole")


def outcomes(found: Sequence[Compared]) -> dict[tuple[str, str], Counter[str]]:
    counted: dict[tuple[str, str], Counter[str]] = {}
    for one in found:
        counted.setdefault((one.claim.about, one.outcome), Counter())[one.note.template] += 1
    return counted


def only(bundle: Bundle, about: str, which: int = -1) -> Bundle:
    """One claim of a bundle, and everything that was received."""
    files, leaves = bundle
    claim = [index for index, leaf in leaves.items() if isinstance(leaf, Claim) and leaf.about == about][which]
    return files, {index: leaf for index, leaf in leaves.items() if index == claim or isinstance(leaf, Observation)}


def claim_in(bundle: Bundle) -> tuple[int, Claim]:
    """The one claim of a bundle, and its number."""
    ((index, claim),) = [(index, leaf) for index, leaf in bundle[1].items() if isinstance(leaf, Claim)]
    return index, claim


def forged(
    bundle: Bundle,
    *,
    statement: Callable[[Statement], Statement] = lambda one: one,
    result: Callable[[bytes], bytes] | None = None,
) -> Bundle:
    """A bundle of one claim whose statement or result somebody wrote anew, with all hashes as they should be then."""
    files, leaves = bundle
    index, claim = claim_in(bundle)
    said = Statement.parse(files[layout.statement_path(claim.statement.removeprefix("sha256:"))])
    output = claim.output.removeprefix("sha256:")
    changed = Held(files)
    if result is not None:
        data = result(files.get(layout.result_path(output), b""))
        said = replace(said, subjects={name: sha256(data) for name in said.subjects})
        output = sha256(data)
        changed[layout.result_path(output)] = data
    data = statement(said).encode()
    changed[layout.statement_path(sha256(data))] = data
    anew = msgspec.structs.replace(claim, statement=f"sha256:{sha256(data)}", output=f"sha256:{output}")
    return changed, {**leaves, index: anew}


def judged(bundle: Bundle) -> Compared:
    (one,) = rederive(*bundle)
    return one


def test_every_claim_comes_out_the_same(whole: Bundle) -> None:
    """Also those about episodes and tables that are others now, and those that were taken back."""
    found = list(rederive(*whole))
    claims = [leaf for leaf in whole[1].values() if isinstance(leaf, Claim)]
    assert sorted(one.claim.statement for one in found) == sorted(one.statement for one in claims)
    counted = outcomes(found)
    assert set(counted) == {(about, HOLDS) for about in (TABLE, VERDICTS, EPISODE, STANDING, PUBLICATION)}
    assert counted[PUBLICATION, HOLDS].total() == 1
    assert counted[EPISODE, HOLDS].total() == 3
    assert counted[STANDING, HOLDS].total() == 4
    assert counted[VERDICTS, HOLDS].total() == 1
    assert counted[TABLE, HOLDS].total() == 2 * 4


def test_what_is_held_back_is_told_and_the_rest_is_compared(case: Case, tmp_path: Path) -> None:
    counted = outcomes(list(rederive(*bundled(case, tmp_path / "public", confidential=False))))
    assert not [key for key in counted if key[1] == FAILS]
    assert counted[TABLE, HOLDS].total() == 2, "those before the measurements came"
    assert counted[EPISODE, HOLDS].total() == 1
    for about in (TABLE, VERDICTS, EPISODE, STANDING):
        assert set(counted[about, NOT_CHECKED]) == {NOT_HERE}


def test_operators_that_are_others_now(case: Case, tmp_path: Path) -> None:
    """What was derived with those of then cannot be compared; what was derived without any can."""
    shutil.copytree(case.path, tmp_path / "kz")
    now = open_case(tmp_path / "kz")
    (now.path / "operators.toml").write_bytes(OTHER)
    step(now, series((CUT, LATER), seed=5), "e.csv")
    counted = outcomes(list(rederive(*bundled(now, tmp_path / "out"))))
    assert not [key for key in counted if key[1] == FAILS]
    assert set(counted[EPISODE, NOT_CHECKED]) == {OTHER_OPERATORS}
    assert (counted[EPISODE, HOLDS].total(), counted[STANDING, HOLDS].total()) == (3, 3)
    assert counted[STANDING, NOT_CHECKED][OTHER_OPERATORS] == 2


def test_the_same_derived_twice_under_two_numbers(tmp_path: Path) -> None:
    """A window that was narrowed and put back: the same is derived from the same again, as another version."""
    case = small_case(tmp_path / "kz")
    step(case, series((CUT, BACK)), "a.csv")
    settings = (case.path / "case.toml").read_text()
    (case.path / "case.toml").write_text(settings.replace("2022-01-21", "2022-01-13"))
    detect_case(open_case(case.path))
    (case.path / "case.toml").write_text(settings)
    detect_case(open_case(case.path))
    found = list(rederive(*bundled(case, tmp_path / "out")))
    assert [path.name for path in sorted(case.episodes.glob("*.v*.json"))] == [f"{ID}.v{one}.json" for one in (1, 2, 3)]
    assert [one.note.template for one in found if one.outcome != HOLDS] == []
    assert [one.claim.about for one in found].count(EPISODE) == 3


def _changed(**fields: Any) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert data
        return msgspec.json.format(msgspec.json.encode({**msgspec.json.decode(data), **fields}), indent=2) + b"\n"

    return change


def _listing(**fields: Any) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        return msgspec.json.encode(msgspec.structs.replace(msgspec.json.decode(data, type=versions.Current), **fields))

    return change


def _twice(data: bytes) -> bytes:
    listed = msgspec.json.decode(data, type=versions.Current)
    ((name, digest),) = listed.episodes.items()
    return _listing(episodes={name: digest, name.replace("-a.", "-b."): digest})(data)


FORGED_RESULTS = {
    "surer": (EPISODE, _changed(level="confirmed")),
    "earlier": (EPISODE, _changed(start="2022-01-11T06:00:00Z")),
    "another name": (EPISODE, _changed(id="kz-2022-01-12-b")),
    "one more field": (EPISODE, _changed(cause_by_order="yes")),
    "spelt otherwise": (EPISODE, lambda data: data + b" "),
    "no episode": (EPISODE, lambda _: b"{}"),
    "no JSON": (EPISODE, lambda _: b"\xff" * 9),
    "deep": (EPISODE, lambda _: b"[" * 100_000),
    "nothing stands": (STANDING, _listing(episodes={})),
    "it stands twice": (STANDING, _twice),
    "no events": (STANDING, _listing(events=())),
    "simulated": (STANDING, _listing(notice="simulated signals")),
    "another basis": (STANDING, _listing(basis="0" * 64)),
}


@pytest.mark.parametrize("what", FORGED_RESULTS, ids=lambda name: name.replace(" ", "-"))
def test_a_forged_result_does_not_come_out(whole: Bundle, what: str) -> None:
    about, change = FORGED_RESULTS[what]
    one = judged(forged(only(whole, about, 0), result=change))
    assert one.outcome == FAILS
    assert one.claim.about == about


@pytest.mark.parametrize("about", [TABLE, VERDICTS])
def test_a_forged_table_does_not_come_out(whole: Bundle, about: str) -> None:
    bundle = only(whole, about, 0)
    assert judged(forged(bundle)).outcome == HOLDS
    assert judged(forged(bundle, result=lambda _: b"other rows")).note.template == DIFFERS


def test_an_episode_that_lends_its_name_does_not_hold(whole: Bundle) -> None:
    """The result of one claim under the name of another episode."""
    files, leaves = only(whole, EPISODE)
    index, claim = claim_in((files, leaves))
    leaves[index] = msgspec.structs.replace(claim, name="kz-2022-01-12-z")
    assert judged((files, leaves)).outcome == FAILS


def test_a_claim_beside_a_page_is_compared_all_the_same(whole: Bundle) -> None:
    """A forger may give an episode the statement of a publication, whose pages are not made again."""
    files, leaves = whole
    page = next(leaf for leaf in leaves.values() if isinstance(leaf, Claim) and leaf.about == PUBLICATION)
    files, leaves = only(whole, EPISODE)
    index, claim = claim_in((files, leaves))
    leaves[index] = msgspec.structs.replace(claim, statement=page.statement)
    one = judged((files, leaves))
    assert one.outcome != HOLDS
    assert one.note.template != PAGES


FORGED_PAGES: dict[str, Callable[[Statement], Statement]] = {
    "other languages": lambda one: replace(one, parameters={**one.parameters, "languages": ["ru"]}),
    "no languages": lambda one: replace(one, parameters={**one.parameters, "languages": []}),
    "no such language": lambda one: replace(one, parameters={**one.parameters, "languages": ["../../x"]}),
    "nothing stood": lambda one: replace(one, inputs=()),
    "something else stood": lambda one: replace(one, inputs=("0" * 64, *one.inputs[1:])),
}


@pytest.mark.parametrize("what", FORGED_PAGES, ids=lambda name: name.replace(" ", "-"))
def test_a_forged_publication_does_not_hold(whole: Bundle, what: str) -> None:
    files, leaves = whole
    (index,) = [one for one, leaf in leaves.items() if isinstance(leaf, Claim) and leaf.about == PUBLICATION]
    changed, anew = forged((files, {index: leaves[index]}), statement=FORGED_PAGES[what])
    before = {one: leaf for one, leaf in leaves.items() if one < index}
    one = next(one for one in rederive(changed, {**before, **anew}) if one.claim.about == PUBLICATION)
    assert one.outcome != HOLDS


def test_another_version_of_the_program(whole: Bundle) -> None:
    """The same result holds whoever derived it; another one says that the program was another."""
    older: Callable[[Statement], Statement] = lambda one: replace(one, code="kuager 0.0.1+00")  # noqa: E731
    bundle = only(whole, EPISODE, 0)
    assert judged(forged(bundle, statement=older)).outcome == HOLDS
    one = judged(forged(bundle, statement=older, result=_changed(level="confirmed")))
    assert (one.outcome, one.note.template) == (NOT_CHECKED, OTHER_CODE)
    assert one.note.facts == {"name": one.claim.name, "code": "kuager 0.0.1+00", "here": code_version()}


def test_a_result_that_is_not_in_the_bundle(whole: Bundle) -> None:
    files, leaves = only(whole, STANDING, 0)
    _, claim = claim_in((files, leaves))
    del (less := Held(files))[layout.result_path(claim.output.removeprefix("sha256:"))]
    one = judged((less, leaves))
    assert (one.outcome, one.note.template) == (NOT_CHECKED, NO_RESULT)


def _with(**parameters: Any) -> Callable[[Statement], Statement]:
    return lambda one: replace(one, parameters={**one.parameters, **parameters})


def _without(name: str) -> Callable[[Statement], Statement]:
    return lambda one: replace(one, parameters={key: said for key, said in one.parameters.items() if key != name})


FORGED_STATEMENTS: dict[str, Callable[[Statement], Statement]] = {
    "another window": _with(to="2022-01-12T00:00:00Z"),
    "another place": _with(places=["UZ"]),
    "no place": _with(places=[]),
    "no such place": _with(places=["Atlantis"]),
    "no window": _without("from"),
    "no time": _with(**{"from": "yesterday"}),
    "read as something else": _with(**{"read-as": ["ioda-api KZ"]}),
    "read as nothing known": _with(**{"read-as": ["../../x KZ"]}),
    "read as nothing": _with(**{"read-as": []}),
    "read as too much": _with(**{"read-as": ["series KZ", "series KZ"]}),
    "a number": _with(**{"read-as": 7}),
    "no inputs": lambda one: replace(one, inputs=(), parameters={**one.parameters, "read-as": []}),
    "another derivation": lambda one: replace(one, name="observe"),
    "unknown derivation": lambda one: replace(one, name="oracle"),
}


@pytest.mark.parametrize("what", FORGED_STATEMENTS, ids=lambda name: name.replace(" ", "-"))
def test_a_forged_statement_does_not_lead_to_the_result(whole: Bundle, what: str) -> None:
    one = judged(forged(only(whole, EPISODE, 0), statement=FORGED_STATEMENTS[what]))
    assert one.outcome == FAILS


def test_inputs_of_which_no_entry_speaks(whole: Bundle) -> None:
    bundle = only(whole, EPISODE, 0)
    one = judged((bundle[0], dict([claim_in(bundle)])))
    assert (one.outcome, one.note.template) == (NOT_CHECKED, NOT_HERE)


def test_a_statement_writes_nowhere(whole: Bundle, tmp_path: Path) -> None:
    """Names of objects that a stranger made up are no paths."""
    target = tmp_path / "planted"
    hostile = _with(**{"asked-for-flagged": [str(target), "../" * 9 + "tmp/planted-by-a-bundle"]})
    one = judged(forged(only(whole, EPISODE, 0), statement=hostile))
    assert one.outcome == HOLDS, "no object of that name answered anything"
    assert not target.with_suffix(".json").exists()
    assert not list(tmp_path.iterdir())
    assert not Path("/tmp/planted-by-a-bundle.json").exists()  # noqa: S108 - where it would have been written


def test_a_forger_with_keys_of_their_own(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is signed anew and hangs together, and yet it is not what the bytes say."""
    monkeypatch.setenv("KUAGER_KEYS", str(tmp_path / "forger"))
    shutil.copytree(case.path, tmp_path / "kz")
    shutil.rmtree(tmp_path / "kz" / "evidence" / "log")
    shutil.rmtree(tmp_path / "kz" / "evidence" / "claims")
    forger = open_case(tmp_path / "kz")
    listed = versions.current(forger)
    assert listed is not None
    ((name, _),) = listed.episodes.items()
    version = forger.episodes / f"{name}.json"
    version.write_bytes(_changed(level="confirmed")(version.read_bytes()))
    anew = msgspec.structs.replace(listed, episodes={name: sha256(version.read_bytes())})
    data = msgspec.json.encode(anew)
    (forger.episodes / versions.CURRENT_FILE).write_bytes(data)
    (forger.episodes / versions.STOOD.format(digest=sha256(data))).write_bytes(data)
    for path in (forger.path / "evidence" / "derivations").glob("*.json"):
        record = msgspec.json.decode(path.read_bytes())
        if record["name"] == "detect":
            path.write_bytes(path.read_bytes().replace(record["output"].encode(), b"sha256:" + sha256(data).encode()))
    detect_case(open_case(forger.path))
    found = list(rederive(*bundled(forger, tmp_path / "out")))
    script = ["sh", str(tmp_path / "out" / "verify.sh")]
    assert subprocess.run(script, check=False, capture_output=True, timeout=120).returncode == 0
    assert {one.claim.about for one in found if one.outcome == FAILS} == {EPISODE, STANDING}
    assert {one.note.template for one in found if one.outcome == FAILS} == {DIFFERS}
    assert {one.claim.about for one in found if one.outcome == HOLDS} == {TABLE, VERDICTS}
