"""Closer looks at an episode, so that nobody needs a script to zoom: a small chart for each phase and restoration.

They are one size, small enough for a phone and many to a row on a screen. A restoration is shown with an hour on either
side, another phase with a sixth of its length, at the step of the data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kuager.errors import message
from kuager.model.episodes import Phase
from kuager.model.words import PhaseKind
from kuager.publications import clock
from kuager.publications.charts.drawing import chart_of
from kuager.publications.charts.layout import NARROW
from kuager.publications.charts.palette import LIGHT
from kuager.publications.charts.svg import draw
from kuager.publications.pictures import Figure, Form, Sketch
from kuager.publications.view import EpisodeView
from kuager.publications.words import PHASE

MOST = 12
"""Of an episode with more phases the restorations, the first and the last are shown closely."""
_AROUND_RESTORATION = timedelta(hours=1)
_LEAST_MARGIN = timedelta(minutes=30)
_HEIGHT = re.compile(r'height="(\d+)"')


@dataclass(frozen=True, slots=True)
class Zoom:
    """A phase looked at closely: its number in the table of phases, what it was and when, its chart."""

    number: int
    title: str
    figure: Figure


def zooms(view: EpisodeView, folder: str) -> tuple[Zoom, ...]:
    """The closer looks at an episode, in order; their files lie in a folder below ``public/``."""
    if not view.traces:
        return ()
    numbered = [(number, one) for number, one in enumerate(view.episode.phases, start=1) if one.is_of_everything]
    if len(numbered) == 1:
        return ()  # the chart of the whole shows it
    if len(numbered) > MOST:
        chosen = sorted(numbered, key=lambda one: (one[1].kind is not PhaseKind.RESTORATION, -_length(one[1], view)))
        ends = {numbered[0][0], numbered[-1][0]}
        kept = ends | {number for number, _ in chosen[: MOST - len(ends)]}
        numbered = [one for one in numbered if one[0] in kept]
    return tuple(_zoom(number, phase, view, folder) for number, phase in numbered)


def _zoom(number: int, phase: Phase, view: EpisodeView, folder: str) -> Zoom:
    translation = view.about.translation
    chart = replace(chart_of(view, _window(phase, view)), title="", footer="", common_unit="")
    path = f"{folder}/phase-{number}.png"
    svg = draw(chart, NARROW, LIGHT)
    height = _HEIGHT.search(svg)
    template = (
        message("{number}. {what}: {start} to {end} UTC")
        if phase.end is not None
        else message("{number}. {what}: since {start} UTC")
    )
    title = translation.gettext(
        template,
        number=number,
        what=translation.gettext(PHASE[phase.kind]),
        start=clock.short_moment(phase.start, translation.locale),
        end=clock.short_moment(phase.end, translation.locale) if phase.end is not None else "",
    )
    form = Form(path, NARROW.width, int(height[1]) if height else 0)
    return Zoom(number, title, Figure(wide=form, alt=title, sketches={path: Sketch(svg, 1.0)}))


def _window(phase: Phase, view: EpisodeView) -> tuple[datetime, datetime]:
    end = view.lasted_until(phase)
    margin = _AROUND_RESTORATION if phase.kind is PhaseKind.RESTORATION else max((end - phase.start) / 6, _LEAST_MARGIN)
    first, last = view.about.window
    return max(first, phase.start - margin), min(last, end + margin)


def _length(phase: Phase, view: EpisodeView) -> float:
    return (view.lasted_until(phase) - phase.start).total_seconds()
