"""What each step enters into the log of a case, also when it was killed, and when there is no key to sign with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.case.two_signals import BACK, CUT, LATER, SIGNALS, measurements, series, small_case
from tests.evidence.private.crashes import dies
from tests.playing import settings
from tests.playing.ioda import answer as ioda
from tests.serving import Asked, Reply, serving

from kuager.case import versions
from kuager.case.adding import add_bytes
from kuager.case.collecting import collect_case
from kuager.case.detecting import detect_case
from kuager.case.folder import Case, new_case, open_case
from kuager.case.manners import read_manners
from kuager.case.proving import EPISODE, PUBLICATION, STANDING, TABLE, VERDICTS
from kuager.case.publishing import publish_case
from kuager.case.reading import hashes_of_tables
from kuager.case.settings import Settings
from kuager.case.signing import log_key
from kuager.case.verdicts import up_to_date_verdicts
from kuager.errors import CodecError
from kuager.evidence.keys.events import Reason, Role, check_event
from kuager.evidence.keys.ring import Ring
from kuager.evidence.leaves import Claim, CustodyEvent, Gap, KeyEvent, Observation, Retraction
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.note import verified
from kuager.evidence.objects import sha256
from kuager.evidence.statements import Statement
from kuager.model.time import parse_utc

STEPS: dict[str, Callable[[Case], object]] = {
    "add": lambda case: add_bytes(case, series((CUT, BACK)), "a.csv", "series", None),
    "add measurements": lambda case: add_bytes(case, measurements(), "b.jsonl", "ooni", None),
    "detect": detect_case,
    "publish": publish_case,
}


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ring:
    """The keys of this test alone."""
    folder = tmp_path / "keys"
    monkeypatch.setenv("KUAGER_KEYS", str(folder))
    return Ring(folder)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A case that went through every step; nobody may write to it."""
    case = small_case(tmp_path_factory.mktemp("whole") / "kz")
    for step in STEPS.values():
        step(case)
    return case


@pytest.fixture
def case(whole: Case, tmp_path: Path) -> Case:
    """A copy of that case."""
    return copied(whole, tmp_path)


def copied(case: Case, to: Path) -> Case:
    shutil.copytree(case.path, to / "kz")
    return open_case(to / "kz")


def leaves(case: Case) -> list[object]:
    return [entry.leaf for entry in open_case(case.path).proving.log.entries()]


def claimed(case: Case, about: str) -> dict[str, str]:
    """The newest output of each thing by its name, after its statement was read."""
    found = {}
    for leaf in leaves(case):
        if isinstance(leaf, Claim) and leaf.about == about:
            digest = leaf.statement.removeprefix("sha256:")
            data = (case.proving.statements / f"{digest}.json").read_bytes()
            assert sha256(data) == digest
            assert leaf.output.removeprefix("sha256:") in Statement.parse(data).subjects.values()
            found[leaf.name] = leaf.output.removeprefix("sha256:")
    return found


def assert_whole(case: Case) -> None:
    """Everything that the case holds is entered with the hash that it has, and signed."""
    records = case.records.all()
    received = [leaf for leaf in leaves(case) if isinstance(leaf, Observation)]
    assert sorted((one.object, one.media, one.place) for one in received) == sorted(
        (record.object, record.kind, record.place) for record in records
    )
    for one in received:
        assert len(case.objects.get(one.object.removeprefix("sha256:"))) == one.size
    assert {one.object.removeprefix("sha256:") for one in received} == set(case.objects)
    assert claimed(case, TABLE) == hashes_of_tables(case)
    with case.writing("test"):
        assert claimed(case, VERDICTS) == up_to_date_verdicts(case)
    listed = versions.current(case)
    assert listed is not None
    assert set(claimed(case, EPISODE).values()) == set(listed.episodes.values())
    for name, digest in listed.episodes.items():
        assert sha256((case.episodes / f"{name}.json").read_bytes()) == digest
    assert claimed(case, STANDING) == {STANDING: sha256((case.episodes / versions.CURRENT_FILE).read_bytes())}
    log = LogFolder(case.proving.log.folder)
    log.check()
    assert log.unsigned == 0
    note = log.checkpoint
    assert note is not None
    assert verified(note, [log_key(log)]) == (log_key(log),)


