"""Who says what: signals that agree, disagree, are silent or did not measure; statements; claims on both sides."""

from __future__ import annotations

from collections.abc import Iterator

from kuager.accountability.rows.documents import Claim
from kuager.accountability.rows.row import Row as RegisterRow
from kuager.errors import message
from kuager.publications import clock
from kuager.publications.pack.context import Context
from kuager.publications.pack.exhibits import together
from kuager.publications.pack.sentences import Block, Cell, Part, Row, Section, Sentence, Table
from kuager.publications.wording import sentence, tables


def section(context: Context) -> Section:
    """Who says what, as a section."""
    gettext = context.gettext
    parts = [Part(gettext(message("Sources, and how each stands to this")), tuple(_signals(context)))]
    if said := tuple(_statements(context)):
        parts.append(Part(gettext(message("What was said")), said))
    if claimed := tuple(_claims(context)):
        parts.append(Part(gettext(message("What others claim, on both sides")), claimed))
    return Section("who", gettext(message("Who says what")), tuple(parts))


def _signals(context: Context) -> Iterator[Block]:
    view, gettext, exhibits = context.view, context.gettext, context.exhibits
    for note in view.episode.reasons:
        told = context.translation.note(note)
        yield Sentence(told, together(exhibits.of_signals(), exhibits.of_named(told)))
    columns = (
        message("Signal"),
        message("Stance"),
        message("Start"),
        message("End"),
        message("Lowest"),
        message("Measured"),
    )
    rows = []
    for reading in view.episode.signals:
        (row,) = tables.source_rows((reading,), view)
        start, end = (
            Cell(one.utc, one.local) if one is not None else Cell(clock.NOTHING) for one in (row.start, row.end)
        )
        blind = gettext(message("Cannot see: {what}."), what=row.cannot_see)
        cells = (
            Cell(row.name, blind),
            Cell(f"{row.shape} {row.stance}"),
            start,
            end,
            Cell(row.lowest),
            Cell(row.coverage),
        )
        rows.append((row.token, Row(cells, exhibits.of_signals([reading.signal]))))
    order = {token: place for place, token in enumerate(("agrees", "disagrees", "silent", "not-measuring"))}
    rows.sort(key=lambda one: order.get(one[0], len(order)))
    if rows:
        yield Table(tuple(map(gettext, columns)), tuple(row for _, row in rows), wide=0)
    else:
        yield Sentence(gettext(sentence.NO_SERIES), (exhibits.log,))


def _statements(context: Context) -> Iterator[Block]:
    gettext = context.gettext
    said = {row.id: row for row in context.dossier.registers.rows.get("statements", ())}
    rows = sorted(context.conduct.statements(), key=lambda one: (one.who, one.row.when))
    columns = (message("Who"), message("When"), message("What was said"), message("Against what was measured"))
    made = tuple(
        Row(
            (
                Cell(one.who),
                Cell(one.row.when),
                context.cell(one.row.text, one.row.doubt.text if one.row.doubt else ""),
                Cell(" ".join(one.against) or clock.NOTHING),
            ),
            together(_of(context, said[one.row.id]), context.exhibits.of_signals() if one.against else ()),
        )
        for one in rows
        if one.row.id in said
    )
    if made:
        yield Table(tuple(map(gettext, columns)), made, wide=2)


def _claims(context: Context) -> Iterator[Block]:
    claims = context.dossier.registers.of(Claim)
    told = sorted(((one, context.speaker.row(one)) for one in claims), key=lambda pair: (pair[0].topic, pair[0].id))
    columns = (message("Who"), message("When"), message("What is claimed"), message("How it stands"))
    rows = tuple(
        Row(
            (
                Cell(one.by),
                Cell(row.when),
                context.cell(row.text, row.doubt.text if row.doubt else ""),
                Cell(row.status),
            ),
            _of(context, one),
        )
        for one, row in told
    )
    if rows:
        yield Table(tuple(map(context.gettext, columns)), rows, wide=2)


def _of(context: Context, row: RegisterRow) -> tuple[int, ...]:
    return context.exhibits.of_row(row)
