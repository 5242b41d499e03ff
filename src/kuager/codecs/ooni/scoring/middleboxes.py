"""Scores of the tests that look for machines on the way which change what is sent."""

from __future__ import annotations

import msgspec
from msgspec import UnsetType

from kuager.codecs.ooni.record_tests import EchoRequest, HeaderFields, RequestLine
from kuager.codecs.ooni.scoring.scores import Scores, unusable

_CHANGED = 1.1
_NOT_COUNTED = ("Connection", "close")
"""Not always sent on, without anybody meaning harm."""


def score_header_fields(keys: HeaderFields | None) -> Scores:
    """The header that was sent compared with what the server says arrived, which it says in JSON."""
    requests = keys.requests if keys is not None else None
    if not requests:
        return unusable()
    response = requests[0].response
    if response is None:
        return unusable()
    body = None if isinstance(response, UnsetType) else response.body
    if body is None:
        return Scores(1.0, total_tampering=True, msg="Empty body")
    try:
        arrived = msgspec.json.decode(body if isinstance(body, str) else b"")["headers_dict"]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return Scores(1.0, msg="Malformed ctrl_headers")
    return _compared(requests[0], arrived)


def _compared(request: EchoRequest, arrived: object) -> Scores:
    asked = request.request
    headers = {} if isinstance(asked, UnsetType) else None if asked is None else asked.headers
    headers = {} if isinstance(headers, UnsetType) else headers
    if headers is None or not isinstance(arrived, dict):
        return unusable()
    try:
        there = {(name, values[0]) for name, values in arrived.items()} - {_NOT_COUNTED}
        sent = set(headers.items()) - {_NOT_COUNTED}
    except (TypeError, IndexError, KeyError):
        return unusable()
    if sent == there:
        return Scores()
    return Scores(_CHANGED, msg=f"{len(sent ^ there)} unexpected header change")


def score_request_line(keys: RequestLine | None) -> Scores:
    """Whether any line that no server understands came back otherwise than it was sent."""
    sent = [] if keys is None or isinstance(keys.sent, UnsetType) else keys.sent
    received = [] if keys is None or isinstance(keys.received, UnsetType) else keys.received
    if not sent and not received:
        return unusable()
    return Scores(float(any(one != other for one, other in zip(sent, received, strict=False))))
