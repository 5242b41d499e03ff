"""Whose keys sign for whoever runs Kuager on this machine, and where they lie."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kuager.case.manners import settings_file
from kuager.errors import KeyUnusable, message
from kuager.evidence.keys.events import Role
from kuager.evidence.keys.ring import NAMES, open_ring
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.note import ED25519, VerifierKey


def keys_folder() -> Path:
    """Where private keys are: ``KUAGER_KEYS``, else the folder ``keys`` beside the settings."""
    named = os.environ.get("KUAGER_KEYS", "")
    return Path(named) if named else settings_file().parent / "keys"


@contextmanager
def _folder_of_keys() -> Iterator[Path]:
    """The folder of keys, on a disk that may refuse to be read or written."""
    try:
        yield keys_folder()
    except OSError as error:
        raise KeyUnusable(
            message("The folder of keys cannot be read or written: {reason}."),
            remedy=message("Mend that, or name another folder in KUAGER_KEYS; then run: kuager stamp CASE."),
            reason=error.strerror or type(error).__name__,
        ) from error


def signing_key(passphrase: str | None) -> tuple[Ed25519PrivateKey, bool]:
    """The key that signs logs, made without a passphrase the first time, and whether it is new.

    Raises:
        KeyUnusable: it is locked and the passphrase is missing or another, or it was revoked, or is open to others.
    """
    with _folder_of_keys() as folder:
        ring = open_ring(folder)
        new = ring.ensure(Role.LOG, NAMES[Role.LOG]) is not None
        return ring.signer(Role.LOG, passphrase), new


def custodian_key(passphrase: str | None) -> Ed25519PrivateKey:
    """The key that signs bundles, made without a passphrase the first time.

    Raises:
        KeyUnusable: as :func:`signing_key`.
    """
    with _folder_of_keys() as folder:
        ring = open_ring(folder)
        ring.ensure(Role.CUSTODIAN, NAMES[Role.CUSTODIAN])
        return ring.signer(Role.CUSTODIAN, passphrase)


def log_key(log: LogFolder) -> VerifierKey:
    """The key that signed the newest head of a log.

    Raises:
        KeyUnusable: it is not on this machine, or nothing is signed yet.
    """
    note = log.checkpoint
    for record in open_ring(keys_folder()).records(Role.LOG) if note is not None else ():
        key = VerifierKey(log.head.origin, ED25519, record.public_bytes)
        if note is not None and any(line.is_of(key) for line in note.signatures):
            return key
    raise KeyUnusable(
        message("The log is signed by no key that is on this machine."),
        remedy=message("Run: kuager stamp CASE. It is signed with your key then."),
    )
