"""What is known of the keys of one role, and may be shown to anybody: the file ``<role>.json`` beside the private keys.

One file holds all keys that the role ever had and what the log was told of them, so that replacing a key is one change.
"""

from __future__ import annotations

import hashlib

import msgspec

from kuager.errors import EvidenceError, KeyUnusable, UsageError, message
from kuager.evidence import base64_text
from kuager.evidence.keys.allowed_signers import NAME, AllowedSigner
from kuager.evidence.keys.events import NOTE_KINDS, Body, Reason, Role
from kuager.evidence.keys.public_key import KEY_BYTES, fingerprint, spoken, ssh_line
from kuager.evidence.note import VerifierKey
from kuager.model.time import parse_utc

LARGEST = 4 * 1024 * 1024


class Revocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when on a key proves nothing, and why."""

    since: str
    reason: Reason


class KeyRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A public key: whose, since when, and what became of it. ``public`` is base 64 of the bare 32 bytes.

    ``replaced_by`` is the fingerprint of the next key; ``fingerprint`` is the key's own, for whoever reads the file.
    """

    role: Role
    name: str
    public: str
    fingerprint: str
    made: str
    replaced: str | None = None
    replaced_by: str = ""
    revoked: Revocation | None = None

    @property
    def public_bytes(self) -> bytes:
        """The key itself."""
        return base64_text.decode(self.public)

    @property
    def standing(self) -> bool:
        """Whether it is the one that signs now."""
        return self.replaced is None and self.revoked is None

    @property
    def verifier(self) -> VerifierKey | None:
        """The key as notes know it; None for a custodian's, which signs no notes."""
        kind = NOTE_KINDS.get(self.role)
        return None if kind is None else VerifierKey(self.name, kind, self.public_bytes)

    @property
    def text(self) -> str:
        """The key in one line: a vkey, or the line of OpenSSH for a custodian."""
        return self.verifier.text if self.verifier else ssh_line(self.public_bytes)

    @property
    def spoken(self) -> str:
        """The fingerprint to be read aloud."""
        return spoken(self.public_bytes)

    @property
    def file(self) -> str:
        """The name of the file of the private key."""
        return f"{self.role.value}-{hashlib.sha256(self.public_bytes).hexdigest()[:16]}.pem"

    @property
    def until(self) -> str | None:
        """When it could be used last: until it was replaced, or from when on it is revoked, whichever came first."""
        ends = [end for end in (self.replaced, self.revoked.since if self.revoked else None) if end]
        return min(ends, default=None)

    def signer(self, namespace: str) -> AllowedSigner | None:
        """Whoever holds the key as a signer of one purpose; None when the key never was good at any time."""
        after, before = parse_utc(self.made), parse_utc(self.until) if self.until else None
        if before is not None and before <= after:
            return None
        return AllowedSigner((self.name,), self.public_bytes, (namespace,), after, before)


class RoleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All keys of a role, oldest first, and what happened to them, in order."""

    keys: tuple[KeyRecord, ...] = ()
    events: tuple[Body, ...] = ()

    @property
    def standing(self) -> KeyRecord | None:
        """The key that signs now."""
        return next((key for key in self.keys if key.standing), None)

    def encode(self) -> bytes:
        """The file."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


def read_records(data: bytes, role: Role) -> RoleFile:
    """Read the file of a role.

    Raises:
        KeyUnusable: it is not what was written.
    """
    try:
        found = msgspec.json.decode(data, type=RoleFile)
        sound = all(_is_sound(key, role) for key in found.keys)
    except (msgspec.DecodeError, EvidenceError, UsageError, UnicodeError, RecursionError) as error:
        raise damaged(f"{role.value}.json") from error
    fingerprints = {key.fingerprint for key in found.keys}
    if not sound or len(fingerprints) != len(found.keys) or sum(key.standing for key in found.keys) > 1:
        raise damaged(f"{role.value}.json")
    return found


def checked_name(name: str, role: Role) -> str:
    """A name that a key of that role can have.

    Raises:
        UsageError: it cannot stand where it would have to.
    """
    if not NAME.fullmatch(name) or len(name.encode()) > 255 or ("+" in name and role in NOTE_KINDS):
        raise UsageError(
            message("“{name}” cannot be the name of a key."),
            meaning=message("It stands in every signature and in files of other programs, for everybody to read."),
            remedy=message(
                "Name the role or the organisation, never a person: letters, digits, and . - / : @ in between."
            ),
            name=name,
        )
    return name


def damaged(file: str) -> KeyUnusable:
    """The error of a file in the folder of keys that is not what was written there."""
    return KeyUnusable(
        message("The file {file} in the folder of keys is not what Kuager wrote."),
        meaning=message("It was changed or damaged; nothing is signed with a key that is not certain."),
        remedy=message(
            "Bring it back from a copy of the folder; else set the folder aside, begin with new keys, and say so "
            "where the old fingerprints were published."
        ),
        file=file,
    )


def _is_sound(key: KeyRecord, role: Role) -> bool:
    public = key.public_bytes
    for time in (key.made, key.replaced, key.until):
        parse_utc(time or key.made)
    return (
        key.role == role
        and len(public) == KEY_BYTES
        and key.fingerprint == fingerprint(public)
        and checked_name(key.name, role) == key.name
    )
