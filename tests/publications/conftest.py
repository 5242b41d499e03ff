"""Views to draw: a shutdown with restorations that was simulated, and one that goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest

from kuager.errors import message
from kuager.model.episodes import Cause, Episode, Phase, Reading, Span
from kuager.model.notes import Note
from kuager.model.series import Series
from kuager.model.time import to_epoch
from kuager.model.words import Access, CauseValue, EpisodeKind, Level, PhaseKind, Scale, Stance, State
from kuager.publications.charts.png import painted
from kuager.publications.pictures import File, Printout
from kuager.publications.site import addresses
from kuager.publications.site.pages import site_files
from kuager.publications.view import About, CaseView, DocumentaryEntry, EpisodeView, Trace

START, END = datetime(2022, 1, 2, tzinfo=UTC), datetime(2022, 1, 14, tzinfo=UTC)
CUT, BACK = datetime(2022, 1, 5, 10, 30, tzinfo=UTC), datetime(2022, 1, 11, 2, 15, tzinfo=UTC)
RESTORED = [(datetime(2022, 1, day, 3, tzinfo=UTC), datetime(2022, 1, day, 3, 25, tzinfo=UTC)) for day in (7, 8, 9)]
SILENT = (datetime(2022, 1, 8, 20, tzinfo=UTC), datetime(2022, 1, 9, 5, tzinfo=UTC))
STEP = 300


def spans_of(remaining: float) -> tuple[Span, ...]:
    """Normal, then down with three restorations, then normal."""
    bounds = [START, CUT, *(moment for pair in RESTORED for moment in pair), BACK, END]
    states = [State.NORMAL, State.DOWN, *[State.DEGRADED, State.DOWN] * len(RESTORED), State.NORMAL]
    depths = {State.NORMAL: 0.0, State.DEGRADED: 0.2, State.DOWN: 1 - remaining}
    return tuple(
        Span(first, last, state, depths[state]) for first, last, state in zip(bounds, bounds[1:], states, strict=False)
    )


def with_silence(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The spans with a hole in which nothing was measured."""
    first, last = SILENT
    before = [Span(one.start, min(one.end, first), one.state, one.depth) for one in spans if one.start < first]
    after = [Span(max(one.start, last), one.end, one.state, one.depth) for one in spans if one.end > last]
    return (*before, Span(first, last, State.NOT_OBSERVABLE, None), *after)


def trace_of(signal: str, remaining: float, access: Access = Access.MIXED, level: float = 5000.0) -> Trace:
    times = np.arange(to_epoch(START), to_epoch(END), STEP, dtype=np.int64)
    swing = 0.01 if signal == "sim.bgp" else 0.2
    expected = level * (1 + swing * np.sin(times / 86400 * 2 * np.pi))
    share = np.ones(times.size)
    share[(times >= to_epoch(CUT)) & (times < to_epoch(BACK))] = remaining
    for first, last in RESTORED:
        share[(times >= to_epoch(first)) & (times < to_epoch(last))] = 0.8
    values = expected * share
    if signal == "sim.telescope":
        values[(times >= to_epoch(SILENT[0])) & (times < to_epoch(SILENT[1]))] = np.nan
    return Trace(Series(signal, "KZ", access, Scale.ABSOLUTE, "", STEP, times, values, ""), expected)


def reading_of(signal: str, remaining: float, access: Access = Access.MIXED) -> Reading:
    saw = remaining < 0.9
    whole = (Span(START, END, State.NORMAL, 0.0),)
    spans = spans_of(remaining) if saw else whole
    if signal == "sim.telescope":
        spans = with_silence(spans)
    return Reading(
        signal=signal,
        place="KZ",
        access=access,
        window="",
        stance=Stance.AGREES if saw else Stance.DISAGREES,
        start=CUT if saw else None,
        end=BACK if saw else None,
        depth=1 - remaining if saw else None,
        probability=0.99 if saw else None,
        coverage=1.0,
        lowest=remaining,
        spans=spans,
    )


