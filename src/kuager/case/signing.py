"""Whose keys sign for whoever runs Kuager on this machine, and where they lie."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kuager.case.manners import settings_file

LOG, CUSTODIAN = "log", "custodian"


def keys_folder() -> Path:
    """Where private keys are: ``KUAGER_KEYS``, else the folder ``keys`` beside the settings."""
    named = os.environ.get("KUAGER_KEYS", "")
    return Path(named) if named else settings_file().parent / "keys"


def signing_key(passphrase: bytes | None) -> tuple[Ed25519PrivateKey, bool]:
    path = keys_folder() / "log.tmp.pem"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return key, False
