"""Places and roles that are withheld for people's safety: codes, names in any text, and what speaks of them.

A text that names one of them is left out whole. Names are looked for in every language of the register and with
any ending, for Russian and Kazakh decline them; so a text about another place of a like name may be left out, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import msgspec

from kuager.errors import UsageError
from kuager.model import networks, places
from kuager.model.notes import Note
from kuager.model.operators import Operator
from kuager.model.places import Network, Region, find
from kuager.model.scope import Scope
from kuager.model.words import PartsKind
from kuager.publications.safety.rules import Rules

_ENDING, _SHORT = 2, 4
"""Letters that an ending may change, and the length of a word up to which it changes none."""
_ADJECTIVES, _OF_ADJECTIVES = ("ская", "ский"), 5
"""Regions are adjectives in Russian, ``Костанайская``; what people say is ``в Костанае``."""
_OF_EVERY_REGION = frozenset({"region", "oblast", "city", "область", "город", "облысы", "қаласы"})
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
"""Signs between letters that nobody sees: hyphens where a line may break, joiners, marks of direction."""
_LEAST_DIGITS = 4
"""A shorter number without AS before it may count anything."""


@dataclass(frozen=True)
class Withheld:
    """The withheld places of a case; ``operators`` are all that are known to it."""

    rules: Rules
    operators: tuple[Operator, ...] = ()

    @cached_property
    def _named(self) -> re.Pattern[str] | None:
        patterns = [pattern for code in sorted(self.rules.withheld) for pattern in _patterns(code)]
        patterns += [_words(one) for operator in self.gone for one in _called(operator)]
        patterns += [_words(one) for one in sorted(self.rules.withheld_roles)]
        return re.compile("|".join(f"(?:{one})" for one in patterns), re.IGNORECASE) if patterns else None

    @property
    def gone(self) -> list[Operator]:
        """Operators all of whose networks are withheld."""
        return [one for one in self.operators if all(self.holds(f"AS{held.asn}") for held in one.networks)]

    def holds(self, place: str) -> bool:
        """Whether a place, by any of its codes, is withheld."""
        return self.rules.withholds(place)

    def any_of(self, codes: Iterable[str]) -> bool:
        """Whether one of these places is."""
        return any(self.holds(code) for code in codes)

    def without(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Those places that are not withheld."""
        return tuple(code for code in codes if not self.holds(code))

    @property
    def kinds(self) -> frozenset[PartsKind]:
        """Of which kinds places are withheld."""
        return frozenset(
            PartsKind.NETWORKS if code.startswith("AS") else PartsKind.REGIONS for code in self.rules.withheld
        )

    def named_in(self, *texts: str) -> bool:
        """Whether a text names one of them."""
        return self._named is not None and any(self._named.search(_whole(text)) for text in texts)

    def note(self, note: Note) -> Note | None:
        """A sentence without them: lists go on with the others; None where nothing can be left."""
        facts = {name: self._fact(value) for name, value in note.facts.items()}
        if self.named_in(note.template) or any(value is None for value in facts.values()):
            return None
        return Note(note.template, {name: value for name, value in facts.items() if value is not None})

    def notes(self, notes: Iterable[Note]) -> tuple[Note, ...]:
        """Those sentences of which something is left."""
        return tuple(told for note in notes if (told := self.note(note)) is not None)

    def _fact(self, value: str) -> str | None:
        if not self.named_in(value):
            return value
        left = [item for item in value.split(", ") if not self.named_in(item)]
        return ", ".join(left) or None

    def scope(self, scope: Scope) -> Scope | None:
        """Which parts were hit; a division into parts of which one is withheld goes whole.

        What a single part lost, and how much it weighs, can be reckoned from the others and the sums; and of a list of
        all regions the one that is missing is known.
        """
        kept = tuple(one for one in scope.divisions if not self.any_of(part.place for part in one.parts))
        return msgspec.structs.replace(scope, divisions=kept) if kept else None

    def known_operators(self) -> tuple[Operator, ...]:
        """Operators with the networks that are left to them."""
        kept = [
            replace(one, networks=tuple(held for held in one.networks if not self.holds(f"AS{held.asn}")))
            for one in self.operators
        ]
        return tuple(one for one in kept if one.networks)


def _patterns(code: str) -> list[str]:
    found = [rf"(?<![A-Za-z0-9]){re.escape(code)}(?![A-Za-z0-9])"]
    try:
        place = find(code)
    except UsageError:
        return found
    match place:
        case Region():
            found += [rf"(?<![A-Za-z0-9]){re.escape(one.code)}(?![A-Za-z0-9])" for one in place.codes]
            found.append(rf"(?<![A-Za-z0-9]){re.escape(place.id)}(?![A-Za-z0-9])")
            names = {str(getattr(one, language)) for one in place.names for language in places.LANGUAGES}
            found += [_words(one) for one in sorted(names)]
        case Network():
            number = code.removeprefix("AS")
            found.append(rf"\bASN?[\s-]*{number}(?!\d)")
            if len(number) >= _LEAST_DIGITS:
                found.append(rf"(?<![\d.]){number}(?![\d.])")
            holders = {place.holder, *(one.name for one in networks.facts(int(number)))}
            found += [_words(one) for one in sorted(holders) if one]
    return found


def _whole(text: str) -> str:
    """A text as it is read: every letter in one piece, and nothing unseen between them."""
    return text if text.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFC", text))


def _called(operator: Operator) -> list[str]:
    return [one for one in dict.fromkeys((operator.name.en, operator.name.ru, operator.name.kk)) if one]


def _words(name: str) -> str:
    """The words of a name, one after the other, each with any ending; those that every region has are left out."""
    words = [word for word in re.findall(r"\w+", name) if word.casefold() not in _OF_EVERY_REGION]
    return r"\b" + r"[\W_]+".join(_any_ending(word) for word in words or re.findall(r"\w+", name))


def _any_ending(word: str) -> str:
    if len(word) <= _SHORT or word.isascii():
        return rf"{re.escape(word)}\b"
    cut = _OF_ADJECTIVES if word.endswith(_ADJECTIVES) else _ENDING
    return rf"{re.escape(word[:-cut])}\w*"
