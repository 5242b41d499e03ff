"""OONI's archive in a bucket of Amazon S3: how its files are named, and the bucket's listings as ``files``.

Since 20 October 2020 ``raw/20220105/10/KZ/webconnectivity/2022010510_KZ_webconnectivity.n0.0.jsonl.gz``: by the hour in
which the server received a measurement, then by country. Before 21 October 2020 ``jsonl/webconnectivity/KZ/20200105/00/
20200105_KZ_webconnectivity.l.0.jsonl.gz``: by test and by day; both hold 20 October 2020. Beside the former lie
``.tar.gz`` of what probes sent, for OONI's own use, which are passed over.

A listing is ListObjectsV2 of S3's interface: XML with ``Contents`` (``Key``, ``Size``) and, while there is more,
``NextContinuationToken``. It is read with expat as a stream of events. A document type is refused where it begins, so
no entity but XML's own five can exist and none can grow; depth and texts are bounded. Sources: ooni/data's Readme and
Amazon's reference of the interface.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from xml.parsers import expat

import pyarrow as pa

from kuager.codecs.decoded import Decoded
from kuager.codecs.ooni.names import SHORT_NAMES, SOURCE_ID
from kuager.codecs.text import FETCH_AGAIN, cut_off, excerpt, refusal, text_of
from kuager.errors import CodecError, message
from kuager.model.notes import Note
from kuager.model.tables import FILES

DAY_OF_BOTH = datetime(2020, 10, 20, tzinfo=UTC)
"""The first day of the later layout is the last one of the earlier."""

_BY_HOUR = re.compile(
    r"raw/([0-9]{8})/([0-9]{2})/([A-Z]{2})/([a-z0-9]{1,60})/\1\2_\3_\4\.[a-z0-9-]{1,30}\.[0-9]{1,6}\.jsonl\.gz"
)
_BY_TEST = re.compile(
    r"jsonl/([a-z0-9]{1,60})/([A-Z]{2})/([0-9]{8})/00/\3_\2_\1\.[a-z0-9-]{1,30}\.[0-9]{1,6}\.jsonl\.gz"
)
_POSTCAN = ".tar.gz"
_LONGEST_TEXT, _DEEPEST = 2_000, 8
_MOST_FILES = 100_000
_SIZE = re.compile(r"[0-9]{1,15}")
_ENDS_TOO_EARLY = frozenset(
    expat.errors.codes[one] for one in (expat.errors.XML_ERROR_NO_ELEMENTS, expat.errors.XML_ERROR_UNCLOSED_TOKEN)
)
_WANTED = frozenset({"Name", "Prefix", "NextContinuationToken", "IsTruncated", "Key", "Size", "Code", "Message"})

_NAMES_UNKNOWN = message("Files whose names Kuager does not know, which were passed over: {count} (such as {name}).")
_NOTHING = message("OONI's archive was listed, and has nothing under {prefix}.")


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """One file of measurements: its key, the test, the country, the first moment, and its bytes."""

    key: str
    test: str
    country: str
    time: datetime
    size: int | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing; ``more`` is the token for the next page, empty on the last."""

    bucket: str
    prefix: str
    files: tuple[ArchivedFile, ...]
    unknown: tuple[str, ...]
    more: str


