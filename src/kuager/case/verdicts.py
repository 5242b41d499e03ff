"""Verdicts on the measurements of a case: kept beside the tables, disposable, made again where the code is another.

Each sealed object whose measurements are of sites and apps has a table of its own, ``observations/_verdicts``. One
measurement may have come in several objects, as a record and in lists of the API; it counts once, by the fullest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kuager.case.classified import by_own_fingerprints
from kuager.case.derivation import Derivation
from kuager.case.folder import Case
from kuager.case.ledger import Ledger
from kuager.case.proving import VERDICTS
from kuager.case.received import Received
from kuager.codecs.censoredplanet import Reading
from kuager.codecs.piece import Lines
from kuager.codecs.registry import MEASUREMENT_KINDS
from kuager.detection.flagged import of_flags
from kuager.detection.verdicts import censoredplanet
from kuager.detection.verdicts.measurements import Classifying
from kuager.errors import CodecError, message
from kuager.model.notes import Note
from kuager.model.sites import is_public_name
from kuager.model.verdicts import CLASSIFIED

Table = Any
CLASSIFIERS: Mapping[str, Callable[[Iterable[bytes]], Classifying | Reading]] = MappingProxyType(
    {
        "ooni": by_own_fingerprints,
        "censoredplanet": lambda pieces: censoredplanet.classified(bytes(line) for line in Lines(pieces)),
    }
)
"""Per kind of file, what turns its bytes, piece by piece, into record batches of ``model.verdicts.CLASSIFIED``.

