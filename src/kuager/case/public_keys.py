"""The public keys that go with a bundle, each in the spellings that its checkers read. None is an anchor by itself."""

from __future__ import annotations

import re

from kuager.case.anchors import Anchors
from kuager.case.signing import keys_folder
from kuager.evidence.bundle import layout
from kuager.evidence.keys import allowed_signers
from kuager.evidence.keys.events import Role
from kuager.evidence.keys.public_key import fingerprint, pem
from kuager.evidence.keys.ring import open_ring
from kuager.evidence.note import VerifierKey


def key_files(log: VerifierKey, anchors: Anchors, *, witnessed: bool) -> dict[str, bytes]:
    """Files of ``keys/`` by name.

    Args:
        log: the key that signed the head.
        anchors: whose certificates go along, and whose policy.
        witnessed: whether the head satisfies the policy; one that it does not satisfy stays out.
    """
    files = {
        "log.vkey": f"{log.text}\n".encode(),
        "log.pem": pem(log.public),
        "allowed_signers": allowed_signers.encode(open_ring(keys_folder()).signers(layout.NAMESPACE)),
    }
    files |= {f"tsa-{one.name}.pem": one.roots for one in anchors.authorities}
    if anchors.policy is not None and witnessed:
        files["policy"] = _with_log(anchors.policy_text, log)
        for number, key in enumerate(anchors.policy.witnesses.values(), start=1):
            files[f"witness-{number}.vkey"] = f"{key.text}\n".encode()
            files[f"witness-{number}.pem"] = pem(key.public)
    return files


def fingerprints(log: VerifierKey) -> dict[str, str]:
    """What to publish elsewhere, by role."""
    custodian = open_ring(keys_folder()).public(Role.CUSTODIAN)
    return {Role.LOG.value: fingerprint(log.public), Role.CUSTODIAN.value: custodian.fingerprint}


def _with_log(policy: bytes, log: VerifierKey) -> bytes:
    """A person's policy with this log in the place of those that it names: every case has a log of its own."""
    others = [line for line in policy.split(b"\n") if not re.match(rb"[ \t]*log[ \t]", line)]
    return f"log {log.text}\n".encode() + b"\n".join(others)
