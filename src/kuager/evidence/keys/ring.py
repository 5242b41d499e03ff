"""The ring: a folder that holds a key of Ed25519 for each role, and never one for two.

    <role>.json              public: the keys that the role had, what became of them, what the log is told of it
    <role>-<16 hex>.pem      private, one for each key, open or locked by a passphrase (locked_pem.py)

Promises. A key is whole on disk before anything names it, and is never written over or removed. The file of a role
changes in one step: a crash leaves the keys as they were before a change, or as they are after it, and at worst a
private key that nothing names. Nothing is read from a folder or a file that others could have read or changed. What has
to be told to the log is kept with the keys, so that no crash between the ring and a log can lose it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kuager.errors import KeyUnusable, UsageError, message
from kuager.evidence import base64_text
from kuager.evidence.bundle.layout import CUSTODIAN
from kuager.evidence.keys import locked_pem, private_files
from kuager.evidence.keys.allowed_signers import AllowedSigner
from kuager.evidence.keys.events import Body, Reason, Role, event_body
from kuager.evidence.keys.public_key import fingerprint, public_of
from kuager.evidence.keys.records import LARGEST, KeyRecord, Revocation, RoleFile, checked_name, damaged, read_records
from kuager.model.time import format_utc, parse_utc

NAMES = {Role.LOG: "log.kuager.invalid", Role.CUSTODIAN: CUSTODIAN, Role.WITNESS: "witness.kuager.invalid"}
"""What keys are called when nothing is said: a role, in a domain that nobody can have (RFC 2606)."""


def open_ring(folder: Path) -> Ring:
    """The ring in a folder, which need not be there yet.

    Raises:
        KeyUnusable: the folder is open to others, a link, or somebody else's.
    """
    private_files.check_private_folder(folder)
    return Ring(folder)


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys in a folder. Every call reads what is there now; changes wait for those of other processes.

    All of its methods raise :class:`KeyUnusable` when the folder or a file in it is open to others, or is damaged.
    """

    folder: Path

    def records(self, role: Role | None = None) -> tuple[KeyRecord, ...]:
        """All public keys, or those of a role, oldest first."""
        return tuple(key for one in self._roles(role) for key in one.keys)

    def events(self, role: Role | None = None) -> tuple[Body, ...]:
        """All that a log has to be told, or what concerns a role, in order."""
        return tuple(event for one in self._roles(role) for event in one.events)

    def public(self, role: Role) -> KeyRecord:
        """The public key that signs now.

        Raises:
            KeyUnusable: there is none, or it was revoked and none took its place.
        """
        found = self._read(role)
        if found.standing is None:
            raise _revoked(role) if found.keys else _missing(role)
        if any(key.public == found.standing.public for key in self.records() if key.role != role):
            raise damaged(_file(role))  # somebody gave one key two roles
        return found.standing

    def locked(self, role: Role) -> bool:
        """Whether the key that signs now needs a passphrase."""
        return locked_pem.is_locked(self._pem(self.public(role)))

    def signer(self, role: Role, passphrase: str | None = None) -> Ed25519PrivateKey:
        """The private key that signs now.

        Raises:
            KeyUnusable: there is none, or it is locked and the passphrase is missing or another.
        """
        return self._private(self.public(role), passphrase)

    def signers(self, namespace: str) -> tuple[AllowedSigner, ...]:
        """The custodian's keys, earlier ones too, as OpenSSH's list of who may sign for a purpose, and when."""
        every = (key.signer(namespace) for key in self.records(Role.CUSTODIAN))
        return tuple(one for one in every if one is not None)

    def ensure(self, role: Role, name: str) -> Body | None:
        """See that a role has a key: without a passphrase, made the first time. The event if it is new, else None.

        A role whose key was revoked gets none by itself: somebody has to know of it.

        Raises:
            UsageError: the name cannot be that of a key.
        """
        if self._read(role).keys:
            return None
        with self._writing():
            if self._read(role).keys:
                return None
            return self._make(role, name, None)

    def new(self, role: Role, name: str, passphrase: str | None = None) -> Body:
        """Make a key for a role that has none that could sign; locked if there is a passphrase.

        Raises:
            UsageError: the role has a key, or the name cannot be that of one.
        """
        with self._writing():
            standing = self._read(role).standing
            if standing is not None:
                raise UsageError(
                    message("There is a key for {role} already: {fingerprint}."),
                    remedy=message("kuager keys rotate puts another in its place, signed by both."),
                    role=role.value,
                    fingerprint=standing.fingerprint,
                )
            return self._make(role, name, passphrase)

    def rotate(self, role: Role, passphrase: str | None = None, new_passphrase: str | None = None) -> Body:
        """Put a new key in the place of the one that signs now, signed for by both; the old one stays to verify.

        Raises:
            KeyUnusable: there is no key, or it is locked and the passphrase is missing or another.
        """
        with self._writing():
            old, since = self.public(role), _now()
            signer, fresh = self._private(old, passphrase), Ed25519PrivateKey.generate()
            record = _record(role, old.name, fresh, since)
            body = event_body(
                "rotate",
                role,
                record.text,
                record.public_bytes,
                since,
                replaces=old.fingerprint,
                signers=(signer, fresh),
            )
            replaced = msgspec.structs.replace(old, replaced=since, replaced_by=record.fingerprint)
            self._add(role, record, fresh, new_passphrase, body, replaced)
            return body

    def revoke(self, role: Role, reason: Reason, since: datetime | None = None, which: str = "") -> Body:
        """Declare that a key proves nothing from a moment on, now if none is given.

        Args:
            role: of the key.
            reason: why.
            since: from when on.
            which: the fingerprint of the key, also an earlier one; the one that signs now when left out.

        Raises:
            KeyUnusable: there is no such key.
            UsageError: the moment is before the key was made, or to come, or after that of an earlier revocation.
        """
        with self._writing():
            found = self._read(role)
            key = next((one for one in found.keys if one.fingerprint == which), None) if which else self.public(role)
            if key is None:
                raise KeyUnusable(
                    message("No key for {role} has the fingerprint {fingerprint}."),
                    remedy=message("kuager keys list shows all of them."),
                    role=role.value,
                    fingerprint=which,
                )
            moment = _checked_moment(key, since or datetime.now(UTC))
            body = event_body("revoke", role, key.text, key.public_bytes, moment, reason=reason.value)
            revoked = msgspec.structs.replace(key, revoked=Revocation(moment, reason))
            self._write(role, _with(found, (revoked,), body))
            return body

    def _make(self, role: Role, name: str, passphrase: str | None) -> Body:
        private, since = Ed25519PrivateKey.generate(), _now()
        record = _record(role, checked_name(name, role), private, since)
        body = event_body("new", role, record.text, record.public_bytes, since, signers=(private,))
        self._add(role, record, private, passphrase, body)
        return body

    def _add(
        self,
        role: Role,
        record: KeyRecord,
        private: Ed25519PrivateKey,
        passphrase: str | None,
        body: Body,
        *changed: KeyRecord,
    ) -> None:
        """First the private key, then, in one step, all that names it."""
        private_files.write_new_private(self.folder / record.file, locked_pem.encode(private, passphrase or ""))
        self._write(role, _with(self._read(role), (*changed, record), body))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        private_files.make_private_folder(self.folder)
        with private_files.writing_alone(self.folder):
            yield

    def _write(self, role: Role, records: RoleFile) -> None:
        private_files.replace_private(self.folder / _file(role), records.encode())

    def _roles(self, role: Role | None) -> Iterator[RoleFile]:
        return (self._read(one) for one in ((role,) if role else tuple(Role)))

    def _read(self, role: Role) -> RoleFile:
        private_files.check_private_folder(self.folder)
        data = private_files.read_private(self.folder / _file(role), LARGEST)
        return RoleFile() if data is None else read_records(data, role)

    def _pem(self, key: KeyRecord) -> bytes:
        data = private_files.read_private(self.folder / key.file, locked_pem.LARGEST)
        if data is None:
            raise KeyUnusable(
                message("The private key {file} is missing from the folder of keys."),
                meaning=message("Nothing can be signed with it; what it signed can still be verified."),
                remedy=message("Bring it back from a copy, or revoke it as lost and make a new one."),
                file=key.file,
            )
        return data

    def _private(self, key: KeyRecord, passphrase: str | None) -> Ed25519PrivateKey:
        data = self._pem(key)
        locked = locked_pem.is_locked(data)
        if locked and not passphrase:
            raise KeyUnusable(
                message("The key for {role} is locked, and no passphrase was given."),
                remedy=message("Enter it when asked, or name a file that holds it with KUAGER_PASSPHRASE_FILE."),
                role=key.role.value,
            )
        private = locked_pem.decode(data, passphrase or "")
        if private is None and locked:
            raise KeyUnusable(
                message("The passphrase does not open the key for {role}."),
                meaning=message("It is another one, or the file of the key is damaged."),
                remedy=message("Try again; if it is forgotten, revoke the key as lost and make a new one."),
                role=key.role.value,
            )
        if private is None or public_of(private) != key.public_bytes:
            raise damaged(key.file)
        return private


