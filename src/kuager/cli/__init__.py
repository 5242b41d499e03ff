"""The command line: parse, call the case, print. Results on stdout, progress and errors on stderr."""

from kuager.cli.app import main

__all__ = ["main"]
