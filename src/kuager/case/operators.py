"""Operators that people add: theirs beside their settings, and those of one case in its folder.

Both files are called ``operators.toml`` and have the form of ``kuager.codecs.operators_toml``. What a case says counts
before what its reader's own file says, and both before what the package knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kuager.case.adding import unreadable
from kuager.case.folder import OPERATORS_FILE
from kuager.codecs.operators_toml import LARGEST_FILE, decode
from kuager.errors import CodecError
from kuager.model.operators import Operator, package_operators, with_own


def known_operators(folders: Iterable[Path]) -> tuple[Operator, ...]:
    """All operators: those of the package and of the files in these folders, of which a later one counts more.

    Raises:
        KuagerError: a file cannot be read, or is not as it should be.
    """
    known = package_operators()
    for folder in folders:
        known = with_own(known, _own(folder / OPERATORS_FILE))
    return known


def _own(file: Path) -> tuple[Operator, ...]:
    """The operators of a file; one that is not there has none."""
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise unreadable(file, error) from error
    try:
        return decode(data)
    except CodecError as error:
        raise error.in_file(str(file)) from error
