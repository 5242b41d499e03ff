"""From an episode to its chart: which stretch of time, which range on each axis, which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from kuager.errors import message
from kuager.model.episodes import Reading
from kuager.model.series import Series
from kuager.model.time import to_epoch
from kuager.model.words import EpisodeKind, Scale, Stance, State
from kuager.publications import clock
from kuager.publications.charts.specification import Axis, Band, Chart, Panel, Stretch, TimeAxis, Words
from kuager.publications.language import Translation
from kuager.publications.licences import credit
from kuager.publications.view import EpisodeView, Trace
from kuager.publications.wording.sentence import name_of, title
from kuager.publications.words import STATE
from kuager.sources import registry

MARGIN_SHARE = 0.35
LEAST_MARGIN = timedelta(days=1)
ZOOM_ABOVE = 0.6
"""Where nothing falls below this share of the highest value, the axis is zoomed and says so."""

MOST_MARKS = 4
OF_SERVICES = frozenset({EpisodeKind.BLOCKING, EpisodeKind.THROTTLING})

_ORDER = (Stance.AGREES, Stance.DISAGREES, Stance.SILENT, Stance.NOT_MEASURING)


def chart_of(view: EpisodeView, window: tuple[datetime, datetime] | None = None) -> Chart:
    """The chart of a stretch of time; of an episode with some days before and after it when none is named."""
    translation = view.about.translation
    window = window or around(view)
    start, end = to_epoch(window[0]), to_epoch(window[1])
    readings = sorted(view.episode.signals, key=lambda one: (_ORDER.index(one.stance), one.signal, one.access))
    drawn = [(reading, trace) for reading in readings if (trace := view.trace(reading)) is not None]
    panels = tuple(_panel(reading, trace, (start, end), translation) for reading, trace in drawn)
    units = {panel.unit for panel in panels}
    alike = len(units) == 1 and "" not in units
    common = translation.gettext(message("All panels: {unit}."), unit=units.pop()) if alike else ""
    return Chart(
        title=title(view),
        banner=translation.gettext(message("simulated signals")) if view.episode.simulated else "",
        common_unit=common,
        footer=_footer(view, translation),
        window=(start, end),
        panels=panels if not common else tuple(replace(panel, unit="") for panel in panels),
        bands=tuple(_bands(view, start, end)),
        time_axes=_time_axes(window, view.about.zone, translation),
        words=Words(
            expected=translation.gettext(message("expected")),
            not_measuring=translation.gettext(STATE[State.NOT_OBSERVABLE]),
            down=translation.gettext(STATE[State.DOWN]),
            degraded=translation.gettext(STATE[State.DEGRADED]),
            restoration=translation.gettext(message("restoration")),
        ),
    )


def around(view: EpisodeView) -> tuple[datetime, datetime]:
    """The episode with a third of its length, and at least a day, on either side, inside the case's window."""
    margin = max(MARGIN_SHARE * view.duration, LEAST_MARGIN)
    first, last = view.about.window
    return max(first, view.episode.start - margin), min(last, view.horizon + margin)


def _footer(view: EpisodeView, translation: Translation) -> str:
    return translation.gettext(
        message("{id}, version {version}. Data: {sources}. Numbers are those of the phases in the table."),
        id=view.episode.id,
        version=view.episode.version,
        sources=credit((reading.signal for reading in view.episode.signals), translation),
    )


def _panel(reading: Reading, trace: Trace, window: tuple[int, int], translation: Translation) -> Panel:
    series, known = trace.series, registry.signal(reading.signal)
    return Panel(
        label=name_of(reading, translation, short=True),
        unit=_unit(series.unit or known.unit, translation),
        kind=known.kind,
        times=series.times,
        values=series.values,
        expected=trace.expected,
        step_s=series.step_s,
        axis=axis_of(trace, window, translation),
        stretches=tuple(Stretch(to_epoch(span.start), to_epoch(span.end), span.state) for span in reading.spans),
    )


UNITS = {
    "visible /24s": message("visible blocks of 256 addresses (/24)"),
    "answering /24s": message("answering blocks of 256 addresses (/24)"),
    "share of probes lost": message("share of probes lost"),
    "source addresses": message("source addresses"),
    "requests, relative": message("requests, relative"),
    "per cent of the window's maximum": message("per cent of the highest value in the file"),
    "cities": message("cities"),
    "per cent of measurements that were not blocked": message("per cent of measurements that were not blocked"),
}
"""Units of the sources in a reader's words; a unit that is not here is shown as its source writes it."""


def _unit(unit: str, translation: Translation) -> str:
    return translation.gettext(UNITS.get(unit, unit)) if unit else ""


