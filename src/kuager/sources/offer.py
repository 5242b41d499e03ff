"""The one shape in which a source says how it is asked; asking itself is in ``sources.asking``.

A source plans what to ask for a question, and reads from an answer what else must be asked (the next page, the files of
a listing). Both are plain functions without input or output, so that an interrupted collection plans the same again and
asks only for what it does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.signals import Source

DAY_S = 86_400
_MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Question:
    """What a case wants to know.

    Attributes:
        place: a country, region or network: ``KZ``, ``KZ-75``, ``AS9198``.
        start: first second of the window, a midnight in UTC.
        end: the window's end, not included, a midnight in UTC.
        lead_days: how many days before the window tell what is ordinary; asked of series only.
        now: the moment of asking; nothing is asked about later days.
        final_before: a midnight; what is answered about earlier days will not change any more.
        networks: codes of the networks worth asking about one by one, the largest first.
        sites: domains worth asking about one by one, those of the founding record first.
        settled: for a topic, the days (midnights) that were answered for good and need not be asked again.
    """

    place: str
    start: int
    end: int
    lead_days: int
    now: int
    final_before: int = 0
    networks: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    settled: Callable[[str], frozenset[int]] = lambda _topic: frozenset()

    @property
    def country(self) -> str:
        """The two letters of a country or of a region's country; empty for a network."""
        return "" if self.place.startswith("AS") else self.place[:2]

    @property
    def with_lead(self) -> tuple[int, int]:
        """The window with the days before it, and without the days that have not begun yet."""
        return self.start - self.lead_days * DAY_S, min(self.end, self.now - self.now % DAY_S + DAY_S)

    @property
    def without_lead(self) -> tuple[int, int]:
        """The window alone, without the days that have not begun yet."""
        return self.start, min(self.end, self.now - self.now % DAY_S + DAY_S)

    def spans(self, window: tuple[int, int], topic: str, longest_days: int) -> Iterator[tuple[int, int]]:
        """The days of a window that are to be asked for a topic, in spans of at most ``longest_days``.

        Days that may still change are asked apart from those that may not, so that the latter are asked once only.
        """
        cut = min(max(self.final_before, window[0]), window[1])
        settled = self.settled(topic)
        yield from spans((window[0], cut), settled, longest_days)
        yield from spans((cut, window[1]), settled, longest_days)


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to ask.

    Attributes:
        topic: what is asked apart from the time: ``signals of country KZ``. Coverage is kept by it, so it never changes
            from one collection to the next.
        path: below the source's address, or an address of its own that begins with ``https:`` or ``http:``.
        parameters: the query, in order. Secrets are never among them.
        kind: the codec that reads the answer, as in ``codecs.registry``.
        place: the place for codecs whose answers do not name it.
        start: first second that the answer is about.
        end: its end, not included.
        largest: an answer of more bytes than this is refused.
        empty_is_an_answer: whether having no row for a day is itself a whole answer (a list of alerts), or an absence
            (a series, measurements).
        whole_window: whether the answer is only good for this very window, as relative values are.
        counts: whether coverage counts it; a list of entities tells nothing of a day.
        settles_s: how long after its end it may still change, where that is longer than for the source's other answers.
        series: how many series a whole answer has; 0 where that is not known.
    """

    topic: str
    path: str
    parameters: tuple[tuple[str, str], ...]
    kind: str
    place: str
    start: int
    end: int
    largest: int = 64 * _MEBIBYTE
    empty_is_an_answer: bool = False
    whole_window: bool = False
    counts: bool = True
    settles_s: int = 0
    series: int = 0


@dataclass(frozen=True, slots=True)
class Absence:
    """What a source cannot say, known without asking it: a topic, the time, and the reason for a reader."""

    topic: str
    start: int
    end: int
    reason: Note


Plan = Callable[[Question], Iterable[Request | Absence]]
Follow = Callable[[Request, bytes], Iterable[Request | Absence]]


def nothing_more(_request: Request, _answer: bytes) -> Iterable[Request | Absence]:
    """Answers of this source lead to no other request."""
    return ()


@dataclass(frozen=True, slots=True)
class Offer:
    """How a source is asked.

    Attributes:
        source: whose offer it is.
        address: what paths of requests are below, without a slash at its end.
        plan: what to ask for a question. Most use :meth:`Question.spans` to ask for days that are not settled.
        follow: what an answer leads to; it is given the sealed bytes of that answer.
        pause_s: least time between the beginnings of two requests, from the strictest limit that was published.
        settles_s: how long after the end of a day what was answered about it may still change.
        quota_header: the answer's header that says how many requests are left; empty when there is none.
    """

    source: Source
    address: str
    plan: Plan
    follow: Follow = nothing_more
    pause_s: float = 1.0
    settles_s: int = 2 * DAY_S
    quota_header: str = ""


def spans(window: tuple[int, int], settled: frozenset[int], longest_days: int) -> Iterator[tuple[int, int]]:
    """The days of a window that are not settled, as few spans of at most ``longest_days`` as cover them.

    Args:
        window: midnights, half-open.
        settled: midnights of days that need not be asked.
        longest_days: what the source allows in one request.
    """
    begun: int | None = None
    for day in range(window[0], window[1], DAY_S):
        if begun is not None and (day in settled or day - begun >= longest_days * DAY_S):
            yield begun, day
            begun = None
        if begun is None and day not in settled:
            begun = day
    if begun is not None:
        yield begun, window[1]


def by_hand(topic: str, question: Question) -> Absence:
    """The absence of a source that has no address to ask: its files are fetched by people and added."""
    start, end = question.without_lead
    return Absence(topic, start, end, Note(message("It has no address to ask; fetch its files and add them."), {}))
