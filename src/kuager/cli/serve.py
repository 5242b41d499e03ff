"""``kuager serve``: the published site of a case on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kuager.case.folder import open_case
from kuager.cli import reader
from kuager.errors import CaseError, message
from kuager.server.running import LOOPBACK, listening
from kuager.server.running import serve as run


def serve(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="The folder of the case.")],
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Of this machine; 0 for any that is free.")] = 8000,
) -> None:
    """Show the published site of a case on this machine alone, until Ctrl-C."""
    public = open_case(case).public
    if not (public / "index.html").is_file():
        raise CaseError(
            message("Nothing of this case is published yet."),
            remedy=message("Run: kuager publish {case}."),
            case=str(case),
        )
    with listening(port) as listener:
        address = f"http://{LOOPBACK}:{listener.getsockname()[1]}/"
        reader.say(reader.translation().gettext(message("Serving {address} until Ctrl-C."), address=address))
        run(public, listener)
