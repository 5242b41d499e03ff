"""Writing a file that somebody asked for, where they said."""

from __future__ import annotations

from pathlib import Path

from kuager.cli import reader
from kuager.errors import UsageError, message
from kuager.evidence.durable import replace


def write(file: Path, data: bytes) -> None:
    """Write a file and say so.

    Raises:
        UsageError: it cannot be written there.
    """
    try:
        replace(file, data)
    except OSError as error:
        raise UsageError(
            message("“{file}” cannot be written: {reason}."),
            remedy=message("Name another file with --into."),
            file=str(file),
            reason=error.strerror or type(error).__name__,
        ) from error
    reader.say(reader.translation().gettext(message("Wrote {file}."), file=str(file)))


def refuse_other_endings(file: Path, *endings: str) -> None:
    """Refuse a file whose name does not say one of these formats.

    Raises:
        UsageError: naming those that there are.
    """
    if file.suffix not in endings:
        raise UsageError(
            message("“{file}” has none of these endings: {endings}."),
            remedy=message("Name a file that ends in one of them."),
            file=file.name,
            endings=", ".join(endings),
        )
