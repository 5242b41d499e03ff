"""Asking one source over HTTP, politely: one connection, its published pace, patience with what passes, limits on size.

* Between the beginnings of two requests lies at least the pause that the source's strictest published limit implies; a
  header that counts what is left of a quota lengthens it when little is left.
* 429 and 5xx, refused and broken connections are tried again with growing, jittered waits; ``Retry-After`` (RFC 9110,
  section 10.2.3) is obeyed, unless it asks for more patience than :data:`LONGEST_WAIT_S`: then it is left alone.
* What was answered before is asked for conditionally (RFC 9110, section 13.1), so that nothing is sent twice.
* A body is written to a file as it comes and stops at the limit of its request; one that ends too early is no answer.
  ``Content-Encoding: gzip`` is undone, with the check that the compressed data are whole, which few clients make.

The token of a source goes into one header and into nothing else: no error, record or log holds it.
"""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import BinaryIO

import httpx
import stamina

from kuager import __version__
from kuager.errors import SourceClosed, SourceError, message
from kuager.sources.offer import Offer, Request

ATTEMPTS = 5
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 120.0
_CONNECT_S, _READ_S = 20.0, 60.0
_WHOLE_ANSWER_S = 1800.0
"""A source that sends a byte now and then never times out between two of them; it would be waited for without end."""
_REDIRECTS = 5
_FEW_LEFT = 2
_QUOTA_WAIT_S = 60.0
_CHUNK = 1 << 16
_NOT_MODIFIED, _GONE_FOR_NOW = 304, frozenset({408, 425, 429, 500, 502, 503, 504})
_OUR_MISTAKE = 400

logging.getLogger("stamina").addHandler(
    logging.NullHandler()
)  # what is tried again is told when it has failed for good


@dataclass(frozen=True, slots=True)
class Manners:
    """How one's own copy of a source is asked, or the source itself.

    Attributes:
        contact: an address at which the operators of a source can reach whoever runs Kuager; empty when none was given.
        address: in place of the source's own; empty for its own.
        pause_s: in place of the source's own pace, for a mirror of one's own; None for the source's.
        first_wait_s: the first wait before trying again.
    """

    contact: str = ""
    address: str = ""
    pause_s: float | None = None
    first_wait_s: float = FIRST_WAIT_S


@dataclass(frozen=True, slots=True)
class Validators:
    """What an earlier answer said of itself, so that it can be asked for conditionally."""

    etag: str = ""
    last_modified: str = ""


