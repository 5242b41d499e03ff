"""Writing to the demand log: a first entry, further entries, and fields that are opened. Nothing is ever edited.

An entry is made against what was read. Where others wrote meanwhile nothing is sealed, and whoever was second is told.
The case is not held for it, so that no lock and no time of a file tells that a demand came.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kuager.accountability.demand_checks import REQUIRED, check_demand, first_fields, said_fields
from kuager.accountability.demands import NUMBER, Demand, DemandEntry, gag_runs, merged, where_said
from kuager.case.clock import check_clock
from kuager.case.demands import DEMAND, KNOWN, Reading, reading
from kuager.case.folder import Case
from kuager.case.private_files import identities_of, read_whole
from kuager.errors import EvidenceError, KeyUnusable, KuagerError, UsageError, message
from kuager.evidence.private.commitments import Value
from kuager.evidence.private.parcels import packed
from kuager.evidence.private.sealing import LARGEST_CLASS
from kuager.model.time import format_utc, from_epoch, parse_utc, to_epoch

_ID_BYTES = 6
"""Nobody can look whether an id is taken without an identity: among a thousand random ones none comes twice."""


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """What became of an entry: the demand that it is about, and the time after which its batch is logged."""

    demand: str
    due: str


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    """The fields of an entry of the log that are open from now on."""

    entry: int
    fields: tuple[str, ...]


def add_demand(
    case: Case, said: Mapping[str, Any], copies: Sequence[Path], recipients: Sequence[str], now: datetime
) -> SealedEntry:
    """Seal the first entry of a demand.

    Args:
        case: the case.
        said: fields of a demand, as people write them.
        copies: documents that are sealed with it; their names are not.
        recipients: of age, two or more; those of the entry before when left out.
        now: the moment.

    Raises:
        KuagerError: it contradicts itself, cannot be sealed, or the clock is behind the log; nothing is sealed then.
    """
    fields = first_fields(said_fields(said))
    return _sealed(case, (), f"d-{secrets.token_hex(_ID_BYTES)}", fields, copies, recipients, now)


def update_demand(
    case: Case,
    demand: str,
    said: Mapping[str, Any],
    copies: Sequence[Path],
    recipients: Sequence[str],
    identity: Path,
    now: datetime,
) -> SealedEntry:
    """Seal a further entry with the fields that are said, and no others.

    Args:
        case: the case.
        demand: its id.
        said: fields, as people write them; an empty one takes back what was said before.
        copies: further documents.
        recipients: as for :func:`add_demand`.
        identity: that opens the entries before.
        now: the moment.

    Raises:
        KuagerError: as :func:`add_demand`; there is no such demand, nothing is said, or others wrote meanwhile.
    """
    fields = said_fields(said)
    if not fields and not copies:
        raise UsageError(
            message("There is nothing to seal."),
            remedy=message("Say what is new with an option; kuager demand update --help lists them."),
        )
    read = reading(case, identities_of(identity))
    return _sealed(case, entries_of(read, demand), demand, fields, copies, recipients, now, known=read.names)


def open_demand(
    case: Case, demand: str, names: Collection[str], identity: Path, now: datetime
) -> tuple[OpenedEntry, ...]:
    """Open fields of a demand to the public, each in the entry whose value stands; its id is opened with them.

    Args:
        case: the case.
        demand: its id.
        names: of the fields.
        identity: that opens its entries.
        now: the moment.

    Raises:
        KuagerError: a gag runs or might, a field is not there, or is not in the log yet; nothing is opened then.
    """
    identities = identities_of(identity)
    with case.writing("reveal"):
        read = reading(case, identities)
        entries = entries_of(read, demand)
        stands = whole(entries)
        if gag_runs(stands, now):
            raise KuagerError(
                message("The gag on this demand still runs: nothing of it is opened."),
                meaning=message("What is opened once cannot be closed again."),
                remedy=message("When it is over, seal that first: kuager demand update CASE {demand} --gag none."),
                demand=demand,
            )
        _refuse_unread(read, entries)
        chosen: dict[bytes, set[str]] = {}
        for name in sorted(set(names)):
            entry = where_said(entries, name)
            if entry is None:
                read.parcels[entries[0].root].record.disclosure(name)  # says that there is none
                continue
            if entry.logged is None:
                raise EvidenceError(
                    message("The field {field} is not in the log yet: its entry waits for its batch."),
                    remedy=message("Open it after {time}."),
                    field=name,
                    time=_due(case, read.batches[entry.root]),
                )
            chosen.setdefault(entry.root, {DEMAND}).add(name)
        numbers = {one.root: one.logged for one in entries if one.logged is not None}
        return tuple(
            OpenedEntry(numbers[root], tuple(case.entrusted.reveal_of(read.parcels[root].record, fields)))
            for root, fields in sorted(chosen.items(), key=lambda item: numbers[item[0]])
        )


def entries_of(read: Reading, demand: str) -> tuple[DemandEntry, ...]:
    """The entries of a demand, of which there is one at least.

    Raises:
        UsageError: there is none.
    """
    entries = read.log.of(demand)
    if not entries:
        raise UsageError(
            message("This identity opens no demand of that id."),
            remedy=message("Those that it opens are: {demands}."),
            demands=", ".join(sorted({one.demand for one in read.log.entries})) or "–",
        )
    return entries


def whole(entries: Sequence[DemandEntry]) -> Demand:
    """What the entries say together.

    Raises:
        UsageError: what every demand needs is in none of them.
    """
    try:
        return merged(entries)
    except ValueError as error:
        raise UsageError(
            message("It is not said of the demand: {fields}."),
            meaning=message("An entry that said it cannot be read any more."),
            remedy=message("Say it again in a further entry: kuager demand update."),
            fields=", ".join(name for name in REQUIRED if where_said(entries, name) is None) or "…",
        ) from error


def _refuse_unread(read: Reading, entries: Sequence[DemandEntry]) -> None:
    """An entry that cannot be read and may be newer than all of these might say that a gag runs."""
    last = max(read.batches[one.root] for one in entries)
    unread = (*read.log.closed, *read.log.damaged)
    newer = [root for root in unread if read.batches.get(root, last) >= last]
    if newer:
        raise EvidenceError(
            message("Entries that cannot be read may say more of this demand, such as that a gag runs: {count}."),
            meaning=message("What is opened once cannot be closed again."),
            remedy=message(
                "Use the identity that opens them. Where it is lost, seal what holds now with kuager demand update, and"
                " open it when that is in the log, in a later batch."
            ),
            count=len(newer),
        )


def _sealed(
    case: Case,
    before: Sequence[DemandEntry],
    demand: str,
    said: Mapping[str, Value],
    copies: Sequence[Path],
    recipients: Sequence[str],
    now: datetime,
    *,
    known: Set[str] | None = None,
) -> SealedEntry:
    """Check what would stand, then seal it; ``before`` are the entries that it follows."""
    number = max((one.order[0] for one in before), default=0) + 1
    fields: dict[str, Value] = {**said, NUMBER: number}
    check_demand(whole([*before, DemandEntry(demand, b"", format_utc(now), fields, None)]), now)
    check_clock(case, now)
    for_whom = tuple(recipients) or case.entrusted.recipients()
    if not for_whom:
        raise KeyUnusable(
            message("It is not said for whom the demand log is sealed."),
            remedy=message("Name the age keys of two people or more: --to age1… --to age1…; later they are known."),
        )
    parcel = packed(_copies(copies), {**fields, DEMAND: demand, KNOWN: format_utc(now)}, for_whom)
    if not case.proving.log.exists:
        with case.writing("receive"):
            case.proving.log.begin()
    start = case.entrusted.keep_closed(parcel, for_whom, case.proving.log, to_epoch(now), known=known)
    return SealedEntry(demand, _due(case, format_utc(from_epoch(start))))


def _copies(files: Sequence[Path]) -> list[bytes]:
    """The bytes of documents; an error does not repeat how a file is called, which may say what it is."""
    found = []
    for number, file in enumerate(files, start=1):
        try:
            found.append(read_whole(file, LARGEST_CLASS))
        except KuagerError as error:
            raise KuagerError(
                message("Document {number} of --copy cannot be read, or is too large."),
                remedy=message("Check the name of the file and that you may read it."),
                number=number,
            ) from error
    return found


def _due(case: Case, batch: str) -> str:
    return format_utc(from_epoch(to_epoch(parse_utc(batch)) + case.settings.contributions.interval_s))
