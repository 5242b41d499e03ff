"""The kinds of files that ``kuager add --as KIND`` reads, and who reads each. A new kind is one codec and one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from kuager.codecs import (
    archive_listing,
    censoredplanet,
    google_traffic,
    mlab,
    ooni,
    radar,
    ripestat,
    ris_live,
    series_file,
    site_list,
    stop,
    tor_users,
)
from kuager.codecs.decoded import Decoded
from kuager.codecs.ioda import api as ioda_api
from kuager.codecs.ioda import export as ioda_export
from kuager.codecs.ooni import api as ooni_api
from kuager.codecs.ooni import archive as ooni_archive
from kuager.codecs.text import excerpt
from kuager.errors import UsageError, message
from kuager.model.notes import Note

Decode = Callable[[bytes, str], Decoded]


class Measurements(Protocol):
    """Measurements of one file, read once from its beginning to its end; remarks are complete after that."""

    @property
    def remarks(self) -> tuple[Note, ...]:
        """What a reader should be told about how the file was read."""

    def __iter__(self) -> Iterator[Any]:
        """Arrow record batches of ``model.tables.MEASUREMENTS``."""


ReadMeasurements = Callable[[Iterable[bytes]], Measurements]

KINDS: Mapping[str, Decode] = MappingProxyType(
    {
        "ioda-export": ioda_export.decode,
        "ioda-api": ioda_api.decode,
        **radar.KINDS,
        "ripestat": ripestat.decode,
        **google_traffic.KINDS,
        **ooni_api.KINDS,
        "ooni-archive": lambda data, _place: ooni_archive.decode(data),
        "tor-users": tor_users.decode,
        "censoredplanet": lambda data, _place: censoredplanet.decode(data),
        "mlab": lambda data, _place: mlab.decode(data),
        "stop": lambda data, _place: stop.decode(data),
        **site_list.KINDS,
        "listing": lambda data, _place: archive_listing.decode(data),
        "ris-live": lambda data, _place: ris_live.decode(data),
        "series": lambda data, _place: series_file.decode(data),
    }
)
"""Per kind, what turns the bytes and the place given beside them into series and rows; most files name their places."""

MEASUREMENT_KINDS: Mapping[str, ReadMeasurements] = MappingProxyType({"ooni": ooni.read})
"""Per kind of which files may be too large to hold, what turns their bytes, piece by piece, into measurements."""

NAMED = tuple(kind for kind in (*KINDS, *MEASUREMENT_KINDS) if ":" not in kind)
"""The kinds for people; those with a colon say in the request what the answer does not say itself."""


def decode(kind: str, data: bytes, place: str) -> Decoded:
    """What a file of that kind says.

    Args:
        kind: a key of ``KINDS``.
        data: the file's bytes.
        place: code of the place, for kinds whose files do not name it; the others go by what the file says.

    Raises:
        UsageError: nobody reads that kind.
        CodecError: the bytes are not of that kind.
    """
    check(kind)
    return KINDS[kind](data, place)


def check(kind: str) -> None:
    """Refuse a kind that nobody reads.

    Raises:
        UsageError: naming those that there are.
    """
    if kind not in KINDS and kind not in MEASUREMENT_KINDS:
        raise UsageError(
            message("“{kind}” is not a kind of file that Kuager reads."),
            remedy=message("The kinds are: {kinds}."),
            kind=excerpt(kind),
            kinds=", ".join(NAMED),
        )
