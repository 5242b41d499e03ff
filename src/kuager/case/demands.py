"""The demand log of an operator: sealed entries, read by whoever holds an identity for which they were sealed.

An entry is a committed record in a parcel (``evidence.private.parcels``), which is kept closed: nothing of what it says
lies in the clear on the disk. The log of the case has its commitment only, in a batch among dummies: neither how many
demands there are nor when one came can be read from what is public.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from kuager.accountability.demands import Demand, DemandEntry, merged
from kuager.case.entrusted import contributions
from kuager.case.folder import Case
from kuager.case.private_files import identities_of
from kuager.errors import KeyUnusable, ProofRefused
from kuager.evidence.private.commitments import Value, read_opening
from kuager.evidence.private.parcels import Parcel, unpack
from kuager.evidence.private.sealing import check_identities
from kuager.evidence.private.strict import from_hex
from kuager.model.time import format_utc, from_epoch

__all__ = ["DemandEntry", "DemandLog", "OpenedField", "opened_fields", "read_demands"]

DEMAND, KNOWN = "demand", "known"
"""The fields of every entry that say which demand it is about, and when it was sealed."""


class Harm(StrEnum):
    """Why what lies in the demand log is no entry of it."""

    CHANGED = "changed"
    RENAMED = "renamed"
    NOT_COMMITTED = "not-committed"
    """Its commitment is neither in the log of the case nor waiting for its batch."""


@dataclass(frozen=True, slots=True)
class Harmed:
    """A file of the demand log that is not what was sealed.

    Attributes:
        name: of the file, which should be the commitment.
        root: the commitment, as far as it can be told.
        harm: what is wrong.
        logged: the number of the entry of the log that has the file's name as its commitment; None where there is none.
    """

    name: str
    root: bytes
    harm: Harm
    logged: int | None


@dataclass(frozen=True, slots=True)
class DemandLog:
    """What an identity can read.

    Attributes:
        demands: as they stand, by when they were received and then by id.
        entries: in the order in which they were sealed.
        closed: commitments of the entries that the identity does not open.
        damaged: those of the entries that are not what was sealed; they count in none of the others.
    """

    demands: tuple[Demand, ...]
    entries: tuple[DemandEntry, ...]
    closed: tuple[bytes, ...]
    damaged: tuple[bytes, ...]

    def of(self, demand: str) -> tuple[DemandEntry, ...]:
        """The entries of one demand, in their order."""
        return tuple(sorted((one for one in self.entries if one.demand == demand), key=lambda one: one.order))

    @property
    def incomplete(self) -> tuple[str, ...]:
        """Demands of which entries can be read, but not those that say what every demand needs."""
        known = {one.id for one in self.demands}
        return tuple(sorted({one.demand for one in self.entries} - known))


@dataclass(frozen=True, slots=True)
class Reading:
    """The demand log with what only the steps of a case need: parcels, batches, and what is wrong with files.

    Attributes:
        log: what can be read.
        harmed: the files that are no entries.
        parcels: by commitment, opened.
        batches: the start of the batch of every commitment that is logged or waits.
        names: of all files, at the moment of reading.
    """

    log: DemandLog
    harmed: tuple[Harmed, ...]
    parcels: Mapping[bytes, Parcel] = field(repr=False)
    batches: Mapping[bytes, str] = field(repr=False)
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class OpenedField:
    """A field of a demand that was opened to the public, and the entry of the log that had committed to it."""

    demand: str
    field: str
    value: Value
    root: bytes
    entry: int


def read_demands(case: Case, identity: Path) -> DemandLog:
    """All that an identity opens.

    Args:
        case: the case.
        identity: a file of ``age-keygen``, or a pipe from which one comes.

    Raises:
        KuagerError: the file holds no identity, or the log is not what was written.
    """
    return reading(case, identities_of(identity)).log


def reading(case: Case, identities: str) -> Reading:
    """As :func:`read_demands`, from the text of an identity file, with what the steps of a case need besides."""
    check_identities(identities)
    paths = case.entrusted.closed()
    waiting = case.entrusted.waiting()  # before the log: what moves from one to the other meanwhile is seen in it
    in_log = {root: entry for entry, root in contributions(case.proving.log)}
    batches = {root: format_utc(from_epoch(start)) for root, start in waiting.items()}
    batches |= {root: entry.leaf.known for root, entry in in_log.items()}
    entries: list[DemandEntry] = []
    closed: list[bytes] = []
    harmed: list[Harmed] = []
    parcels: dict[bytes, Parcel] = {}
    for name, path in paths.items():
        root = _root(name)
        logged = in_log[root].index if root in in_log else None
        try:
            parcel = unpack(path.read_bytes(), identities)
        except KeyUnusable:
            if root in batches:
                closed.append(root)
            else:
                harmed.append(Harmed(name, root, Harm.NOT_COMMITTED, None))
            continue
        except ProofRefused:
            harmed.append(Harmed(name, root, Harm.CHANGED, logged))
            continue
        entry = _entry(parcel, logged)
        if parcel.record.root != root:
            harmed.append(Harmed(name, parcel.record.root, Harm.RENAMED, logged))
        elif root not in batches:
            harmed.append(Harmed(name, root, Harm.NOT_COMMITTED, None))
        elif entry is None:
            harmed.append(Harmed(name, root, Harm.CHANGED, logged))
        else:
            entries.append(entry)
            parcels[root] = parcel
    return Reading(_log(entries, closed, harmed), tuple(harmed), parcels, batches, frozenset(paths))


def opened_fields(case: Case) -> tuple[OpenedField, ...]:
    """What was opened of demands, by demand and field; only what was opened is read for it.

    Raises:
        ProofRefused: an opening is not what was written.
    """
    closed = case.entrusted.closed()
    numbers = {root: entry.index for entry, root in contributions(case.proving.log)}
    found = []
    for name, opening in case.entrusted.openings().items():
        root = _root(name)
        if name not in closed or root not in numbers:
            continue  # of a source, who is nobody's demand
        said = read_opening(opening, root)
        demand = str(said.pop(DEMAND, ""))
        found += [OpenedField(demand, one, value, root, numbers[root]) for one, value in said.items()]
    return tuple(sorted(found, key=lambda one: (one.demand, one.field, one.entry)))


def _log(entries: Sequence[DemandEntry], closed: Sequence[bytes], harmed: Sequence[Harmed]) -> DemandLog:
    demands = []
    for name in sorted({one.demand for one in entries}):
        try:
            demands.append(merged([one for one in entries if one.demand == name]))
        except ValueError:
            continue  # told by DemandLog.incomplete
    return DemandLog(
        tuple(sorted(demands, key=lambda one: (one.received, one.id))),
        tuple(sorted(entries, key=lambda one: (one.known, *one.order))),
        tuple(closed),
        tuple(one.root for one in harmed),
    )


def _entry(parcel: Parcel, logged: int | None) -> DemandEntry | None:
    """None where the record is of something else."""
    said: dict[str, Value] = {one.name: one.value for one in parcel.record.disclosures}
    demand, known = said.pop(DEMAND, None), said.pop(KNOWN, None)
    if not isinstance(demand, str) or not isinstance(known, str):
        return None
    return DemandEntry(demand, parcel.record.root, known, said, logged)


def _root(name: str) -> bytes:
    """The commitment that a file is named after; of a file with another name its name, which no commitment equals."""
    try:
        return from_hex(name)
    except ProofRefused:
        return name.encode("utf-8", "surrogateescape")