def test_everything_is_entered_with_its_hash(whole: Case) -> None:
    assert_whole(whole)
    assert len(whole.records.all()) == 2
    assert set(claimed(whole, TABLE)) >= set(SIGNALS)
    assert len(claimed(whole, VERDICTS)) == 1
    assert len(claimed(whole, EPISODE)) == 1
    assert claimed(whole, PUBLICATION) == {"MANIFEST.sha256": sha256((whole.public / "MANIFEST.sha256").read_bytes())}


def test_a_claim_names_what_it_was_derived_from(whole: Case) -> None:
    received = [record.digest for record in whole.records.all()]
    (episode,) = [leaf for leaf in leaves(whole) if isinstance(leaf, Claim) and leaf.about == EPISODE]
    digest = episode.statement.removeprefix("sha256:")
    statement = Statement.parse((whole.proving.statements / f"{digest}.json").read_bytes())
    assert statement.inputs == tuple(received)
    assert statement.parameters["read-as"] == ["series KZ", "ooni KZ"]
    assert statement.subjects == {f"{episode.name}.v1": episode.output.removeprefix("sha256:")}
    assert episode.event is not None
    assert (episode.event.start, episode.event.end) == ("2022-01-12T06:00:00Z", "2022-01-13T12:00:00Z")


def test_the_same_again_enters_nothing(case: Case) -> None:
    before = leaves(case)
    for step in STEPS.values():
        step(open_case(case.path))
    assert leaves(case) == before


def test_what_changed_is_claimed_again_and_names_what_it_replaces(case: Case) -> None:
    before = {entry.leaf.name: entry for entry in case.proving.log.entries() if isinstance(entry.leaf, Claim)}
    add_bytes(case, series((CUT, LATER), seed=2, signals=SIGNALS[:1]), "c.csv", "series", None)
    fresh = [leaf for leaf in leaves(case)[len(before) :] if isinstance(leaf, Claim)]
    (table,) = [one for one in fresh if one.about == TABLE and one.name == SIGNALS[0] and one.replaces]
    assert table.replaces == (before[SIGNALS[0]].hash,)
    assert all(one.name != SIGNALS[1] or not one.replaces for one in fresh), "what did not change is not said again"


def _add_another(case: Case) -> object:
    return add_bytes(case, series((CUT, LATER), seed=2), "c.csv", "series", None)


@pytest.mark.slow
def test_a_killed_step_is_made_good_by_the_next(case: Case, tmp_path: Path) -> None:
    """Killed before calls to the system that are spread over each step: storing, recording, entering, signing."""
    points: dict[Callable[[Case], object], tuple[int, ...]] = {
        _add_another: (12, 40, 70, 82, 106),
        detect_case: (13, 18, 51, 83),
        publish_case: (100,),
    }
    for step, kills in points.items():
        for at in kills:
            killed = copied(case, tmp_path / f"{step.__name__}-{at}")
            assert dies(lambda killed=killed, step=step: step(killed), at)  # type: ignore[misc]
            (detect_case if step is _add_another else step)(open_case(killed.path))
            if step is not _add_another or killed.records.all()[2:]:
                assert_whole(open_case(killed.path))
            assert not [leaf for leaf in leaves(killed) if isinstance(leaf, Retraction)]
        step(open_case(case.path))
    assert_whole(open_case(case.path))


def test_a_step_that_was_killed_between_its_result_and_its_claim(case: Case, tmp_path: Path) -> None:
    """The tables stand, and the log does not speak of them: whatever step comes next claims them."""
    log = copied(case, tmp_path / "before")
    add_bytes(case, series((CUT, LATER), seed=2), "c.csv", "series", None)
    for name in ("log", "claims"):
        shutil.rmtree(case.path / "evidence" / name)
        shutil.copytree(log.path / "evidence" / name, case.path / "evidence" / name)
    detect_case(open_case(case.path))
    assert_whole(open_case(case.path))


