"""Languages: catalogues read at run time, and sentences with named facts.

Catalogues are gettext PO files (``locale/ru/LC_MESSAGES/kuager.po``); English is the source and needs none. They are
compiled in memory, so that the repository holds only what people edit.
"""

from __future__ import annotations

import gettext
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from kuager.errors import UsageError, message
from kuager.model.notes import Note
from kuager.model.time import parse_utc
from kuager.publications import clock
from kuager.sources import registry

LANGUAGES = {"en": "English", "ru": "Русский", "kk": "Қазақша"}
"""The languages of publications by code, each under its own name, in the order in which pages offer them."""

REVIEWED = frozenset({"en"})
"""Languages whose wording a native reader has read."""

_LOCALES = {"en": "en_GB", "ru": "ru", "kk": "kk"}
FINE_BELOW = 0.0995
"""Shares below this are told with one decimal."""
_NAME_ENDS = re.compile(r"[:,(]")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


@dataclass(frozen=True, eq=False)
class Translation:
    """One language: its catalogue, and how it writes numbers and times."""

    code: str
    catalogue: gettext.NullTranslations

    @property
    def locale(self) -> Locale:
        """The CLDR locale behind numbers, dates and names."""
        return Locale.parse(_LOCALES[self.code])

    @property
    def reviewed(self) -> bool:
        """Whether a native reader has read the wording."""
        return self.code in REVIEWED

    def gettext(self, template: str, **facts: object) -> str:
        """A template in this language, its named fields filled with ``facts``."""
        translated = self.catalogue.gettext(template)
        return _filled(translated, facts) if facts else translated

    def ngettext(self, one: str, many: str, n: int, **facts: object) -> str:
        """The template that goes with ``n`` things, ``{n}`` and the other named fields filled."""
        return _filled(self.catalogue.ngettext(one, many, n), {"n": self.number(n), **facts})

    def number(self, value: float) -> str:
        """A number with the language's separators, at most two decimals."""
        return str(format_decimal(value, format="#,##0.##", locale=self.locale))

    def probability(self, value: float) -> str:
        """A probability with two decimals, rounded down: what is not certain is never shown as 1."""
        return str(format_decimal(math.floor(100 * value + 1e-9) / 100, format="0.00", locale=self.locale))

    def share(self, value: float) -> str:
        """A share of 0 to 1 as per cent: whole, with one decimal below ten per cent."""
        if 0 < value < FINE_BELOW:
            return self.fine_share(value)
        return str(format_percent(value, format="#,##0\u00a0%", locale=self.locale))

    def share_above(self, value: float) -> str:
        """As :meth:`share`, rounded down: the share never was below it."""
        parts = 100 if value >= FINE_BELOW else 1000
        return self.share(math.floor(parts * value + 1e-9) / parts)

    def at_most(self, chance: float) -> str:
        """A probability that is bounded from above as per cent, rounded up to a tenth of one: it is never more."""
        return self.share(max(1, math.ceil(1000 * chance - 1e-9)) / 1000)

    def fine_share(self, value: float) -> str:
        """A share of 0 to 1 as per cent with one decimal."""
        return str(format_percent(value, format="#,##0.#\u00a0%", locale=self.locale))

    def note(self, note: Note) -> str:
        """A note as a sentence, its facts in words: ``signals`` are ids, ``provider`` a template, times RFC 3339."""
        return self.gettext(note.template, **{name: self._fact(name, value) for name, value in note.facts.items()})

    def signal_name(self, signal: str) -> str:
        """The full name of a signal."""
        return self.gettext(registry.signal(signal).name)

    def short_name(self, signal: str) -> str:
        """The name of a signal up to its first colon, comma or bracket: ``BGP``, ``Active probing``."""
        return _NAME_ENDS.split(self.signal_name(signal), maxsplit=1)[0].strip()

    def names(self, signals: list[str]) -> str:
        """The short names of signals as a list."""
        return ", ".join(dict.fromkeys(self.short_name(signal) for signal in signals))

    def _fact(self, name: str, value: str) -> str:
        if name == "signals":
            return self.names(value.split())
        if name == "provider":
            return self.gettext(value)
        if name == "day":
            return clock.stated(value, "UTC", self)
        return clock.utc(parse_utc(value), self.locale) if _TIME.fullmatch(value) else value


@cache
def translator(language: str) -> Translation:
    """The translation of one language.

    Args:
        language: one of ``LANGUAGES``.

    Raises:
        UsageError: it is another one.
    """
    if language not in LANGUAGES:
        raise UsageError(
            message("Kuager does not speak “{language}”."),
            remedy=message("Choose from {languages}."),
            language=language,
            languages=", ".join(LANGUAGES),
        )
    return Translation(language, gettext.NullTranslations() if language == "en" else _compiled(language))


def _filled(template: str, facts: Mapping[str, object]) -> str:
    """A template with its facts, of which one that ends in a dot, as the Russian year does, ends the sentence, too.

    Dots inside of facts, such as those of ``../series.csv``, stay.
    """
    for name, value in facts.items():
        if str(value).endswith("."):
            template = re.sub(rf"(\{{{name}\}})\.(?=\s|$)", r"\1", template)
    return template.format(**facts)


def _compiled(language: str) -> gettext.GNUTranslations:
    source = resources.files("kuager.publications") / "locale" / language / "LC_MESSAGES" / "kuager.po"
    with source.open("rb") as stream:
        catalogue = read_po(stream, locale=language, domain="kuager")
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
