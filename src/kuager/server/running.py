"""Running the server on loopback until it is stopped."""

from __future__ import annotations

import socket
from pathlib import Path

from kuager.errors import UsageError, message

LOOPBACK = "127.0.0.1"


def listening(port: int) -> socket.socket:
    """A socket of this machine alone; port 0 takes any that is free.

    Raises:
        UsageError: the port is taken, or not ours to take.
    """
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((LOOPBACK, port))
        found.listen()
    except OSError as error:
        found.close()
        raise UsageError(
            message("Port {port} cannot be used: {reason}."),
            remedy=message("Name another one with --port, or 0 for any that is free."),
            port=port,
            reason=error.strerror or type(error).__name__,
        ) from error
    return found


def serve(public: Path, listener: socket.socket) -> None:
    """Serve a published folder until Ctrl-C."""
    import uvicorn  # noqa: PLC0415 - other commands do without it

    from kuager.server.site import site  # noqa: PLC0415

    settings = uvicorn.Config(site(public), log_level="error", access_log=False, server_header=False)
    uvicorn.Server(settings).run(sockets=[listener])
