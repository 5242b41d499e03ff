"""Which operators denounced shutdowns in public, for programs: ``data/conduct/denouncements.csv``.

``logged`` is when the log of the case took the sealed bytes, ``stamped`` when somebody else vouched for a head of the
log that holds them. Stamps come later than what they vouch for, so this file says more over time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from kuager.accountability.archive import Archive, archives
from kuager.accountability.dossier import Dossier
from kuager.publications.records.table import listed, table, time

DENOUNCEMENTS = "data/conduct/denouncements.csv"
_HEAD = ("operator", "answer", "row", "at", "object", "logged", "stamped", "searched")


def denouncements_csv(dossier: Dossier, logged: Mapping[str, datetime], stamped: Mapping[str, datetime]) -> bytes:
    """A row for each document behind each denouncement of an operator; one row where there is none.

    Args:
        dossier: of what may be shown.
        logged: when the log took each object, by ``sha256:…``.
        stamped: when it was vouched for first, by ``sha256:…``; what nobody vouched for is left out.
    """
    return table(_HEAD, [row for one in archives(dossier) for row in _rows(one, logged, stamped)])


def _rows(
    one: Archive, logged: Mapping[str, datetime], stamped: Mapping[str, datetime]
) -> Iterator[tuple[object, ...]]:
    searched = listed(one.searched)
    denouncements = [kept for kept in one.kept if kept.denounces]
    for kept in denouncements:
        for name in [citation.object for citation in kept.citations]:
            known, vouched = time(logged.get(name)), time(stamped.get(name))
            at = kept.statement.at
            yield (one.operator, one.answer.value, kept.statement.id, at, name, known, vouched, searched)
    if not denouncements:
        yield (one.operator, one.answer.value, *[""] * 5, searched)
