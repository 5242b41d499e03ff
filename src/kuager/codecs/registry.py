"""The kinds of files that ``kuager add --as KIND`` reads, and who reads each. A new kind is one codec and one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kuager.codecs import ioda_api, ioda_export, series_file
from kuager.codecs.decoded import Decoded
from kuager.codecs.text import excerpt
from kuager.errors import UsageError, message

Decode = Callable[[bytes, str], Decoded]

KINDS: Mapping[str, Decode] = MappingProxyType(
    {
        "ioda-export": ioda_export.decode,
        "ioda-api": lambda data, _place: ioda_api.decode(data),
        "series": lambda data, _place: series_file.decode(data),
    }
)
"""Per kind, what turns the bytes and the place given beside them into series; most files name their places."""


def decode(kind: str, data: bytes, place: str) -> Decoded:
    """The series of a file of that kind.

    Args:
        kind: a key of ``KINDS``.
        data: the file's bytes.
        place: code of the place, for kinds whose files do not name it; the others go by what the file says.

    Raises:
        UsageError: nobody reads that kind.
        CodecError: the bytes are not of that kind.
    """
    if kind not in KINDS:
        raise UsageError(
            message("“{kind}” is not a kind of file that Kuager reads."),
            remedy=message("The kinds are: {kinds}."),
            kind=excerpt(kind),
            kinds=", ".join(KINDS),
        )
    return KINDS[kind](data, place)
