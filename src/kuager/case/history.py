"""Two clocks: what was known of a case at any time since it was begun, by the entries of its log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from kuager.case import versions
from kuager.case.detecting import Detected
from kuager.case.folder import Case
from kuager.case.log import Entry
from kuager.case.proving import EPISODE, STANDING
from kuager.case.received import Received
from kuager.errors import CaseError, message
from kuager.evidence.leaves import Claim, Document, Observation, Retraction
from kuager.model.history import History, Version
from kuager.model.notes import Note
from kuager.model.time import format_utc, parse_utc


def entries_until(case: Case, moment: datetime | None) -> Sequence[Entry]:
    """The entries that were written by a moment; all of them without one."""
    entries = case.proving.log.entries()
    limit = format_utc(moment) if moment is not None else "9"
    return [entry for entry in entries if entry.leaf.known <= limit]


def known_at(case: Case, moment: datetime) -> Detected:
    """The episodes as they stood at a moment.

    Raises:
        CaseError: nothing had been derived by then.
        CaseDamaged: what stood then is missing or not what was derived.
    """
    stood = [
        entry.leaf
        for entry in entries_until(case, moment)
        if isinstance(entry.leaf, Claim) and entry.leaf.about == STANDING
    ]
    if not stood:
        raise CaseError(
            message("Nothing had been derived in “{case}” by {moment}."),
            meaning=message("Either nothing was known then, or nobody had looked."),
            remedy=message("kuager show {case} says since when each episode is known."),
            case=str(case.path),
            moment=format_utc(moment),
        )
    listed = versions.stood(case, stood[-1].output.removeprefix("sha256:"))
    return Detected(versions.load(case, listed), listed.events, ())


def received_by(case: Case, moment: datetime) -> list[Received]:
    """What had been received by a moment, as the log has it."""
    entered = {
        entry.leaf.object for entry in entries_until(case, moment) if isinstance(entry.leaf, Observation | Document)
    }
    return [record for record in case.records.all() if record.object in entered]


def histories(case: Case, moment: datetime | None = None) -> dict[str, History]:
    """By the id of each episode that was ever claimed by a moment, what was said of it and when.

    Raises:
        CaseDamaged: a version is missing or not what was derived.
    """
    entries = entries_until(case, moment)
    objects = {
        entry.leaf.object.removeprefix("sha256:"): entry.index
        for entry in entries
        if isinstance(entry.leaf, Observation | Document)
    }
    taken_back = {entry.leaf.retracts: entry.leaf for entry in entries if isinstance(entry.leaf, Retraction)}
    claims: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry.leaf, Claim) and entry.leaf.about == EPISODE:
            claims[entry.leaf.name].append(entry)
    found = {}
    for name, claimed in claims.items():
        told = [
            _version(case, one, following, taken_back)
            for one, following in zip(claimed, [*claimed[1:], None], strict=True)
        ]
        newest = told[-1].episode
        inputs = [objects[digest] for digest in newest.inputs if digest in objects] if newest is not None else []
        found[name] = History(tuple(told), tuple(sorted({*inputs, told[-1].entry})))
    return found


def _version(case: Case, entry: Entry, following: Entry | None, taken_back: Mapping[str, Retraction]) -> Version:
    claim = entry.leaf
    assert isinstance(claim, Claim)  # noqa: S101 - histories() takes claims only
    name = case.proving.named(claim)
    retraction = taken_back.get(entry.hash)
    until = retraction.known if retraction is not None else following.leaf.known if following is not None else None
    return Version(
        id=claim.name,
        number=versions.number_of(name),
        start=parse_utc(claim.event.start) if claim.event is not None else parse_utc(claim.known),
        end=parse_utc(claim.event.end) if claim.event is not None and claim.event.end is not None else None,
        episode=versions.of_output(case, name, claim.output.removeprefix("sha256:")),
        entry=entry.index,
        known=parse_utc(claim.known),
        until=parse_utc(until) if until is not None else None,
        retraction=Note(retraction.reason, {}) if retraction is not None else None,
    )
