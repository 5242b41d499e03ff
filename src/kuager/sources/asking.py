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
from dataclasses import dataclass
from typing import BinaryIO

import httpx
import stamina

from kuager import __version__
from kuager.errors import SourceClosed, SourceError, message
from kuager.sources.offer import Offer, Request
from kuager.sources.response import LONGEST_WAIT_S, PassingError, check_status, moment_of, write_body

ATTEMPTS = 5
FIRST_WAIT_S = 1.0
_CONNECT_S, _READ_S = 20.0, 60.0
_REDIRECTS = 5
_FEW_LEFT = 2
_MOST_DIGITS = 15
_QUOTA_WAIT_S = 60.0
_NOT_MODIFIED = 304

logging.getLogger("stamina").addHandler(
    logging.NullHandler()
)  # what is tried again is told when it has failed for good


@dataclass(frozen=True, slots=True)
class Manners:
    """How one's own copy of a source is asked, or the source itself.

    Attributes:
        contact: an address at which the operators of a source can reach whoever runs Kuager; empty when none was given.
        address: in place of the source's own; empty for its own.
        pause_s: in place of the source's own pace; a shorter one holds at an address of one's own only. None for the
            source's.
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


class Client:
    """A source's one connection, used by one thread; a context manager that closes it."""

    def __init__(self, offer: Offer, manners: Manners, token: str = "") -> None:
        self._offer = offer
        self._address = (manners.address or offer.address).rstrip("/")
        own = manners.pause_s is not None and (manners.address or manners.pause_s > offer.pause_s)
        self._pause_s = manners.pause_s if own and manners.pause_s is not None else offer.pause_s
        self._first_wait_s = manners.first_wait_s
        self._earliest = 0.0
        self._left: int | None = None
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
        except PassingError as passing:
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
                    check_status(response, self._offer.source.name)
                    write_body(response, sink, request.largest, self._offer.source.name)
                return Answer(
                    changed=changed,
                    validators=_validators(response) if changed else known,
                    moment=moment_of(response),
                    asked_at=asked_at,
                    received=response.num_bytes_downloaded,
                )
        except httpx.TooManyRedirects as error:
            raise SourceError(
                message("{host} sent from one address to another without end."), host=self._offer.source.name
            ) from error
        except httpx.TimeoutException as error:
            raise PassingError(
                SourceError(
                    message("{host} did not answer in time."),
                    remedy=message("Collect again later: what was answered is kept."),
                    host=self._offer.source.name,
                )
            ) from error
        except httpx.ConnectError as error:
            raise PassingError(
                SourceClosed(
                    message("{host} cannot be reached."),
                    remedy=message("Collect again when the network is there: what was answered is kept."),
                    host=self._offer.source.name,
                )
            ) from error
        except httpx.TransportError as error:
            raise PassingError(
                SourceError(
                    message("The connection to {host} failed or broke off."),
                    remedy=message("Collect again later: what was answered is kept."),
                    host=self._offer.source.name,
                )
            ) from error

    def _mind_quota(self, response: httpx.Response) -> None:
        """Slow down when the source says that little of its quota is left: less than the last request took of it.

        Sources that bill by effort take many units for one request, and more than are left for the next.
        """
        left = response.headers.get(self._offer.quota_header, "") if self._offer.quota_header else ""
        if not left.isdecimal() or len(left) > _MOST_DIGITS:
            return
        taken = self._left - int(left) if self._left is not None else 0
        self._left = int(left)
        if self._left <= max(_FEW_LEFT, taken) and self._pause_s > 0:
            self._earliest = max(self._earliest, time.monotonic() + _QUOTA_WAIT_S)


def user_agent(contact: str) -> str:
    """How Kuager names itself to sources: the project, its version, and how to reach whoever runs it."""
    who = f"contact: {contact}" if contact else "no contact given"
    return f"Kuager/{__version__} (witness of internet shutdowns; {who})"


def _patience(error: Exception) -> bool | float:
    """Whether to try again, or after how many seconds: the hook that stamina asks."""
    if not isinstance(error, PassingError):
        return False
    if error.wait_s is None:
        return True
    return error.wait_s if error.wait_s <= LONGEST_WAIT_S else False


def _validators(response: httpx.Response) -> Validators:
    return Validators(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))
