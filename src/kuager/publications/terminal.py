"""The story of an episode in a terminal: the sentence, a row of states per signal, the phases, their table.

States differ in their character as well as in their colour, so that the picture can be read without colour, on paper
and by whoever sees colours otherwise. Times along the row are UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kuager.errors import message
from kuager.model.episodes import Phase, Reading, Span
from kuager.model.words import Access, PhaseKind, Stance, State
from kuager.publications import clock
from kuager.publications.charts.drawing import around
from kuager.publications.language import Translation
from kuager.publications.licences import credit
from kuager.publications.view import CaseView, EpisodeView
from kuager.publications.wording import contrast
from kuager.publications.wording.groups import MOST_TOLD, of_groups
from kuager.publications.wording.history import history_lines
from kuager.publications.wording.sentence import alone, beside_series, darkness, name_of, onsets, placed, sentence
from kuager.publications.wording.services import MOST_ROWS, lead
from kuager.publications.wording.slowed import slow_lines
from kuager.publications.wording.tables import phase_rows
from kuager.publications.wording.why import how_tested, why
from kuager.publications.words import ACCESS_IN_SHORT, CAUSE, LEVEL_SHAPE, STANCE, STANCE_SHAPE, STATE

BLOCKS = {
    State.DOWN: ("█", "red3"),
    State.DEGRADED: ("▄", "dark_orange"),
    State.NORMAL: ("▁", "bright_black"),
    State.NOT_OBSERVABLE: ("░", "bright_black"),
}
RIBBON = {
    PhaseKind.BLACKOUT: ("━", "bold red3"),
    PhaseKind.WHITELIST: ("━", "bold red3"),
    PhaseKind.PARTIAL: ("─", "dark_orange"),
    PhaseKind.BLOCKING: ("─", "dark_orange"),
    PhaseKind.THROTTLING: ("╌", "dark_orange"),
    PhaseKind.RESTORATION: (" ", ""),
}
_NARROWEST, _WIDEST = 60, 160
_WORST_FIRST = (State.DOWN, State.DEGRADED, State.NORMAL, State.NOT_OBSERVABLE)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Time to columns."""

    start: datetime
    end: datetime
    columns: int

    def column(self, moment: datetime) -> int:
        """The column in which a moment lies, cut at both edges."""
        share = (moment - self.start) / (self.end - self.start)
        return min(max(int(share * self.columns), 0), self.columns - 1)

    def cell(self, index: int) -> tuple[datetime, datetime]:
        """The stretch of time of one column."""
        width = (self.end - self.start) / self.columns
        return self.start + index * width, self.start + (index + 1) * width


def timeline(view: EpisodeView, width: int) -> RenderableType:
    """The story of one episode.

    Args:
        view: the episode and its series.
        width: columns of the terminal; 60 to 160 are used.
    """
    width = min(max(width, _NARROWEST), _WIDEST)
    translation, episode = view.about.translation, view.episode
    names = [name_of(reading, translation, short=True) for reading in episode.signals]
    label = max(len(name) for name in [*names, "UTC"]) + 3
    first, last = around(view)
    scale = _Scale(first, last, width - label - 2)
    rows: list[RenderableType] = []
    if episode.simulated:
        rows += [_banner(translation), Text()]
    rows += [Text(f"{LEVEL_SHAPE[episode.level]} {sentence(view)}", style="bold"), Text(darkness(view)), Text()]
    rows += [
        _row(reading, name, label, scale)
        for reading, name in sorted(zip(episode.signals, names, strict=True), key=lambda pair: _order(pair[0]))
        if reading.spans  # single runs have no states that last
    ]
    rows += [Padding(line, (0, 0, 0, label)) for line in _phases(episode.phases, view.horizon, scale)]
    rows += _axis(scale, label, translation)
    rows += [Text(), _legend(translation), Text(), _table(view), Text()]
    rows += [Text(f"• {line}") for line in lead(view)]
    rows += [Text(f"• {line}") for line in of_groups(episode.groups[:MOST_TOLD], episode.blocked, translation)]
    if more := len(episode.groups[MOST_TOLD:]):
        rows += [Text(f"• {translation.ngettext('{n} more group of sites', '{n} more groups of sites', more)}")]
    rows += [Text(f"• {line}") for line in slow_lines(episode.slowed[:MOST_ROWS], translation)]
    rows += [Text(f"• {translation.note(note)}") for note in episode.reasons]
    rows += [Text(f"• {line}") for line in contrast.contrasts(view)]
    if view.published_onsets:
        rows += [Text(f"• {onsets(view)}")]
        rows += [Text(f"    {entry.time} · {entry.source}") for entry in view.published_onsets]
    rows += _why(view)
    rows += [Text(f"? {translation.note(note)}", style="dim") for note in episode.unknowns]
    rows += [Text(line, style="dim") for line in history_lines(view.history, translation)]
    data = credit((*(reading.signal for reading in episode.signals), *episode.service_signals), translation)
    rows.append(Text(translation.gettext(message("Data: {sources}."), sources=data), style="dim"))
    return Group(*rows)


