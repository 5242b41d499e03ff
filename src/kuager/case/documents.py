"""The documentary record of a case: sealed like any evidence, read where levels and pages need it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from kuager.case.adding import sealed
from kuager.case.folder import Case
from kuager.case.founding import Happening, HappeningKind, Record, SourceClass, parse
from kuager.case.received import RECORD_KIND, Received
from kuager.model.documents import Acknowledgement, Explained, Occasion
from kuager.model.places import find

STATE = "state"
"""One party, however many of its offices speak."""
LONGEST_DAY = timedelta(hours=25)
"""The day on which clocks are put back."""


def add_record(case: Case, data: bytes, name: str) -> Record:
    """Seal a documentary record and make it part of the case.

    Raises:
        ValueError: it is not well-formed; the case is then as it was.
    """
    with case.writing("add"):
        _, _, record = sealed(
            case, case.objects.put(data), name, RECORD_KIND, case.settings.places[0], "", read=lambda: parse(data)
        )
        case.proving.received(case.records.all())
    return record


def happenings(case: Case, among: Sequence[Received] | None = None) -> tuple[Happening, ...]:
    """The rows of all records of the case, or of those among some that were received, in the order of each record."""
    received = case.records.all() if among is None else among
    records = [parse(case.objects.get(one.digest)) for one in received if one.kind == RECORD_KIND]
    return tuple(row for record in records for row in record.happenings)


def acknowledgements(case: Case) -> tuple[Acknowledgement, ...]:
    """What operators and authorities have themselves admitted."""
    return tuple(
        Acknowledgement(
            row.id,
            _party(row),
            row.begins.best,
            row.names_order,
            tuple(find(place).code for place in row.places),
            row.services,
        )
        for row in happenings(case)
        if row.acknowledges
    )


def occasions(case: Case) -> tuple[Occasion, ...]:
    """What happened beside the network, as far as its day is known."""
    return tuple(
        Occasion(row.id, row.begins, tuple(find(place).code for place in row.places))
        for row in happenings(case)
        if row.kind is HappeningKind.OCCASION and row.begins.latest - row.begins.earliest <= LONGEST_DAY
    )


def explained(case: Case) -> tuple[Explained, ...]:
    """The causes other than an order that documents give, and whether somebody without a part in it says so."""
    interested = {SourceClass.GOVERNMENT, SourceClass.COMPANY}
    return tuple(
        Explained(
            row.id,
            row.explains,
            set(row.source_class) <= interested,
            row.begins,
            tuple(find(place).code for place in row.places),
        )
        for row in happenings(case)
        if row.explains is not None
    )


def _party(row: Happening) -> str:
    """Who admits it; the state is one party however many of its offices speak."""
    if SourceClass.GOVERNMENT in row.source_class:
        return STATE
    return row.operators[0] if row.operators else row.source