Block pages are known by the fingerprints that come with Kuager, so that a case reads the same on every machine. Kinds
that are not named here are judged by the flags in their rows.
"""

JUDGED = ("ooni", "ooni-archive", "censoredplanet", "ooni-api")
"""Kinds whose measurements get verdicts, those that say most of a measurement first."""

BY_FLAGS_ONLY = message(
    "Files whose records could not be judged, so that only the source's own flags are known of their measurements: "
    "{count}."
)

_FAILED = "which are failed: {count}."
"""So ends what is remarked on measurements that have a row and the verdict ``failed``."""
SITES, CENSORED_PLANET = "web_connectivity", "censoredplanet"
APPS = frozenset(
    {
        "telegram",
        "whatsapp",
        "facebook_messenger",
        "signal",
        "tor",
        "torsf",
        "vanilla_tor",
        "psiphon",
        "openvpn",
        "riseupvpn",
    }
)
"""Tests of one app each: the name of the test is that of the service."""
FLAGGED = "flagged "
"""With this begin the topics of requests that ask for measurements with a flag only."""
COLUMNS = (
    "source",
    "uid",
    "test",
    "domain",
    "place",
    "network",
    "start",
    "received",
    "verdict",
    "layer",
    "blocked",
    "ok",
    "anomaly",
    "method",
)


def up_to_date_verdicts(case: Case) -> dict[str, str]:
    """The hashes of the tables of verdicts by the object that they are about, which the log is told of.

    The case must be held for writing.
    """
    found = make_verdicts(case)
    for record in _records(case):
        case.proving.derived(VERDICTS, _classifying(record), {record.digest: found[record.digest]})
    return found


def make_verdicts(case: Case) -> dict[str, str]:
    """As :func:`up_to_date_verdicts`, without the log.

    Tables that are missing, damaged or of another code are made again.
    """
    records = _records(case)
    case.tables.keep_verdicts_of(frozenset(record.digest for record in records))
    found = {}
    for record in records:
        derivation = _classifying(record)
        known = case.derivations.output_of(derivation)
        digest = case.tables.verdicts_hash(record.digest)
        if not digest or digest != known:
            _write(case, record)
            digest = case.tables.verdicts_hash(record.digest)
            case.derivations.record(derivation, digest)
        found[record.digest] = digest
    return found


def _classifying(record: Received) -> Derivation:
    return Derivation("classify", {"read-as": record.kind}, [record.digest])


def verdicts(case: Case) -> Table:
    """Verdicts on sites and apps, each measurement once, in order of time: ``COLUMNS`` and ``service``, ``time``.

    Sites without a public name (``has_public_name``) are left out.

    ``time`` is int64 seconds since the epoch by the clock of the probe where that is not far from the server's.
    Rows of lists that hold flagged measurements only are left out: of such a list every share would be 1.
    """
    whole = of_services(case, COLUMNS)
    whole = whole.append_column("service", services(whole)).append_column("time", times(whole))
    whole = whole.filter(pc.and_(pc.is_valid(whole["time"]), has_public_name(whole)))
    order = [(name, "ascending") for name in ("time", "network", "service", "test", "uid")]
    return whole.sort_by(order)


def of_services(case: Case, columns: Sequence[str]) -> Table:
    """Verdicts on sites and apps, each measurement once, in no order, also those without a time.

    Args:
        case: the case.
        columns: of ``model.verdicts.CLASSIFIED``, among them ``source``, ``uid``, ``test``, ``domain``, ``anomaly``.
    """
    flagged = asked_for_flagged(case)
    parts = [CLASSIFIED.empty_table().select(list(columns))]
    for record in _records(case):
        rows = case.tables.verdicts(record.digest, columns)
        if record.kind != "ooni-api" or not (record.digest in flagged or _all_flagged(rows)):
            parts.append(rows)
    whole = pa.concat_tables(parts)
    whole = whole.filter(_about_services(whole))
    return whole.take(pa.array(_once(whole["uid"])))


def remarks_on_reading(case: Case) -> tuple[Note, ...]:
    """How the measurements were read when they were judged, of all objects together: counts of one kind are added.

    Remarks on measurements that are failed are left out: those have rows, which say of which place they are, and why.
    """
    counts: Counter[str] = Counter()
    others: list[Note] = []
    for record in _records(case):
        for note in case.tables.verdict_remarks(record.digest):
            if note.template.endswith(_FAILED):
                continue
            if set(note.facts) == {"count"}:
                counts[note.template] += int(note.facts["count"])
            elif note not in others:
                others.append(note)
    return (*(Note(template, {"count": str(count)}) for template, count in counts.items()), *others)


def lists_of_flagged(case: Case) -> int:
    """How many objects are left out because they hold flagged measurements only."""
    flagged = asked_for_flagged(case)
    return sum(
        record.digest in flagged or _all_flagged(case.tables.verdicts(record.digest, ("anomaly",)))
        for record in _records(case)
        if record.kind == "ooni-api"
    )


def _records(case: Case) -> list[Received]:
    """One record for each object with measurements of sites and apps, those that say most of each first."""
    chosen: dict[str, Received] = {}
    kinds = {kind: number for number, kind in enumerate(JUDGED)}
    for record in sorted(case.records.all(), key=lambda one: kinds.get(_kind(one), len(kinds))):
        if _kind(record) in kinds:
            chosen.setdefault(record.digest, record)
    return list(chosen.values())


def _kind(record: Received) -> str:
    """The kind without what a request says beside it: ``ooni-api`` of ``ooni-api:web_connectivity``."""
    return record.kind.partition(":")[0]


def _write(case: Case, record: Received) -> None:
    """Judge the measurements of an object; where the records themselves cannot be judged, by their flags."""
    by_flags: tuple[Note, ...] = ()
    if record.kind in CLASSIFIERS:
        with suppress(CodecError):
            judged = CLASSIFIERS[record.kind](case.objects.chunks(record.digest))
            case.tables.write_verdicts(record.digest, judged, lambda: judged.remarks)
            return
        by_flags = (Note(BY_FLAGS_ONLY, {"count": "1"}),)
    flagged = (of_flags(batch) for batch in _measurements(case, record))
    case.tables.write_verdicts(record.digest, flagged, lambda: by_flags)


def _measurements(case: Case, record: Received) -> Iterator[Any]:
    if record.kind in MEASUREMENT_KINDS:
        yield from case.tables.measurements(record.digest)
        return
    rows = case.tables.read("measurements")
    own = rows.filter(pc.equal(rows["object"], record.digest))
    yield from own.drop_columns(["object"]).to_batches()


def asked_for_flagged(case: Case) -> frozenset[str]:
    """The objects that answered a question for flagged measurements."""
    every = Ledger(case.path / "evidence" / "requests").all().values()
    return frozenset(one.object for one in every if one.topic.startswith(FLAGGED))


def _all_flagged(rows: Table) -> bool:
    """Whether every row has a flag: then the list was of flagged measurements, or cannot be told from one."""
    return bool(rows.num_rows) and bool(pc.all(pc.fill_null(rows["anomaly"], False), min_count=0).as_py())


def _about_services(rows: Table) -> Any:
    """Which rows are of a site with a name, or of an app."""
    about_sites = pc.or_(pc.equal(rows["test"], SITES), pc.equal(rows["source"], CENSORED_PLANET))
    sites = pc.and_(about_sites, pc.not_equal(rows["domain"], ""))
    return pc.or_(sites, pc.is_in(rows["test"], pa.array(sorted(APPS))))


def has_public_name(rows: Table) -> Any:
    """Which of the rows of ``of_services`` are of an app, or of a site that has a name that everybody can look up.

    Addresses and private names are whatever a volunteer typed in, maybe of their own house: they are told nowhere.
    """
    names = [one for one in pc.unique(rows["domain"]).to_pylist() if is_public_name(one)]
    apps = pc.is_in(rows["test"], pa.array(sorted(APPS)))
    return pc.or_(apps, pc.is_in(rows["domain"], pa.array(names, pa.string())))


def _once(uids: Any) -> Any:
    """The rows to keep: of several with the same public name the first; those without a name all."""
    names = uids.combine_chunks().dictionary_encode()
    codes = names.indices.to_numpy(zero_copy_only=False)
    _, firsts = np.unique(codes, return_index=True)
    unnamed = [index for index, name in enumerate(names.dictionary.to_pylist()) if not name]
    keep = np.zeros(codes.size, dtype=np.bool_)
    keep[firsts] = True
    keep |= np.isin(codes, np.array(unnamed, dtype=codes.dtype))
    return np.flatnonzero(keep)


def services(rows: Table) -> Any:
    """What each row is of: the host of a site, or the name of an app."""
    app = pc.is_in(rows["test"], pa.array(sorted(APPS)))
    return pc.if_else(app, rows["test"], rows["domain"])


_CLOCK_DAYS = 7
"""Results may be sent days later; a clock that is off by more is not believed."""


def times(rows: Table) -> Any:
    """When, by the clock of whoever measured; by the server's where that one is missing or far off."""
    start, received = (rows[name].cast(pa.int64()) for name in ("start", "received"))
    apart = pc.abs(pc.subtract(start, received))
    far = pc.fill_null(pc.greater(apart, _CLOCK_DAYS * 86_400_000), False)
    chosen = pc.if_else(far, received, pc.coalesce(start, received))
    return pc.divide(chosen, 1000)
