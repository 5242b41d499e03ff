"""What a page, a chart and the terminal are made from: values only, everything read and derived beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from kuager.accountability.citing import Citation
from kuager.accountability.notices import NoticeHistory
from kuager.accountability.registers import Registers
from kuager.model.collected import DayCovered
from kuager.model.episodes import Episode, Event, Phase, Reading
from kuager.model.history import History
from kuager.model.notes import Note
from kuager.model.operators import Operator
from kuager.model.opinions import Opinion
from kuager.model.series import Series, Values
from kuager.model.time import from_epoch
from kuager.model.words import PartsKind
from kuager.publications.language import LANGUAGES, Translation, translator


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A series to draw; ``expected`` float64 [n] is what it would have shown, None where that was not computed."""

    series: Series
    expected: Values | None = None

    def __post_init__(self) -> None:
        if self.expected is not None and self.expected.shape != self.series.values.shape:
            raise ValueError("the expected values must be as many as the series' own")

    @property
    def end_of_data(self) -> datetime | None:
        """When the last sample that has a value ends; None when none has one."""
        measured = np.flatnonzero(np.isfinite(self.series.values))
        return from_epoch(int(self.series.times[measured[-1]]) + self.series.step_s) if measured.size else None


@dataclass(frozen=True, slots=True)
class DocumentaryEntry:
    """One row of the documentary record, in the reader's language: when, what, who says so, and what is in doubt.

    ``onset`` marks the published starts of the cut itself, which are shown together and never merged. ``services`` are
    the sites and apps of which it says that they were blocked, or with ``slowed`` slowed down; with ``slowed`` and no
    services it says so of connections as a whole. ``places`` are the codes of those that it is about,
    ``begins`` the earliest moment of which it may speak.
    """

    time: str
    text: str
    source: str
    link: str
    doubt: str = ""
    onset: bool = False
    services: tuple[str, ...] = ()
    slowed: bool = False
    places: tuple[str, ...] = ()
    begins: datetime | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What every page of a case says of itself.

    Attributes:
        case_title: the title of the case, in the words of whoever opened it.
        place_name: the name of the place in ``language``.
        window: start and end of the case, UTC.
        zone: tz database name of the clocks of the place.
        language: one of ``LANGUAGES``.
        known: when this was derived; knowledge time, not event time.
        code_version: the program and its version, such as ``kuager 0.1.0``.
        languages: those in which the page is published.
        address: where the site is to be found, ending in a slash; empty where its owner did not say.
        first_entry: hash of the first entry of the case's log, which stays; empty where nothing was logged.
        spoken: whether an operator speaks in this case, so that there is a page of what it says.
    """

    case_title: str
    place_name: str
    window: tuple[datetime, datetime]
    zone: str
    language: str
    known: datetime
    code_version: str
    languages: tuple[str, ...] = tuple(LANGUAGES)
    address: str = ""
    first_entry: str = ""
    spoken: bool = False

    @property
    def translation(self) -> Translation:
        """The language to write in."""
        return translator(self.language)


@dataclass(frozen=True, slots=True, eq=False)
class EpisodeView:
    """An episode with all that is shown about it; ``traces`` are the series of its place, in any order.

    ``history`` is what was said of it and when, None where it was never entered into a log.
    """

    episode: Episode
    traces: tuple[Trace, ...]
    about: About
    documents: tuple[DocumentaryEntry, ...] = field(default=())
    history: History | None = None

    @property
    def published_onsets(self) -> tuple[DocumentaryEntry, ...]:
        """The starts of the cut as sources published them, one each."""
        return tuple(entry for entry in self.documents if entry.onset)

    @property
    def horizon(self) -> datetime:
        """The end of the episode, or the end of what is known of it: the last sample, or the end of the window."""
        if self.episode.end is not None:
            return self.episode.end
        ends = [trace.end_of_data for trace in self.traces if trace.end_of_data is not None]
        return min([self.about.window[1], max(ends)]) if ends else self.about.window[1]

    def lasted_until(self, phase: Phase) -> datetime:
        """The end of a phase, or of what is known of it; one of single services may outlast its episode."""
        if phase.end is not None:
            return phase.end
        return self.horizon if phase.is_of_everything or self.episode.ongoing else self.about.window[1]

    @property
    def duration(self) -> timedelta:
        """How long it lasted, or has lasted so far."""
        return self.horizon - self.episode.start

    def trace(self, reading: Reading) -> Trace | None:
        """The series behind a reading."""
        for trace in self.traces:
            series = trace.series
            if series.key == (reading.signal, reading.place, reading.access.value, reading.window):
                return trace
        return None


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What is known and not published, in numbers that give nothing away.

    Attributes:
        rows: of services on networks that rest on fewer than ``least`` measurements by people.
        least: the floor.
        places: regions and networks of which nothing is published.
        episodes: of which nothing may be told, or nothing yet.
        until: later than this nothing is told; null where there is no delay.
        delay: how long after it happened anything is told at the earliest.
        sources: names of those whose values are not passed on.
    """

    rows: int = 0
    least: int = 0
    places: int = 0
    episodes: int = 0
    until: datetime | None = None
    delay: timedelta = timedelta()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CaseView:
    """The episodes of a case in one language, and the readings at its place where there is no episode.

    ``alone`` are the events that one signal saw and nothing else bears out; ``collected`` is what each source gave for
    each day, empty when none was asked, and ``remarks`` how the answers of each were read; ``opinions`` are the
    findings of other observers. ``site_measurements`` counts what was measured of sites and services; ``not_judged``
    says by place how many of them say nothing, and why, under an empty name how their files were read. ``histories``
    are of every episode that was ever claimed, by id, also of those that were taken back. ``places`` are the codes of
    those that may have episodes, and ``operators`` all that are known to the case. ``registers`` are the rows about
    what was ordered, said, owed and done, ``notices`` what operators say themselves with all versions, ``record`` the
    rows of the documentary record as they are cited, and ``listed`` what registers such as STOP have of these
    countries, whenever it was. ``logged`` says when the log took each sealed object, by ``sha256:…``.
    ``held_back`` counts what is not shown; lists of all places of ``withheld_kinds`` are left out, for what is missing
    there would be known.
    """

    about: About
    episodes: tuple[EpisodeView, ...]
    measured: tuple[Reading, ...] = ()
    alone: tuple[Event, ...] = ()
    simulated: bool = False
    collected: tuple[DayCovered, ...] = ()
    remarks: Mapping[str, tuple[Note, ...]] = field(default_factory=dict)
    opinions: tuple[Opinion, ...] = ()
    site_measurements: int = 0
    not_judged: Mapping[str, tuple[Note, ...]] = field(default_factory=dict)
    histories: Mapping[str, History] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    operators: tuple[Operator, ...] = ()
    registers: Registers = field(default_factory=Registers)
    notices: tuple[NoticeHistory, ...] = ()
    record: tuple[Citation, ...] = ()
    listed: tuple[Opinion, ...] = ()
    logged: Mapping[str, datetime] = field(default_factory=dict)
    held_back: HeldBack = HeldBack()
    withheld_kinds: frozenset[PartsKind] = frozenset()

    @property
    def holds_simulated(self) -> bool:
        """Whether anything shown was drawn by a simulator."""
        return self.simulated or any(one.episode.simulated for one in self.episodes)
