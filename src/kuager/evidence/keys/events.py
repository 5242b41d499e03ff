"""What the log is told of a key: that it was made, replaced or revoked (entries of the type ``key-event/v1``).

The *statement* of an event is the canonical JSON (RFC 8785) of its entry without ``signatures`` and without ``known``,
which the log adds. Signatures over it are those of OpenSSH (ssh_signature.py), of whatever kind the key itself is, for
a namespace of their own, so that one made here can never stand for anything else. A new key signs that it is there; one
that takes the place of another is signed for by both. Each signature brings its public key with it, so an event can be
checked by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kuager.errors import ProofRefused, message
from kuager.evidence.keys.public_key import fingerprint, parse_ssh_line
from kuager.evidence.keys.ssh_signature import SshSignature, sign
from kuager.evidence.leaves import KeyEvent
from kuager.evidence.note import COSIGNATURE, ED25519, VerifierKey

NAMESPACE = "kuager-key-event"
"""Of the signatures over statements."""

Body = dict[str, str | list[str]]
"""An entry as plain values, without the time at which the log learns of it."""

_UNSIGNED = frozenset({"signatures", "known"})


class Role(StrEnum):
    """What a key is for. No key has two roles."""

    LOG = "log"
    """Signs checkpoints."""
    CUSTODIAN = "custodian"
    """Signs bundles."""
    WITNESS = "witness"
    """Cosigns checkpoints of others."""


class Reason(StrEnum):
    """Why a key was revoked."""

    COMPROMISED = "compromised"
    LOST = "lost"
    SUPERSEDED = "superseded"


NOTE_KINDS = {Role.LOG: ED25519, Role.WITNESS: COSIGNATURE}
"""The kinds of the keys that sign under notes; their text is a vkey, that of a custodian is a line of OpenSSH."""


def event_body(
    event: str,
    role: Role,
    key: str,
    public: bytes,
    since: str,
    *,
    replaces: str = "",
    reason: str = "",
    signers: Sequence[Ed25519PrivateKey] = (),
) -> Body:
    """An event, signed by ``signers``. ``replaces`` is the fingerprint of the key before, ``since`` when it holds."""
    body: Body = {
        "type": "key-event/v1",
        "event": event,
        "role": role.value,
        "key": key,
        "fingerprint": fingerprint(public),
        "since": since,
    }
    body |= {name: said for name, said in (("replaces", replaces), ("reason", reason)) if said}
    if signers:
        body["signatures"] = [sign(statement(body), signer, NAMESPACE).decode() for signer in signers]
    return body


def statement(body: Body) -> bytes:
    """What the signatures of an event are over."""
    return rfc8785.dumps({name: said for name, said in body.items() if name not in _UNSIGNED})


def check_event(leaf: KeyEvent) -> None:
    """See that an entry tells of a key what that key, and the one before it, signed.

    A revocation has no signature: a key that was lost cannot sign, and one that was stolen proves nothing by it.

    Raises:
        ProofRefused: it does not.
    """
    wanted = {"new": {leaf.fingerprint}, "rotate": {leaf.fingerprint, leaf.replaces}, "revoke": set()}.get(leaf.event)
    if wanted is None or leaf.role not in list(Role) or fingerprint(_public(leaf)) != leaf.fingerprint:
        raise _refused()
    said = statement(msgspec.to_builtins(leaf))
    signatures = [SshSignature.parse(text.encode()) for text in leaf.signatures]
    if {fingerprint(one.public) for one in signatures} != wanted or len(signatures) != len(wanted):
        raise _refused()
    if not all(one.namespace == NAMESPACE and one.signed(said) for one in signatures):
        raise _refused()
    if (leaf.event == "revoke") != (leaf.reason in list(Reason)) or (leaf.event == "rotate") != bool(leaf.replaces):
        raise _refused()


def _public(leaf: KeyEvent) -> bytes:
    if leaf.role == Role.CUSTODIAN:
        return parse_ssh_line(leaf.key)
    key = VerifierKey.parse(leaf.key)
    if key.kind != NOTE_KINDS.get(Role(leaf.role)):
        raise _refused()
    return key.public


def _refused() -> ProofRefused:
    return ProofRefused(
        message("An entry of the log about a key is not signed by the keys that it is about."),
        meaning=message("Whoever wrote it may not have had them."),
        remedy=message("Compare the keys with their fingerprints, published elsewhere."),
    )
