"""Canaries as anyone can check them with OpenSSH: the text, its signature, and whose key made it.

    data/canaries/<operator>-<day>.txt        the text, byte for byte as it was signed
    data/canaries/<operator>-<day>.sig        what ``ssh-keygen -Y verify`` checks
    data/canaries/allowed_signers             the keys that signed, each for its operator

That file says who signed, and not that they may: the fingerprint is worth what it is worth elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable

from kuager.accountability.registers import Registers
from kuager.accountability.rows.conduct import Canary
from kuager.errors import ProofRefused
from kuager.evidence.keys.allowed_signers import AllowedSigner, encode
from kuager.evidence.keys.ssh_signature import SshSignature

NAMESPACE = "kuager-canary"
"""For which canaries are signed: such a signature holds for nothing else."""
FOLDER = "data/canaries"
SIGNERS = f"{FOLDER}/allowed_signers"


def canary_path(canary: Canary, ending: str) -> str:
    """Where a file of a canary lies below ``public/``; ``ending`` is ``txt`` or ``sig``."""
    return f"{FOLDER}/{canary.id.removeprefix('canary-')}.{ending}"


def command(operator: str) -> str:
    """What checks a canary, beside its files; NAME stands for theirs."""
    return f"ssh-keygen -Y verify -f allowed_signers -I {operator} -n {NAMESPACE} -s NAME.sig < NAME.txt"


def signature_of(canary: Canary) -> SshSignature | None:
    """The signature under a canary; None where it was signed elsewhere, or the signature is not of this text."""
    try:
        found = SshSignature.parse(canary.signature.encode()) if canary.signature else None
    except ProofRefused:
        return None
    holds = found is not None and found.namespace == NAMESPACE and found.signed(canary.signed.encode())
    return found if holds else None


def signed_here(canaries: Iterable[Canary]) -> tuple[tuple[Canary, SshSignature], ...]:
    """The canaries that were signed by ``kuager canary sign``, with their signatures."""
    return tuple((one, found) for one in canaries if (found := signature_of(one)) is not None)


def canary_files(registers: Registers) -> dict[str, bytes]:
    """All of these files of the canaries that may be shown, by path below ``public/``."""
    signed = signed_here(registers.of(Canary))
    files = {canary_path(one, "txt"): one.signed.encode() for one, _ in signed}
    files |= {canary_path(one, "sig"): one.signature.encode() for one, _ in signed}
    keys = dict.fromkeys((one.operator, found.public) for one, found in signed)
    if keys:
        files[SIGNERS] = encode(AllowedSigner((operator,), public, (NAMESPACE,)) for operator, public in keys)
    return files
