"""What a server sent back, as Hyperquack keeps it: text of echo and discard servers, an object of web servers.

The text that signatures are compared with is the whole answer of a web server put together again: status line, headers,
an empty line, the body (``flatten_base.py`` of Censored Planet's pipeline). An answer of another shape is an empty one.
"""

from __future__ import annotations

import msgspec

LONGEST_PAGE = 128 * 1024
"""Signs of a page that are looked at; block pages are short, and what a server sends may be of any length."""

_MOST_HEADERS = 200

_FRONTS = {
    "server: akamaighost": "akamai",
    "server: ghost": "akamai",
    "server: cloudflare": "cloudflare",
    "server: cloudflare-nginx": "cloudflare",
    "server: cloudfront": "cloudfront",
}
"""Headers by which the servers of large delivery networks (CDNs) name themselves, in small letters."""


class Page(msgspec.Struct, frozen=True):
    """An answer; ``text`` is what signatures are compared with, ``headers`` are lines such as ``Server: nginx``."""

    status: str = ""
    headers: tuple[str, ...] = ()
    text: str = ""


class _Answer(msgspec.Struct, frozen=True):
    status_line: str | None = None
    headers: dict[str, list[str] | None] | None = None
    body: str | None = None


_ANSWERS = msgspec.json.Decoder(_Answer | str | None)
_NOTHING = Page()


def page_of(received: msgspec.Raw) -> Page:
    """The answer that a field holds; an empty one when it holds none."""
    if not memoryview(received):
        return _NOTHING
    try:
        answer = _ANSWERS.decode(received)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return _NOTHING
    if answer is None:
        return _NOTHING
    if isinstance(answer, str):
        return Page(text=answer[:LONGEST_PAGE])
    headers = tuple(f"{name}: {value}" for name, values in (answer.headers or {}).items() for value in values or ())
    status = (answer.status_line or "")[:LONGEST_PAGE]
    whole = "\r\n".join((status, *headers[:_MOST_HEADERS], "", (answer.body or "")[:LONGEST_PAGE]))
    return Page(status=status, headers=headers[:_MOST_HEADERS], text=whole[:LONGEST_PAGE])


def delivery_network(headers: tuple[str, ...]) -> str:
    """The delivery network whose server names itself in the headers; empty for any other server."""
    return next((_FRONTS[line.lower()] for line in headers if line.lower() in _FRONTS), "")
