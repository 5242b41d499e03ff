"""A witness: it checks that a log only grew since it last looked, remembers the new head, and cosigns it.

Statuses are those of HTTP, as C2SP tlog-witness v1.0.0 gives them to ``add-checkpoint``; requests that come as files
are answered by the same code. For each log the newest head is kept under the SHA-256 of the log's name, with the log's
signatures and the witness's own line, as ``<origin hash>/checkpoint`` of the monitoring prefix serves it.

* A head is on disk before its cosignature leaves the process. Looking at what was seen and remembering what is new is
  one step for all processes and threads that share a folder.
* A folder that was lost, or brought back from an older copy, makes a witness forget; whoever runs one must know.
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
from kuager.evidence import base64_text
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.cosignature import cosign
from kuager.evidence.durable import make_folder, replace
from kuager.evidence.merkle import HASH_BYTES, verify_consistency
from kuager.evidence.note import LARGEST_NOTE, SignedNote, VerifierKey, verified
from kuager.evidence.witness.request import Request

SIZE_TYPE, TEXT_TYPE = "text/x.tlog.size", "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body and its media type. The body of 200 is lines for the note, that of 409 a size, others empty."""

    status: HTTPStatus
    body: bytes = b""
    media_type: str = TEXT_TYPE


class Witness:
    """Who witnesses the logs of some keys.

    Args:
        folder: what was seen; made when it is not there.
        name: of the witness.
        key: the witness's key, used for nothing else.
        logs: keys of the logs; each log has the name of its key.
    """

    def __init__(self, folder: Path, name: str, key: Ed25519PrivateKey, logs: Sequence[VerifierKey]) -> None:
        self._folder = folder
        self._name = name
        self._key = key
        self._logs = tuple(logs)

    def answer(self, body: bytes, moment: int) -> Answer:
        """Answer a request.

        Args:
            body: the request.
            moment: now, in seconds since the epoch.

        Raises:
            LogDamaged: what this witness remembers is not what it wrote.
        """
        try:
            request = Request.parse(body)
            head = _head(request.checkpoint.text)
        except ProofRefused:
            return Answer(HTTPStatus.BAD_REQUEST)
        keys = [key for key in self._logs if key.name == head.origin]
        if not keys:
            return Answer(HTTPStatus.NOT_FOUND)
        try:
            signers = verified(request.checkpoint, keys)
        except ProofRefused:
            return Answer(HTTPStatus.FORBIDDEN)
        if request.old > head.size:
            return Answer(HTTPStatus.BAD_REQUEST)
        signed = [line for line in request.checkpoint.signatures if any(line.is_of(key) for key in signers)]
        with self._alone():
            return self._answer(request, head, SignedNote(request.checkpoint.text, tuple(signed)), moment)

    def newest(self, origin_hash: str) -> bytes | None:
        """The newest head that was cosigned of the log whose name has a SHA-256, in lower hexadecimal digits."""
        known = {_hashed(key.name) for key in self._logs}
        return self._read(origin_hash) if origin_hash in known else None

    def _answer(self, request: Request, head: Checkpoint, note: SignedNote, moment: int) -> Answer:
        before = self._seen(head.origin)
        if request.old != (before.size if before is not None else 0):
            return Answer(HTTPStatus.CONFLICT, b"%d\n" % (before.size if before is not None else 0), SIZE_TYPE)
        try:
            _check_continues(before, head, request)
        except ProofRefused:
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY)
        line = cosign(note.text, self._name, self._key, moment)
        replace(self._folder / _hashed(head.origin), note.with_lines([line]).encode())
        return Answer(HTTPStatus.OK, f"{line.text}\n".encode())

    def _seen(self, origin: str) -> Checkpoint | None:
        data = self._read(_hashed(origin))
        if data is None:
            return None
        try:
            seen = Checkpoint.parse(SignedNote.parse(data).text)
        except ProofRefused as error:
            raise _forgotten(_hashed(origin)) from error
        if seen.origin != origin:
            raise _forgotten(_hashed(origin))
        return seen

    def _read(self, name: str) -> bytes | None:
        try:
            with (self._folder / name).open("rb") as file:
                return file.read(LARGEST_NOTE + 1)
        except FileNotFoundError:
            return None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        make_folder(self._folder)
        descriptor = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _head(text: bytes) -> Checkpoint:
    """As :meth:`Checkpoint.parse`; but an empty tree with another root is read too, as it has a status of its own."""
    try:
        return Checkpoint.parse(text)
    except ProofRefused:
        origin, size, encoded, *rest = [*text.decode("utf-8").split("\n"), "", ""]
        if size != "0" or not origin or rest != ["", "", ""]:
            raise
        root = base64_text.decode(encoded)
        if len(root) != HASH_BYTES:
            raise
        return Checkpoint(origin, 0, root)


def _check_continues(before: Checkpoint | None, head: Checkpoint, request: Request) -> None:
    """That a head continues what was seen. The empty tree is the beginning of all, and needs no proof."""
    Checkpoint.parse(head.text())
    if before is not None and before.size:
        verify_consistency(before.size, head.size, request.hashes, before.root, head.root)
    elif request.hashes:
        raise ProofRefused(message("There is nothing to prove to somebody who saw nothing."))


def _hashed(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()


def _forgotten(name: str) -> LogDamaged:
    return LogDamaged(
        message("What this witness saw of a log cannot be read: the file {file}."),
        meaning=message("It was changed or damaged. Nothing of that log is cosigned, or two histories could be."),
        remedy=message("Bring the file back from the newest copy, and ask the log for its newest head."),
        file=name,
    )
