"""Whose word counts: the keys that whoever checks a bundle brings along; else those that the bundle itself brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from kuager.errors import ProofRefused, message
from kuager.evidence.bundle import layout
from kuager.evidence.keys import public_key
from kuager.evidence.keys.allowed_signers import AllowedSigner
from kuager.evidence.note import VerifierKey
from kuager.evidence.policy import Policy
from kuager.evidence.verify.report import Section


@dataclass(frozen=True, slots=True)
class Trusted:
    """Keys from outside of the bundle; what is empty is taken from the bundle, and the report says so.

    Attributes:
        log_keys: of the logs whose word counts.
        policy: logs, witnesses, and how many of them are needed; its logs count beside ``log_keys``.
        custodians: who may sign a bundle.
        tsa_roots: certificates of authorities that stamp time, PEM.
    """

    log_keys: tuple[VerifierKey, ...] = ()
    policy: Policy | None = None
    custodians: tuple[AllowedSigner, ...] = ()
    tsa_roots: bytes = b""

    @property
    def logs(self) -> tuple[VerifierKey, ...]:
        """All logs whose word counts."""
        return tuple(dict.fromkeys((*self.log_keys, *(self.policy.logs if self.policy else ()))))


def policy_for(held: Mapping[str, bytes], trusted: Trusted, section: Section) -> Policy | None:
    """Whose word counts for this bundle; None when neither side says it.

    The bundle's keys are read in any case, and have to agree with each other.
    """
    log = _own_key(held, layout.LOG_KEY, layout.LOG_PEM, section)
    own = _own_policy(held, log, section)
    _own_witnesses(held, own, section)
    policy = trusted.policy or own
    logs = trusted.logs or policy.logs or ((log,) if log else ())
    if not logs:
        return None
    return Policy(logs, policy.witnesses, policy.groups, policy.quorum, policy.addresses)


def _own_policy(held: Mapping[str, bytes], log: VerifierKey | None, section: Section) -> Policy:
    """The policy that the bundle brings; where it has none, its log's key without witnesses."""
    alone = Policy((log,) if log else (), {}, {}, "none", {})
    if layout.POLICY not in held:
        return alone
    try:
        policy = Policy.parse(held[layout.POLICY])
    except ProofRefused as error:
        section.refused(error, layout.POLICY)
        return alone
    if log is not None and policy.logs and log not in policy.logs:
        section.fails(
            message("The policy of the bundle does not name the log's key that lies beside it."), layout.POLICY
        )
    return policy


def _own_witnesses(held: Mapping[str, bytes], policy: Policy, section: Section) -> None:
    for path in sorted(path for path in held if path.startswith("keys/witness-") and path.endswith(".vkey")):
        key = _own_key(held, path, path.removesuffix(".vkey") + ".pem", section)
        if key is not None and key not in policy.witnesses.values():
            section.fails(message("The policy of the bundle does not name this witness."), path)


def _own_key(held: Mapping[str, bytes], path: str, pem_path: str, section: Section) -> VerifierKey | None:
    """A key that the bundle has in two spellings, for its own checks and for those by OpenSSL."""
    if path not in held:
        return None
    try:
        text = held[path].decode("utf-8")
        if not text.endswith("\n"):
            raise UnicodeError
        key = VerifierKey.parse(text[:-1])
    except (UnicodeError, ProofRefused):
        section.fails(message("The file is no verifier key in one line."), path)
        return None
    if pem_path in held and not _same_key(held[pem_path], key.public):
        section.fails(message("The file does not hold the same key as {other}."), pem_path, other=path)
    return key


def _same_key(data: bytes, public: bytes) -> bool:
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        return False
    return isinstance(key, Ed25519PublicKey) and public_key.pem(public) == data
