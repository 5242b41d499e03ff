"""Asking every source for what a case is about: side by side, each at its pace, answers sealed before they are read.

A source that fails never stops another one. What was answered for good is not asked again, so that a collection can be
stopped at any moment, by Ctrl-C or by a power cut, and goes on where it was: first the object is on disk, then the
record that it was received, then the ledger's line.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock, Thread

from kuager.case.collected import keep_coverage
from kuager.case.folder import Case
from kuager.case.ledger import Asked, Ledger, key_of, settled_days
from kuager.case.operators import known_operators
from kuager.case.places import networks_to_ask
from kuager.case.reading import Content, read, rebuild
from kuager.case.received import UNREAD, Received
from kuager.case.sites import sites_to_ask
from kuager.errors import CodecError, KuagerError, SourceClosed, SourceError, UsageError, message
from kuager.model.episodes import Note
from kuager.model.operators import Operator
from kuager.model.time import format_utc
from kuager.sources.asking import Client, Manners, Validators
from kuager.sources.offer import DAY_S, Absence, Offer, Question, Request
from kuager.sources.registry import OFFERS

LEAD_DAYS = 28
"""Four weeks before the window: as many of each weekday as it takes to learn what is ordinary."""

_LARGEST_TO_FOLLOW = 64 * 2**20
_MOST_CLOCK_SKEW_S = 300
_WATCH_S = 0.1
_ENOUGH_FAILURES = 4
"""So many requests in a row that failed after all attempts: the source has trouble, and asking on adds to it."""


@dataclass(slots=True)
class Progress:
    """How far one source is. Numbers only grow; ``planned`` grows when an answer leads to more."""

    source: str
    planned: int = 0
    done: int = 0
    failed: int = 0
    had: int = 0
    finished: bool = False
    remarks: tuple[Note, ...] = ()


Watch = Callable[[Sequence[Progress]], None]


def collect_case(
    case: Case,
    chosen: Sequence[str] = (),
    manners: Mapping[str, Manners] | None = None,
    *,
    own: Sequence[Path] = (),
    offline: bool = False,
    watch: Watch = lambda _all: None,
) -> tuple[Progress, ...]:
    """Ask the sources, seal what they answer and rebuild the tables.

    Args:
        case: the case.
        chosen: ids of the sources to ask; all when empty.
        manners: per source how it is asked; the key ``*`` holds for the others.
        own: folders with operators of whoever runs Kuager; those of the case's folder count more.
        offline: ask nobody, and use what is sealed.
        watch: called now and then with how far each source is.

    Returns:
        how far each source came.

    Raises:
        UsageError: no such source.
        KuagerError: a file of operators is not as it should be.
    """
    offers = _chosen(chosen)
    among = known_operators((*own, case.path))
    with case.writing("collect"):
        if offline:
            rebuild(case)
            keep_coverage(case)
            return ()
        collection = _Collection(case, int(time.time()), among)
        workers = [_Worker(collection, offer, _manners(manners or {}, offer)) for offer in offers]
        threads = [Thread(target=worker.run, name=worker.progress.source, daemon=True) for worker in workers]
        try:
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                watch([worker.progress for worker in workers])
                time.sleep(_WATCH_S)
        finally:
            collection.stop()
        watch([worker.progress for worker in workers])
        for worker in workers:
            if worker.fault is not None:
                raise worker.fault
        rebuild(case, collection.contents)
        keep_coverage(case)
        return tuple(worker.progress for worker in workers)


class _Collection:
    """What the workers share. Everything that is written goes through its lock."""

    def __init__(self, case: Case, now: int, among: Sequence[Operator]) -> None:
        self.case = case
        self.now = now
        self.stopped = Event()
        self.contents: dict[Received, Content] = {}
        places, day = case.settings.places, case.settings.start.date()
        self.networks = {place: networks_to_ask(place, day, among) for place in places}
        self.sites = {place: sites_to_ask(case, place) for place in places}
        self._ledger = Ledger(case.path / "evidence" / "requests")
        self._asked = self._ledger.all()
        self._readings = {record.reading: record for record in case.records.all()}
        self._lock = Lock()

    def stop(self) -> None:
        """Let nobody write any more; returns when nobody does."""
        self.stopped.set()
        with self._lock:
            pass

    def known(self, key: str) -> Asked | None:
        """The last outcome of a request."""
        return self._asked.get(key)

    def question(self, offer: Offer, place: str) -> Question:
        """What the case wants to know of a source."""
        start, end = self.case.settings.window
        first, last = start - start % DAY_S, end + -end % DAY_S
        with self._lock:
            asked = dict(self._asked)
        return Question(
            place=place,
            start=first,
            end=last,
            lead_days=LEAD_DAYS,
            now=self.now,
            final_before=(self.now - offer.settles_s) // DAY_S * DAY_S,
            networks=self.networks[place],
            sites=self.sites[place],
            settled=lambda topic: settled_days(asked, offer.source.id, place, topic),
        )

    def keep(self, key: str, asked: Asked) -> None:
        """Write the ledger's line."""
        with self._lock:
            if not self.stopped.is_set():
                self._ledger.keep(key, asked)
                self._asked[key] = asked

    def receive(self, record: Received, content: Content | None) -> None:
        """Record that an object was received, unless the same bytes were before."""
        with self._lock:
            if self.stopped.is_set():
                return
            known = self._readings.get(record.reading)
            if known is None:
                self.case.records.keep(record)
                self._readings[record.reading] = known = record
            if content is not None:
                self.contents[known] = content


