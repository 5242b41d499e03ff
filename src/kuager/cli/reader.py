"""Who reads: the language of the reader, the two consoles, and how an error is told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from kuager.errors import KuagerError
from kuager.publications.language import LANGUAGES, Translation, translator

results = Console(soft_wrap=False, highlight=False)
progress = Console(stderr=True, highlight=False)

_chosen: list[str] = []


def choose(language: str | None) -> None:
    """Set the language for the rest of the process; None takes that of the environment, and English in doubt."""
    _chosen[:] = [translator(language or _of_environment()).code]


def translation() -> Translation:
    """The reader's language."""
    return translator(_chosen[0] if _chosen else _of_environment())


def say(text: str, *, style: str = "") -> None:
    """A line of the result."""
    results.print(Text(text, style=style), soft_wrap=True)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on stderr that something takes its time; nothing when stderr is no terminal."""
    with progress.status(translation().gettext(what)):
        yield


def tell(error: KuagerError) -> None:
    """What happened, what it means, what to do: one line each, on stderr."""
    told = error.diagnostics(translation().gettext)
    progress.print(Text(told.happened, style="bold red"), soft_wrap=True)
    for line in (told.meaning, told.remedy):
        if line:
            progress.print(Text(line), soft_wrap=True)


def _of_environment() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        code = os.environ.get(name, "")[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"
