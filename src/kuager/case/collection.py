"""What those who ask sources side by side share: the question, the ledger, and what was received."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event, Lock

from kuager.case.folder import Case
from kuager.case.ledger import NOT_ASKED_YET, Asked, Ledger, settled_days
from kuager.case.places import networks_to_ask
from kuager.case.reading import Content
from kuager.case.received import Received
from kuager.case.sites import sites_to_ask
from kuager.model.operators import Operator
from kuager.sources.offer import DAY_S, Offer, Question

LEAD_DAYS = 28
"""Four weeks before the window: as many of each weekday as it takes to learn what is ordinary."""


class Collection:
    """What the workers share. Everything that is written goes through its lock.

    Args:
        case: the case, held for writing.
        now: the moment of asking, seconds since the epoch.
        among: the operators that are known.
    """

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

    def forget_planned(self, source: str, seen: set[str]) -> None:
        """Take out what an earlier collection planned of a source and this one did not: the plan has changed since."""
        with self._lock:
            for key, line in list(self._asked.items()):
                stale = line.problem is not None and line.problem.template == NOT_ASKED_YET
                if stale and line.source == source and key not in seen:
                    self._ledger.forget(key)
                    del self._asked[key]

    def enter(self, record: Received) -> None:
        """Enter into the log that an object came, before anybody reads it."""
        with self._lock:
            if not self.stopped.is_set():
                self.case.proving.received([record])

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
