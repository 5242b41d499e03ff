"""A published folder as a web application (ASGI, by Starlette): read only, this machine only, nothing outside of it."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from kuager.publications.site.missing import render_missing
from kuager.server.headers import Headers, media_type

OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")
"""Names under which alone we answer: a page of somebody else that got its name to point here is refused."""


def site(public: Path) -> Starlette:
    """The application that serves a folder; it may be exchanged for another publication meanwhile."""

    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_answer, public, request)

    return Starlette(
        routes=[Route("/{path:path}", answer, methods=["GET", "HEAD"])],
        middleware=[
            Middleware(Headers),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(OWN_NAMES), www_redirect=False),
            Middleware(GZipMiddleware, minimum_size=1_000),
        ],
    )


def _answer(public: Path, request: Request) -> Response:
    path = request.path_params["path"]
    root = public.resolve()
    try:
        file = (root / path).resolve()
        if not file.is_relative_to(root):
            return _not_found(path)
        if file.is_dir():
            if path and not path.endswith("/"):
                return RedirectResponse(f"/{path}/", HTTPStatus.PERMANENT_REDIRECT)
            file /= "index.html"
        data = file.read_bytes()
    except (OSError, ValueError):
        return _not_found(path)
    tag = f'"{hashlib.sha256(data).hexdigest()}"'
    headers = {"ETag": tag}
    if tag in (part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(data, headers=headers | {"Content-Type": media_type(file.relative_to(root).as_posix())})


def _not_found(path: str) -> Response:
    return HTMLResponse(render_missing(path), HTTPStatus.NOT_FOUND)
