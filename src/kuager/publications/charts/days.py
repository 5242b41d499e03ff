"""Day by day: a row for each local day of an episode, its phases laid on 24 hours, so that a curfew is seen at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kuager.errors import message
from kuager.model.episodes import Phase
from kuager.model.words import PhaseKind
from kuager.publications import clock
from kuager.publications.charts.element import element, line, rectangle, words
from kuager.publications.charts.palette import DARK, LIGHT, Palette
from kuager.publications.pictures import Figure, Form, Sketch
from kuager.publications.view import EpisodeView

MOST_DAYS = 62
WIDTH, LEFT, RIGHT, TOP, ROW = 360, 58, 10, 22, 13
_SMALL = 10.5


def day_strips(view: EpisodeView, folder: str) -> Figure | None:
    """The strips of an episode of two days or more; None of a shorter one, or one of more than two months."""
    zone = ZoneInfo(view.about.zone)
    first, last = view.episode.start.astimezone(zone).date(), view.horizon.astimezone(zone).date()
    count = (last - first).days + 1
    if not 2 <= count <= MOST_DAYS:
        return None
    days = [first + timedelta(days=index) for index in range(count)]
    light, dark = f"{folder}/days.png", f"{folder}/days-dark.png"
    height = TOP + ROW * count + 8
    translation = view.about.translation
    return Figure(
        wide=Form(light, WIDTH, height),
        wide_dark=Form(dark, WIDTH, height),
        alt=translation.gettext(message("The phases day by day, midnight to midnight by the clocks of the place.")),
        sketches={
            light: Sketch(_draw(view, days, zone, LIGHT), 1.5),
            dark: Sketch(_draw(view, days, zone, DARK), 1.5),
        },
    )


def _draw(view: EpisodeView, days: list[date], zone: ZoneInfo, palette: Palette) -> str:
    height, columns = TOP + ROW * len(days) + 8, WIDTH - LEFT - RIGHT
    parts = [rectangle(0, 0, WIDTH, height, palette.background)]
    for hour in (0, 6, 12, 18, 24):
        x = LEFT + columns * hour / 24
        parts.append(words(x, TOP - 8, f"{hour:02}", _SMALL, palette.muted, anchor="middle"))
    for index, day in enumerate(days):
        top = TOP + ROW * index
        label = clock.short_day(day, view.about.translation.locale)
        parts.append(words(LEFT - 6, top + 9, label, _SMALL, palette.text, anchor="end"))
        parts.append(rectangle(LEFT, top, columns, ROW - 3, palette.background, stroke=palette.grid))
        parts += _phases(view, day, zone, top, columns, palette)
    for hour in (6, 12, 18):
        x = LEFT + columns * hour / 24
        parts.append(line(x, TOP - 3, x, TOP + ROW * len(days) - 3, palette.frame, stroke_dasharray="1 3"))
    return element(
        "svg",
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        width=WIDTH,
        height=height,
        viewBox=f"0 0 {WIDTH} {height}",
    )


def _phases(view: EpisodeView, day: date, zone: ZoneInfo, top: float, columns: int, palette: Palette) -> list[str]:
    """What lies on one local day, which has 23 or 25 hours when the clocks change."""
    start = datetime.combine(day, time(0), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC)
    drawn = []
    shown = [one for one in view.episode.phases if one.is_of_everything]
    for phase in sorted(shown, key=lambda one: one.kind is PhaseKind.RESTORATION):
        first, last = max(start, phase.start), min(end, view.lasted_until(phase))
        if first >= last:
            continue
        x = LEFT + columns * ((first - start) / (end - start))
        width = max(2.0, columns * ((last - first) / (end - start)))
        drawn.append(_bar(phase, x, top, width, palette))
    return drawn


def _bar(phase: Phase, x: float, top: float, width: float, palette: Palette) -> str:
    return rectangle(x, top, width, ROW - 3, palette.ribbon[phase.kind], stroke=palette.frame, stroke_width="0.5")