SHARES = (
    ("sim.bgp", 0.9566, Access.MIXED),
    ("sim.probing", 0.15, Access.MIXED),
    ("sim.telescope", 0.05, Access.MIXED),
    ("sim.traffic", 0.02, Access.MIXED),
    ("sim.traffic", 0.01, Access.MOBILE),
)


def episode_of() -> Episode:
    edges = [CUT, *(moment for pair in RESTORED for moment in pair), BACK]
    kinds = [PhaseKind.BLACKOUT, *[PhaseKind.RESTORATION, PhaseKind.BLACKOUT] * len(RESTORED)]
    return Episode(
        id="kz-2022-01-05-a",
        version=1,
        place="KZ",
        kind=EpisodeKind.SHUTDOWN,
        level=Level.CORROBORATED,
        probability=0.99,
        start=CUT,
        start_earliest=CUT - timedelta(minutes=5),
        start_latest=CUT + timedelta(minutes=5),
        end=BACK,
        end_earliest=BACK - timedelta(minutes=5),
        end_latest=BACK + timedelta(minutes=5),
        ongoing=False,
        phases=tuple(
            Phase(kind, first, last, Access.MIXED, ("KZ",), 150)
            for kind, first, last in zip(kinds, edges, edges[1:], strict=False)
        ),
        signals=tuple(reading_of(*share) for share in SHARES),
        cause=Cause(CauseValue.ORDERED, Level.SIGNAL),
        evidence=(3,),
        simulated=True,
        reasons=(Note(message("Too noisy to tell: {signals}."), {"signals": "sim.bgp sim.traffic"}),),
        unknowns=(
            Note(
                message("When it ended: the data end on {time} while it was going on."),
                {"time": "2022-01-11T02:15:00Z"},
            ),
        ),
        inputs=("ab" * 32,),
    )


@pytest.fixture(scope="session")
def simulated_view() -> EpisodeView:
    """Five simulated signals, three restorations of 25 minutes, a telescope that was not measuring for a while."""
    about = About("Kazakhstan, January 2022", "Kazakhstan", (START, END), "Asia/Almaty", "en", END, "kuager 0.1.0")
    entry = DocumentaryEntry(
        "5 January 2022", "Mobile <internet> is off & gone.", "A source", "https://example.org/", "The hour."
    )
    return EpisodeView(episode_of(), tuple(trace_of(*share) for share in SHARES), about, (entry,))


@pytest.fixture(scope="session")
def ongoing_view(simulated_view: EpisodeView) -> EpisodeView:
    """The same, cut off inside and without a document, measured instead of simulated."""
    episode = simulated_view.episode
    last = episode.phases[-1]
    going_on = msgspec.structs.replace(
        episode,
        kind=EpisodeKind.OUTAGE,
        end=None,
        end_earliest=None,
        end_latest=None,
        ongoing=True,
        simulated=False,
        phases=(*episode.phases[:-1], msgspec.structs.replace(last, end=None)),
    )
    about = replace(simulated_view.about, window=(START, BACK - timedelta(days=1)))
    return EpisodeView(going_on, simulated_view.traces, about)


def site_of(*views: EpisodeView) -> dict[str, File]:
    """The site of the same episode in one or several languages."""
    return site_files({view.about.language: CaseView(view.about, (view,)) for view in views})


def write_site(folder: Path, *views: EpisodeView) -> None:
    """The same as files, painted."""
    for path, file in site_of(*views).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        assert not isinstance(file, Printout)
        (folder / path).write_bytes(painted(file))


def page_of(view: EpisodeView) -> str:
    """The page of an episode as it is published, with its pictures."""
    page = site_of(view)[addresses.episode(view.about.language, view.episode.id)]
    assert isinstance(page, bytes)
    return page.decode()


def in_language(view: EpisodeView, language: str) -> EpisodeView:
    return replace(view, about=replace(view.about, language=language))
