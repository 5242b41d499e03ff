"""The demand log: what is sealed, what is told of it, and what happens when keys, files or people fail."""

from __future__ import annotations

import shutil
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.case.demand_log import (
    COPY,
    FILE_NAME,
    LATER,
    NOW,
    RECIPIENTS,
    SAID,
    SECRETS,
    STRANGERS,
    added,
    case_with_log,
    enter_batch,
    identity_file,
)

from kuager.accountability.demands import Decision, Gag
from kuager.case import clock, demand_writing
from kuager.case.contributing import kept, reveal
from kuager.case.demand_writing import add_demand, open_demand, update_demand
from kuager.case.demands import Harm, opened_fields, read_demands, reading
from kuager.case.folder import Case
from kuager.errors import EvidenceError, KeyUnusable, KuagerError, UsageError
from kuager.evidence.leaves import Contribution
from kuager.evidence.private.commitments import read_opening
from kuager.evidence.private.parcels import pack, unpack
from kuager.model.time import to_epoch


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return case_with_log(tmp_path / "kz")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return identity_file(tmp_path, 0)


def told(error: KuagerError) -> str:
    said = error.diagnostics()
    return f"{said.happened} {said.meaning} {said.remedy}"


def files(case: Case) -> list[Path]:
    return sorted((case.path / "evidence" / "private" / "demands").glob("*.age"))


def test_what_entries_say_together_is_the_demand_and_each_stays(case: Case, key: Path, tmp_path: Path) -> None:
    copy = tmp_path / FILE_NAME
    copy.write_bytes(COPY)
    name = add_demand(case, SAID, [copy], RECIPIENTS, NOW).demand
    changes = {"executed": "2022-01-05T11:00Z", "decision": "complied", "note": ""}
    update_demand(case, name, changes, [copy], (), key, NOW)
    log = read_demands(case, key)
    (demand,) = log.demands
    assert (demand.id, demand.authority, demand.kind) == (name, SAID["authority"], "cut")
    assert (demand.received, demand.executed) == ("2022-01-05T10:30:00Z", "2022-01-05T11:00:00Z")
    assert (demand.decision, demand.note, demand.copies) == (Decision.COMPLIED, "", 2)
    first, second = log.entries
    assert first.fields["note"] == SAID["note"], "what was sealed first is still there"
    assert set(second.fields) == {*changes, "number", "original"}, "and what was not said again is not in the second"
    assert [one.logged for one in log.entries] == [None, None]
    enter_batch(case, NOW)
    numbers = {one.logged for one in read_demands(case, key).entries}
    assert numbers <= {entry.index for entry in case.proving.log.entries() if isinstance(entry.leaf, Contribution)}
    assert len(numbers) == 2


def test_both_recipients_read_it_and_nobody_else(case: Case, tmp_path: Path) -> None:
    name = added(case)
    for number in (0, 1):
        assert [one.id for one in read_demands(case, identity_file(tmp_path, number)).demands] == [name]
    log = read_demands(case, identity_file(tmp_path, 2))
    assert (log.demands, log.entries, len(log.closed)) == ((), (), 1)


def test_demands_contributions_and_dummies_cannot_be_told_apart_in_the_log(case: Case) -> None:
    for _ in range(3):
        added(case)
    enter_batch(case, NOW)
    leaves = [entry.leaf for entry in case.proving.log.entries() if isinstance(entry.leaf, Contribution)]
    assert len(leaves) == 4, "three demands and a dummy fill a batch"
    assert {one.known for one in leaves} == {f"{NOW:%Y-%m-%dT%H}:00:00Z"}
    assert kept(case) == [], "nothing of a demand is among what can be revealed without an identity"


