"""Records on disk: private, whole after a crash, and erased for good without breaking a proof."""

from __future__ import annotations

import itertools
import os
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.evidence.private.crashes import dies

from kuager.errors import EvidenceError, KeyUnusable, ProofRefused
from kuager.evidence.leaves import encode_leaf, read_leaf
from kuager.evidence.merkle import leaf_hash, root, verify_inclusion
from kuager.evidence.private.commitments import Record, Value, commit, read_opening
from kuager.evidence.private.contributors import contribute
from kuager.evidence.private.folder import destroy, keep, keep_instead, make_private
from kuager.evidence.private.records import KeptRecord, redaction, to_destroy

FIELDS: dict[str, Value] = {"name": "Aru", "phone": "+7 701 000 00 00", "saw": "the router lights went out"}
NOW = datetime(2022, 1, 6, tzinfo=UTC)


def test_a_record_is_kept_and_read_again(tmp_path: Path) -> None:
    record, kept = commit(FIELDS), KeptRecord(tmp_path / "record")
    kept.keep(record)
    kept.keep(record)
    assert kept.record() == record
    with pytest.raises(EvidenceError, match="Another record"):
        kept.keep(commit(FIELDS))


def test_nobody_else_can_read_it_whatever_the_umask_and_no_file_has_a_telling_time(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        KeptRecord(tmp_path / "record").keep(commit(FIELDS))
    finally:
        os.umask(before)
    paths = [tmp_path / "record", *(tmp_path / "record").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o700, 0o600}
    assert {path.stat().st_mtime for path in paths if path.is_file() and not path.name.startswith(".")} == {0}


def test_a_folder_that_is_open_to_others_or_is_a_link_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("elsewhere")
    (tmp_path / "file").write_bytes(b"")
    for name in ("open", "link", "file"):
        with pytest.raises(KeyUnusable, match="open to others") as caught:
            make_private(tmp_path / name)
        assert str(tmp_path) not in str(caught.value.diagnostics())


def test_files_are_named_by_their_own_hash(tmp_path: Path) -> None:
    KeptRecord(tmp_path / "record").keep(commit(FIELDS))
    folder = tmp_path / "record" / "disclosures"
    lines = subprocess.run(["sh", "-c", "sha256sum *"], cwd=folder, check=True, capture_output=True, text=True).stdout
    assert len(lines.splitlines()) == len(FIELDS)
    assert all(line.split()[0] == line.split()[1] for line in lines.splitlines())


def test_an_erased_field_is_gone_and_every_proof_still_holds(tmp_path: Path) -> None:
    record, contribution = contribute(FIELDS)
    kept = KeptRecord(tmp_path / "record")
    kept.keep(record)
    leaf = contribution.leaf(0)
    log = [leaf_hash(leaf), leaf_hash(b"another")]
    opening = record.open(["saw", "phone"])

    entry = redaction(leaf_hash(leaf), kept.record(), ["name", "phone"], "The person asked for it.", NOW)
    logged = encode_leaf(entry)
    assert read_leaf(logged) == entry
    log.append(leaf_hash(logged))
    assert b"Aru" not in logged
    assert b"phone" not in logged
    kept.destroy(to_destroy(entry))
    kept.destroy(to_destroy(entry))

    left = kept.record()
    assert [one.name for one in left.disclosures] == ["saw"]
    assert left.root == record.root == contribution.root
    assert read_opening(left.open(["saw"]), contribution.root) == {"saw": FIELDS["saw"]}
    assert read_opening(opening, contribution.root)["phone"] == FIELDS["phone"], "what was opened before stays true"
    verify_inclusion(0, 3, leaf_hash(leaf), [log[1], log[2]], root(log))
    with pytest.raises(EvidenceError, match="no field name"):
        redaction(leaf_hash(leaf), left, ["name"], "again", NOW)
    remains = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for erased in ("name", "phone"):
        assert record.disclosure(erased).text.encode() not in remains


def test_the_bytes_are_overwritten_before_the_name_goes(tmp_path: Path) -> None:
    make_private(tmp_path / "private")
    path = tmp_path / "private" / "secret"
    keep(path, b"secret" * 400_000, dated=0)
    with path.open("rb") as still_open:
        destroy(path)
        assert not still_open.read().strip(b"\0")
    assert not path.exists()
    destroy(path)
    keep_instead(path, b"one", dated=5)
    keep_instead(path, b"two", dated=7)
    assert (path.read_bytes(), path.stat().st_mtime) == (b"two", 7)
    assert not keep(path, b"three", dated=9)
    assert [one.name for one in path.parent.iterdir()] == ["secret"]


@pytest.mark.parametrize(("names", "reason"), [([], "x"), (["name"], ""), (["name"], "a\nb"), (["name"], "x" * 1001)])
def test_a_redaction_names_fields_and_a_reason(names: list[str], reason: str) -> None:
    with pytest.raises(EvidenceError, match="at least one field"):
        redaction(bytes(32), commit(FIELDS), names, reason, NOW)


def test_nothing_is_destroyed_for_a_redaction_of_another_record(tmp_path: Path) -> None:
    record, kept = commit(FIELDS), KeptRecord(tmp_path / "record")
    kept.keep(record)
    with pytest.raises(ProofRefused, match="does not have"):
        kept.destroy([record.disclosure("name").commitment, commit(FIELDS).commitments[0]])
    assert kept.record() == record


def test_damage_is_noticed(tmp_path: Path) -> None:
    record, kept = commit(FIELDS), KeptRecord(tmp_path / "record")
    kept.keep(record)
    file = tmp_path / "record" / "disclosures" / record.disclosure("name").commitment.hex()
    text = file.read_bytes()
    for damaged in (b"", b"\xff", text[:-1], commit({"name": "Aru"}).disclosure("name").text.encode(), text + b"\n"):
        file.write_bytes(damaged)
        with pytest.raises(ProofRefused):
            kept.record()
    file.write_bytes(text)
    commitments = tmp_path / "record" / "commitments"
    lines = commitments.read_bytes()
    for damaged in (b"", lines[:-1], lines.upper(), lines[65:] + lines[:65], lines * 2, b"\xff" * len(lines)):
        commitments.write_bytes(damaged)
        with pytest.raises(ProofRefused):
            kept.record()


def test_a_crash_at_any_call_keeps_the_record_or_nothing_and_erases_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    record = commit(FIELDS)
    erased = record.disclosure("name")
    for at in itertools.count(1):
        folder = tmp_path / str(at)
        kept = KeptRecord(folder)

        def work(kept: KeptRecord = kept) -> None:
            kept.keep(record)
            kept.destroy([erased.commitment])

        died = dies(work, at)
        if (folder / "commitments").exists():
            kept.destroy([erased.commitment])
            files = [path for path in folder.rglob("*") if path.is_file()]
            assert not any(path.name.startswith(".tmp-") or erased.text.encode() in path.read_bytes() for path in files)
        kept.keep(Record(record.commitments, tuple(one for one in record.disclosures if one != erased)))
        kept.destroy([erased.commitment])
        assert [one.name for one in kept.record().disclosures] == ["phone", "saw"]
        if not died:
            break
    assert at > 30
