"""Having the head of a log signed, cosigned and stamped. Offline first: whatever cannot be had now can be had later.

Witnesses come first, because they also tell whether this log is an older copy of itself. What is stamped is the text of
the head, not the signatures under it, so that lines may join later.

    evidence/log/stamps/<size>.<authority>.tsr      RFC 3161
    evidence/log/stamps/<size>.bitcoin.ots          OpenTimestamps
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kuager.case.anchors import Anchors
from kuager.case.folder import Case
from kuager.errors import EvidenceError, KuagerError, LogDamaged, message
from kuager.evidence.cosignature import cosigned
from kuager.evidence.durable import replace
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.note import SignedNote
from kuager.evidence.stamps import opentimestamps
from kuager.evidence.stamps.asking import Failed, ask_each
from kuager.evidence.stamps.opentimestamps import Attested, BlockNamed, Pending
from kuager.evidence.stamps.rfc3161 import Stamp
from kuager.evidence.witness.asking import cosigned_by
from kuager.model.notes import Note
from kuager.model.time import format_utc, from_epoch

STAMPS, BITCOIN = "stamps", "bitcoin"
ENOUGH_AUTHORITIES = 2


@dataclass(frozen=True, slots=True)
class Vouched:
    """What one who vouches said: nothing is missing with a ``time`` or when it is ``pending``.

    ``who`` is the name, ``how`` is witness, authority or bitcoin; ``problem`` says why there is nothing.
    """

    who: str
    how: str
    time: datetime | None = None
    pending: bool = False
    problem: Note | None = None


@dataclass(frozen=True, slots=True)
class Stamped:
    """The newest signed head, what is vouched for it, and what is missing.

    ``unsigned`` counts entries that no head has, with ``locked`` as the reason; ``enough`` says whether the policy is
    satisfied and two authorities stamped.
    """

    size: int
    unsigned: int
    locked: KuagerError | None
    vouched: tuple[Vouched, ...]
    enough: bool


def stamp_case(case: Case, anchors: Anchors, passphrase: str | None = None, *, offline: bool = False) -> Stamped:
    """Sign what is not signed, and have the newest head vouched for by everybody who has not yet.

    Args:
        case: the case.
        anchors: who is asked.
        passphrase: of the log's key.
        offline: ask nobody, and say what there is.

    Raises:
        LogDamaged: a witness saw more of this log than there is here: it is an older copy.
        KuagerError: nothing was ever entered into the log.
    """
    log = LogFolder(case.proving.log.folder)
    if not case.proving.log.exists:
        raise KuagerError(
            message("“{case}” holds nothing that could be signed."),
            remedy=message("Add something first: kuager add {case} FILE --as KIND."),
            case=str(case.path),
        )
    with case.writing("stamp"):
        case.proving.log.sign(passphrase)
        note = log.checkpoint
        if note is not None and not offline:
            _ask_witnesses(case, log, anchors)
            _ask_authorities(log, note, anchors)
            _ask_calendars(log, note, anchors)
    return standing(case, anchors)


def standing(case: Case, anchors: Anchors) -> Stamped:
    """What is signed and vouched for, without asking anybody."""
    log = LogFolder(case.proving.log.folder)
    note = log.checkpoint
    if note is None:
        return Stamped(0, log.unsigned, case.proving.log.locked, (), enough=False)
    vouched = (*_witnessed(note, anchors), *_timed(log, note, anchors))
    witnesses = cosigned(note, anchors.policy.witnesses.values()) if anchors.policy is not None else {}
    stamped = sum(one.how == "authority" and one.time is not None for one in vouched)
    satisfied = anchors.policy is None or anchors.policy.satisfied(witnesses)
    enough = satisfied and stamped >= ENOUGH_AUTHORITIES
    return Stamped(log.signed_size, log.unsigned, case.proving.log.locked, vouched, enough)


def _ask_witnesses(case: Case, log: LogFolder, anchors: Anchors) -> None:
    """Have the head cosigned by each witness that has an address and has not cosigned it yet."""
    note = log.checkpoint
    if anchors.policy is None or note is None:
        return
    for name, address in anchors.witnesses.items():
        key = anchors.policy.witnesses[name]
        if key in cosigned(note, [key]):
            continue
        try:
            case.proving.log.add_lines(log.signed_size, [cosigned_by(address, key, log)])
        except LogDamaged:
            raise
        except EvidenceError as error:
            _remember(case, name, error)


def _ask_authorities(log: LogFolder, note: SignedNote, anchors: Anchors) -> None:
    wanted = [one for one in anchors.authorities if not _token(log, one.name).exists()]
    if not wanted:
        return
    for answer in ask_each(wanted, note.text):
        if not isinstance(answer, Failed):
            replace(_token(log, answer.authority.name), answer.response)
