"""Censored Planet's signatures of pages: those of known block pages, and those of pages that only look like one.

Two files with one JSON object a line, ``{"fingerprint": …, "pattern": …}``, the pattern a regular expression in which
the dot stands for a line break too. The rules are those of the source's own matcher (``blockpage.py`` of its pipeline):
the false positives are tried first, then the block pages, each in the order of its file, and the first that is found
anywhere in the page counts; a name given twice keeps its first place and its last pattern. Pages and patterns are
compared as the text that they are, even where either was once decoded wrongly.

Nearly all patterns are plain text, some with a gap (``.*``) in it. They are searched for piece by piece, each from
where the one before it was found, so that no page takes more time than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from kuager.codecs.censoredplanet.page import LONGEST_PAGE
from kuager.codecs.text import FETCH_AGAIN, excerpt, refusal, text_of
from kuager.errors import CodecError, message

_MOST_SIGNATURES = 20_000
_LONGEST_PATTERN = 2_000
_GAP = re.compile(r"(?<!\\)((?:\\\\)*)\.\*\??")
_SPECIAL = re.compile(r"[.^$*+?()\[\]|]|\{[0-9,]|\\[A-Za-z0-9]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MOST_CHOICES = 2
"""In one part of a pattern; more of them can take time beyond measure on a page that nearly fits."""
_UNBOUNDED = re.compile(r"(?<!\\)(?:\\\\)*(?:[*+]|\{[0-9,])")
_VARYING = re.compile(r"(?<!\\)(?:\\\\)*(?:[*+?|]|\{[0-9,])")
"""What lets a part of a pattern be of several lengths; before a gap the shortest might be needed, so it is refused."""
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{[0-9,])")

_Piece = str | re.Pattern[str]
"""Plain text, or an expression."""


class PageMatch(NamedTuple):
    """Which signature a page has: ``blocked`` is False for a false positive, and None, without a name, for none."""

    blocked: bool | None
    name: str


class _Line(msgspec.Struct, frozen=True):
    fingerprint: str
    pattern: str


_NO_MATCH = PageMatch(None, "")


class Signatures:
    """Signatures of both kinds, to be compared with any number of pages."""

    def __init__(self, blockpages: bytes, false_positives: bytes) -> None:
        """Read the two files.

        Args:
            blockpages: of known block pages.
            false_positives: of pages that are none, though they look like one.

        Raises:
            CodecError: one of them is no list of signatures, or has a pattern that cannot be used.
        """
        self._known = (
            *((PageMatch(False, name), pieces) for name, pieces in _read(false_positives).items()),
            *((PageMatch(True, name), pieces) for name, pieces in _read(blockpages).items()),
        )

    def __len__(self) -> int:
        """How many there are."""
        return len(self._known)

    def match(self, page: str) -> PageMatch:
        """The first signature that is found in a page, of which at most ``LONGEST_PAGE`` signs are looked at."""
        page = page[:LONGEST_PAGE]
        return next((match for match, pieces in self._known if _found(pieces, page)), _NO_MATCH)


def _found(pieces: tuple[_Piece, ...], page: str) -> bool:
    start = 0
    for piece in pieces:
        if isinstance(piece, str):
            at = page.find(piece, start)
            if at < 0:
                return False
            start = at + len(piece)
        else:
            found = piece.search(page, start)
            if found is None:
                return False
            start = found.end()
    return True


def _read(data: bytes) -> dict[str, tuple[_Piece, ...]]:
    found: dict[str, tuple[_Piece, ...]] = {}
    for number, line in _lines(data):
        try:
            signature = msgspec.json.decode(line, type=_Line)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise refusal(
                message("Line {line} of {file} is no signature of a page."),
                meaning=message("Each line should be an object with a fingerprint and a pattern."),
                remedy=FETCH_AGAIN,
                line=number,
            ) from error
        found[signature.fingerprint] = _pieces(signature, number)
        if len(found) > _MOST_SIGNATURES:
            raise refusal(message("There are more signatures in {file} than any list of them has."), remedy=FETCH_AGAIN)
    return found


def _lines(data: bytes) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text_of(data).split("\n"), start=1):
        if line.strip():
            yield number, line


def _pieces(signature: _Line, number: int) -> tuple[_Piece, ...]:
    """What must be found, one after the other; gaps inside groups are left to the expression."""
    pattern = signature.pattern
    if not pattern or len(pattern) > _LONGEST_PATTERN:
        raise _unusable(signature, number)
    parts = [part for part in _GAP.sub("\\g<1>\0", pattern).split("\0") if part]
    if "\0" in pattern or not parts or any(_VARYING.search(part) for part in parts[:-1]):
        raise _unusable(signature, number)
    return tuple(_piece(part, signature, number) for part in parts)


def _piece(part: str, signature: _Line, number: int) -> _Piece:
    if not _SPECIAL.search(_ESCAPED.sub(_kept, part)):
        return _ESCAPED.sub(r"\1", part)
    choices = len(_VARYING.findall(part))
    if choices > _MOST_CHOICES or len(_UNBOUNDED.findall(part)) > 1 or _REPEATED_GROUP.search(part):
        raise _unusable(signature, number)
    try:
        return re.compile(part, re.DOTALL)
    except (re.error, OverflowError, RecursionError) as error:
        raise _unusable(signature, number) from error


def _kept(escaped: re.Match[str]) -> str:
    """Escaped signs are plain text, but for letters and digits, which then stand for something else."""
    return escaped[0] if escaped[1].isalnum() else ""


def _unusable(signature: _Line, number: int) -> CodecError:
    return refusal(
        message("The pattern “{name}” in line {line} of {file} cannot be used."),
        meaning=message("It is no regular expression, or one that some pages would keep busy for hours."),
        remedy=message("Remove that line from the file and try again."),
        name=excerpt(signature.fingerprint),
        line=number,
    )
