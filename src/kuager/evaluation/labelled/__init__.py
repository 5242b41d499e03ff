"""Real cases whose course is documented, detected as anybody's series are and compared with the documents.

The data are read where they lie (``ioda/``, ``regional/``, ``tor/``, ``trends/``, ``cloudflare/`` and ``labels/`` below
one folder) and are no part of the project. What was documented comes from ``labels/cases.json`` and the tables of
events beside the series, never from here: here stands only what is compared with what.
"""

from __future__ import annotations

from pathlib import Path

from kuager.evaluation.labelled import iran_2019, iran_2026, outages, quiet, searches, tor
from kuager.evaluation.labelled.judgement import Judgement

__all__ = ["Judgement", "judge"]

_FAMILIES = (iran_2026, iran_2019, outages, quiet, tor, searches)


def judge(folder: Path) -> list[Judgement]:
    """Every labelled case, in the order of its file here; what has no data says so.

    Args:
        folder: the one that holds the folders of real data.

    Raises:
        CodecError: a file is there and is not what it should be.
    """
    return [judgement for family in _FAMILIES for judgement in family.judge(folder)]