NOTHING_KNOWN = Validators()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        changed: false when the source says that the earlier answer still holds; nothing was written then.
        validators: for the next time.
        moment: the source's own clock, seconds since the epoch; None when it did not say.
        asked_at: this machine's clock, seconds since the epoch.
        received: bytes that came over the wire.
    """

    changed: bool
    validators: Validators
    moment: int | None
    asked_at: int
    received: int


class _PassingError(Exception):
    """Something that may be gone at the next attempt; ``wait_s`` is what the source asked for, None when it did not."""

    def __init__(self, error: SourceError, wait_s: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait_s = wait_s


class Client:
    """A source's one connection, used by one thread; a context manager that closes it."""

    def __init__(self, offer: Offer, manners: Manners, token: str = "") -> None:
        self._offer = offer
        self._address = (manners.address or offer.address).rstrip("/")
        self._pause_s = offer.pause_s if manners.pause_s is None else manners.pause_s
        self._first_wait_s = manners.first_wait_s
        self._earliest = 0.0
        headers = {"User-Agent": user_agent(manners.contact), "Accept-Encoding": "gzip"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.Client(
            headers=headers,
            timeout=httpx.Timeout(_READ_S, connect=_CONNECT_S),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            follow_redirects=True,
            max_redirects=_REDIRECTS,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, request: Request, sink: BinaryIO, known: Validators = NOTHING_KNOWN) -> Answer:
        """Ask, and write the body of the answer to ``sink`` from its beginning.

        Raises:
            SourceError: the source did not answer after all attempts, refused, or sent more than the request allows.
            SourceClosed: it will not answer other requests either.
        """
        try:
            for attempt in stamina.retry_context(
                on=_patience,
                attempts=ATTEMPTS,
                timeout=None,
                wait_initial=self._first_wait_s,
                wait_max=LONGEST_WAIT_S,
                wait_jitter=self._first_wait_s,
            ):
                with attempt:
                    self._keep_pace()
                    return self._ask_once(request, sink, known)
        except _PassingError as passing:
            raise passing.error from passing
        raise AssertionError("an attempt either returns or raises")

    def url(self, request: Request) -> str:
        """The address that a request goes to, without secrets; paths that lead elsewhere keep their own host."""
        base = request.path if "://" in request.path else f"{self._address}/{request.path.lstrip('/')}"
        return str(httpx.URL(base, params=request.parameters)) if request.parameters else str(httpx.URL(base))

    def _keep_pace(self) -> None:
        time.sleep(max(0.0, self._earliest - time.monotonic()))
        self._earliest = time.monotonic() + self._pause_s

    def _ask_once(self, request: Request, sink: BinaryIO, known: Validators) -> Answer:
        sink.seek(0)
        sink.truncate()
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        asked_at = int(time.time())
        try:
            with self._http.stream(
                "GET", self.url(request), headers={name: value for name, value in headers.items() if value}
            ) as response:
                self._mind_quota(response)
                changed = response.status_code != _NOT_MODIFIED
                if changed:
                    _check_status(response)
                    _write(response, sink, request.largest)
                return Answer(
                    changed=changed,
                    validators=_validators(response) if changed else known,
                    moment=_moment(response),
                    asked_at=asked_at,
                    received=response.num_bytes_downloaded,
                )
        except httpx.TooManyRedirects as error:
            raise SourceError(
                message("{host} sent from one address to another without end."), host=_host(self.url(request))
            ) from error
        except httpx.TimeoutException as error:
            raise _PassingError(
                SourceError(
                    message("{host} did not answer in time."),
                    remedy=message("Collect again later: what was answered is kept."),
                    host=_host(self.url(request)),
                )
            ) from error
        except httpx.ConnectError as error:
            raise _PassingError(
                SourceClosed(
                    message("{host} cannot be reached."),
                    remedy=message("Collect again when the network is there: what was answered is kept."),
                    host=_host(self.url(request)),
                )
            ) from error
        except httpx.TransportError as error:
            raise _PassingError(
                SourceError(
                    message("The connection to {host} failed or broke off."),
                    remedy=message("Collect again later: what was answered is kept."),
                    host=_host(self.url(request)),
                )
            ) from error

    def _mind_quota(self, response: httpx.Response) -> None:
        """Slow down when the source says that little of its quota is left."""
        left = response.headers.get(self._offer.quota_header, "") if self._offer.quota_header else ""
        if left.isdecimal() and int(left) <= _FEW_LEFT and self._pause_s > 0:
            self._earliest = max(self._earliest, time.monotonic() + _QUOTA_WAIT_S)


def user_agent(contact: str) -> str:
    """How Kuager names itself to sources: the project, its version, and how to reach whoever runs it."""
    who = f"contact: {contact}" if contact else "no contact given"
    return f"Kuager/{__version__} (witness of internet shutdowns; {who})"


def _patience(error: Exception) -> bool | float:
    """Whether to try again, or after how many seconds: the hook that stamina asks."""
    if not isinstance(error, _PassingError):
        return False
    if error.wait_s is None:
        return True
    return error.wait_s if error.wait_s <= LONGEST_WAIT_S else False


def _check_status(response: httpx.Response) -> None:
    status = response.status_code
    if status < _OUR_MISTAKE:
        return
    facts = {"host": response.url.host, "status": str(status)}
    if status in _GONE_FOR_NOW:
        wait_s = _retry_after(response)
        if wait_s is not None and wait_s > LONGEST_WAIT_S:
            raise SourceClosed(
                message("{host} asked to be left alone for {seconds} seconds (HTTP {status})."),
                remedy=message("Collect again after that time: what was answered is kept."),
                seconds=str(int(wait_s)),
                **facts,
            )
        raise _PassingError(
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
    return max(0.0, until - (_moment(response) or time.time()))


def _write(response: httpx.Response, sink: BinaryIO, largest: int) -> None:
    """The body, uncompressed, up to the limit."""
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > largest:
        raise _too_large(response, largest)
    written, latest = 0, time.monotonic() + _WHOLE_ANSWER_S
    for chunk in _uncompressed(response):
        written += len(chunk)
        if time.monotonic() > latest:
            raise httpx.ReadTimeout("the whole answer takes too long", request=response.request)
        if written > largest:
            raise _too_large(response, largest)
        sink.write(chunk)
    sink.flush()


def _uncompressed(response: httpx.Response) -> Iterator[bytes]:
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
        raise _PassingError(_broken(response)) from error
    if not inflating.eof:
        raise _PassingError(_broken(response))


def _broken(response: httpx.Response) -> SourceError:
    return SourceError(
        message("The compressed answer of {host} is damaged or cut off."),
        remedy=message("Collect again later: what was answered is kept."),
        host=response.url.host,
    )


def _too_large(response: httpx.Response, largest: int) -> SourceError:
    return SourceError(
        message("{host} sent more than the {limit} MiB that such an answer may have."),
        meaning=message("It was not read further, so that a mistake of the source does not fill the disk."),
        host=response.url.host,
        limit=largest // 2**20,
    )


def _validators(response: httpx.Response) -> Validators:
    return Validators(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))


def _moment(response: httpx.Response) -> int | None:
    try:
        return int(parsedate_to_datetime(response.headers.get("Date", "")).timestamp())
    except (ValueError, OverflowError):
        return None


def _host(url: str) -> str:
    return httpx.URL(url).host
