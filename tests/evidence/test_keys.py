"""The ring of keys: who may read it, what becomes of keys, what a crash leaves, and what is published of them."""

from __future__ import annotations

import errno
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kuager.errors import KeyUnusable, ProofRefused, UsageError
from kuager.evidence.keys import allowed_signers
from kuager.evidence.keys.events import NAMESPACE, Body, Reason, Role, check_event, statement
from kuager.evidence.keys.locked_pem import encode as private_pem
from kuager.evidence.keys.public_key import pem, public_of, spoken
from kuager.evidence.keys.published import published_form
from kuager.evidence.keys.records import read_records
from kuager.evidence.keys.ring import Ring, open_ring
from kuager.evidence.keys.ssh_signature import sign, verify
from kuager.evidence.leaves import KeyEvent, encode_leaf, read_leaf

NAME = "kuager.example/log"
CUSTODIAN = "custodian@kuager.invalid"
PURPOSE = "shutdown-evidence"
DAY = timedelta(days=1)
CHANGES = ("open", "mkdir", "link", "unlink", "rename", "replace", "fsync")


@pytest.fixture
def ring(tmp_path: Path) -> Ring:
    return open_ring(tmp_path / "config" / "kuager" / "keys")


def logged(body: Body) -> KeyEvent:
    """The event as the log gives it back."""
    leaf = read_leaf(encode_leaf(msgspec.convert({**body, "known": body["since"]}, KeyEvent)))
    assert isinstance(leaf, KeyEvent)
    return leaf


def test_a_fresh_machine_gets_a_key_once(ring: Ring) -> None:
    event = ring.ensure(Role.LOG, NAME)
    assert event is not None
    assert ring.ensure(Role.LOG, NAME) is None
    key = ring.public(Role.LOG)
    assert event["fingerprint"] == key.fingerprint
    assert public_of(ring.signer(Role.LOG)) == key.public_bytes
    assert not ring.locked(Role.LOG)
    assert ring.events() == (event,)


def test_processes_that_want_a_key_at_once_get_the_same(ring: Ring) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: open_ring(ring.folder).ensure(Role.LOG, NAME), range(8)))
    assert sum(event is not None for event in made) == len(ring.records()) == 1


def test_nobody_else_can_read_the_keys_whatever_the_umask(ring: Ring) -> None:
    before = os.umask(0)
    try:
        ring.ensure(Role.LOG, NAME)
        ring.rotate(Role.LOG)
    finally:
        os.umask(before)
    assert ring.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in ring.folder.iterdir()} == {0o600}
    assert len(list(ring.folder.iterdir())) == 3


def test_no_two_roles_share_a_key(ring: Ring) -> None:
    for role in Role:
        ring.ensure(role, CUSTODIAN)
    assert len({key.public for key in ring.records()}) == len(Role)
    log = (ring.folder / "log.json").read_bytes().replace(b'"role": "log"', b'"role": "witness"')
    (ring.folder / "witness.json").write_bytes(log)
    with pytest.raises(KeyUnusable):
        ring.signer(Role.WITNESS)


