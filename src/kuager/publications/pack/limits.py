"""What cannot be seen, what else it could have been, who disagrees, and what the pack does not prove."""

from __future__ import annotations

from collections.abc import Iterator

from kuager.errors import message
from kuager.evidence.verify.report import COMPLETENESS, NOT_EARLIER, TRUTH
from kuager.model.time import parse_utc
from kuager.publications import clock
from kuager.publications.pack.context import Context
from kuager.publications.pack.exhibits import ExhibitKind, together
from kuager.publications.pack.held import SealedObject
from kuager.publications.pack.sentences import Block, Cell, Part, Row, Section, Sentence, Table, Words
from kuager.publications.wording import sentence
from kuager.publications.wording.held_back import held_back_lines
from kuager.publications.wording.why import how_tested, why

_SIGNALS = message(
    "Signals show that networks could not be reached or were not used. They do not show who did it, or why: the cause "
    "is a claim of its own, and needs documents. Numbers are no finer than the time between two samples."
)


def section(context: Context) -> Section:
    """The limits as a section."""
    gettext = context.gettext
    parts = [
        Part(gettext(message("What we do not know")), tuple(_unknown(context))),
        Part(gettext(message("What else it could have been")), tuple(_alternatives(context))),
        Part(gettext(message("What is held back")), tuple(_held_back(context))),
        Part(
            gettext(message("What this does not prove")),
            tuple(Words(gettext(one)) for one in (_SIGNALS, TRUTH, COMPLETENESS, NOT_EARLIER)),
        ),
    ]
    return Section("limits", gettext(message("Limits and alternatives")), tuple(part for part in parts if part.blocks))


def _unknown(context: Context) -> Iterator[Block]:
    episode, measured = context.view.episode, context.exhibits.of_signals()
    for note in episode.unknowns:
        told = context.translation.note(note)
        yield Sentence(told, together(measured, context.exhibits.of_named(told)))
    if dissent := sentence.dissenters(episode, context.translation):
        yield Sentence(context.gettext(message("Who disagrees: {dissent}."), dissent=dissent), measured)
    for pause in context.held.pauses:
        start, end = (clock.utc(parse_utc(one), context.translation.locale) for one in (pause.start, pause.end))
        template = message("Our own collector was not running from {start} to {end} (entry {entry} of the log).")
        yield Sentence(context.gettext(template, start=start, end=end, entry=pause.entry), (context.exhibits.log,))
    if not context.held.pauses:
        none = message("The log has no entry that our own collector was not running.")
        yield Sentence(context.gettext(none), (context.exhibits.log,))


def _alternatives(context: Context) -> Iterator[Block]:
    told, gettext = why(context.view.episode, context.translation), context.gettext
    measured = context.exhibits.of_signals()
    exhibits = together(measured, context.exhibits.of_named(*told.notes, *told.against_all))
    yield Sentence(gettext(message("Cause: {cause}."), cause=told.cause), exhibits)
    for line in (told.rests_on, *told.notes, *told.against_all):
        if line:
            yield Sentence(line, exhibits)
    columns = (message("Explanation"), message("Status"), message("Speaks for it"), message("Speaks against it"))
    rows = tuple(
        Row(
            (
                Cell(row.name, row.means),
                Cell(f"{row.shape} {row.status}"),
                Cell(" ".join(row.speaks_for) or clock.NOTHING),
                Cell(" ".join(row.speaks_against) or clock.NOTHING, row.unmeasured),
            ),
            together(measured, context.exhibits.of_named(*row.speaks_for, *row.speaks_against)),
        )
        for row in told.alternatives
    )
    if rows:
        yield Words(how_tested(context.translation))
        yield Table(tuple(map(gettext, columns)), rows, wide=3)


def _held_back(context: Context) -> Iterator[Block]:
    for line in held_back_lines(context.held.case.held_back, context.translation):
        yield Sentence(line, (context.exhibits.settings,))
    missing = tuple(
        one.number
        for one in context.exhibits.all
        if one.kind is ExhibitKind.MEASUREMENT and isinstance(one.of, SealedObject) and one.of.withheld
    )
    if missing:
        template = message(
            "The bytes of these measurements are not in the bundle. Whatever rests on them cannot be derived again "
            "from this pack: the episode, its phases, its level, and what these signals show. What was derived then "
            "is in the bundle, and its hash in the log."
        )
        yield Sentence(context.gettext(template), missing)