def test_nothing_is_in_the_clear_and_no_file_tells_a_time(case: Case, tmp_path: Path, key: Path) -> None:
    copy = tmp_path / FILE_NAME
    copy.write_bytes(COPY)
    name = add_demand(case, SAID, [copy], RECIPIENTS, NOW).demand
    update_demand(case, name, {"note": SAID["note"]}, [], (), key, NOW)
    enter_batch(case, NOW)
    for path in case.path.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        for secret in (*SECRETS, name):
            assert secret not in path.name
            assert secret.encode() not in data
        assert COPY not in data
    private = case.path / "evidence" / "private"
    assert {path.stat().st_mtime for path in (private, *private.rglob("*"))} == {0}
    assert all(stat.S_IMODE(path.stat().st_mode) in {0o700, 0o600} for path in (private, *private.rglob("*")))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"authority": ""}, "It is not said of the demand: authority."),
        ({"received": ""}, "It is not said of the demand: received."),
        ({"received": "unknown"}, "It is not said of the demand: received."),
        ({"received": "2999-01-01"}, "“received” lies in the future."),
        ({"received": "yesterday"}, "“received” is not a date or a time with its zone."),
        ({"executed": "2022-01-05T10:00Z"}, "“executed” would come before “received”."),
        ({"challenged": "2022-01-04"}, "“challenged” would come before “received”."),
        (
            {"executed": "2022-01-06T10:00Z", "ended": "2022-01-06T09:00Z"},
            "“ended” would come before “executed”.",
        ),
        ({"ended": "2022-01-06T09:00Z"}, "A demand that was not executed cannot have ended."),
        ({"gag": "content"}, "A gag needs the law that orders it."),
        ({"kind": "explode"}, "“kind” is none of its words."),
        ({"places": ["Narnia"]}, "“places” holds the code of no place."),
        ({"networks": ["KZ"]}, "“networks” takes the numbers of networks"),
        ({"colour": "red"}, "A demand has no field “colour”."),
        ({"note": "a\x1b[2J"}, "“note” is not text that can be sealed."),
        ({"note": ["a"]}, "“note” is not text that can be sealed."),
        ({"services": [{"a": "b"}]}, "“services” is not text that can be sealed."),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_sealed(case: Case, said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        added(case, **said)
    assert sentence in told(refused.value)
    assert not any(secret in told(refused.value) for secret in SECRETS)
    assert files(case) == []


def test_a_gag_may_end_in_the_future_and_a_day_is_no_contradiction(case: Case, key: Path) -> None:
    added(case, executed="2022-01-05", gag="existence", gag_basis=LAW_OF_GAG, gag_until="2999-01-01")
    (demand,) = read_demands(case, key).demands
    assert (demand.gag, demand.gag_until) == (Gag.EXISTENCE, "2999-01-01")


LAW_OF_GAG = "Law on State Secrets, article 1"


@pytest.mark.parametrize(
    ("recipients", "sentence"),
    [
        ((), "It is not said for whom the demand log is sealed."),
        (RECIPIENTS[:1], "An original is sealed for 2 to 8 recipients, not 1."),
        ((RECIPIENTS[0], RECIPIENTS[0]), "A recipient is named twice."),
        ((RECIPIENTS[0], "AGE-SECRET-KEY-1QQQ"), "A recipient is not an X25519 key of age."),
    ],
)
def test_whoever_cannot_read_it_is_refused_and_not_repeated(
    case: Case, recipients: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(KeyUnusable) as refused:
        add_demand(case, SAID, [], recipients, NOW)
    assert sentence in told(refused.value)
    assert "AGE-SECRET-KEY" not in told(refused.value)
    assert files(case) == []
    assert case.entrusted.recipients() == ()


def test_recipients_are_known_later_and_others_take_their_place_from_then_on(case: Case, tmp_path: Path) -> None:
    first = added(case)
    second = add_demand(case, SAID, [], (), NOW).demand
    third = add_demand(case, SAID, [], STRANGERS, NOW).demand
    fourth = add_demand(case, SAID, [], (), NOW).demand
    theirs = {one.id for one in read_demands(case, identity_file(tmp_path, 0)).demands}
    others = {one.id for one in read_demands(case, identity_file(tmp_path, 2)).demands}
    assert (theirs, others) == ({first, second}, {third, fourth})


def test_a_clock_behind_the_log_seals_nothing(case: Case) -> None:
    added(case)
    enter_batch(case, NOW)
    with pytest.raises(KuagerError) as refused:
        added(case, NOW - timedelta(hours=2))
    assert "is behind the last entry of the log" in told(refused.value)
    assert len(files(case)) == 1


def test_of_two_who_change_a_demand_at_once_the_second_is_told(
    case: Case, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first seals while the second still checks what it says."""
    name = added(case)

    def while_the_other_seals(*_: object) -> None:
        monkeypatch.setattr(demand_writing, "check_clock", clock.check_clock)
        update_demand(case, name, {"decision": "refused"}, [], (), key, NOW)

    monkeypatch.setattr(demand_writing, "check_clock", while_the_other_seals)
    with pytest.raises(EvidenceError) as refused:
        update_demand(case, name, {"decision": "complied"}, [], (), key, NOW)
    assert "Somebody wrote to the demand log meanwhile." in told(refused.value)
    assert "Nothing of yours was sealed, and nothing is lost." in told(refused.value)
    (demand,) = read_demands(case, key).demands
    assert demand.decision is Decision.REFUSED
    assert len(files(case)) == 2


def test_an_update_of_nothing_and_of_nobodys_demand_is_refused(case: Case, key: Path) -> None:
    name = added(case)
    with pytest.raises(UsageError) as refused:
        update_demand(case, name, {}, [], (), key, NOW)
    assert "There is nothing to seal." in told(refused.value)
    with pytest.raises(UsageError) as refused:
        update_demand(case, "d-000000000000", {"note": "x"}, [], (), key, NOW)
    assert name in told(refused.value)


def test_what_was_changed_renamed_or_slipped_in_is_named_and_the_rest_is_shown(
    case: Case, key: Path, tmp_path: Path
) -> None:
    for _ in range(3):
        added(case)
    other = case_with_log(tmp_path / "other")
    added(other)
    enter_batch(case, NOW)
    changed, renamed, whole = files(case)
    data = bytearray(changed.read_bytes())
    data[-1] ^= 1
    changed.write_bytes(data)
    renamed.rename(renamed.with_stem("0" * 64))
    (slipped_in,) = files(other)
    shutil.copy(slipped_in, changed.parent)
    read = reading(case, key.read_text())
    assert {one.name: one.harm for one in read.harmed} == {
        changed.stem: Harm.CHANGED,
        "0" * 64: Harm.RENAMED,
        slipped_in.stem: Harm.NOT_COMMITTED,
    }
    assert [one.root.hex() for one in read.log.entries] == [whole.stem]
    assert set(read.log.damaged) == {bytes.fromhex(one.stem) for one in (changed, renamed, slipped_in)}
    (harmed,) = [one for one in read.harmed if one.harm is Harm.CHANGED]
    assert harmed.logged is not None, "its commitment stays in the log"


def test_fields_are_opened_in_the_entry_whose_value_stands(case: Case, key: Path) -> None:
    name = added(case)
    update_demand(case, name, {"decision": "refused"}, [], (), key, NOW)
    with pytest.raises(EvidenceError) as refused:
        open_demand(case, name, ["decision"], key, NOW)
    assert "is not in the log yet" in told(refused.value)
    enter_batch(case, NOW)
    opened = open_demand(case, name, ["kind", "decision"], key, LATER)
    assert sorted(one.fields for one in opened) == [("decision", "demand"), ("demand", "kind")]
    assert {(one.demand, one.field, one.value) for one in opened_fields(case)} == {
        (name, "decision", "refused"),
        (name, "kind", "cut"),
    }
    for one in opened_fields(case):
        opening = case.entrusted.openings()[one.root.hex()]
        assert read_opening(opening, one.root)[one.field] == one.value
        assert case.proving.log.entries()[one.entry].leaf.commit == f"sha256:{one.root.hex()}"  # type: ignore[union-attr]
    open_demand(case, name, ["received"], key, LATER)
    assert {one.field for one in opened_fields(case)} == {"decision", "kind", "received"}, "what was open stays open"
    with pytest.raises(EvidenceError):
        open_demand(case, name, ["colour"], key, LATER)


@pytest.mark.parametrize("until", ["", "2999-01-01"])
def test_under_a_gag_nothing_is_opened_until_it_is_sealed_that_it_is_over(case: Case, key: Path, until: str) -> None:
    name = added(case, gag="content", gag_basis=LAW_OF_GAG, gag_until=until)
    enter_batch(case, NOW)
    with pytest.raises(KuagerError) as refused:
        open_demand(case, name, ["kind"], key, LATER)
    assert "still runs" in told(refused.value)
    assert case.entrusted.openings() == {}
    update_demand(case, name, {"gag": "none"}, [], (), key, LATER)
    open_demand(case, name, ["kind"], key, LATER)
    assert [one.field for one in opened_fields(case)] == ["kind"]


def test_a_gag_ends_with_its_last_day(case: Case, key: Path) -> None:
    name = added(case, gag="content", gag_basis=LAW_OF_GAG, gag_until="2022-02-01")
    enter_batch(case, NOW)
    open_demand(case, name, ["gag_until"], key, LATER)
    assert [one.value for one in opened_fields(case)] == ["2022-02-01"]


def test_an_entry_that_cannot_be_read_might_hold_a_gag_and_keeps_all_closed(
    case: Case, key: Path, tmp_path: Path
) -> None:
    """Unless what holds now was sealed after it."""
    name = add_demand(case, SAID, [], RECIPIENTS, NOW).demand
    gagged = {"gag": "existence", "gag_basis": LAW_OF_GAG}
    update_demand(case, name, gagged, [], STRANGERS, key, NOW)
    enter_batch(case, NOW)
    with pytest.raises(EvidenceError) as refused:
        open_demand(case, name, ["kind"], key, LATER)
    assert "Entries that cannot be read may say more of this demand, such as that a gag runs: 1." in told(refused.value)
    update_demand(case, name, {"gag": "none"}, [], RECIPIENTS, key, LATER)
    enter_batch(case, LATER)
    open_demand(case, name, ["kind"], key, LATER + timedelta(hours=1))
    assert [one.field for one in opened_fields(case)] == ["kind"]


def test_a_demand_whose_first_entry_is_lost_is_not_made_up(case: Case, key: Path) -> None:
    name = added(case)
    update_demand(case, name, {"decision": "refused"}, [], (), key, NOW)
    root = read_demands(case, key).entries[0].root.hex()
    (case.path / "evidence" / "private" / "demands" / f"{root}.age").unlink()
    log = read_demands(case, key)
    assert (log.demands, log.incomplete, len(log.entries)) == ((), (name,), 1)
    with pytest.raises(UsageError) as refused:
        update_demand(case, name, {"note": "x"}, [], (), key, NOW)
    assert "It is not said of the demand: authority, kind, received." in told(refused.value)
    update_demand(case, name, SAID, [], (), key, NOW)
    assert [one.decision for one in read_demands(case, key).demands] == [Decision.REFUSED]


def test_a_file_that_is_no_identity_is_refused(case: Case, tmp_path: Path) -> None:
    (tmp_path / "no.key").write_text("ssh-ed25519 AAAA\n")
    with pytest.raises(KeyUnusable):
        read_demands(case, tmp_path / "no.key")


def test_what_a_source_calls_a_demand_is_none_of_the_operators(case: Case, key: Path) -> None:
    parcel = unpack(
        pack([], {"demand": "d-000000000000", "kind": "cut", "consent": "public"}, RECIPIENTS), key.read_text()
    )
    added(case)
    case.entrusted.receive(parcel, case.proving.log, to_epoch(NOW))
    enter_batch(case, NOW)
    (entry,) = kept(case)
    reveal(case, entry.index, ["demand", "kind"])
    assert len(case.entrusted.openings()) == 1
    assert opened_fields(case) == ()
    assert len(read_demands(case, key).demands) == 1
