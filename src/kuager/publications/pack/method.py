"""The annex on method: how events are found and fused, with which parameters and code, and how often that is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from kuager.errors import message
from kuager.publications.pack.context import Context
from kuager.publications.pack.sentences import Block, Cell, Part, Row, Section, Sentence, Table
from kuager.publications.wording import tables
from kuager.publications.wording.why import how_tested

MOST_LISTED = 10
"""Longer lists of parameters are told by their length; the statement has them in full."""
_STEPS = (
    message("What sources answer is sealed before it is read."),
    message(
        "For each signal is learnt what is ordinary at that hour and weekday. A fall that is deeper than its own noise "
        "is an event."
    ),
    message("Values of a sensor that fails, or that falls in many countries at once, are set aside."),
    message(
        "Events of independent kinds at the same time make an episode, with phases and with bounds for every time."
    ),
    message("For sites and apps each measurement is judged alone; blocking is told only where many days agree."),
    message("Other explanations, from a power cut to a holiday, are tested and shown. The cause needs documents."),
)
_WRONG = message(
    "In drawn months with known outages, what could be seen was found in about 95 of 100 cases, and about one false "
    "episode appeared in 200 months. Short and shallow outages are found less often. The whole tables come with the "
    "program."
)


def section(context: Context) -> Section:
    """The annex as a section."""
    gettext, exhibits = context.gettext, context.exhibits
    method = (exhibits.method,)
    steps: tuple[Block, ...] = tuple(Sentence(gettext(step), method) for step in _STEPS)
    wrong = (Sentence(gettext(_WRONG), method), Sentence(how_tested(context.translation), method))
    return Section(
        "method",
        gettext(message("Method")),
        (
            Part(gettext(message("How it comes about")), steps),
            Part(gettext(message("How often it is wrong")), wrong),
            Part(gettext(message("Program and parameters")), _parameters(context)),
            *(
                [Part(gettext(message("What each signal sees")), _signals(context))]
                if context.view.episode.signals
                else []
            ),
        ),
    )


def _parameters(context: Context) -> tuple[Block, ...]:
    derived, method = context.held.derived, (context.exhibits.method,)
    gettext = context.gettext
    rows = [Row((Cell(gettext(message("Program"))), Cell(derived.code, code=True)), method)]
    rows += [
        Row((Cell(name, code=True), Cell(_value(context, value), code=True)), method)
        for name, value in sorted(derived.parameters.items())
    ]
    return (Table((gettext(message("Parameter")), gettext(message("Value"))), tuple(rows), wide=1),)


def _value(context: Context, value: str | int | Sequence[str]) -> str:
    if isinstance(value, str | int):
        return str(value)
    distinct = list(dict.fromkeys(value))
    if len(distinct) > MOST_LISTED:
        return context.translation.ngettext("{n} value", "{n} values", len(value))
    return ", ".join(distinct) or "–"


def _signals(context: Context) -> tuple[Block, ...]:
    gettext = context.gettext
    seen: dict[str, Row] = {}
    for reading in context.view.episode.signals:
        (row,) = tables.source_rows((reading,), context.view)
        cells = (
            Cell(context.translation.signal_name(reading.signal)),
            Cell(row.sees),
            Cell(row.cannot_see),
            Cell(row.source, row.licence),
        )
        seen.setdefault(reading.signal, Row(cells, context.exhibits.of_signals([reading.signal])))
    columns = (message("Signal"), message("Sees"), message("Cannot see"), message("Source and licence"))
    return (Table(tuple(map(gettext, columns)), tuple(seen.values())),)
