"""Since when entries have been there at the latest: by witnesses, authorities (RFC 3161) and Bitcoin (OpenTimestamps).

A head that somebody saw at a moment holds all entries below its size: none of them is younger. An entry that says that
it was written after that is false, and one that was written before the beacon in it was published is too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta

from kuager.errors import EvidenceError, ProofRefused, message
from kuager.evidence.bundle import layout
from kuager.evidence.leaves import CustodyEvent
from kuager.evidence.stamps import beacon, opentimestamps, rfc3161
from kuager.evidence.stamps.bitcoin import HEADER_SIZE, BlockHeader
from kuager.evidence.stamps.finding import Unchecked
from kuager.evidence.verify.bag import Bag
from kuager.evidence.verify.entries import Entries, known_at
from kuager.evidence.verify.heads import Head, Heads
from kuager.evidence.verify.report import TIME, Bound, Finding, Outcome, Section, shown
from kuager.evidence.verify.trusted import Trusted
from kuager.model.time import format_utc, from_epoch

CLOCKS = timedelta(minutes=10)
"""How far clocks of different machines may differ."""

_MOST_STAMPS = 50
"""Each may take a program that is started for it."""
_STAMP = re.compile(r"log/stamps/(\d+)\.([a-z0-9-]+)\.(tsr|ots)", re.ASCII)
_HEADER = re.compile(r"time/bitcoin-(\d+)\.hdr", re.ASCII)


@dataclass(frozen=True, slots=True)
class Times:
    """What was found, until when which entries were there, earliest first, and whether authorities were asked."""

    section: Section
    bounds: tuple[Bound, ...]
    by_authorities: bool


def check_times(bag: Bag, heads: Heads, entries: Entries, trusted: Trusted) -> Times:
    """Check everything in a bundle that says a time."""
    section = Section(TIME)
    bounds = _of_witnesses(heads)
    headers = _headers(bag, section)
    stamps = bag.below("log/stamps/")
    if len(stamps) > _MOST_STAMPS:
        section.not_checked(message("More than {most} stamps: the others were not checked."), most=_MOST_STAMPS)
    for path in stamps[:_MOST_STAMPS]:
        match = _STAMP.fullmatch(path)
        if match is None:
            continue
        head = heads.known.get(int(match[1]))
        if head is None:
            section.fails(message("The stamp is of a head that the bundle does not have, or that nobody signed."), path)
            continue
        found = _checked(path, match[2], head, bag, headers, trusted, section)
        bounds += [found] if found else []
    bounds.sort(key=lambda one: (one.time, -one.entries))
    _tell(bounds, heads, section)
    _check_entries(bounds, entries, section)
    _check_beacons(entries, section)
    return Times(section, tuple(bounds), any(path.endswith(".tsr") for path in stamps))


def _of_witnesses(heads: Heads) -> list[Bound]:
    return [
        Bound(head.checkpoint.size, from_epoch(moment), key.name, heads.anchored)
        for head in heads.known.values()
        for key, moment in head.witnesses.items()
    ]


def _headers(bag: Bag, section: Section) -> dict[int, bytes]:
    headers: dict[int, bytes] = {}
    for path in bag.below("time/"):
        match = _HEADER.fullmatch(path)
        data = bag.held[path]
        try:
            BlockHeader.parse(data[: HEADER_SIZE + 1])
        except ProofRefused as error:
            section.refused(error, path)
        else:
            headers |= {int(match[1]): data} if match else {}
    return headers


def _checked(
    path: str, name: str, head: Head, bag: Bag, headers: dict[int, bytes], trusted: Trusted, section: Section
) -> Bound | None:
    """What a stamp proves."""
    try:
        if path.endswith(".ots"):
            return _by_bitcoin(
                path, head, opentimestamps.check(head.checkpoint.text(), bag.held[path], headers), section
            )
        return _by_authority(path, name, head, bag, trusted, section)
    except EvidenceError as error:
        section.refused(error, path)
        return None


def _by_bitcoin(path: str, head: Head, standing: opentimestamps.Standing, section: Section) -> Bound | None:
    attested = isinstance(standing, opentimestamps.Attested)
    outcome = Outcome.HOLDS if attested else Outcome.NOT_CHECKED
    section.findings.append(Finding(TIME, outcome, standing.note, shown(path)))
    if not isinstance(standing, opentimestamps.Attested):
        return None
    return Bound(head.checkpoint.size, standing.latest, f"Bitcoin {standing.height}", anchored=False)


def _by_authority(path: str, name: str, head: Head, bag: Bag, trusted: Trusted, section: Section) -> Bound | None:
    own = bag.held.get(f"keys/tsa-{name}.pem", b"")
    roots = trusted.tsa_roots or own
    if not roots:
        section.not_checked(message("Nobody knows the certificates of the authority that stamped this."), path)
        return None
    stamp = rfc3161.verify(head.checkpoint.text(), bag.held[path], roots, others=own)
    if isinstance(stamp, Unchecked):
        section.findings.append(Finding(TIME, Outcome.NOT_CHECKED, stamp.note, shown(path)))
        return None
    said = message("The authority {authority} stamped the head of {size} entries at {time}, by a root that you gave.")
    if not trusted.tsa_roots:
        said = message(
            "The authority {authority} stamped the head of {size} entries at {time}, by a root that the bundle itself "
            "brings."
        )
    authority = stamp.authority or name
    section.holds(said, path, authority=authority, size=head.checkpoint.size, time=format_utc(stamp.latest))
    return Bound(head.checkpoint.size, stamp.latest, shown(authority), anchored=bool(trusted.tsa_roots))


def _tell(bounds: list[Bound], heads: Heads, section: Section) -> None:
    """The earliest word for all entries."""
    size = heads.last.checkpoint.size if heads.last else -1
    whole = [one for one in bounds if one.entries == size]
    if not whole:
        section.not_checked(
            message("Nobody says when the head was there: nothing shows that the entries are not of today.")
        )
        return
    section.holds(
        message("All {size} entries of the log were there before {time}, as {by} says."),
        size=size,
        time=format_utc(whole[0].time),
        by=whole[0].by,
    )


def _check_entries(bounds: list[Bound], entries: Entries, section: Section) -> None:
    """No entry can say that it was written after somebody saw it."""
    earliest: list[Bound] = []
    for bound in bounds:  # a later word counts for those entries only that no earlier one speaks of
        if bound.entries > (earliest[-1].entries if earliest else 0):
            earliest.append(bound)
    good = total = 0
    for index, leaf in entries.leaves.items():
        known = known_at(leaf)
        at = bisect_right(earliest, index, key=lambda one: one.entries)
        if known is None or at == len(earliest):
            continue
        bound = earliest[at]
        total += 1
        if known > bound.time + CLOCKS:
            section.fails(
                message("The entry says that it was written at {time}, but {by} saw it at {seen}."),
                layout.leaf_path(index),
                time=leaf.known,
                by=bound.by,
                seen=format_utc(bound.time),
            )
        else:
            good += 1
    section.counted(message("{count} of {all} entries say a time that is not after they were first seen."), good, total)


def _check_beacons(entries: Entries, section: Section) -> None:
    """No entry can have been written before what is in it was published; the first that has it bounds all after it."""
    first: tuple[int, datetime] | None = None
    for index, leaf in entries.leaves.items():
        if not isinstance(leaf, CustodyEvent) or leaf.beacon is None:
            continue
        try:
            published = beacon.not_before(leaf.beacon)
        except ProofRefused as error:
            section.refused(error, layout.leaf_path(index))
            continue
        if isinstance(published, Unchecked):
            section.findings.append(Finding(TIME, Outcome.NOT_CHECKED, published.note, layout.leaf_path(index)))
            continue
        known = known_at(leaf)
        if known is not None and known < published - CLOCKS:
            section.fails(
                message(
                    "The entry says that it was written at {time}, but what is in it was published at {published}."
                ),
                layout.leaf_path(index),
                time=leaf.known,
                published=format_utc(published),
            )
        elif first is None:
            first = (index, published)
    if first is not None:
        section.holds(
            message(
                "The entry {index}, and all after it, are not older than {time}, if the value in it is the one that "
                "drand published."
            ),
            index=first[0],
            time=format_utc(first[1]),
        )
