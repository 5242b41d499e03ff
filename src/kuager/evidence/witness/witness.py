"""A witness: it remembers the newest head of each log that it saw, and cosigns a newer one that continues it.

It is worth something when whoever runs it has nothing to do with whoever runs the log. What it saw is on disk before it
answers, so that it never cosigns two histories, not even after a crash; two requests at once take their turns.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kuager.errors import LogDamaged, ProofRefused, message
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.cosignature import cosign
from kuager.evidence.durable import make_folder, replace
from kuager.evidence.merkle import EMPTY_ROOT, verify_consistency
from kuager.evidence.note import VerifierKey, verified
from kuager.evidence.witness.request import CosignRequest

SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers, as HTTP has it."""

    status: HTTPStatus
    body: bytes = b""
    media: str = TEXT_TYPE


class Witness:
    """A witness with a folder for what it saw.

    Args:
        folder: of its memory; it is made when it is not there.
        name: of the witness, as its key is called.
        key: cosigns, and nothing else.
        logs: whose heads it looks at.
    """

    def __init__(self, folder: Path, name: str, key: Ed25519PrivateKey, logs: Sequence[VerifierKey]) -> None:
        make_folder(folder)
        self._folder, self._name, self._key, self._logs = folder, name, key, tuple(logs)

    def answer(self, body: bytes, moment: int) -> Answer:
        """Answer ``add-checkpoint``.

        Args:
            body: of the request.
            moment: seconds since the epoch.

        Raises:
            LogDamaged: what it remembers is not what it wrote.
        """
        try:
            request = CosignRequest.parse(body)
            checkpoint = Checkpoint.parse(request.checkpoint.text)
        except ProofRefused:
            return Answer(HTTPStatus.BAD_REQUEST)
        keys = [key for key in self._logs if key.name == checkpoint.origin]
        if not keys:
            return Answer(HTTPStatus.NOT_FOUND)
        try:
            verified(request.checkpoint, keys)
        except ProofRefused:
            return Answer(HTTPStatus.FORBIDDEN)
        if request.old_size > checkpoint.size:
            return Answer(HTTPStatus.BAD_REQUEST)
        with self._alone():
            return self._judged(request, checkpoint, moment)

    def seen(self, origin: str) -> Checkpoint:
        """The newest head of a log that it saw; the empty one when it saw none.

        Raises:
            LogDamaged: what it remembers is not what it wrote.
        """
        path = self._memory(origin)
        if not path.exists():
            return Checkpoint(origin, 0, EMPTY_ROOT)
        try:
            return Checkpoint.parse(path.read_bytes())
        except ProofRefused as error:
            raise LogDamaged(
                message("What the witness remembers of {origin} cannot be read."),
                meaning=message("It cannot know whether a head continues what it saw, and cosigns nothing."),
                remedy=message("Bring its folder back from a copy that is not older than its last cosignature."),
                origin=origin,
            ) from error

    def _judged(self, request: CosignRequest, checkpoint: Checkpoint, moment: int) -> Answer:
        before = self.seen(checkpoint.origin)
        if request.old_size != before.size:
            return Answer(HTTPStatus.CONFLICT, f"{before.size}\n".encode(), SIZE_TYPE)
        if before.size == 0:
            if request.proof:
                return Answer(HTTPStatus.UNPROCESSABLE_ENTITY)
        else:
            try:
                verify_consistency(before.size, checkpoint.size, request.proof, before.root, checkpoint.root)
            except ProofRefused:
                return Answer(HTTPStatus.UNPROCESSABLE_ENTITY)
        replace(self._memory(checkpoint.origin), checkpoint.text())
        line = cosign(checkpoint.text(), self._name, self._key, moment)
        return Answer(HTTPStatus.OK, f"{line.text}\n".encode())

    def _memory(self, origin: str) -> Path:
        return self._folder / hashlib.sha256(origin.encode()).hexdigest()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
