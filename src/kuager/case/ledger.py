"""What was asked of sources and what came of it: one record per request, replaced when it is asked again.

The ledger is what makes a collection resumable: a request whose answer is settled is never made again, one that failed
or may have changed is. ``evidence/requests/<key>.json``; the key is the hash of what is asked, not of where.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import rfc8785

from kuager.errors import CaseDamaged, message
from kuager.evidence.durable import replace
from kuager.evidence.objects import sha256
from kuager.model.notes import Note
from kuager.sources.offer import DAY_S, Absence, Request


class Asked(msgspec.Struct, frozen=True):
    """One request and its last outcome.

    ``asked`` is when, seconds since the epoch. ``object`` is the answer's sha256, empty without one. ``settled`` says
    that the answer will not change any more, ``settles_s`` how long after its end a day of it still may. ``problem``
    says why there is no answer that can be read, or no newer one than ``object``; null when there is one. ``remarks``
    are what a reader should be told about how it was read; ``series`` how many series a whole answer has, 0 where that
    is not known.
    """

    type: str
    source: str
    about: str
    topic: str
    url: str
    kind: str
    place: str
    start: int
    end: int
    empty_is_an_answer: bool
    counts: bool
    asked: int
    series: int = 0
    object: str = ""
    etag: str = ""
    last_modified: str = ""
    settled: bool = False
    settles_s: int = 0
    problem: Note | None = None
    remarks: tuple[Note, ...] = ()


NOT_ASKED_YET = message("It was to be asked, and was not yet: the collection was stopped before.")


def asked_for(
    source: str, about: str, one: Request | Absence, url: str, moment: int, problem: Note | None = None
) -> Asked:
    """The line of a request, or of what a source cannot say, without an answer yet.

    Args:
        source: who was asked.
        about: the place of the case for which it was asked.
        one: what was asked.
        url: the address that it was asked at; empty when nobody was.
        moment: when, seconds since the epoch.
        problem: why there is no answer that can be read.
    """
    request = one if isinstance(one, Request) else None
    return Asked(
        type="request/v1",
        source=source,
        about=about,
        topic=one.topic,
        url=url,
        kind=request.kind if request else "",
        place=request.place if request else "",
        start=one.start,
        end=one.end,
        empty_is_an_answer=request is not None and request.empty_is_an_answer,
        counts=request is None or request.counts,
        asked=moment,
        series=request.series if request else 0,
        problem=problem,
    )


def asked_and_answered(topic: str, digest: str) -> Asked:
    """A line that says no more than that an object answered a question of a topic: for what is derived again."""
    absence = Absence(topic, 0, 0, Note(NOT_ASKED_YET, {}))
    return msgspec.structs.replace(asked_for("", "", absence, "", 0), object=digest, settled=True)


class Ledger:
    """The records below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> dict[str, Asked]:
        """Every record by its key.

        Raises:
            CaseDamaged: one of them cannot be read.
        """
        return {path.stem: _read(path) for path in sorted(self._folder.glob("*.json"))}

    def forget(self, key: str) -> None:
        """Take a record out."""
        (self._folder / f"{key}.json").unlink(missing_ok=True)

    def keep(self, key: str, asked: Asked) -> None:
        """Put a record in the place of an earlier one."""
        replace(self._folder / f"{key}.json", rfc8785.dumps(msgspec.to_builtins(asked)))


def key_of(source: str, about: str, request: Request | Absence) -> str:
    """The name of a request: what is asked of whom for which place, whatever mirror answers."""
    if isinstance(request, Absence):
        what = f"{source} {about} {request.topic} {request.start} {request.end}"
    else:
        query = " ".join(f"{name}={value}" for name, value in request.parameters)
        what = f"{source} {about} {request.topic} {request.path} {query}"
    return sha256(what.encode())[:40]


def settled_days(records: dict[str, Asked], source: str, about: str, topic: str) -> frozenset[int]:
    """The days of a topic that were answered for good."""
    return frozenset(
        day
        for one in records.values()
        if one.settled and (one.source, one.about, one.topic) == (source, about, topic)
        for day in range(one.start, one.end, DAY_S)
    )


def _read(path: Path) -> Asked:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Asked)
    except msgspec.DecodeError as error:
        raise CaseDamaged(
            message("The record {file} cannot be read."),
            remedy=message("Remove it: what it says is asked again at the next collection."),
            file=f"evidence/requests/{path.name}",
        ) from error
