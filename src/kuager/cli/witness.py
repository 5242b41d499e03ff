"""``kuager witness``: checking that somebody's log only grew, and cosigning its head; by files, without a network."""

from __future__ import annotations

import sys
import time
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

import typer

from kuager.case.adding import opened
from kuager.case.signing import keys_folder
from kuager.cli.keys import passphrase_of
from kuager.errors import EvidenceError, message
from kuager.evidence.keys.events import Role
from kuager.evidence.keys.ring import NAMES, open_ring
from kuager.evidence.note import VerifierKey
from kuager.evidence.witness.request import LARGEST_REQUEST
from kuager.evidence.witness.witness import Answer, Witness

_REFUSED = {
    HTTPStatus.BAD_REQUEST: message("It is no request to a witness."),
    HTTPStatus.NOT_FOUND: message("The log is none of those that were named with --log."),
    HTTPStatus.FORBIDDEN: message("The log did not sign its head with the key that was named."),
    HTTPStatus.CONFLICT: message("This witness saw {size} entries of the log: ask for a request with --seen {size}."),
    HTTPStatus.UNPROCESSABLE_ENTITY: message(
        "The log does not continue what this witness saw: there are two histories."
    ),
}


def witness(
    request: Annotated[Path, typer.Argument(metavar="REQUEST", help="What the log's owner wrote.")],
    state: Annotated[Path, typer.Option(metavar="FOLDER", help="What this witness saw. Never lose or copy it.")],
    log: Annotated[list[str], typer.Option(metavar="VKEY", help="Key of a log to look at. Repeatable.")],
) -> None:
    """Cosign the head of somebody's log, if it continues what was seen of it; prints the lines to hand back."""
    with opened(request) as stream:
        body = stream.read(LARGEST_REQUEST + 1)
    ring = open_ring(keys_folder())
    ring.ensure(Role.WITNESS, NAMES[Role.WITNESS])
    key = ring.signer(Role.WITNESS, passphrase_of(Role.WITNESS.value))
    name = ring.public(Role.WITNESS).name
    answer = Witness(state, name, key, [VerifierKey.parse(one) for one in log]).answer(body, int(time.time()))
    if answer.status != HTTPStatus.OK:
        raise _refusal(answer)
    sys.stdout.write(answer.body.decode())


def _refusal(answer: Answer) -> EvidenceError:
    return EvidenceError(
        _REFUSED[answer.status],
        meaning=message("Nothing was cosigned."),
        size=answer.body.decode().strip(),
    )
