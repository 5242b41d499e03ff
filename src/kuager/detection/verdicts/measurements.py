"""Files of raw measurements, classified: one row of ``model.verdicts.CLASSIFIED`` a measurement, as a stream.

A file holds measurements of OONI, one JSON object a line or one in all, or rows that OONI has scored already, or
results of Censored Planet, which are told apart by their fields. What a file says is read and judged and then
forgotten; what cannot be read is counted, named in a remark and passed over. A file that is cut off gives what came
before the cut.

OONI discards measurements of probes that do not know their country or network; there is no row of them here either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

import msgspec
import pyarrow as pa
from msgspec import UNSET, UnsetType

from kuager.codecs.censoredplanet.signatures import Signatures
from kuager.codecs.fingerprints import Fingerprints
from kuager.codecs.ooni.record import Record
from kuager.codecs.ooni.record_tests import KINDS
from kuager.codecs.ooni.records import Records
from kuager.codecs.ooni.row import identity, times
from kuager.codecs.ooni.scoring import SCORED, score
from kuager.codecs.ooni.scoring.recorded import recorded
from kuager.codecs.ooni.text import test_name
from kuager.codecs.piece import LONGEST_LINE, MOST_STRANGE, Lines
from kuager.codecs.text import refusal
from kuager.detection.verdicts import censoredplanet
from kuager.detection.verdicts.judged import Judged
from kuager.detection.verdicts.ooni import judge
from kuager.detection.verdicts.scored import judge_scores
from kuager.errors import CodecError, message
from kuager.model.notes import Note
from kuager.model.schemas import TIME
from kuager.model.verdicts import CLASSIFIED

_ROWS_AT_ONCE = 2_000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DISCARDED_ASN = frozenset({"AS0", "0"})
_WRONG_CLOCK = "Measurement start time"
"""With this OONI's score of a measurement begins that has a wrong clock."""

_UNREADABLE = message("Lines that are not whole measurements and were passed over: {count}.")
_TOO_LONG = message("Lines that are longer than any measurement and were passed over: {count}.")
_ODD = message("Measurements with parts of another type than OONI's, which were left out: {count}.")
_DISCARDED = message(
    "Measurements of probes that did not know their country or network, which OONI discards and so are passed over: "
    "{count}."
)
_NO_RESULTS = message("Measurements that came without results, which are failed: {count}.")
_OTHER_TESTS = message("Measurements of tests that OONI does not score, which are failed: {count}.")
_CLOCK = message(
    "Measurements that began, by the probe's own clock, more than an hour after OONI received them or more than a year "
    "before, which are failed: {count}."
)
_ONLY_SCORED = message("Rows with OONI's scores but without the measurement, judged by the scores alone: {count}.")
_CUT_OFF = message("The file is damaged or cut off at line {line}; what came before that was classified.")
_FEW = message(
    "“Confirmed” was looked for with {count} fingerprints only, those that come with Kuager; name a folder with OONI's "
    "own lists to look for all of them."
)
_TOLD = (_UNREADABLE, _TOO_LONG, _ODD, _DISCARDED, _NO_RESULTS, _OTHER_TESTS, _CLOCK, _ONLY_SCORED)

_Row = tuple[Any, ...]


class _Shape(msgspec.Struct):
    """Fields by which a first line shows whose it is; their values are read later."""

    test_name: msgspec.Raw | UnsetType = UNSET
    results: list[msgspec.Raw] | UnsetType | None = UNSET
    server: msgspec.Raw | UnsetType = msgspec.field(name="Server", default=UNSET)
    vp: msgspec.Raw | UnsetType = UNSET
    service: msgspec.Raw | UnsetType = UNSET
    confidence: msgspec.Raw | UnsetType = UNSET
    passed: msgspec.Raw | UnsetType = UNSET
    asname: msgspec.Raw | UnsetType = UNSET
    resolver: msgspec.Raw | UnsetType = UNSET

    def is_of_censored_planet(self) -> bool:
        """Whether it has a field that only lines of Censored Planet have, and none of OONI's."""
        theirs = (self.server, self.vp, self.service, self.confidence, self.passed, self.asname, self.resolver)
        return self.test_name is UNSET and self.results is UNSET and any(one is not UNSET for one in theirs)


