"""What every answer of the server says besides its bytes: what a page may do, and of what type a file is."""

from __future__ import annotations

from pathlib import PurePosixPath

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""The rest of the policy stands in each page, with the hash of its own style sheet; what holds is both together."""

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".geojson": "application/geo+json",
    ".atom": "application/atom+xml",
    ".ics": "text/calendar; charset=utf-8",
    ".xml": "application/cap+xml",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".pdf": "application/pdf",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".sha256": "text/plain; charset=utf-8",
    ".vkey": "text/plain; charset=utf-8",
    ".tlog-proof": "text/plain; charset=utf-8",
}


def media_type(path: str) -> str:
    """The media type of a published file by its path below ``public/``."""
    parts = PurePosixPath(path)
    if parts.suffix == ".json" and parts.parts[:1] == ("feeds",) and len(parts.parts) == 3:
        return "application/feed+json"
    return _TYPES.get(parts.suffix, "application/octet-stream")


class Headers:
    """Says ``HEADERS`` with every answer, refusals too (ASGI)."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back with the headers."""

        async def stating(said: Message) -> None:
            if said["type"] == "http.response.start":
                MutableHeaders(scope=said).update(HEADERS)
            await send(said)

        await self._app(scope, receive, stating)