def test_a_file_that_cannot_be_read_leaves_no_entry(case: Case) -> None:
    before = leaves(case), set(case.objects)
    with pytest.raises(CodecError):
        add_bytes(case, b"neither time nor value\n1,2\n", "d.csv", "series", None)
    assert (leaves(case), set(case.objects)) == before


def test_what_the_log_speaks_of_stays_when_a_step_fails_after_it(case: Case) -> None:
    statements = case.proving.statements
    away = statements.rename(case.path / "elsewhere")
    statements.write_text("no folder: claims cannot be written")
    with pytest.raises(NotADirectoryError):
        add_bytes(case, series((CUT, LATER), seed=2), "c.csv", "series", None)
    statements.unlink()
    away.rename(statements)
    detect_case(open_case(case.path))
    assert_whole(open_case(case.path))


@pytest.mark.parametrize("following", [detect_case, STEPS["add measurements"]], ids=["detect", "add"])
def test_a_case_from_before_the_log_is_entered_whole(case: Case, following: Callable[[Case], object]) -> None:
    for name in ("log", "claims"):
        shutil.rmtree(case.path / "evidence" / name)
    following(open_case(case.path))
    detect_case(open_case(case.path))
    assert_whole(open_case(case.path))


def _locked(ring: Ring) -> None:
    ring.new(Role.LOG, "log.example", "a passphrase")


def _revoked(ring: Ring) -> None:
    ring.new(Role.LOG, "log.example")
    ring.revoke(Role.LOG, Reason.COMPROMISED)


def _open_to_others(ring: Ring) -> None:
    ring.new(Role.LOG, "log.example")
    next(ring.folder.glob("*.pem")).chmod(0o644)


def _custodian_open_to_others(ring: Ring) -> None:
    ring.new(Role.CUSTODIAN, "desk@example.org")
    (ring.folder / "custodian.json").chmod(0o644)


def _folder_open_to_others(ring: Ring) -> None:
    ring.folder.mkdir(mode=0o755)


def _no_folder(ring: Ring) -> None:
    ring.folder.write_text("a file where a folder should be")


def _below_a_file(ring: Ring) -> None:
    ring.folder.write_text("")
    os.environ["KUAGER_KEYS"] = str(ring.folder / "keys")  # put back by the fixture


@pytest.mark.parametrize(
    "spoilt",
    [
        _locked,
        _revoked,
        _open_to_others,
        _custodian_open_to_others,
        _folder_open_to_others,
        _no_folder,
        _below_a_file,
    ],
)
def test_without_a_key_that_signs_everything_is_entered_all_the_same(
    tmp_path: Path, ring: Ring, spoilt: Callable[[Ring], None]
) -> None:
    spoilt(ring)
    case = small_case(tmp_path / "kz")
    STEPS["add"](case)
    log = LogFolder(case.proving.log.folder)
    assert claimed(case, TABLE) == hashes_of_tables(case)
    assert (log.signed_size, log.unsigned) == (0, len(leaves(case)))
    assert case.proving.log.locked is not None
    assert str(tmp_path) not in str(case.proving.log.locked)


def test_what_a_locked_key_left_is_signed_when_it_is_opened(tmp_path: Path, ring: Ring) -> None:
    _locked(ring)
    case = small_case(tmp_path / "kz")
    STEPS["add"](case)
    with case.proving.log.writing():
        assert not case.proving.log.sign("another passphrase")
        assert case.proving.log.sign("a passphrase")
    log = LogFolder(case.proving.log.folder)
    assert (log.unsigned, case.proving.log.locked) == (0, None)