def _why(view: EpisodeView) -> list[RenderableType]:
    """The cause with what its timing adds, and each other explanation with what speaks for and against it."""
    translation, episode = view.about.translation, view.episode
    cause = translation.gettext(message("cause: {cause}"), cause=translation.gettext(CAUSE[episode.cause.value]))
    rows: list[RenderableType] = [Text(f"• {cause}")]
    rows += [Text(f"  {translation.note(note)}", style="dim") for note in episode.cause.notes]
    told = why(episode, translation)
    if told.alternatives:
        rows += [
            Text(translation.gettext(message("What else it could have been:"))),
            _indented(how_tested(translation)),
        ]
    for line in told.against_all:
        against_all = translation.gettext(message("This speaks against all of them: {finding}"), finding=line)
        rows.append(_indented(against_all))
    for one in told.alternatives:
        rows.append(Text(f"  {one.shape} {one.name}: {one.status}"))
        if not (one.speaks_for or one.speaks_against or told.against_all):
            nothing = message("Nothing that was measured speaks for or against it.")
            rows.append(_indented(translation.gettext(nothing), 6))
        rows += [_indented(f"+ {line}", 6) for line in one.speaks_for]
        rows += [_indented(f"− {line}", 6) for line in one.speaks_against]
    return rows


def _indented(line: str, columns: int = 2) -> Padding:
    return Padding(Text(line, style="dim"), (0, 0, 0, columns))


def nothing_found(view: CaseView, width: int) -> RenderableType:
    """That no episode was found, what that does not mean, and how much each signal measured."""
    translation = view.about.translation
    rows: list[RenderableType] = [_banner(translation), Text()] if view.simulated else []
    rows.append(Text(translation.gettext(message("No episode was found")), style="bold"))
    beside = [Text(line) for line in beside_series(view)]
    if not view.measured:
        return Group(*rows, *beside, *_not_judged(view))
    rows += [
        Text(
            translation.gettext(
                message(
                    "That does not mean that nothing happened. So much of the window could be judged by each signal:"
                )
            )
        ),
    ]
    measured = Table(box=None, pad_edge=False, show_header=False, width=min(width, _WIDEST) if width else None)
    places: dict[tuple[str, str], list[str]] = {}
    for reading in view.measured:
        told = (name_of(reading, translation), translation.share(reading.coverage))
        places.setdefault(told, []).append(reading.place)
    for (name, share), where in places.items():
        measured.add_row(placed(name, ", ".join(dict.fromkeys(where)), translation), share)
    learnt = Text(
        translation.gettext(
            message(
                "What is ordinary was learnt from these files alone: an outage that fills them whole looks ordinary."
            )
        ),
        style="dim",
    )
    events = (Text(f"• {alone(event, view.about)}") for event in view.alone)
    return Group(*rows, measured, learnt, *beside, *events, *_not_judged(view))


def _not_judged(view: CaseView) -> list[RenderableType]:
    """How many measurements of sites and services said nothing, and why."""
    translation = view.about.translation
    return [
        Text(f"? {place}: {translation.note(note)}" if place else f"? {translation.note(note)}", style="dim")
        for place, notes in view.not_judged.items()
        for note in notes
    ]


def _banner(translation: Translation) -> Text:
    words = translation.gettext(message("simulated signals")).upper()
    return Text(f" {words} ", style="bold reverse dark_orange")


def _order(reading: Reading) -> tuple[int, str, str]:
    return list(Stance).index(reading.stance), reading.signal, reading.access.value


