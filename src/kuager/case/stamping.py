"""Having the head of a log signed, cosigned and stamped. Offline first: whatever cannot be had now can be had later.

Witnesses come first, because they also tell whether this log is an older copy of itself. What is stamped is the text of
the head, not the signatures under it, so that lines may join later.

    evidence/log/stamps/<size>.<authority>.tsr      RFC 3161
    evidence/log/stamps/<size>.bitcoin.ots          OpenTimestamps
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kuager.case.anchors import Anchors
from kuager.case.folder import Case
from kuager.errors import EvidenceError, KuagerError, LogDamaged, ProofRefused, message
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.cosignature import cosigned
from kuager.evidence.durable import replace
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.note import SignedNote
from kuager.evidence.stamps import opentimestamps, rfc3161
from kuager.evidence.stamps.asking import Failed, ask_each
from kuager.evidence.stamps.rfc3161 import Stamp
from kuager.evidence.witness.asking import cosigned_by
from kuager.evidence.witness.request import request_for
from kuager.model.notes import Note
from kuager.model.time import from_epoch

STAMPS, BITCOIN = "stamps", "bitcoin"
TOKEN, CALENDAR = "tsr", "ots"
WITNESS, AUTHORITY, CALENDARS = "witness", "authority", "calendars"
ENOUGH_AUTHORITIES = 2


@dataclass(frozen=True, slots=True)
class Vouched:
    """What one who vouches said of the newest head: since when it is known to have been there.

    ``who`` is the name, ``how`` one of ``WITNESS``, ``AUTHORITY``, ``CALENDARS``. ``note`` says why there is no time.
    """

    who: str
    how: str
    time: datetime | None = None
    note: Note | None = None


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
    problems: dict[str, Note] = {}
    with case.writing("stamp"):
        before = log.signed_size
        if before and not offline:  # whoever saw more than was signed here says so before more is signed
            problems |= _ask_witnesses(case, log, anchors, anew=True)
        case.proving.log.sign(passphrase)
        if log.checkpoint is not None and not offline:
            if log.signed_size != before:
                problems = _ask_witnesses(case, log, anchors)
            problems |= _ask_authorities(log, anchors)
            problems |= _ask_calendars(log, anchors)
    return standing(case, anchors, problems)


def request_for_witness(case: Case, seen: int) -> bytes:
    """What a witness that saw so many entries of the log takes from a file, when there is no network between.

    Raises:
        ProofRefused: nothing is signed, or less than that.
    """
    return request_for(LogFolder(case.proving.log.folder), seen).encode()


def take_cosignatures(case: Case, anchors: Anchors, lines: bytes) -> tuple[str, ...]:
    """Put the lines that witnesses of the policy handed back under the newest head; the names of those witnesses.

    Raises:
        ProofRefused: they are no such lines, or none of them is of a witness of the policy.
    """
    log = LogFolder(case.proving.log.folder)
    note = SignedNote.parse(_head(log).text + b"\n" + lines)
    witnesses = anchors.policy.witnesses if anchors.policy is not None else {}
    found = cosigned(note, witnesses.values())
    if not found:
        raise ProofRefused(
            message("None of the lines is a cosignature of the newest head by a witness of the policy."),
            remedy=message("Add the witness's key to the policy; or write a new request if entries were added since."),
        )
    with case.writing("stamp"):
        of_witnesses = [line for line in note.signatures if any(line.is_of(key) for key in found)]
        case.proving.log.add_lines(Checkpoint.parse(note.text).size, of_witnesses)
    return tuple(name for name, key in witnesses.items() if key in found)


def standing(case: Case, anchors: Anchors, problems: Mapping[str, Note] | None = None) -> Stamped:
    """What is signed and vouched for, without asking anybody.

    Args:
        case: the case.
        anchors: who is asked.
        problems: why somebody said nothing when asked a moment ago, by name.
    """
    log = LogFolder(case.proving.log.folder)
    note = log.checkpoint
    if note is None:
        return Stamped(0, log.unsigned, case.proving.log.locked, (), enough=False)
    vouched = (*_witnessed(note, anchors, problems or {}), *_timed(log, note, anchors, problems or {}))
    stamped = sum(one.how == AUTHORITY and one.time is not None for one in vouched)
    policy = anchors.policy
    satisfied = policy is None or policy.satisfied(cosigned(note, policy.witnesses.values()))
    enough = satisfied and stamped >= ENOUGH_AUTHORITIES
    return Stamped(log.signed_size, log.unsigned, case.proving.log.locked, vouched, enough)


def _ask_witnesses(case: Case, log: LogFolder, anchors: Anchors, *, anew: bool = False) -> dict[str, Note]:
    """Have the head cosigned by each witness that has an address and has not cosigned it yet.

    With ``anew`` those that have are asked as well, what they see now; what they said first, which is older, stays.
    """
    problems = {}
    for name, address in anchors.witnesses.items():
        note, key = _head(log), anchors.policy.witnesses[name] if anchors.policy is not None else None
        cosigned_before = key is not None and key in cosigned(note, [key])
        if key is None or (cosigned_before and not anew):
            continue
        try:
            line = cosigned_by(address, key, log)
            if not cosigned_before:
                case.proving.log.add_lines(log.signed_size, [line])
        except LogDamaged:
            raise
        except EvidenceError as error:
            problems[name] = _told(error)
    return problems


def _ask_authorities(log: LogFolder, anchors: Anchors) -> dict[str, Note]:
    problems = {}
    missing = [one for one in anchors.authorities if not _stamp_file(log, one.name, TOKEN).exists()]
    for answer in ask_each(missing, _head(log).text):
        if isinstance(answer, Failed):
            problems[answer.authority.name] = _told(answer.error)
        else:
            replace(_stamp_file(log, answer.authority.name, TOKEN), answer.response)
    return problems


def _ask_calendars(log: LogFolder, anchors: Anchors) -> dict[str, Note]:
    """A stamp for the newest head, and what calendars have added to earlier ones since."""
    if not anchors.calendars:
        return {}
    try:
        for path in sorted((log.path / STAMPS).glob(f"*.{BITCOIN}.{CALENDAR}")):
            before = path.read_bytes()
            after = opentimestamps.upgrade(before, anchors.calendars)
            if after != before:
                replace(path, after)
        if not _stamp_file(log, BITCOIN, CALENDAR).exists():
            stamp = opentimestamps.stamp(_head(log).text, anchors.calendars)
            replace(_stamp_file(log, BITCOIN, CALENDAR), stamp)
    except EvidenceError as error:
        return {BITCOIN: _told(error)}
    return {}


def _witnessed(note: SignedNote, anchors: Anchors, problems: Mapping[str, Note]) -> Iterator[Vouched]:
    for name, key in anchors.policy.witnesses.items() if anchors.policy is not None else ():
        moment = cosigned(note, [key]).get(key)
        yield Vouched(name, WITNESS, from_epoch(moment) if moment is not None else None, problems.get(name))


def _timed(log: LogFolder, note: SignedNote, anchors: Anchors, problems: Mapping[str, Note]) -> Iterator[Vouched]:
    for authority in anchors.authorities:
        path = _stamp_file(log, authority.name, TOKEN)
        if not path.exists():
            yield Vouched(authority.name, AUTHORITY, None, problems.get(authority.name))
            continue
        try:
            found = rfc3161.verify(note.text, path.read_bytes(), authority.roots)
        except EvidenceError as error:
            yield Vouched(authority.name, AUTHORITY, None, _told(error))
            continue
        if isinstance(found, Stamp):
            yield Vouched(authority.name, AUTHORITY, found.time)
        else:
            yield Vouched(authority.name, AUTHORITY, None, found.note)
    path = _stamp_file(log, BITCOIN, CALENDAR)
    if path.exists():
        yield Vouched(BITCOIN, CALENDARS, None, opentimestamps.check(note.text, path.read_bytes(), {}).note)
    elif anchors.calendars:
        yield Vouched(BITCOIN, CALENDARS, None, problems.get(BITCOIN))


def _head(log: LogFolder) -> SignedNote:
    note = log.checkpoint
    assert note is not None  # noqa: S101 - whoever asks has looked
    return note


def _stamp_file(log: LogFolder, name: str, ending: str) -> Path:
    return log.path / STAMPS / f"{log.signed_size}.{name}.{ending}"


def _told(error: KuagerError) -> Note:
    """The first sentence of an error, as it can be told in any language."""
    return Note(error.happened, {name: str(value) for name, value in error.facts.items()})