def test_a_key_that_is_replaced_in_the_middle(tmp_path: Path, ring: Ring) -> None:
    case = small_case(tmp_path / "kz")
    STEPS["add"](case)
    first = log_key(LogFolder(case.proving.log.folder))
    ring.rotate(Role.LOG)
    detect_case(open_case(case.path))
    log = LogFolder(case.proving.log.folder)
    second = log_key(log)
    assert second.public != first.public
    assert log.head.origin == first.name == second.name
    for number, (size, note) in enumerate(log.checkpoints.items()):
        assert verified(note, [first, second]) == ((first, second)[number],), size
    told = [leaf for leaf in leaves(case) if isinstance(leaf, KeyEvent)]
    assert [one.event for one in told] == ["new", "rotate"]
    for one in told:
        check_event(one)
    assert_whole(open_case(case.path))


@pytest.fixture
def collecting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Case, Callable[..., object]]]:
    """An empty case, and what collects for it from IODA as the server plays it, or fails where it is told to."""
    monkeypatch.setattr("kuager.case.collection.LEAD_DAYS", 1)  # so that the many answers are small
    faults: dict[str, Reply] = {}

    def answering(asked: Asked) -> Reply:
        return next((reply for part, reply in faults.items() if part in asked.path), ioda(asked))

    window = parse_utc("2022-01-04"), parse_utc("2022-01-04", end_of_day=True)
    case = new_case(tmp_path / "kz", Settings("", ("KZ",), *window, ("en",)))
    with serving(answering) as server:
        file = tmp_path / "settings.toml"
        file.write_text(settings(server.address))

        def collect(**replies: Reply) -> object:
            faults.clear()
            faults.update({name.replace("_", "/"): reply for name, reply in replies.items()})
            return collect_case(open_case(case.path), ("ioda",), read_manners(file))

        yield case, collect


def test_what_a_source_sends_is_entered_before_it_is_read(collecting: tuple[Case, Callable[..., object]]) -> None:
    case, collect = collecting
    page = b"<!DOCTYPE html><title>Back soon</title>"
    collect(outages_alerts=Reply(page))
    received = {leaf.object: leaf for leaf in leaves(case) if isinstance(leaf, Observation)}
    unread = received[f"sha256:{sha256(page)}"]
    assert unread.media.startswith("ioda"), "as what it was taken for: nobody had read it yet"
    assert (unread.source, unread.custodian) == ("ioda", "collector")
    assert {one.removeprefix("sha256:") for one in received} == set(case.objects)
    events = [leaf for leaf in leaves(case) if isinstance(leaf, CustodyEvent)]
    assert [one.event for one in events] == ["collection-began", "collection-ended"]
    assert events[0].what == "ioda"
    before = len(leaves(case))
    collect(outages_alerts=Reply(page))
    fresh = leaves(case)[before:]
    assert [type(leaf) for leaf in fresh] == [CustodyEvent, CustodyEvent], "nothing new came"


def test_an_answer_is_in_the_log_when_whoever_reads_it_dies(collecting: tuple[Case, Callable[..., object]]) -> None:
    """Killed at many moments: an object may be there without an entry, never a record; the next one tells the gap."""
    case, collect = collecting
    assert dies(collect, 150)
    entered = {leaf.object for leaf in leaves(case) if isinstance(leaf, Observation)}
    assert {record.object for record in case.records.all()} <= entered
    assert not [leaf for leaf in leaves(case) if isinstance(leaf, Gap)]
    collect()
    (gap,) = [leaf for leaf in leaves(case) if isinstance(leaf, Gap)]
    assert gap.start <= gap.end <= gap.known
    detect_case(open_case(case.path))
    received = {leaf.object.removeprefix("sha256:") for leaf in leaves(case) if isinstance(leaf, Observation)}
    assert received <= set(case.objects)
    assert claimed(case, TABLE) == hashes_of_tables(case)
    assert LogFolder(case.proving.log.folder).unsigned == 0
    collect()
    assert len([leaf for leaf in leaves(case) if isinstance(leaf, Gap)]) == 1