def test_a_new_key_takes_the_place_of_an_old_one_signed_by_both(ring: Ring, tmp_path: Path) -> None:
    ring.ensure(Role.LOG, NAME)
    old = ring.public(Role.LOG)
    event = ring.rotate(Role.LOG)
    new, (replaced, _) = ring.public(Role.LOG), ring.records(Role.LOG)
    assert (event["replaces"], event["fingerprint"]) == (old.fingerprint, new.fingerprint)
    assert (replaced.replaced_by, replaced.replaced) == (new.fingerprint, event["since"])
    assert public_of(ring.signer(Role.LOG)) == new.public_bytes
    check_event(logged(event))
    for number, key in enumerate((old, new)):
        (tmp_path / "signature").write_text(event["signatures"][number])
        words = ["ssh-keygen", "-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(tmp_path / "signature")]
        said = subprocess.run(words, input=statement(event), capture_output=True, check=True).stdout
        assert key.fingerprint.encode() in said


@pytest.mark.parametrize("role", Role)
def test_events_go_into_the_log_and_can_be_checked_there(ring: Ring, role: Role) -> None:
    ring.new(role, CUSTODIAN)
    ring.rotate(role)
    ring.revoke(role, Reason.LOST)
    ring.new(role, CUSTODIAN)
    assert [event["event"] for event in ring.events(role)] == ["new", "rotate", "revoke", "new"]
    for event in ring.events(role):
        check_event(logged(event))


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("event", "new"), ("event", "removed"), ("role", "custodian"), ("role", "witness"), ("role", "king"),
        ("since", "2026-01-01T00:00:00Z"), ("replaces", "SHA256:" + "A" * 43), ("replaces", ""), ("reason", "lost"),
        ("fingerprint", "SHA256:" + "A" * 43), ("signatures", ()),
    ],
)  # fmt: skip
def test_an_event_that_was_changed_is_refused(ring: Ring, field: str, said: object) -> None:
    ring.ensure(Role.LOG, NAME)
    leaf = logged(ring.rotate(Role.LOG))
    with pytest.raises(ProofRefused):
        check_event(msgspec.structs.replace(leaf, **{field: said}))


def test_an_event_needs_both_signatures(ring: Ring) -> None:
    ring.ensure(Role.LOG, NAME)
    leaf = logged(ring.rotate(Role.LOG))
    stranger = sign(statement(ring.events()[-1]), Ed25519PrivateKey.generate(), NAMESPACE).decode()
    first, second = leaf.signatures
    for signatures in ((first,), (second,), (first, first), (first, stranger), (first, second, stranger)):
        with pytest.raises(ProofRefused):
            check_event(msgspec.structs.replace(leaf, signatures=signatures))


def test_a_revoked_key_signs_nothing_and_is_not_replaced_silently(ring: Ring) -> None:
    ring.ensure(Role.LOG, NAME)
    event = ring.revoke(Role.LOG, Reason.COMPROMISED)
    assert (event["event"], event["reason"]) == ("revoke", "compromised")
    assert ring.ensure(Role.LOG, NAME) is None
    for use in (ring.public, ring.signer, ring.locked, ring.rotate):
        with pytest.raises(KeyUnusable, match="revoked"):
            use(Role.LOG)
    ring.new(Role.LOG, NAME)
    assert [key.standing for key in ring.records(Role.LOG)] == [False, True]


def test_an_earlier_key_can_be_revoked_too_and_the_present_one_goes_on(ring: Ring) -> None:
    ring.ensure(Role.LOG, NAME)
    old = ring.public(Role.LOG)
    ring.rotate(Role.LOG)
    ring.revoke(Role.LOG, Reason.COMPROMISED, which=old.fingerprint)
    assert ring.records(Role.LOG)[0].revoked is not None
    assert ring.signer(Role.LOG)
    with pytest.raises(KeyUnusable, match="fingerprint"):
        ring.revoke(Role.LOG, Reason.LOST, which="SHA256:none")


def test_a_revocation_has_a_time_that_can_be(ring: Ring) -> None:
    ring.ensure(Role.LOG, NAME)
    now = datetime.now(UTC)
    for moment in (now - DAY, now + DAY):
        with pytest.raises(UsageError, match="cannot be revoked from"):
            ring.revoke(Role.LOG, Reason.LOST, moment)
    assert ring.public(Role.LOG).standing


def test_a_role_has_one_key_at_a_time(ring: Ring) -> None:
    ring.new(Role.WITNESS, NAME)
    with pytest.raises(UsageError, match="already"):
        ring.new(Role.WITNESS, NAME)
    for use in (ring.public, ring.signer, ring.rotate):
        with pytest.raises(KeyUnusable, match="no key"):
            use(Role.CUSTODIAN)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "*@kuager.invalid", "-a", 'a"b', "a,b", "x" * 256, "a\nb"])
def test_names_that_other_programs_would_misread_are_refused(ring: Ring, name: str) -> None:
    with pytest.raises(UsageError):
        ring.ensure(Role.LOG, name)
    assert ring.records() == ()


