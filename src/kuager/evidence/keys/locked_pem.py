"""Private keys as PEM: PKCS #8 (RFC 5208), open, or locked by a passphrase with PBES2 (RFC 8018), scrypt, AES-256-CBC.

``openssl pkey -in FILE`` opens both. The ready-made encryption of the library runs PBKDF2 for 2,048 rounds, less than a
millisecond a guess, which is too little for a computer that was taken away. Scrypt (RFC 7914) with the numbers below
takes 16 MiB and several hundred times as long; more memory at once would be better still, but OpenSSL opens no file
that needs more than 32 MiB.
"""

from __future__ import annotations

import base64
import secrets
import textwrap

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509 import ObjectIdentifier

LARGEST = 4096
"""Bytes of the largest file of a key."""

_COST, _BLOCK_SIZE, _PARALLEL = 1 << 14, 8, 10
_SALT_BYTES, _VECTOR_BYTES, _KEY_BYTES = 16, 16, 32
_PBES2 = ObjectIdentifier("1.2.840.113549.1.5.13")
_SCRYPT = ObjectIdentifier("1.3.6.1.4.1.11591.4.11")
_AES_256_CBC = ObjectIdentifier("2.16.840.1.101.3.4.1.42")
_OPEN, _LOCKED = "PRIVATE KEY", "ENCRYPTED PRIVATE KEY"


@asn1.sequence
class _ScryptParameters:
    salt: bytes
    cost: int
    block_size: int
    parallel: int


@asn1.sequence
class _Derivation:
    algorithm: ObjectIdentifier
    parameters: _ScryptParameters


@asn1.sequence
class _Encryption:
    algorithm: ObjectIdentifier
    vector: bytes


@asn1.sequence
class _Parameters:
    derivation: _Derivation
    encryption: _Encryption


@asn1.sequence
class _Scheme:
    algorithm: ObjectIdentifier
    parameters: _Parameters


@asn1.sequence
class _EncryptedPrivateKey:
    scheme: _Scheme
    encrypted: bytes


def encode(private: Ed25519PrivateKey, passphrase: str = "") -> bytes:
    """A key as PEM, locked if there is a passphrase."""
    if not passphrase:
        return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    salt, vector = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_VECTOR_BYTES)
    derivation = Scrypt(salt=salt, length=_KEY_BYTES, n=_COST, r=_BLOCK_SIZE, p=_PARALLEL)
    encryptor = Cipher(algorithms.AES256(derivation.derive(passphrase.encode())), modes.CBC(vector)).encryptor()
    padder = PKCS7(algorithms.AES256.block_size).padder()
    plain = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    padded = padder.update(plain) + padder.finalize()
    parameters = _ScryptParameters(salt=salt, cost=_COST, block_size=_BLOCK_SIZE, parallel=_PARALLEL)
    scheme = _Scheme(
        algorithm=_PBES2,
        parameters=_Parameters(
            derivation=_Derivation(algorithm=_SCRYPT, parameters=parameters),
            encryption=_Encryption(algorithm=_AES_256_CBC, vector=vector),
        ),
    )
    encrypted = encryptor.update(padded) + encryptor.finalize()
    data = asn1.encode_der(_EncryptedPrivateKey(scheme=scheme, encrypted=encrypted))
    body = textwrap.wrap(base64.b64encode(data).decode("ascii"), 64)
    return "\n".join((_begin(_LOCKED), *body, f"-----END {_LOCKED}-----", "")).encode()


def is_locked(data: bytes) -> bool:
    """Whether a file of a key needs a passphrase."""
    return data.startswith(_begin(_LOCKED).encode())


def decode(data: bytes, passphrase: str = "") -> Ed25519PrivateKey | None:
    """Read a key; None when the file is none, or the passphrase of a locked one is another."""
    if not data.startswith(_begin(_OPEN).encode()) and not (is_locked(data) and passphrase):
        return None
    try:
        private = load_pem_private_key(data, passphrase.encode() if is_locked(data) else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return private if isinstance(private, Ed25519PrivateKey) else None


def _begin(label: str) -> str:
    return f"-----BEGIN {label}-----"
