"""What a web_connectivity record says of each step, sorted by hop: the lists of a record hold everything at once.

Version 0.5 marks each event with the redirect it belongs to (``depth=0`` is the address under test) and whether the
page was fetched over it (``fetch_body=false`` are mere tries of another port). Before that nothing was marked: lookups
and handshakes are told apart by the name, and connections by whether the control tried the same address.

The control (test helper) is missing when it failed; then nothing can be compared, and that alone is never a block.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import TypeVar

import msgspec

from kuager.codecs.ooni.record import Control, Query, Request, TcpConnect, TlsHandshake, Web

_Marked = Query | Request | TcpConnect | TlsHandshake
Event = TypeVar("Event", Query, Request, TcpConnect, TlsHandshake)

SYSTEM = frozenset({None, "", "system", "getaddrinfo", "golang_net_resolver", "unknown"})
"""Names of the resolver that the volunteer's own device uses."""
_DEPTH, _FIRST = "depth=", "depth=0"


class Hop(msgspec.Struct, frozen=True, gc=False):
    """One address on the way to the page, with what the control knows of it; attributes are lists, empty if none.

    ``page_elsewhere`` says whether the control got the page: True, False, or None if that is not known.
    """

    control: Control | None
    queries: list[Query]
    connects: list[TcpConnect]
    handshakes: list[TlsHandshake]
    requests: list[Request]
    page_elsewhere: bool | None


def first_hop(keys: Web) -> Hop:
    """What belongs to the address under test."""
    control = usable_control(keys)
    later = _redirects(keys.queries, keys.tcp_connect, keys.tls_handshakes, keys.requests)
    queries = _without(later, keys.queries)
    if queries and not (queries[0].tags and _FIRST in queries[0].tags):
        queries = [query for query in queries if query.hostname == queries[0].hostname]
    handshakes = _without(later, keys.tls_handshakes)
    if len(handshakes) > 1:
        handshakes = [one for one in handshakes if one.server_name == handshakes[0].server_name]
    return Hop(
        control,
        queries,
        _without(later, keys.tcp_connect),
        handshakes,
        _without(later, keys.requests),
        page_elsewhere(control),
    )


def last_hop(keys: Web) -> Hop | None:
    """What belongs to the last redirect that was followed; None if there was none, or the record does not say.

    Of an address that is no part of the test the control knows nothing, but it followed the redirects, too.
    """
    redirects = _redirects(keys.queries, keys.tcp_connect)
    if not redirects:
        return _last_unmarked(keys)
    last = max(redirects, key=lambda mark: (len(mark), mark))
    return Hop(
        None,
        _of(last, keys.queries),
        [one for one in _of(last, keys.tcp_connect) if fetches(one.tags)],
        [one for one in _of(last, keys.tls_handshakes) if fetches(one.tags)],
        _of(last, keys.requests),
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


def _redirects(*lists: Sequence[_Marked] | None) -> set[str]:
    """The marks of all redirects that events belong to; a record has many events, but few different tags."""
    tags: set[str] = set()
    for events in lists:
        for one in events or ():
            if one.tags:
                tags.update(one.tags)
    return {tag for tag in tags if tag.startswith(_DEPTH) and tag != _FIRST}


def _without(redirects: set[str], events: list[Event] | None) -> list[Event]:
    """The events of the address under test: those that belong to no redirect, marked or not."""
    if not redirects or not events:
        return events or []
    return [one for one in events if not one.tags or redirects.isdisjoint(one.tags)]


def _of(redirect: str, events: list[Event] | None) -> list[Event]:
    return [one for one in events or () if one.tags and redirect in one.tags]