def test_a_locked_key_opens_with_its_passphrase_only(ring: Ring) -> None:
    ring.new(Role.CUSTODIAN, CUSTODIAN, "сөз тіркесі")
    assert ring.locked(Role.CUSTODIAN)
    with pytest.raises(KeyUnusable, match="locked"):
        ring.signer(Role.CUSTODIAN)
    with pytest.raises(KeyUnusable, match="does not open"):
        ring.signer(Role.CUSTODIAN, "another")
    key = ring.public(Role.CUSTODIAN)
    assert public_of(ring.signer(Role.CUSTODIAN, "сөз тіркесі")) == key.public_bytes
    words = ["openssl", "pkey", "-in", str(ring.folder / key.file), "-passin", "pass:сөз тіркесі", "-pubout"]
    assert subprocess.run(words, capture_output=True, check=True).stdout == pem(key.public_bytes)


def _link(path: Path) -> None:
    path.rename(path.parent.parent / "elsewhere")
    path.symlink_to(path.parent.parent / "elsewhere")


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def _plain_file(folder: Path) -> None:
    folder.rename(folder.parent / "elsewhere")
    folder.write_bytes(b"")


def _exchange(key: Path) -> None:
    key.write_bytes(private_pem(Ed25519PrivateKey.generate()))


def _other_public_key(record: Path) -> None:
    record.write_text(re.sub('"public": "..', '"public": "__', record.read_text()))


Spoil = Callable[[Path, Path, Path], None]
SPOILT: dict[str, Spoil] = {
    "folder open to the group": lambda folder, _, __: folder.chmod(0o750),
    "folder open to others": lambda folder, _, __: folder.chmod(0o701),
    "folder a link": lambda folder, _, __: _link(folder),
    "folder a file": lambda folder, _, __: _plain_file(folder),
    "record open to others": lambda _, record, __: record.chmod(0o604),
    "record a link": lambda _, record, __: _link(record),
    "record cut off": lambda _, record, __: os.truncate(record, 300),
    "record of another key": lambda _, record, __: _other_public_key(record),
    "record of nothing": lambda _, record, __: os.truncate(record, 0),
    "key open to the group": lambda _, __, key: key.chmod(0o640),
    "key a link": lambda _, __, key: _link(key),
    "key a pipe": lambda _, __, key: _pipe(key),
    "key lost": lambda _, __, key: key.unlink(),
    "key cut off": lambda _, __, key: os.truncate(key, 60),
    "key too large": lambda _, __, key: os.truncate(key, 1 << 30),
    "key exchanged": lambda _, __, key: _exchange(key),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_what_others_could_have_read_or_changed_is_not_used(ring: Ring, spoil: Spoil) -> None:
    ring.ensure(Role.LOG, NAME)
    spoil(ring.folder, ring.folder / "log.json", ring.folder / ring.public(Role.LOG).file)
    with pytest.raises(KeyUnusable) as refused:
        open_ring(ring.folder).signer(Role.LOG)
    told = refused.value.diagnostics()
    assert str(ring.folder.parent) not in f"{told.happened}{told.meaning}{told.remedy}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("name", [".", "log.json", "*.pem"])
def test_what_belongs_to_somebody_else_is_not_used(ring: Ring, name: str) -> None:
    ring.ensure(Role.LOG, NAME)
    os.chown(next(ring.folder.glob(name)) if name != "." else ring.folder, 65534, -1)
    with pytest.raises(KeyUnusable, match="belongs to somebody else"):
        open_ring(ring.folder).signer(Role.LOG)


@given(st.binary(max_size=300))
def test_any_bytes_are_records_or_refused(data: bytes) -> None:
    with pytest.raises(KeyUnusable):
        read_records(b'{"keys":[' + data, Role.LOG)


class _Killed(BaseException):
    """The process is gone: from here on it does nothing any more."""


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, at: int, fault: str) -> Iterator[None]:
    """Let the ``at``-th change of files fail: killed before or after it (nothing happens from then on), or refused."""
    seen: list[str] = []

    def failing_call(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            if fault != "refused" and len(seen) >= at + (fault == "after"):
                raise _Killed
            seen.append(name)
            if fault == "refused" and len(seen) - 1 == at and name != "unlink":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            done = real(*given, **named)
            if fault == "after" and len(seen) - 1 == at:
                raise _Killed
            return done

        return call

    with monkeypatch.context() as patched:
        for name in CHANGES:
            patched.setattr(os, name, failing_call(name, getattr(os, name)))
        yield


OPERATIONS: dict[str, Callable[[Ring], object]] = {
    "ensure": lambda ring: ring.ensure(Role.WITNESS, NAME),
    "rotate": lambda ring: ring.rotate(Role.LOG),
    "revoke": lambda ring: ring.revoke(Role.LOG, Reason.LOST),
}


@pytest.mark.parametrize("fault", ["before", "after", "refused"])
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_a_crash_anywhere_leaves_the_old_keys_or_the_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: Callable[[Ring], object], fault: str
) -> None:
    outcomes = set()
    for at in range(100):
        ring = open_ring(tmp_path / str(at) / "keys")
        ring.ensure(Role.LOG, NAME)
        before = ring.records(), ring.events()
        stopped = True
        with failing(monkeypatch, at, fault):
            try:
                operation(ring)
                stopped = False
            except (_Killed, OSError):
                pass
        after = ring.records(), ring.events()
        changed = after != before
        outcomes.add(changed)
        assert len(after[1]) - len(before[1]) == changed
        assert all(public_of(ring.signer(key.role)) == key.public_bytes for key in after[0] if key.standing)
        if fault == "refused" or not stopped:
            assert not list(ring.folder.glob(".tmp-*"))
        ring.ensure(Role.CUSTODIAN, CUSTODIAN)
        assert not list(ring.folder.glob(".tmp-*"))
        if not stopped:
            break
    assert outcomes == {False, True}
    assert at >= 8


