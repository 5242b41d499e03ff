"""The legal tests: each question with its answer, what that rests on, and the instruments that ask it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kuager.accountability.answering import Answered, From
from kuager.accountability.laws import in_force
from kuager.accountability.operators import Card
from kuager.accountability.ownership import group_of
from kuager.accountability.questions import INSTRUMENTS
from kuager.accountability.rows.conduct import Order, Ownership
from kuager.accountability.rows.documents import Search
from kuager.accountability.rows.law import LawVersion
from kuager.accountability.rows.people import Offer
from kuager.errors import message
from kuager.publications import clock
from kuager.publications.pack.context import Context
from kuager.publications.pack.exhibits import together
from kuager.publications.pack.sentences import Block, Cell, Part, Row, Section, Sentence, Table, Words
from kuager.publications.wording.conduct import AnswerRow
from kuager.publications.wording.history_rows import earlier_rows
from kuager.publications.wording.law_rows import instrument_rows
from kuager.publications.wording.losses import remedies

_UNREAD = message("Its wording was not read for this record.")


def section(context: Context) -> Section | None:
    """The legal tests as a section; None in a pack that asks none."""
    preset, gettext = context.preset, context.gettext
    if not preset.law:
        return None
    parts = [Part(gettext(message("What was ordered")), tuple(_orders(context)))]
    if preset.checks:
        chosen = [one for one in context.account.answers if one.check.id in preset.checks]
        parts += [
            Part(gettext(message("How far it went")), tuple(_proportionality(context))),
            Part(gettext(message("Questions about the state")), _questions(context, chosen)),
        ]
    if preset.laws:
        parts += [
            Part(gettext(message("Laws and their versions")), tuple(_laws(context))),
            Part(gettext(message("What happened before")), tuple(_history(context))),
        ]
    if preset.of_operators:
        parts += [_operator(context, card) for card in context.account.operators]
        if not context.account.operators:
            none = gettext(message("No operator of this place is known to this case."))
            parts.append(Part(gettext(message("Operators")), (Sentence(none, (context.exhibits.operators,)),)))
    if preset.instruments:
        parts.append(Part(gettext(message("Instruments")), _instruments(context)))
    return Section("legal", gettext(message("Legal tests")), tuple(parts))


def _orders(context: Context) -> Iterator[Block]:
    for one, told in zip(context.account.orders, context.conduct.orders(), strict=True):
        exhibits = context.exhibits.of_row(one.row) if isinstance(one.row, Order) else (context.exhibits.log,)
        state = context.gettext(message("Order: {state}."), state=told.state)
        yield Sentence(state, together(exhibits, *(context.exhibits.of_row(row) for row in one.searched)))
        if told.row is not None:
            yield Sentence(told.row.text.text, exhibits, told.row.text.language)
        if told.over:
            yield Sentence(told.over, together(exhibits, context.exhibits.of_signals()))
        for row, words in zip(one.searched, told.searched, strict=True):
            yield Sentence(words.text, context.exhibits.of_row(row), words.language)


def _proportionality(context: Context) -> Iterator[Block]:
    exhibits = together(
        context.exhibits.of_signals(),
        *(context.exhibits.of_row(one.row) for one in context.account.orders if isinstance(one.row, Order)),
    )
    rows = tuple(Row((Cell(name), Cell(value)), exhibits) for name, value in context.conduct.proportionality())
    yield Table((context.gettext(message("Measure")), context.gettext(message("Value"))), rows, wide=1)
    yield Words(
        context.gettext(
            message("These are parts of one judgement that only people can make; no number stands for them.")
        )
    )


def _questions(context: Context, answered: Sequence[Answered]) -> tuple[Block, ...]:
    columns = (message("Question"), message("Answer"), message("Why"))
    rows = tuple(
        _question(context, one, told) for one, told in zip(answered, context.conduct.answers(answered), strict=True)
    )
    key = message("● as it should be   ◐ in part   ○ not as it should be   ▒ unknown: no evidence, which is never “no”")
    return Words(context.gettext(key)), Table(tuple(map(context.gettext, columns)), rows, wide=0)


def _question(context: Context, one: Answered, told: AnswerRow) -> Row:
    exhibits = context.exhibits
    cited = exhibits.of_sources(one.sources)
    judged = exhibits.of_row(one.judgement) if one.judgement is not None else ()
    measured = exhibits.of_signals() if one.origin is From.FACTS else ()
    searched = [row for row in context.dossier.registers.of(Search) if one.check.id in row.checks]
    # an unknown rests on the record as a whole: that nothing in it answers
    nothing = (exhibits.log,) if one.origin is From.NOTHING else ()
    borne_out = together(cited, judged, measured, nothing, *(exhibits.of_row(row) for row in searched))
    words = [*told.reasons, told.judged.text if told.judged else "", told.clause, told.otherwise]
    why = " ".join(word for word in words if word)
    return Row(
        (
            Cell(f"{told.id}. {told.question}", "; ".join(told.instruments)),
            Cell(f"{told.shape} {told.answer}", told.origin),
            Cell(why or clock.NOTHING, "", told.judged.language if told.judged else ""),
        ),
        together(borne_out or (exhibits.log,), exhibits.of_instruments(one.check.instruments)),
    )


def _laws(context: Context) -> Iterator[Block]:
    versions, begun = context.dossier.registers.of(LawVersion), context.view.episode.start
    if not versions:
        yield Sentence(context.gettext(message("No law is in this case.")), (context.exhibits.log,))
    for law in dict.fromkeys(one.law for one in versions):
        of_law = [one for one in versions if one.law == law]
        held = in_force(of_law, begun)
        name = next((context.speaker.told(one.name).text for one in reversed(of_law) if one.name), law)
        template = message("{law}: in force when the episode began was the version of {since}.")
        if len(held) > 1:
            template = message(
                "{law}: which version was in force when the episode began, its dates do not decide: {since}."
            )
        if held and not held[-1].repealed:
            since = ", ".join(context.speaker.moment(one.since) for one in held)
            exhibits = together(*(context.exhibits.of_row(one) for one in held))
            yield Sentence(context.gettext(template, law=name, since=since), exhibits)
        columns = (message("Since"), message("What it says"), message("How it stands"))
        yield Table(tuple(map(context.gettext, columns)), tuple(_law(context, one) for one in of_law), wide=1)


def _law(context: Context, one: LawVersion) -> Row:
    told = context.speaker.row(one)
    says = [f"{rule.number}: {context.speaker.told(rule.says).text}" for rule in one.provisions if rule.says]
    unread = "" if one.read else context.gettext(_UNREAD)
    cells = (Cell(told.when), context.cell(told.text, " ".join([*says, unread]).strip()), Cell(told.status))
    return Row(cells, context.exhibits.of_row(one))


def _history(context: Context) -> Iterator[Block]:
    rows = tuple(
        Row(
            (Cell(told.when), Cell(told.kind), context.cell(told.text, "; ".join(told.listed))),
            context.exhibits.of_told(told.id, (source for one in found for source in one.sources)),
        )
        for told in earlier_rows(context.dossier.history, context.speaker)
        for found in [[one for one in context.dossier.history if one.id == told.id]]
    )
    columns = (message("When"), message("What"), message("What is told"))
    if rows:
        yield Table(tuple(map(context.gettext, columns)), rows, wide=2)
    else:
        yield Sentence(context.gettext(message("No earlier episode is in this case.")), (context.exhibits.log,))


def _operator(context: Context, card: Card) -> Part:
    blocks = [*_owned(context, card), *_lost(context, card), *_questions(context, card.answers)]
    return Part(context.speaker.operator(card.operator.id), tuple(blocks))


def _owned(context: Context, card: Card) -> Iterator[Block]:
    rows = [one for one in context.dossier.registers.of(Ownership) if context.dossier.library.counts(one)]
    group = group_of(card.operator.id, context.view.episode.start.date(), rows)
    if group is None:
        unknown = context.gettext(message("Who owns it is not known to this case."))
        yield Sentence(unknown, (context.exhibits.log,))
        return
    template = message("It belongs to the group of {group}.")
    if group.unproven:
        template = message("It may belong to the group of {group}: that is not proved for this day.")
    told = context.gettext(template, group=context.speaker.operator(group.name))
    chain = [one for one in rows if one.owned in (*group.through, group.name)]
    yield Sentence(told, together(*(context.exhibits.of_row(one) for one in chain)) or (context.exhibits.log,))


def _lost(context: Context, card: Card) -> Iterator[Block]:
    """Hours lost, what was offered, what is left; notice given and first words."""
    gettext, exhibits = context.gettext, context.exhibits
    row = context.conduct.operator(card)
    said = together(
        *(exhibits.of_row(one.statement) for one in card.statements), *(exhibits.of_row(one) for one in card.searches)
    ) or (exhibits.log,)
    template = message("Notice to users: {notice}. First words: {words}.")
    yield Sentence(gettext(template, notice=row.notice, words=row.words), together(said, exhibits.of_signals()))
    offers: list[Offer] = [offer for loss in card.losses for offer in loss.offers]
    borne_out = together(exhibits.of_signals(), *(exhibits.of_row(one) for one in offers))
    columns = (message("Access"), message("Lost"), message("Offered"), message("What is missing"))
    told = remedies(card, context.speaker)
    rows = tuple(
        Row(
            (
                Cell(one.access),
                Cell(one.lost, one.slow),
                Cell(" ".join(f"{offer.text} {weighed}".strip() for offer, weighed in one.offers) or clock.NOTHING),
                Cell(one.shortfall, one.money),
            ),
            borne_out,
        )
        for one in told
    )
    if rows:
        yield Table(tuple(map(gettext, columns)), rows, wide=2)
    for line in dict.fromkeys(line for one in told for line in (one.formula, *one.remarks)):
        yield Sentence(line, borne_out)


def _instruments(context: Context) -> tuple[Block, ...]:
    rows = tuple(
        Row(
            (
                Cell(f"{told.name}, {told.citation}", told.date),
                Cell(told.test),
                Cell(told.source, context.gettext(_UNREAD) if told.unread else ""),
            ),
            context.exhibits.of_instruments([one.id]),
        )
        for one, told in zip(INSTRUMENTS.values(), instrument_rows(context.speaker), strict=True)
    )
    columns = (message("Instrument"), message("What it asks"), message("Source"))
    return (Table(tuple(map(context.gettext, columns)), rows, wide=1),)
