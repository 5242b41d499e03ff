"""Who said that service was disrupted: rows of the documentary record, and of the registers that people fill in.

A row of a register counts when it cites a sealed document of a company, a government or a court: what is only cited
cannot be checked, and what cites the documentary record is there already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kuager.accountability.citing import Library, library
from kuager.accountability.moments import is_known, known_interval
from kuager.accountability.registers import Registers
from kuager.accountability.rows.conduct import Named, Order, OrderState, Statement, StatementKind
from kuager.accountability.rows.documents import Document, DocumentKind, SourceClass
from kuager.case.documents import STATE, acknowledgements
from kuager.case.folder import Case
from kuager.case.registers import registers_of
from kuager.model.documents import Acknowledgement
from kuager.model.places import find

_RESPONSIBLE = frozenset({SourceClass.COMPANY, SourceClass.GOVERNMENT, SourceClass.COURT})
_PAPERS = frozenset({DocumentKind.ORDER, DocumentKind.COURT})


def acknowledged(case: Case) -> tuple[Acknowledgement, ...]:
    """Every acknowledgement in a case."""
    registers = registers_of(case)
    return (*acknowledgements(case), *of_registers(registers, library(registers, ()), case.settings.places))


def of_registers(registers: Registers, shelf: Library, places: tuple[str, ...]) -> Iterator[Acknowledgement]:
    """Those that statements and orders make; one that names no place is about the places of the case."""
    documents = {one.id: one for one in registers.of(Document) if one.id in shelf.citations and one.object}
    for row in registers.of(Statement):
        cited = [documents[name] for name in row.sources if name in documents]
        said = row.admits and row.kind not in (StatementKind.REPLY, StatementKind.DENOUNCEMENT)
        if said and shelf.counts(row) and any(_RESPONSIBLE & set(one.source_class) for one in cited):
            named = Named.LAW in row.names or Named.BODY in row.names
            yield from _made(row.id, row.operator or STATE, row.at, named, row.places or places)
    for order in registers.of(Order):
        papers = [documents[name] for name in order.sources if name in documents]
        if order.state is not OrderState.UNKNOWN and shelf.counts(order) and any(one.kind in _PAPERS for one in papers):
            when = order.begins if is_known(order.begins) else order.issued
            yield from _made(order.id, STATE, when, True, order.places or places)


def _made(row: str, party: str, at: str, names_order: bool, places: Iterable[str]) -> Iterator[Acknowledgement]:
    codes = tuple(find(place).code for place in places)
    when = known_interval(at, codes[0])
    if when is not None:
        yield Acknowledgement(row, party, when.best, names_order, codes)
