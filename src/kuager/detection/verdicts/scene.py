"""What a web_connectivity record says of each step, sorted by hop: the lists of a record hold everything at once.

Version 0.5 marks each event with the redirect it belongs to (``depth=0`` is the address under test) and whether the
page was fetched over it (``fetch_body=false`` are mere tries of another port). Before that nothing was marked: lookups
and handshakes are told apart by the name, and connections by whether the control tried the same address.

The control (test helper) is missing when it failed; then nothing can be compared, and that alone is never a block.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from typing import TypeVar

from kuager.codecs.ooni.record import Control, Query, Request, TcpConnect, TlsHandshake, Web

Event = TypeVar("Event", Query, Request, TcpConnect, TlsHandshake)

SYSTEM = frozenset({None, "", "system", "getaddrinfo", "golang_net_resolver", "unknown"})
"""Names of the resolver that the volunteer's own device uses."""
_FIRST = "depth=0"


class Hop:
    """One address on the way to the page, with what the control knows of it; attributes are lists, empty if none.

    ``page_elsewhere`` says whether the control got the page: True, False, or None if that is not known.
    """

    __slots__ = ("connects", "control", "handshakes", "page_elsewhere", "queries", "requests")

    def __init__(
        self,
        control: Control | None,
        queries: list[Query],
        connects: list[TcpConnect],
        handshakes: list[TlsHandshake],
        requests: list[Request],
        page_elsewhere: bool | None,
    ) -> None:
        self.control = control
        self.queries = queries
        self.connects = connects
        self.handshakes = handshakes
        self.requests = requests
        self.page_elsewhere = page_elsewhere


def first_hop(keys: Web) -> Hop:
    """What belongs to the address under test."""
    control = usable_control(keys)
    queries = [query for query in keys.queries or () if _depth(query.tags) in (None, _FIRST)]
    if queries and _depth(queries[0].tags) is None:
        queries = [query for query in queries if query.hostname == queries[0].hostname]
    handshakes = _of_depth(keys.tls_handshakes, _FIRST)
    if handshakes:
        handshakes = [one for one in handshakes if one.server_name == handshakes[0].server_name]
    return Hop(
        control,
        queries,
        _of_depth(keys.tcp_connect, _FIRST),
        handshakes,
        [one for one in keys.requests or () if _depth(one.tags) in (None, _FIRST)],
        page_elsewhere(control),
    )


def last_hop(keys: Web) -> Hop | None:
    """What belongs to the last redirect that was followed; None if there was none, or the record does not say.

    Of an address that is no part of the test the control knows nothing, but it followed the redirects, too.
    """
    events: tuple[list[Query] | list[TcpConnect] | None, ...] = (keys.queries, keys.tcp_connect)
    depths = {_depth(event.tags) for events_of_kind in events for event in events_of_kind or ()}
    deepest = max((depth for depth in depths if depth), key=lambda depth: (len(depth), depth), default=_FIRST)
    if deepest == _FIRST:
        return _last_unmarked(keys)
    return Hop(
        None,
        [query for query in keys.queries or () if _depth(query.tags) == deepest],
        [one for one in _of_depth(keys.tcp_connect, deepest) if fetches(one.tags)],
        [one for one in _of_depth(keys.tls_handshakes, deepest) if fetches(one.tags)],
        [one for one in keys.requests or () if _depth(one.tags) == deepest],
        page_elsewhere(usable_control(keys)),
    )


def _last_unmarked(keys: Web) -> Hop | None:
    """The same of a record without marks, by the names; connections cannot be told apart there."""
    queries = keys.queries or []
    handshakes = keys.tls_handshakes or []
    named = [one.hostname for one in queries] or [one.server_name for one in handshakes]
    if not named or named[-1] == named[0]:
        return None
    last = named[-1]
    return Hop(
        None,
        [query for query in queries if query.hostname == last],
        [],
        [one for one in handshakes if one.server_name == last],
        keys.requests or [],
        page_elsewhere(usable_control(keys)),
    )


def usable_control(keys: Web) -> Control | None:
    """The control's findings, None if it failed or says nothing."""
    control = keys.control
    if control is None or keys.control_failure:
        return None
    page, lookup = control.http_request, control.dns
    if (
        control.tcp_connect
        or (page and (page.failure or page.status_code))
        or (lookup and (lookup.failure or lookup.addrs))
    ):
        return control
    return None


def page_elsewhere(control: Control | None) -> bool | None:
    """Whether the control got the page."""
    page = control.http_request if control else None
    if page is None or (not page.failure and not page.status_code):
        return None
    return not page.failure and (page.status_code or 0) > 0


def fetches(tags: list[str] | None) -> bool:
    """Whether the page was fetched over this connection, which all are before version 0.5."""
    return not tags or "fetch_body=false" not in tags


def endpoint(one: TcpConnect) -> str:
    """The control's name of an address and port."""
    host = one.ip or ""
    return f"[{host}]:{one.port}" if ":" in host else f"{host}:{one.port}"


@lru_cache(maxsize=4096)
def is_bogon(address: str) -> bool:
    """Whether an address is of no use on the public internet; a text that is no address is none."""
    try:
        return not ip_address(address.partition("%")[0]).is_global
    except ValueError:
        return False


def is_address(text: str) -> bool:
    """Whether the text is an address and no name (the control's lists hold names of aliases, too)."""
    return ":" in text or text.replace(".", "").isdigit()


def _depth(tags: Iterable[str] | None) -> str | None:
    if tags:
        for tag in tags:
            if tag.startswith("depth="):
                return tag
    return None


def _of_depth(events: list[Event] | None, depth: str) -> list[Event]:
    unmarked = (None, depth) if depth == _FIRST else (depth,)
    return [one for one in events or () if _depth(one.tags) in unmarked]
