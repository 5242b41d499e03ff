"""What happened when: measured phases, and what was ordered, said, laid open and offered, in one order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kuager.accountability.moments import is_known, known_interval
from kuager.accountability.rows.row import Row as RegisterRow
from kuager.errors import message
from kuager.model.time import format_utc, parse_utc
from kuager.model.words import Stance
from kuager.publications import clock
from kuager.publications.pack.context import Context
from kuager.publications.pack.exhibits import together
from kuager.publications.pack.sentences import Block, Cell, Part, Row, Section, Sentence, Table
from kuager.publications.wording import sentence, tables
from kuager.publications.wording.disclosure_words import STATE
from kuager.publications.wording.register_rows import Told

REGISTERS = ("orders", "statements", "coordination", "challenges", "offers", "reachability")
"""Registers of what was done at a time; a demand that was laid open is a row of ``challenges``."""
_PRECISION = {
    len("2022"): message("to the year"),
    len("2022-01"): message("to the month"),
    len("2022-01-04"): message("to the day"),
}
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the chronology.

    Attributes:
        order: by which it is placed.
        written: RFC 3339, or a day, month or year as its source has it; empty where nobody says when.
        utc: the time in words.
        local: on the clocks of the place, empty where it is as imprecise as ``utc`` or unknown.
        precision: in words.
        what: what happened.
        by: who says so.
        exhibits: which bear it out.
    """

    order: datetime
    written: str
    utc: str
    local: str
    precision: str
    what: Told
    by: str
    exhibits: tuple[int, ...]


def chronology(context: Context) -> tuple[Happened, ...]:
    """Every line, in the order of time; what nobody dates stands last."""
    every = [*_phases(context), *_rows(context), *_record(context), *_notices(context)]
    return tuple(sorted(every, key=lambda one: (one.order, one.what.text, one.exhibits)))


def section(context: Context) -> Section:
    """The chronology as a section."""
    gettext = context.gettext
    rows = tuple(
        Row(
            (Cell(one.utc, one.local), Cell(one.precision), Cell(one.what.text, "", one.what.language), Cell(one.by)),
            one.exhibits,
        )
        for one in chronology(context)
    )
    columns = (message("When"), message("Precision"), message("What happened"), message("Who says so"))
    measured = context.exhibits.of_signals()
    ended: list[Block] = [
        Sentence(line, together(measured, _behind_restoration(context))) for line in context.conduct.restoration()
    ]
    lead = f"{sentence.sentence(context.view)} {sentence.darkness(context.view)}"
    return Section(
        "chronology",
        gettext(message("Chronology")),
        (
            Part("", (Sentence(lead, measured), Table(tuple(map(gettext, columns)), rows, wide=2))),
            Part(gettext(message("Whether everything came back")), tuple(ended)),
        ),
    )


def _phases(context: Context) -> Iterator[Happened]:
    view, gettext = context.view, context.gettext
    begins, ends = message("Measured: {phase} begins ({access})."), message("Measured: {phase} ends ({access}).")
    if view.episode.simulated:
        begins = message("Simulated signals: {phase} begins ({access}).")
        ends = message("Simulated signals: {phase} ends ({access}).")
    rows = tables.phase_rows(view)
    blurs = {row.start.machine: f"± {row.uncertainty}" for row in rows if row.uncertainty}
    seen = [one.signal for one in view.episode.signals if one.stance is Stance.AGREES]
    by = context.translation.names(seen or [one.signal for one in view.episode.signals])
    for row, phase in zip(rows, view.episode.phases, strict=True):
        facts = {"phase": f"{row.kind}, {row.about}" if row.about else row.kind, "access": row.access}
        exhibits = context.exhibits.of_signals()
        told, blur = Told(gettext(begins, **facts)), blurs.get(row.start.machine, clock.NOTHING)
        yield Happened(phase.start, row.start.machine, row.start.utc, row.start.local, blur, told, by, exhibits)
        if phase.end is not None and row.end is not None:
            # one phase ends where the next begins: that moment is known as well as it is as a start
            told, blur = Told(gettext(ends, **facts)), blurs.get(row.end.machine) or _end_of_all(context, phase.end)
            yield Happened(phase.end, row.end.machine, row.end.utc, row.end.local, blur, told, by, exhibits)


def _end_of_all(context: Context, end: datetime) -> str:
    """How well the end of the episode is known, rounded up to a minute; nothing of other moments."""
    episode = context.view.episode
    if end != episode.end or episode.end_earliest is None or episode.end_latest is None:
        return clock.NOTHING
    half = -(-((episode.end_latest - episode.end_earliest) / 2) // timedelta(minutes=1)) * timedelta(minutes=1)
    return f"± {clock.duration(half, context.translation)}"


def _rows(context: Context) -> Iterator[Happened]:
    registers, shelf = context.dossier.registers, context.dossier.library
    own = {one.id for one in context.held.case.notices}  # each version of a notice has a line of its own
    for name in REGISTERS:
        for row in registers.rows.get(name, ()):
            if shelf.counts(row) and row.id not in own:
                written = str(getattr(row, row.about, ""))
                yield _dated(
                    context,
                    written,
                    _place(row),
                    context.speaker.told(row.text),
                    context.said_by(row),
                    context.exhibits.of_row(row),
                )


def _record(context: Context) -> Iterator[Happened]:
    """Rows of the documentary record that are told of the episode, but for those that a row above tells."""
    registers = context.dossier.registers
    told = {source for name in REGISTERS for row in registers.rows.get(name, ()) for source in row.sources}
    cited = context.dossier.library.citations
    for entry in context.view.documents:
        name = entry.source.partition(" · ")[0]
        if name in cited and name not in told:
            place = entry.places[0] if entry.places else ""
            words = Told(f"{entry.text} {entry.doubt}".strip())
            exhibits = context.exhibits.of_told(name, (name,))
            yield _dated(context, cited[name].published, place, words, cited[name].by, exhibits)


def _notices(context: Context) -> Iterator[Happened]:
    template = message("{operator} said version {version} of its notice {notice}: {state}.")
    for history in context.held.case.notices:
        for version in history.versions:
            notice = version.notice
            operator = context.speaker.operator(notice.operator)
            facts = {"operator": operator, "version": notice.version, "notice": notice.id}
            words = Told(context.gettext(template, **facts, state=context.gettext(STATE[notice.state])))
            exhibits = context.exhibits.of_object(version.object)
            yield _dated(context, format_utc(version.known), "", words, operator, exhibits)


def _dated(context: Context, written: str, place: str, what: Told, by: str, exhibits: tuple[int, ...]) -> Happened:
    """A line at a time as precise as it was written."""
    if "T" in written:
        moment = tables.moment(parse_utc(written), context.view)
        precision = context.gettext(message("to the minute"))
        return Happened(parse_utc(written), written, moment.utc, moment.local, precision, what, by, exhibits)
    when = known_interval(written, place)
    order = when.earliest if when is not None else _LATEST
    precision = context.gettext(_PRECISION[len(written)]) if is_known(written) else clock.NOTHING
    return Happened(
        order, written, clock.stated(written, "UTC", context.translation), "", precision, what, by, exhibits
    )


def _place(row: RegisterRow) -> str:
    places: tuple[str, ...] = getattr(row, "places", ())
    return places[0] if places else ""


def _behind_restoration(context: Context) -> tuple[int, ...]:
    rows = {row.id: row for row in context.dossier.registers.rows.get("reachability", ())}
    named = [rows[one.row] for one in context.account.restoration.residual if one.row in rows]
    return together(*(context.exhibits.of_row(row) for row in named))
