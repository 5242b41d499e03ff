"""Whether the list of all files, and so every byte of the bundle, is signed by who should have (SSHSIG)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kuager.errors import ProofRefused, message
from kuager.evidence.bundle import layout
from kuager.evidence.keys import allowed_signers, ssh_signature
from kuager.evidence.keys.allowed_signers import AllowedSigner
from kuager.evidence.keys.public_key import fingerprint
from kuager.evidence.verify.bag import Bag
from kuager.evidence.verify.report import CUSTODY, Section
from kuager.evidence.verify.trusted import Trusted


def check_custody(bag: Bag, trusted: Trusted, now: datetime) -> Section:
    """Check the custodian's signature.

    Args:
        bag: what was read.
        trusted: who may sign; else whom the bundle names.
        now: the moment at which keys have to be valid.
    """
    section = Section(CUSTODY)
    own = _own_signers(bag, section)
    signers = trusted.custodians or own
    if layout.SIGNATURE not in bag.held:
        if layout.SIGNATURE in bag.sizes:
            section.fails(message("The custodian's signature cannot be read."), layout.SIGNATURE)
        elif trusted.custodians or layout.ALLOWED_SIGNERS in bag.sizes:
            section.fails(message("The custodian's signature over the list of files is missing."))
        else:
            section.not_checked(
                message("Nobody signed the list of files: whoever changes a file can change the list as well.")
            )
    elif layout.TAG_MANIFEST in bag.held:
        _check(bag, signers, section, now, anchored=bool(trusted.custodians))
    return section


def _own_signers(bag: Bag, section: Section) -> tuple[AllowedSigner, ...]:
    if layout.ALLOWED_SIGNERS not in bag.held:
        return ()
    try:
        return allowed_signers.parse(bag.held[layout.ALLOWED_SIGNERS])
    except ProofRefused as error:
        section.refused(error, layout.ALLOWED_SIGNERS)
        return ()


def _check(bag: Bag, signers: tuple[AllowedSigner, ...], section: Section, now: datetime, *, anchored: bool) -> None:
    data, signature = bag.held[layout.TAG_MANIFEST], bag.held[layout.SIGNATURE]
    try:
        signer = ssh_signature.verify(data, signature, signers, layout.NAMESPACE, now, layout.CUSTODIAN)
    except ProofRefused as error:
        if not _was_valid(bag, signers, section):
            section.refused(error, layout.SIGNATURE)
        return
    said = message("{name} signed the list of all files, by a key that you gave: {fingerprint}")
    if not anchored:
        said = message(
            "{name} signed the list of all files, by a key that the bundle itself brings: compare its fingerprint "
            "{fingerprint}"
        )
    section.holds(said, name=layout.CUSTODIAN, fingerprint=fingerprint(signer.public))


def _was_valid(bag: Bag, signers: tuple[AllowedSigner, ...], section: Section) -> bool:
    """Whether the key, of which the time is over, was valid on the day that the bundle says it was made."""
    try:
        day = datetime.fromisoformat(bag.dated).replace(tzinfo=UTC)
        moment = day + timedelta(days=1) - timedelta(seconds=1)
        data, signature = bag.held[layout.TAG_MANIFEST], bag.held[layout.SIGNATURE]
        signer = ssh_signature.verify(data, signature, signers, layout.NAMESPACE, moment, layout.CUSTODIAN)
    except (ValueError, OverflowError, ProofRefused):
        return False
    section.not_checked(
        message(
            "The key {fingerprint} signed and may not sign any more. It still could on {day}, when the bundle says "
            "that it was made; nothing shows that it was not signed later."
        ),
        layout.SIGNATURE,
        fingerprint=fingerprint(signer.public),
        day=bag.dated,
    )
    return True