def _file(role: Role) -> str:
    return f"{role.value}.json"


def _record(role: Role, name: str, private: Ed25519PrivateKey, since: str) -> KeyRecord:
    public = public_of(private)
    return KeyRecord(role, name, base64_text.encode(public), fingerprint(public), since)


def _with(found: RoleFile, changed: tuple[KeyRecord, ...], body: Body) -> RoleFile:
    """The file with changed and added keys and one more event."""
    keys = {key.fingerprint: key for key in (*found.keys, *changed)}
    return RoleFile(tuple(keys.values()), (*found.events, body))


def _now() -> str:
    return format_utc(datetime.now(UTC))


def _checked_moment(key: KeyRecord, since: datetime) -> str:
    moment = format_utc(since)
    latest = min(_now(), key.revoked.since) if key.revoked else _now()
    if not parse_utc(key.made) <= parse_utc(moment) <= parse_utc(latest):
        raise UsageError(
            message("The key cannot be revoked from {time} on."),
            meaning=message("It was made at {made}, and can be revoked up to {latest}, not later."),
            time=moment,
            made=key.made,
            latest=latest,
        )
    return moment


def _missing(role: Role) -> KeyUnusable:
    return KeyUnusable(
        message("There is no key for {role}."),
        remedy=message("Make one: kuager keys new --role {role}"),
        role=role.value,
    )


def _revoked(role: Role) -> KeyUnusable:
    return KeyUnusable(
        message("The key for {role} was revoked, and no other took its place."),
        remedy=message("Make one: kuager keys new --role {role}"),
        role=role.value,
    )