def axis_of(trace: Trace, window: tuple[int, int], translation: Translation) -> Axis:
    """The declared range: from zero, or zoomed where everything lies in the upper part."""
    series = trace.series
    inside = (series.times >= window[0]) & (series.times < window[1])
    arrays = [series.values[inside]] + ([trace.expected[inside]] if trace.expected is not None else [])
    values = np.concatenate(arrays)
    values = values[np.isfinite(values)]
    highest = float(values.max()) if values.size else 1.0
    lowest = float(values.min()) if values.size else 0.0
    zoomed = highest > 0 and lowest > ZOOM_ABOVE * highest
    step = _round_step((highest - (lowest if zoomed else 0.0)) or 1.0)
    low = np.floor(lowest / step) * step if zoomed else 0.0
    high = float(np.ceil(highest / step - 1e-9) * step)
    if _is_per_cent(series) and high > 100 >= highest:
        high = 100.0
    high = high if high > low else low + step
    marks = np.arange(low, high + step / 2, step).round(9).tolist()
    marks = marks if len(marks) <= MOST_MARKS else [low, (low + high) / 2, high]
    labels = {float(value): _label(value, series, translation) for value in marks}
    badge = (
        translation.gettext(message("zoomed axis {low} to {high}"), low=labels[low], high=labels[high])
        if zoomed
        else ""
    )
    return Axis(float(low), high, tuple(labels.items()), badge)


def _is_per_cent(series: Series) -> bool:
    return series.scale is Scale.RELATIVE


def _label(value: float, series: Series, translation: Translation) -> str:
    return f"{translation.number(value)}\u00a0%" if _is_per_cent(series) else translation.number(value)


def _round_step(span: float) -> float:
    """A step of 1, 2 or 5 times a power of ten that divides a span into two to five parts."""
    power = 10.0 ** np.floor(np.log10(span))
    return float(next(factor * power for factor in (0.2, 0.5, 1.0, 2.0) if span / (factor * power) <= 5.0))


def _bands(view: EpisodeView, start: int, end: int) -> list[Band]:
    horizon = to_epoch(view.horizon)
    bands = [
        Band(number, phase.kind, to_epoch(phase.start), to_epoch(phase.end) if phase.end else horizon)
        for number, phase in enumerate(view.episode.phases, start=1)
        if phase.is_of_everything or view.episode.kind in OF_SERVICES  # those of a few services would hide the others
    ]
    return [
        Band(one.number, one.kind, max(one.start, start), min(one.end, end))
        for one in bands
        if one.start < end and one.end > start
    ]


def _time_axes(window: tuple[datetime, datetime], zone: str, translation: Translation) -> tuple[TimeAxis, ...]:
    """UTC, and below it the clocks of the place; each has a mark at its own midnights or whole hours."""
    axes = [TimeAxis("UTC", _ticks(window, "UTC", translation))]
    if zone != "UTC":
        axes.append(TimeAxis(clock.city(zone, translation.locale), _ticks(window, zone, translation)))
    return tuple(axes)


def _ticks(window: tuple[datetime, datetime], zone: str, translation: Translation) -> tuple[tuple[int, str], ...]:
    first, last = window
    hours = _hours_between_marks(last - first)
    clocks = ZoneInfo(zone)
    day = first.astimezone(clocks).date()
    ticks: list[tuple[int, str]] = []
    while (midnight := datetime.combine(day, time(0), clocks)) < last:
        for hour in range(0, 24, hours):
            moment = midnight.replace(hour=hour)
            if first <= moment.astimezone(UTC) < last:
                label = clock.short_day(day, translation.locale) if hour == 0 else f"{moment:%H:%M}"
                ticks.append((to_epoch(moment), label))
        day += timedelta(days=1)
    return tuple(ticks)


def _hours_between_marks(length: timedelta) -> int:
    """24, 6, 3 or 1, so that there are never many more than two dozen marks."""
    return next(hours for hours, limit in ((1, 1), (3, 3), (6, 5), (24, 10**6)) if length <= timedelta(days=limit))


def describe(reading: Reading, translation: Translation) -> str:
    """What the chart shows of one signal, in one sentence."""
    name = name_of(reading, translation, short=True)
    if reading.stance is Stance.NOT_MEASURING or reading.lowest is None:
        return translation.gettext(message("{signal}: not measuring."), signal=name)
    if reading.start is None:
        return translation.gettext(
            message("{signal}: no fall that stands out; never below {lowest} of what was expected."),
            signal=name,
            lowest=translation.share_above(reading.lowest),
        )
    return translation.gettext(
        message("{signal}: falls on {start} to as little as {lowest} of what was expected."),
        signal=name,
        start=clock.utc(reading.start, translation.locale),
        lowest=translation.share_above(reading.lowest),
    )


def written_answer(view: EpisodeView) -> Sequence[str]:
    """The chart in words, a sentence for each signal: the caption, and what a reader without the picture gets."""
    return tuple(describe(reading, view.about.translation) for reading in view.episode.signals)


def seen_at(view: EpisodeView) -> str:
    """The days that the chart spans."""
    first, last = around(view)
    return clock.days(first.date(), last.date(), view.about.translation.locale)