def test_the_list_of_signers_holds_earlier_keys_as_long_as_they_held(ring: Ring, tmp_path: Path) -> None:
    ring.ensure(Role.CUSTODIAN, CUSTODIAN)
    signature = sign(b"bag", ring.signer(Role.CUSTODIAN), PURPOSE)
    made = datetime.fromisoformat(ring.public(Role.CUSTODIAN).made)
    (signer,) = ring.signers(PURPOSE)
    assert verify(b"bag", signature, [signer], PURPOSE, made, CUSTODIAN) == signer
    (tmp_path / "signature").write_bytes(signature)
    (tmp_path / "allowed").write_bytes(allowed_signers.encode(ring.signers(PURPOSE)))
    words = ["ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", CUSTODIAN, "-n", PURPOSE, "-s", "signature"]
    assert subprocess.run(words, cwd=tmp_path, input=b"bag", capture_output=True, check=False).returncode == 0
    key = msgspec.structs.replace(ring.public(Role.CUSTODIAN), replaced="2999-01-01T00:00:00Z")
    earlier = key.signer(PURPOSE)
    assert earlier is not None
    assert earlier.valid_before == datetime(2999, 1, 1, tzinfo=UTC)
    assert msgspec.structs.replace(key, replaced=key.made).signer(PURPOSE) is None


@pytest.mark.parametrize("role", Role)
def test_what_is_published_can_be_compared_with_what_other_programs_show(
    ring: Ring, tmp_path: Path, role: Role
) -> None:
    ring.ensure(role, CUSTODIAN)
    key = ring.public(role)
    form = published_form(key)
    (text,) = re.findall('TXT "(.*)"$', form.dns)
    assert len(text) <= 255
    assert f"fp={key.fingerprint}" in text
    assert max(map(len, form.card.splitlines())) <= 78
    assert key.spoken == spoken(key.public_bytes)
    for name in ("log.vkey", "witness-NAME.vkey"):
        (tmp_path / name).write_text(key.text + "\n")
    (tmp_path / "allowed_signers").write_bytes(allowed_signers.encode(ring.signers(PURPOSE)))
    commands = [line for line in form.card.splitlines() if "|" in line]
    shown = [subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, check=True) for line in commands]
    told = "".join(form.card.split())
    for one in shown:
        digits = re.findall("[0-9a-f]{64}|SHA256:[A-Za-z0-9+/]{43}", one.stdout.decode())
        assert len(digits) == 1
        assert digits[0] in told
    assert commands
