"""One source asked to the end, request after request: each answer sealed, then read, then written into the ledger."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from kuager.case.collection import Collection
from kuager.case.ledger import NOT_ASKED_YET, Asked, asked_for, key_of
from kuager.case.reading import Content, read
from kuager.case.received import UNREAD, Received
from kuager.errors import KuagerError, SourceClosed, SourceError, message
from kuager.model.notes import Note
from kuager.model.time import format_utc
from kuager.sources.asking import Client, Manners, Validators
from kuager.sources.offer import Absence, Offer, Request

_LARGEST_TO_FOLLOW = 64 * 2**20
_MOST_CLOCK_SKEW_S = 300
_ENOUGH_FAILURES = 4
"""So many requests in a row that failed after all attempts: the source has trouble, and asking on adds to it."""

_EMPTY_SETTLES_S = 60 * 86_400
_NO_TOKEN = message("It needs a token, which the environment variable {name} does not hold.")
_NO_SUCH_TOKEN = message("What the environment variable {name} holds has signs that no token has.")
_IN_A_HEADER = re.compile(r"[!-~]*", re.ASCII)
_CLOCKS = message("The clock of the source and the clock here differ by {seconds} seconds.")


@dataclass(slots=True)
class Progress:
    """How far one source is. Numbers only grow; ``planned`` grows when an answer leads to more."""

    source: str
    planned: int = 0
    done: int = 0
    answered: int = 0
    failed: int = 0
    had: int = 0
    finished: bool = False
    remarks: tuple[Note, ...] = ()


class Worker:
    """One source, asked request after request in a thread of its own."""

    def __init__(self, collection: Collection, offer: Offer, manners: Manners) -> None:
        self._collection = collection
        self._offer = offer
        self._manners = manners
        self.progress = Progress(offer.source.id)
        self.fault: BaseException | None = None
        self._closed: Note | None = None
        self._failed_in_a_row = 0

    def run(self) -> None:
        """Ask everything; whatever goes wrong that nobody foresaw is kept for the thread that started this one."""
        try:
            self._run()
        except BaseException as error:  # noqa: BLE001 - raised again by collect_case
            self.fault = error
        finally:
            self.progress.finished = True

    def _run(self) -> None:
        token = os.environ.get(self._offer.source.key, "").strip() if self._offer.source.key else ""
        waiting = deque(
            (place, one)
            for place in self._collection.case.settings.places
            for one in self._offer.plan(self._collection.question(self._offer, place))
        )
        self.progress.planned = len(waiting)
        for about, one in waiting:
            self._announce(about, one)
        seen: set[str] = set()
        with Client(self._offer, self._manners, token if _IN_A_HEADER.fullmatch(token) else "") as client:
            while waiting and not self._collection.stopped.is_set():
                about, one = waiting.popleft()
                key = key_of(self._offer.source.id, about, one)
                if key not in seen:
                    seen.add(key)
                    more = [(about, further) for further in self._one(client, key, about, one, token)]
                    for _, further in more:
                        self._announce(about, further)
                    waiting.extend(more)
                    self.progress.planned += len(more)
                self.progress.done += 1
        if not self._collection.stopped.is_set():
            self._collection.forget_planned(self._offer.source.id, seen)

    def _announce(self, about: str, one: Request | Absence) -> None:
        """Note what is going to be asked: if it never comes to that, coverage must not forget it."""
        key = key_of(self._offer.source.id, about, one)
        if isinstance(one, Request) and self._collection.known(key) is None:
            planned = Note(NOT_ASKED_YET, {})
            self._collection.keep(key, asked_for(self._offer.source.id, about, one, "", self._collection.now, planned))

    def _one(
        self, client: Client, key: str, about: str, one: Request | Absence, token: str
    ) -> Sequence[Request | Absence]:
        """Settle one request, and say what its answer leads to."""
        if isinstance(one, Absence):
            line = asked_for(self._offer.source.id, about, one, "", self._collection.now, one.reason)
            self._collection.keep(key, line)
            return ()
        known = self._collection.known(key)
        if known is not None and known.settled:
            self.progress.had += 1
            return self._further(one, known.object)
        if self._offer.source.key and not token:
            self._closed = Note(_NO_TOKEN, {"name": self._offer.source.key})
        elif not _IN_A_HEADER.fullmatch(token):
            self._closed = Note(_NO_SUCH_TOKEN, {"name": self._offer.source.key})
        answered = self._answered(client, key, about, one, known)
        if answered is None:
            self.progress.failed += 1
            return ()
        self.progress.answered += 1
        return self._further(one, answered)

    def _answered(self, client: Client, key: str, about: str, request: Request, known: Asked | None) -> str | None:
        """The sha256 of a readable answer; None, with the reason in the ledger, when there is none."""
        if self._closed is not None:
            self._fail(client, key, about, request, self._closed)
            return None
        try:
            asked = self._ask(client, key, about, request, known)
        except SourceError as error:
            self._fail(client, key, about, request, _note(error))
            self._failed_in_a_row += 1
            if isinstance(error, SourceClosed) or self._failed_in_a_row >= _ENOUGH_FAILURES:
                self._closed = _note(error)
            return None
        self._failed_in_a_row = 0
        return asked.object if asked.problem is None else None

    def _ask(self, client: Client, key: str, about: str, request: Request, known: Asked | None) -> Asked:
        case = self._collection.case
        usable = known is not None and known.object and known.problem is None
        before = Validators(known.etag, known.last_modified) if known is not None and usable else Validators()
        with case.objects.incoming() as incoming:
            answer = client.ask(request, incoming, before)
            digest = known.object if known is not None and not answer.changed else case.objects.seal(incoming)[0]
        moment = answer.moment if answer.moment is not None else answer.asked_at
        if abs(moment - answer.asked_at) > _MOST_CLOCK_SKEW_S and not self.progress.remarks:
            self.progress.remarks = (Note(_CLOCKS, {"seconds": str(abs(moment - answer.asked_at))}),)
        problem, content = self._received(request, digest, client.url(request), answer.asked_at)
        settles_s = self._settles_s(request, content)
        settled = problem is None and min(moment, answer.asked_at) >= request.end + settles_s
        asked = msgspec.structs.replace(
            asked_for(self._offer.source.id, about, request, client.url(request), answer.asked_at, problem),
            object=digest,
            etag=answer.validators.etag,
            last_modified=answer.validators.last_modified,
            settled=settled,
            settles_s=settles_s,
            remarks=content.remarks if content is not None else (),
        )
        self._collection.keep(key, asked)
        return asked

    def _settles_s(self, request: Request, content: Content | None) -> int:
        """How long after the end of the days the answer may still change; one that says nothing may be filled late."""
        settles_s = max(self._offer.settles_s, request.settles_s)
        says_nothing = content is None or content.empty
        return max(settles_s, _EMPTY_SETTLES_S) if says_nothing and not request.empty_is_an_answer else settles_s

    def _received(self, request: Request, digest: str, url: str, asked_at: int) -> tuple[Note | None, Content | None]:
        """Enter a sealed answer into the log, read it and record it; why it cannot be read, or what it says."""
        case = self._collection.case
        record = Received(
            type="observation/v1",
            object=f"sha256:{digest}",
            size=case.objects.path(digest).stat().st_size,
            kind=request.kind,
            place=request.place,
            signal="",
            name=f"{self._offer.source.id}: {request.topic}",
            received=format_utc(datetime.fromtimestamp(asked_at, UTC)),
            source=self._offer.source.id,
            url=url,
        )
        self._collection.enter(record)
        problem: Note | None = None
        content: Content | None = None
        try:
            content = read(case, digest, request.kind, request.place, "", self._offer.source.id)
        except KuagerError as error:
            problem, record = _note(error), msgspec.structs.replace(record, kind=UNREAD)
        self._collection.receive(record, content)
        return problem, content

    def _further(self, request: Request, digest: str) -> Sequence[Request | Absence]:
        path = self._collection.case.objects.path(digest)
        if path.stat().st_size > _LARGEST_TO_FOLLOW:
            return ()
        return tuple(self._offer.follow(request, self._collection.case.objects.get(digest)))

    def _fail(self, client: Client, key: str, about: str, request: Request, problem: Note) -> None:
        """Note that a request has no new answer; one that was given before stands beside the problem."""
        asked = asked_for(self._offer.source.id, about, request, client.url(request), self._collection.now, problem)
        known = self._collection.known(key)
        self._collection.keep(key, asked if known is None else msgspec.structs.replace(asked, object=known.object))


def _note(error: KuagerError) -> Note:
    """The first sentence of an error, as it can be told in any language."""
    return Note(error.happened, {name: str(value) for name, value in error.facts.items()})
