"""Asking authorities over HTTP to stamp (RFC 3161, section 3.4), each on its own: one that fails does not stop another.

Whose stamps are asked for is the user's choice: no authority is built in, for none can be trusted on our word. Settings
name them, two or more that have nothing to do with each other, with the certificates that one trusts::

    [[authorities]]
    name = "a name of your own"
    url = "https://tsa.example/"
    roots = "certificates.pem"

An authority learns the hash of what is stamped, when, and from which address it was asked, and nothing else: not even
which program asks. Redirects are not followed and nothing is asked twice; an answer is bounded in size and time.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import httpx

from kuager.errors import EvidenceError, ProofRefused, message
from kuager.evidence.stamps import rfc3161
from kuager.evidence.stamps.finding import Unchecked
from kuager.evidence.stamps.rfc3161 import LARGEST_RESPONSE, Stamp

_CONNECT_S, _READ_S, _WHOLE_S = 10.0, 20.0, 60.0
_CHUNK = 1 << 14
_OK = 200


@dataclass(frozen=True, slots=True)
class Authority:
    """Who stamps, where, and the certificates (PEM) that its own leads to."""

    name: str
    url: str
    roots: bytes


@dataclass(frozen=True, slots=True)
class Stamped:
    """What an authority answered, to be kept as it is, and what it proves."""

    authority: Authority
    response: bytes
    stamp: Stamp | Unchecked


@dataclass(frozen=True, slots=True)
class Failed:
    """An authority that gave no stamp, and why."""

    authority: Authority
    error: EvidenceError


def ask_each(authorities: Iterable[Authority], data: bytes) -> list[Stamped | Failed]:
    """Have bytes stamped by each authority in turn.

    Raises:
        ProofRefused: there are no bytes.
    """
    if not data:
        rfc3161.question(data)
    with connection() as http:
        return [_asked(http, authority, data) for authority in authorities]


def connection() -> httpx.Client:
    """For questions that say nothing of who asks."""
    http = httpx.Client(
        timeout=httpx.Timeout(_READ_S, connect=_CONNECT_S),
        limits=httpx.Limits(max_connections=2),
        follow_redirects=False,
    )
    del http.headers["User-Agent"]
    http.headers["Accept-Encoding"] = "identity"
    return http


def request_to(
    http: httpx.Client, name: str, url: str, content: bytes, headers: Mapping[str, str] | None = None
) -> httpx.Request:
    """A question that is sent with POST.

    Raises:
        ProofRefused: the address is none of the web.
    """
    try:
        request = http.build_request("POST", url, content=content, headers=headers)
    except (httpx.InvalidURL, ValueError) as error:
        raise _no_address(name) from error
    if request.url.scheme not in {"http", "https"}:
        raise _no_address(name)
    return request


def exchange(http: httpx.Client, request: httpx.Request, name: str, largest: int) -> bytes:
    """Send a request and take the answer of at most ``largest`` bytes.

    Raises:
        EvidenceError: there was none, or none that is allowed.
    """
    return answered(http, request, name, largest, {_OK})[1]


def answered(
    http: httpx.Client, request: httpx.Request, name: str, largest: int, statuses: Collection[int]
) -> tuple[int, bytes]:
    """As :func:`exchange`, where other statuses say something too: the status, and the body."""
    latest = time.monotonic() + _WHOLE_S
    body = bytearray()
    try:
        response = http.send(request, stream=True)
        try:
            _check_status(response, name, statuses)
            for piece in response.iter_raw(_CHUNK):
                body += piece
                if len(body) > largest:
                    raise EvidenceError(
                        message("{name} sent more than the {limit} kB that such an answer may have."),
                        name=name,
                        limit=largest // 1000,
                    )
                if time.monotonic() > latest:
                    raise httpx.ReadTimeout("the whole answer takes too long", request=request)
        finally:
            response.close()
    except httpx.TimeoutException as error:
        raise EvidenceError(message("{name} did not answer in time."), remedy=_later(), name=name) from error
    except httpx.TransportError as error:
        raise EvidenceError(
            message("{name} cannot be reached, or the connection broke off."), remedy=_later(), name=name
        ) from error
    return response.status_code, bytes(body)


def _asked(http: httpx.Client, authority: Authority, data: bytes) -> Stamped | Failed:
    try:
        return _stamped(http, authority, data)
    except EvidenceError as error:
        return Failed(authority, error)


def _stamped(http: httpx.Client, authority: Authority, data: bytes) -> Stamped:
    question = rfc3161.question(data)
    headers = {
        "Content-Type": "application/timestamp-query",
        "Accept": "application/timestamp-reply",
    }
    request = request_to(http, authority.name, authority.url, question.request, headers)
    response = exchange(http, request, authority.name, LARGEST_RESPONSE)
    return Stamped(authority, response, rfc3161.verify(data, response, authority.roots, nonce=question.nonce))


def _check_status(response: httpx.Response, name: str, statuses: Collection[int]) -> None:
    if response.has_redirect_location:
        raise EvidenceError(
            message("{name} sent to another address (HTTP {status})."),
            meaning=message("It is not asked there: the network between may want to show a page of its own."),
            remedy=message("If it has moved, change its address in the settings."),
            name=name,
            status=response.status_code,
        )
    if response.status_code not in statuses:
        raise EvidenceError(
            message("{name} answered with HTTP {status}."), remedy=_later(), name=name, status=response.status_code
        )


def _no_address(name: str) -> ProofRefused:
    return ProofRefused(message("The address of {name} is not one that can be asked over the web."), name=name)


def _later() -> str:
    return message("Ask again later.")