class Classifying:
    """The rows of one file, read once from its beginning to its end; remarks are complete after that."""

    def __init__(
        self, pieces: Iterable[bytes], fingerprints: Fingerprints, signatures: Signatures | None, *, few: bool
    ) -> None:
        self._lines = Lines(pieces, pass_over_long=True)
        self._fingerprints = fingerprints
        self._signatures = signatures
        self._few = few
        self._records = Records()
        self._counts: Counter[str] = Counter()
        self._understood = 0
        self._cut: CodecError | None = None
        self._broken = False
        self._planets: tuple[Note, ...] = ()

    @property
    def remarks(self) -> tuple[Note, ...]:
        """What a reader should be told about how the file was read."""
        counts = {**self._counts, _ODD: self._records.odd, _TOO_LONG: self._lines.too_long}
        told = [Note(one, {"count": str(counts[one])}) for one in _TOLD if counts.get(one)]
        if self._cut is not None or (self._broken and self._lines.ends_open):
            told.append(Note(_CUT_OFF, {"line": str(self._lines.count)}))
        if self._few and self._understood > self._counts[_ONLY_SCORED]:
            told.append(Note(_FEW, {"count": str(self._fingerprints.count)}))
        return (*told, *self._planets)

    def __iter__(self) -> Iterator[Any]:
        """Arrow record batches of ``CLASSIFIED``.

        Raises:
            CodecError: no line of it is a measurement.
        """
        lines = self._until_cut()
        ahead = list(islice(lines, 2))
        shapes = [_shape(line) for line in ahead]
        if any(shape is not None and shape.is_of_censored_planet() for shape in shapes):
            yield from self._of_censored_planet(chain(ahead, lines))
        else:
            together = ahead and bytes(ahead[0][:1]) == b"{" and not any(shapes)
            yield from self._of_ooni(self._together(ahead, lines) if together else chain(ahead, lines))

    def _until_cut(self) -> Iterator[memoryview]:
        """The lines up to where the file is damaged or cut off; files that were joined have marks in their midst."""
        try:
            for line in self._lines:
                own = line[len(_BYTE_ORDER_MARK) :] if line[: len(_BYTE_ORDER_MARK)] == _BYTE_ORDER_MARK else line
                if own:
                    yield own
        except CodecError as error:
            self._cut = error

    def _of_censored_planet(self, lines: Iterable[memoryview]) -> Iterator[Any]:
        reading = censoredplanet.classified(lines, self._signatures)
        yield from reading
        self._planets = reading.remarks

    def _of_ooni(self, lines: Iterable[memoryview]) -> Iterator[Any]:
        rows: list[_Row] = []
        for line in lines:
            for record in self._read(line):
                row = self._row(record)
                if row is not None:
                    rows.append(row)
                    if len(rows) == _ROWS_AT_ONCE:
                        yield _batch(rows)
                        rows.clear()
        if not self._understood:
            raise self._cut or self._of_another_kind()
        if rows:
            yield _batch(rows)

    def _read(self, line: memoryview | bytes) -> Iterator[Record]:
        """The record in a line, or those of a page of a list."""
        try:
            found: Record | None = self._records.read(line)
        except (ValueError, RecursionError):
            found = None
        self._broken = found is None
        if found is not None and found.test_name is not None:
            if found.test_name in KINDS or test_name(found.test_name) is not None:
                self._understood += 1
                yield self._unwrapped(found) if isinstance(found.raw_measurement, str) else found
                return
        elif found is not None:
            shape = _shape(line)
            if shape is not None and isinstance(shape.results, list):
                for one in shape.results:
                    yield from self._read(bytes(one))
                return
        self._counts[_UNREADABLE] += 1
        if not self._understood and self._counts[_UNREADABLE] >= MOST_STRANGE:
            raise self._of_another_kind()

    def _unwrapped(self, row: Record) -> Record:
        """The measurement that a row holds as a text, or the row itself if it holds none."""
        try:
            inner = self._records.read(row.raw_measurement.encode() if isinstance(row.raw_measurement, str) else b"")
        except (ValueError, RecursionError):
            return row
        if inner.test_name is None or test_name(inner.test_name) is None:
            return row
        inner.measurement_uid = inner.measurement_uid or row.measurement_uid
        return inner

    def _row(self, record: Record) -> _Row | None:
        if (record.probe_cc or "").upper() == "ZZ" or str(record.probe_asn).upper() in _DISCARDED_ASN:
            self._counts[_DISCARDED] += 1
            return None
        judged = self._judged(record)
        verdict, flags = judged.verdict, judged.flags
        masses = verdict.masses
        return (
            *identity(record),
            verdict.kind,
            verdict.layer,
            masses.blocked,
            masses.down,
            masses.ok,
            flags.anomaly,
            flags.confirmed,
            flags.failed,
            judged.method,
            [_sentence(note) for note in verdict.reasons],
        )

    def _judged(self, record: Record) -> Judged:
        if record.test_keys is None and record.scores is not UNSET:
            self._counts[_ONLY_SCORED] += 1
            return judge_scores(record, recorded(record.scores))
        scored = score(record, self._fingerprints)
        if record.test_name not in SCORED:
            self._counts[_OTHER_TESTS] += 1
        elif record.test_keys is None:
            self._counts[_NO_RESULTS] += 1
        msg = scored.scores.msg
        if msg is not UNSET and msg.startswith(_WRONG_CLOCK):
            self._counts[_CLOCK] += 1
        return judge(record, scored, scored.pages)

    def _together(self, ahead: list[memoryview], lines: Iterator[memoryview]) -> Iterable[memoryview]:
        """All lines as one, if that is JSON; else the lines as they are, as many as have been read by then."""
        document = bytearray(b"\n".join(ahead))
        for line in lines:
            document += b"\n"
            document += line
            if len(document) > LONGEST_LINE:
                return chain(Lines((bytes(document),)), lines)
        return (memoryview(document),) if _shape(document) is not None else Lines((bytes(document),))

    def _of_another_kind(self) -> CodecError:
        return refusal(
            message("No line of {file} is a measurement of OONI or a result of Censored Planet."),
            meaning=message("Each line should be a JSON object, such as OONI's with test_name and test_keys."),
            remedy=message(
                "Give a file of raw measurements as the source publishes it, plain or compressed with gzip."
            ),
        )


def classified(
    pieces: Iterable[bytes], fingerprints: Fingerprints, signatures: Signatures | None = None, *, few: bool = False
) -> Classifying:
    """The rows of a file, to be read once.

    Args:
        pieces: the bytes of the file in order, cut anywhere, plain or compressed with gzip.
        fingerprints: of known blocks, with ``doubts.PAGE_MARKS`` among them.
        signatures: of pages, for results of Censored Planet.
        few: whether the fingerprints are only the few that come with Kuager, so that a remark says so.
    """
    return Classifying(pieces, fingerprints, signatures, few=few)


def _shape(line: memoryview | bytearray | bytes) -> _Shape | None:
    """The shape of a line; None if it is no JSON object."""
    try:
        return msgspec.json.decode(line, type=_Shape)
    except (ValueError, RecursionError):
        return None


def _sentence(note: Note) -> str:
    return note.template.format(**note.facts) if note.facts else note.template


def _batch(rows: list[_Row]) -> Any:
    arrays = [
        times(values) if field.type == TIME else pa.array(values, field.type)
        for field, values in zip(CLASSIFIED, zip(*rows, strict=True), strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=CLASSIFIED)