def prefixes_by_hour(country: str, start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
    """Each hour of a window with the prefix of what was received in it, as far as it lies in the later layout."""
    hour = max(start, DAY_OF_BOTH)
    while hour < end:
        yield hour, f"raw/{hour:%Y%m%d/%H}/{country}/"
        hour += timedelta(hours=1)


def prefixes_by_test(country: str, test: str, start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
    """Each day of a window with the prefix of a test's measurements, as far as it lies in the earlier layout.

    Args:
        country: two letters.
        test: as in ``TESTS``; the archive writes it without underscores.
        start: a midnight in UTC.
        end: a midnight in UTC, not included.
    """
    day = start
    while day < min(end, DAY_OF_BOTH + timedelta(days=1)):
        yield day, f"jsonl/{test.replace('_', '')}/{country}/{day:%Y%m%d}/00/"
        day += timedelta(days=1)


def decode(data: bytes) -> Decoded:
    """The files of one page of a listing, in order of time.

    Raises:
        CodecError: it is no such page, or the bucket answered with an error.
    """
    listing = listing_of(data)
    rows = [
        {
            "source": SOURCE_ID,
            "collector": "",
            "content": one.test,
            "time": one.time,
            "place": one.country,
            "name": one.key,
            "size": one.size,
        }
        for one in sorted(listing.files, key=lambda one: (one.time, one.key))
    ]
    remarks = []
    if listing.unknown:
        facts = {"count": str(len(listing.unknown)), "name": excerpt(listing.unknown[0])}
        remarks.append(Note(_NAMES_UNKNOWN, facts))
    if not rows:
        remarks.append(Note(_NOTHING, {"prefix": excerpt(listing.prefix, 100)}))
    return Decoded(remarks=tuple(remarks), tables={"files": pa.Table.from_pylist(rows, schema=FILES)})


def listing_of(data: bytes) -> Listing:
    """One page of a listing.

    Raises:
        CodecError: it is no such page, or the bucket answered with an error.
    """
    reader = _Reader()
    text = text_of(data)
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.finish
    parser.CharacterDataHandler = reader.add
    parser.StartDoctypeDeclHandler = _refuse_type
    try:
        # text instead of bytes: whatever encoding the document claims for itself is of no account then
        parser.Parse(text, True)
    except expat.ExpatError as error:
        if text.lstrip().startswith("<") and error.code in _ENDS_TOO_EARLY:
            raise cut_off(text.rstrip().count("\n") + 1) from error
        raise _no_listing(str(error)) from error
    return reader.listing()


@dataclass(slots=True)
class _Reader:
    """What the events of a listing leave behind."""

    path: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    length: int = 0
    heads: dict[str, str] = field(default_factory=dict)
    one: dict[str, str] = field(default_factory=dict)
    files: dict[str, ArchivedFile] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def begin(self, name: str, _attributes: object) -> None:
        """An element begins."""
        self.path.append(name.rpartition(":")[2])
        if len(self.path) > _DEEPEST or self.path[0] not in {"ListBucketResult", "Error"}:
            raise _no_listing(excerpt(f"it begins with <{self.path[0]}>"))
        self.text.clear()
        self.length = 0

    def add(self, text: str) -> None:
        """A piece of text, which counts towards a limit."""
        if self.path[-1] in _WANTED:
            self.length += len(text)
            if self.length > _LONGEST_TEXT:
                raise _no_listing("a text in it is too long")
            self.text.append(text)

    def finish(self, _name: str) -> None:
        """An element ends."""
        name, text = self.path.pop(), "".join(self.text).strip()
        self.text.clear()
        if len(self.path) == 1 and name == "Contents":
            self._keep()
            self.one.clear()
        elif len(self.path) == 1 and name in _WANTED:
            self.heads[name] = text
        elif len(self.path) == 2 and self.path[1] == "Contents" and name in {"Key", "Size"}:
            self.one[name] = text
        elif not self.path:
            self.heads["root"] = name

    def _keep(self) -> None:
        key, size = self.one.get("Key", ""), self.one.get("Size", "")
        if key.endswith(_POSTCAN):
            return
        found = _file(key, int(size) if _SIZE.fullmatch(size) else None)
        if len(self.files) + len(self.unknown) >= _MOST_FILES:
            raise _no_listing("it lists more than a bucket does at once")
        if found is None:
            self.unknown.append(key)
        else:
            self.files[key] = found

    def listing(self) -> Listing:
        """What was read, once all of it was.

        Raises:
            CodecError: the bucket answered with an error.
        """
        if self.heads["root"] == "Error":
            raise refusal(
                message("OONI's archive answered with an error instead of a listing: “{answer}” (in {file})."),
                remedy=message("Ask again later."),
                answer=excerpt(f"{self.heads.get('Code', '')} {self.heads.get('Message', '')}".strip(), 200),
            )
        more = self.heads.get("NextContinuationToken", "") if self.heads.get("IsTruncated") == "true" else ""
        return Listing(
            self.heads.get("Name", ""),
            self.heads.get("Prefix", ""),
            tuple(self.files.values()),
            tuple(self.unknown),
            more,
        )


def _file(key: str, size: int | None) -> ArchivedFile | None:
    """The file of a key; None for a key of another shape or with an impossible time."""
    if matched := _BY_HOUR.fullmatch(key):
        day, hour, country, short = matched.groups()
    elif matched := _BY_TEST.fullmatch(key):
        short, country, day = matched.groups()
        hour = "00"
    else:
        return None
    try:
        time = datetime.strptime(day + hour, "%Y%m%d%H").replace(tzinfo=UTC)
    except ValueError:
        return None
    if not 1990 <= time.year <= 2099:
        return None
    return ArchivedFile(key, SHORT_NAMES.get(short, short), country, time, size)


def _refuse_type(*_: object) -> None:
    raise _no_listing("it declares a document type, which no listing does")


def _no_listing(detail: str) -> CodecError:
    return refusal(
        message("The content of {file} is not a listing of OONI's archive."),
        meaning=message("The reader of XML says: {detail}."),
        remedy=FETCH_AGAIN,
        detail=excerpt(detail, 160),
    )
