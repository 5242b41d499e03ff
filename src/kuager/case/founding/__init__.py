"""The founding record, Kazakhstan in January 2022: what was published, told in our own words, with its sources."""

from kuager.case.founding.record import (
    Confidence,
    Happening,
    HappeningKind,
    Record,
    Restoration,
    SourceClass,
    founding_bytes,
    founding_rows,
    load,
    parse,
)

__all__ = [
    "Confidence",
    "Happening",
    "HappeningKind",
    "Record",
    "Restoration",
    "SourceClass",
    "founding_bytes",
    "founding_rows",
    "load",
    "parse",
]
