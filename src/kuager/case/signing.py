"""Whose keys sign for whoever runs Kuager on this machine, and where they lie."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kuager.case.manners import settings_file
from kuager.evidence.keys.events import Role
from kuager.evidence.keys.ring import NAMES, open_ring


def keys_folder() -> Path:
    """Where private keys are: ``KUAGER_KEYS``, else the folder ``keys`` beside the settings."""
    named = os.environ.get("KUAGER_KEYS", "")
    return Path(named) if named else settings_file().parent / "keys"


def signing_key(passphrase: bytes | None) -> tuple[Ed25519PrivateKey, bool]:
    """The key that signs logs, made without a passphrase the first time, and whether it is new.

    Raises:
        KeyUnusable: it is locked and the passphrase is missing or another, or it was revoked, or is open to others.
    """
    ring = open_ring(keys_folder())
    new = ring.ensure(Role.LOG, NAMES[Role.LOG]) is not None
    return ring.signer(Role.LOG, passphrase.decode() if passphrase else None), new
