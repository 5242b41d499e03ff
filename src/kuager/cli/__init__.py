"""The command line: parse, call the case, print. Results on stdout, progress and errors on stderr."""

from __future__ import annotations

import sys


def main() -> None:
    """The command ``kuager``. Most of its start is loading libraries, and Ctrl-C is for that time as well."""
    try:
        from kuager.cli.app import run  # noqa: PLC0415 - what takes time is loaded where it can be interrupted
    except KeyboardInterrupt:
        sys.exit(130)
    run()
