"""Reading one HTTP response: whether it is an answer, how long to wait when it is none, and its body within bounds.

``Retry-After`` is read after RFC 9110, section 10.2.3. A body is written as it comes and stops at a limit; one that
ends too early is no answer. ``Content-Encoding: gzip`` is undone, with the check that the compressed data are whole,
which few clients make.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import BinaryIO

import httpx

from kuager.errors import SourceClosed, SourceError, message

LONGEST_WAIT_S = 120.0
"""A source that asks for more patience than this is left alone for now."""
_WHOLE_ANSWER_S = 1800.0
"""A source that sends a byte now and then never times out between two of them; it would be waited for without end."""
_CHUNK = 1 << 16
_GONE_FOR_NOW = frozenset({408, 425, 429, 500, 502, 503, 504})
_OUR_MISTAKE = 400


class PassingError(Exception):
    """Something that may be gone at the next attempt; ``wait_s`` is what the source asked for, None when it did not."""

    def __init__(self, error: SourceError, wait_s: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait_s = wait_s


def check_status(response: httpx.Response, name: str) -> None:
    """Go on when the status says that there is an answer; errors call the source by its name, whatever mirror it is.

    Raises:
        PassingError: the source may answer at the next attempt.
        SourceClosed: it wants to be left alone, or refuses whoever asks.
        SourceError: it refuses this request.
    """
    status = response.status_code
    if status < _OUR_MISTAKE:
        return
    facts = {"host": name, "status": str(status)}
    if status in _GONE_FOR_NOW:
        wait_s = _retry_after(response)
        if wait_s is not None and wait_s > LONGEST_WAIT_S:
            raise SourceClosed(
                message("{host} asked to be left alone for {seconds} seconds (HTTP {status})."),
                remedy=message("Collect again after that time: what was answered is kept."),
                seconds=str(int(wait_s)),
                **facts,
            )
        raise PassingError(
            SourceError(
                message("{host} answered with HTTP {status} to every attempt."),
                remedy=message("Collect again later: what was answered is kept."),
                **facts,
            ),
            wait_s,
        )
    if status in {401, 403}:
        raise SourceClosed(
            message("{host} refused the request (HTTP {status})."),
            meaning=message("The token may be missing, wrong or without the right to read these data."),
            **facts,
        )
    raise SourceError(message("{host} refused the request (HTTP {status})."), **facts)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds, from a number or from a date (RFC 9110, section 10.2.3)."""
    given = response.headers.get("Retry-After", "").strip()
    if given.isdecimal():
        return float(min(int(given), 10**9))
    try:
        until = parsedate_to_datetime(given).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, until - (moment_of(response) or time.time()))


def write_body(response: httpx.Response, sink: BinaryIO, largest: int, name: str) -> None:
    """Write the body, uncompressed, to ``sink``.

    Raises:
        SourceError: it is larger than ``largest`` bytes.
        PassingError: its compression is damaged or not whole.
        httpx.TransportError: the connection broke off, or the whole of it takes too long.
    """
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > largest:
        raise _too_large(name, largest)
    written, latest = 0, time.monotonic() + _WHOLE_ANSWER_S
    for chunk in _uncompressed(response, name):
        written += len(chunk)
        if time.monotonic() > latest:
            raise httpx.ReadTimeout("the whole answer takes too long", request=response.request)
        if written > largest:
            raise _too_large(name, largest)
        sink.write(chunk)
    sink.flush()


def _uncompressed(response: httpx.Response, name: str) -> Iterator[bytes]:
    """Pieces of the body of bounded size; the compression of the transport is undone and must end where it should."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"gzip", "x-gzip"}:
        yield from response.iter_raw(_CHUNK)
        return
    inflating = zlib.decompressobj(wbits=31)
    try:
        for piece in response.iter_raw(_CHUNK):
            waiting = piece
            while waiting and not inflating.eof:
                yield inflating.decompress(waiting, 16 * _CHUNK)
                waiting = inflating.unconsumed_tail
    except zlib.error as error:
        raise PassingError(_broken(name)) from error
    if not inflating.eof:
        raise PassingError(_broken(name))


def _broken(name: str) -> SourceError:
    return SourceError(
        message("The compressed answer of {host} is damaged or cut off."),
        remedy=message("Collect again later: what was answered is kept."),
        host=name,
    )


def _too_large(name: str, largest: int) -> SourceError:
    return SourceError(
        message("{host} sent more than the {limit} MiB that such an answer may have."),
        meaning=message("It was not read further, so that a mistake of the source does not fill the disk."),
        host=name,
        limit=largest // 2**20,
    )


def moment_of(response: httpx.Response) -> int | None:
    """The source's own clock, seconds since the epoch; None when it does not say."""
    try:
        return int(parsedate_to_datetime(response.headers.get("Date", "")).timestamp())
    except (ValueError, OverflowError):
        return None
