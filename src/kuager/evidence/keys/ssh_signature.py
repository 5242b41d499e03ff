"""Signatures of OpenSSH over files (PROTOCOL.sshsig): by Ed25519 over SHA-512, as ``ssh-keygen -Y sign`` makes them.

The same bytes signed by the same key give the same signature, to the last byte that of ``ssh-keygen``. Reading accepts
that one spelling only (RFC 4251 strings, no reserved data, base 64 in lines of 70 signs), so that no bit of a signature
can be changed unseen. What is signed is bound to a namespace: a signature for one purpose holds for no other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kuager.errors import ProofRefused, message
from kuager.evidence import base64_text
from kuager.evidence.keys.allowed_signers import AllowedSigner
from kuager.evidence.keys.public_key import ALGORITHM, KEY_BYTES, fingerprint, public_of, ssh_string, wire
from kuager.model.time import format_utc

_MAGIC = b"SSHSIG"
_VERSION = (1).to_bytes(4, "big")
_RESERVED = ssh_string(b"")
_HASH = ssh_string(b"sha512")
_SIGNATURE_BYTES = 64
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_WIDTH = 70
LARGEST = 1024
"""Bytes of the largest signature that is read."""
_NAMESPACE = re.compile(r"[a-z0-9][a-z0-9.@-]{0,63}")


@dataclass(frozen=True, slots=True)
class SshSignature:
    """A signature with the key that made it and what it was made for. It holds for nothing until it was verified."""

    public: bytes
    namespace: str
    signature: bytes

    def encode(self) -> bytes:
        """The signature as a file."""
        data = (
            _MAGIC
            + _VERSION
            + ssh_string(wire(self.public))
            + ssh_string(self.namespace.encode())
            + _RESERVED
            + _HASH
            + ssh_string(ssh_string(ALGORITHM) + ssh_string(self.signature))
        )
        encoded = base64_text.encode(data)
        lines = (encoded[start : start + _WIDTH] for start in range(0, len(encoded), _WIDTH))
        return "\n".join((_BEGIN, *lines, _END, "")).encode()

    @classmethod
    def parse(cls, data: bytes) -> SshSignature:
        """Read a signature.

        Raises:
            ProofRefused: it is none, is not spelt as ``ssh-keygen`` spells it, or is of another algorithm.
        """
        try:
            lines = data.decode("ascii").split("\n") if len(data) <= LARGEST else []
        except UnicodeDecodeError as error:
            raise _no_signature() from error
        body = base64_text.decode("".join(lines[1:-2]))
        parsed = cls._of_fields(body.removeprefix(_MAGIC + _VERSION))
        if parsed.encode() != data:
            raise _no_signature()
        return parsed

    @classmethod
    def _of_fields(cls, data: bytes) -> SshSignature:
        """The three fields that may differ; what stands where the others should is compared by encoding again."""
        key, data = _next(data)
        namespace, data = _next(data)
        _, data = _next(data)
        _, data = _next(data)
        signature, _ = _next(data)
        found = cls(key[-KEY_BYTES:], namespace.decode("ascii", "replace"), signature[-_SIGNATURE_BYTES:])
        sizes = (len(found.public), len(found.signature))
        if sizes != (KEY_BYTES, _SIGNATURE_BYTES) or not _NAMESPACE.fullmatch(found.namespace):
            raise _no_signature()
        return found

    def signed(self, data: bytes) -> bool:
        """Whether its key signed these very bytes, for its namespace."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(self.signature, _signed_data(data, self.namespace))
        except (InvalidSignature, ValueError):
            return False
        return True


def sign(data: bytes, private: Ed25519PrivateKey, namespace: str) -> bytes:
    """Sign bytes for a namespace; the signature as a file."""
    return SshSignature(public_of(private), namespace, private.sign(_signed_data(data, namespace))).encode()


def verify(
    data: bytes, signature: bytes, signers: Iterable[AllowedSigner], namespace: str, at: datetime, principal: str = ""
) -> AllowedSigner:
    """Who signed bytes: the first of those allowed who may have done so at a moment.

    Args:
        data: what was signed.
        signature: the file of the signature.
        signers: who is allowed (``allowed_signers``).
        namespace: what it must have been signed for.
        at: when it was signed, in UTC, as far as that is known; else now.
        principal: who must have signed; anybody of those allowed when left out.

    Raises:
        ProofRefused: nobody of them did, or not then, or not for this.
    """
    parsed = SshSignature.parse(signature)
    if parsed.namespace != namespace:
        raise ProofRefused(
            message("The signature was made for “{found}”, not for “{wanted}”."),
            meaning=message("It says nothing of this file."),
            found=parsed.namespace,
            wanted=namespace,
        )
    if not parsed.signed(data):
        raise ProofRefused(
            message("The signature is not of these bytes."),
            meaning=message("They were changed after they were signed, or the signature belongs to something else."),
        )
    known = [one for one in signers if one.public == parsed.public and one.may_sign(namespace, principal)]
    for one in known:
        if one.valid_at(at):
            return one
    if known:
        raise ProofRefused(
            message("The key {fingerprint} signed, but could not be used at {time}."),
            meaning=message("It was replaced or revoked before that time, or was made after it."),
            fingerprint=fingerprint(parsed.public),
            time=format_utc(at),
        )
    raise ProofRefused(
        message("The key {fingerprint} signed, and it is of nobody who is allowed to."),
        meaning=message("Whoever signed is not who should have."),
        remedy=message("Compare the key with its fingerprint, published elsewhere."),
        fingerprint=fingerprint(parsed.public),
    )


def _signed_data(data: bytes, namespace: str) -> bytes:
    digest = hashlib.sha512(data).digest()
    return _MAGIC + ssh_string(namespace.encode()) + _RESERVED + _HASH + ssh_string(digest)


def _next(data: bytes) -> tuple[bytes, bytes]:
    """The first string of what is left, and the rest; a string that is too short is found by encoding again."""
    end = 4 + int.from_bytes(data[:4], "big")
    return data[4:end], data[end:]


def _no_signature() -> ProofRefused:
    return ProofRefused(
        message("The file is no signature of OpenSSH by an Ed25519 key."),
        meaning=message("It was changed, or made by another program or with another kind of key."),
        remedy=message("Make it with kuager bundle, or with ssh-keygen -Y sign and a key of the kind ed25519."),
    )
