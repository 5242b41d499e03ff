"""The texts of a bundle: how to check it by hand, and a form for whoever certifies it to a court.

Plain text of 78 columns, which every machine shows. Commands stand as they are in every language; ``verify.sh`` does
the same in one go. The form is for courts of the United States, and in English only.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from functools import cache

import jinja2

from kuager.publications.language import translator

COLUMNS = 78
_HOW, _FORM = "VERIFY.txt", "CERTIFICATION-902.txt"
_SOURCE = "en"


def verify_texts(languages: Iterable[str]) -> dict[str, bytes]:
    """The texts by the names that they have in a bundle: English always, others beside it.

    Args:
        languages: codes of ``LANGUAGES``.

    Raises:
        UsageError: there is no such language.
    """
    others = {_HOW.replace(".txt", f".{code}.txt"): code for code in languages if code != _SOURCE}
    named = {_HOW: _SOURCE, **others}
    return {name: rendered(_HOW, code) for name, code in named.items()} | {_FORM: rendered(_FORM, _SOURCE)}


def rendered(template: str, language: str) -> bytes:
    """A text from its template, in one language."""
    translation = translator(language)
    facts = {"translation": translation, "gettext": translation.gettext}
    return _templates().get_template(template).render(facts).encode()


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("kuager.publications"),
        autoescape=jinja2.select_autoescape(("html",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"heading": _heading, "paragraph": _paragraph, "item": _item}
    return environment


def _heading(text: str) -> str:
    return f"{_paragraph(text)}\n{'-' * min(COLUMNS, len(text))}"


def _paragraph(text: str) -> str:
    return _wrapped(text, "", "")


def _item(text: str) -> str:
    return _wrapped(text, "- ", "  ")


def _wrapped(text: str, first: str, following: str) -> str:
    return textwrap.fill(
        text,
        COLUMNS,
        initial_indent=first,
        subsequent_indent=following,
        break_long_words=False,
        break_on_hyphens=False,
    )