def _row(reading: Reading, name: str, label: int, scale: _Scale) -> Text:
    """The stance as a shape, the name, and a block for every column."""
    row = Text(f"{STANCE_SHAPE[reading.stance]} {name}".ljust(label))
    for index in range(scale.columns):
        character, style = BLOCKS[_state(reading.spans, *scale.cell(index))]
        row.append(character, style=style)
    return row


def _state(spans: Sequence[Span], start: datetime, end: datetime) -> State:
    """The state that takes up most of a column; of equals, the worse."""
    seconds = dict.fromkeys(_WORST_FIRST, timedelta(0))
    for span in spans:
        if span.start < end and span.end > start:
            seconds[span.state] += min(span.end, end) - max(span.start, start)
    if not any(seconds.values()):
        return State.NOT_OBSERVABLE
    return max(_WORST_FIRST, key=lambda state: seconds[state])


def _phases(phases: Sequence[Phase], horizon: datetime, scale: _Scale) -> list[Text]:
    """A ribbon of the phases, and their numbers below it in as many rows as they need."""
    alone = not any(phase.is_of_everything for phase in phases)
    ribbon = [(" ", "")] * scale.columns
    places: list[tuple[int, str]] = []
    for number, phase in enumerate(phases, start=1):
        if not (phase.is_of_everything or alone):  # those of a few services would hide the others
            continue
        first, last = scale.column(phase.start), scale.column(phase.end or horizon)
        ribbon[first : max(last, first + 1)] = [RIBBON[phase.kind]] * max(1, last - first)
        places.append(((first + max(last - 1, first)) // 2, str(number)))
    lines = [Text.assemble(*ribbon)]
    rows: list[list[str]] = []
    for column, digits in places:
        at = min(column, scale.columns - len(digits))
        free = [row for row in rows if not "".join(row[max(0, at - 1) : at + len(digits) + 1]).strip()]
        if not free:
            rows.append([" "] * scale.columns)
            free = rows[-1:]
        free[0][at : at + len(digits)] = list(digits)
    return lines + [Text("".join(row), style="bold") for row in rows]


def _axis(scale: _Scale, label: int, translation: Translation) -> list[Text]:
    """A mark at every midnight in UTC that has room for its day."""
    marks, days = [" "] * scale.columns, [" "] * (scale.columns + 12)
    day = scale.start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    free = 0
    while day < scale.end:
        column = scale.column(day)
        marks[column] = "╵"
        name = clock.short_day(day.date(), translation.locale).replace("\u00a0", " ")
        if column >= free and column + len(name) <= scale.columns:
            marks[column] = "│"
            days[column : column + len(name)] = list(name)
            free = column + len(name) + 2
        day += timedelta(days=1)
    return [
        Text(" " * label + "".join(marks).rstrip(), style="dim"),
        Text("UTC".ljust(label) + "".join(days).rstrip()),
    ]


def _legend(translation: Translation) -> Text:
    legend = Text()
    for state, (character, style) in BLOCKS.items():
        legend.append(character * 2, style=style)
        legend.append(f" {translation.gettext(STATE[state])}   ")
    for stance in (Stance.AGREES, Stance.DISAGREES):
        legend.append(f"{STANCE_SHAPE[stance]} {translation.gettext(STANCE[stance])}   ")
    return legend


def _table(view: EpisodeView) -> Table:
    """The phases with their times in UTC and on the clocks of the place; the access only where it differs."""
    translation, zone = view.about.translation, view.about.zone
    differing = any(phase.access is not Access.MIXED for phase in view.episode.phases)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(translation.gettext(message("No.")), justify="right", min_width=2)
    table.add_column(translation.gettext(message("What")), overflow="fold")
    table.add_column(translation.gettext(message("Start, UTC")), overflow="fold")
    table.add_column("±", overflow="fold")
    table.add_column(clock.city(zone, translation.locale) or "UTC", overflow="fold")
    table.add_column(translation.gettext(message("Length")), justify="right", overflow="fold")
    if differing:
        table.add_column(translation.gettext(message("Access")), overflow="fold")
    for row, phase in zip(phase_rows(view), view.episode.phases, strict=True):
        cells = [
            str(row.number),
            f"{row.kind}\n{row.about}" if row.about else row.kind,
            clock.short_moment(phase.start, translation.locale),
            row.uncertainty,
            clock.here(phase.start, zone, translation.locale),
            row.length,
        ]
        if differing:
            cells.append(translation.gettext(ACCESS_IN_SHORT[phase.access]))
        table.add_row(*cells)
    return table