class _Worker:
    """One source, asked request after request in a thread of its own."""

    def __init__(self, collection: _Collection, offer: Offer, manners: Manners) -> None:
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
        token = os.environ.get(self._offer.source.key, "") if self._offer.source.key else ""
        waiting = deque(
            (place, one)
            for place in self._collection.case.settings.places
            for one in self._offer.plan(self._collection.question(self._offer, place))
        )
        self.progress.planned = len(waiting)
        seen: set[str] = set()
        with Client(self._offer, self._manners, token) as client:
            while waiting and not self._collection.stopped.is_set():
                about, one = waiting.popleft()
                key = key_of(self._offer.source.id, about, one)
                if key not in seen:
                    seen.add(key)
                    more = [(about, further) for further in self._one(client, key, about, one, token)]
                    waiting.extend(more)
                    self.progress.planned += len(more)
                self.progress.done += 1

    def _one(
        self, client: Client, key: str, about: str, one: Request | Absence, token: str
    ) -> Sequence[Request | Absence]:
        """Settle one request, and say what its answer leads to."""
        if isinstance(one, Absence):
            self._collection.keep(key, self._absent(about, one))
            return ()
        known = self._collection.known(key)
        if known is not None and known.settled:
            self.progress.had += 1
            return self._further(one, known.object)
        if self._offer.source.key and not token:
            self._closed = Note(_NO_TOKEN, {"name": self._offer.source.key})
        answered = self._answered(client, key, about, one, known)
        if answered is None:
            self.progress.failed += 1
            return ()
        return self._further(one, answered)

    def _answered(self, client: Client, key: str, about: str, request: Request, known: Asked | None) -> str | None:
        """The sha256 of a readable answer; None, with the reason in the ledger, when there is none."""
        if self._closed is not None:
            self._keep(key, about, request, client.url(request), self._closed)
            return None
        try:
            asked = self._ask(client, key, about, request, known)
        except SourceError as error:
            self._keep(key, about, request, client.url(request), _note(error))
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
        problem = self._received(request, digest, client.url(request), answer.asked_at)
        settled = problem is None and min(moment, answer.asked_at) >= request.end + self._offer.settles_s
        asked = Asked(
            type="request/v1",
            source=self._offer.source.id,
            about=about,
            topic=request.topic,
            url=client.url(request),
            kind=request.kind,
            place=request.place,
            start=request.start,
            end=request.end,
            empty_is_an_answer=request.empty_is_an_answer,
            counts=request.counts,
            asked=answer.asked_at,
            object=digest,
            etag=answer.validators.etag,
            last_modified=answer.validators.last_modified,
            settled=settled,
            problem=problem,
        )
        self._collection.keep(key, asked)
        return asked

    def _received(self, request: Request, digest: str, url: str, asked_at: int) -> Note | None:
        """Read a sealed answer and record that it was received; why it cannot be read, if it cannot."""
        case = self._collection.case
        problem: Note | None = None
        content: Content | None = None
        kind = request.kind
        try:
            content = read(case, digest, request.kind, request.place, "", self._offer.source.id)
        except CodecError as error:
            problem, kind = _note(error), UNREAD
        record = Received(
            type="observation/v1",
            object=f"sha256:{digest}",
            size=case.objects.path(digest).stat().st_size,
            kind=kind,
            place=request.place,
            signal="",
            name=f"{self._offer.source.id}: {request.topic}",
            received=format_utc(datetime.fromtimestamp(asked_at, UTC)),
            source=self._offer.source.id,
            url=url,
        )
        self._collection.receive(record, content)
        return problem

    def _further(self, request: Request, digest: str) -> Sequence[Request | Absence]:
        path = self._collection.case.objects.path(digest)
        if path.stat().st_size > _LARGEST_TO_FOLLOW:
            return ()
        return tuple(self._offer.follow(request, self._collection.case.objects.get(digest)))

    def _keep(self, key: str, about: str, request: Request, url: str, problem: Note) -> None:
        """Note that a request has no new answer; what was answered before stays in the case and is asked for again."""
        self._collection.keep(
            key,
            Asked(
                type="request/v1",
                source=self._offer.source.id,
                about=about,
                topic=request.topic,
                url=url,
                kind=request.kind,
                place=request.place,
                start=request.start,
                end=request.end,
                empty_is_an_answer=request.empty_is_an_answer,
                counts=request.counts,
                asked=self._collection.now,
                problem=problem,
            ),
        )

    def _absent(self, about: str, absence: Absence) -> Asked:
        return Asked(
            type="request/v1",
            source=self._offer.source.id,
            about=about,
            topic=absence.topic,
            url="",
            kind="",
            place="",
            start=absence.start,
            end=absence.end,
            empty_is_an_answer=False,
            counts=True,
            asked=self._collection.now,
            problem=absence.reason,
        )


_NO_TOKEN = message("It needs a token, which the environment variable {name} does not hold.")
_CLOCKS = message("The clock of the source and the clock here differ by {seconds} seconds.")


def _note(error: KuagerError) -> Note:
    """The first sentence of an error, as it can be told in any language."""
    return Note(error.happened, {name: str(value) for name, value in error.facts.items()})


def _chosen(chosen: Sequence[str]) -> tuple[Offer, ...]:
    unknown = [name for name in chosen if name not in OFFERS]
    if unknown:
        raise UsageError(
            message("There is no source “{name}” that Kuager asks."),
            remedy=message("The sources are: {names}."),
            name=unknown[0],
            names=", ".join(OFFERS),
        )
    return tuple(offer for name, offer in OFFERS.items() if not chosen or name in chosen)


def _manners(manners: Mapping[str, Manners], offer: Offer) -> Manners:
    return manners.get(offer.source.id) or manners.get("*") or Manners()
