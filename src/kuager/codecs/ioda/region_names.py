"""Which region a source means by a name: our code of it, in whatever language and spelling the name comes.

Sources name regions in English, Russian or Kazakh, and in Latin letters after the Kazakh name (``Qaraghandy oblysy``,
as Natural Earth and GeoNames do). Names of the register and of the source are both written in Latin letters by the
rules of BGN/PCGN for Kazakh (1979), lose their marks, and are compared without the words for “region” and “city”; such
a word, where there is one, still tells a city from the region around it. A name that fits several regions, as
“Almaty” does, gets a code only if the other regions of the same list leave just one of them, and none otherwise.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

from kuager.model.places import LANGUAGES, Region, RegionKind, regions

_LATIN = dict(zip("абвгдезийклмнопрстуфыэіәөұүқһ", "abvgdeziyklmnoprstufyeiaouuqh", strict=True))
_LATIN |= {"ё": "yo", "ғ": "gh", "ж": "zh", "ң": "ng", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch"}
_LATIN |= {"ъ": "", "ь": "", "ю": "yu", "я": "ya"}
_KINDS = {
    "region": RegionKind.REGION,
    "oblast": RegionKind.REGION,
    "oblysy": RegionKind.REGION,
    "province": RegionKind.REGION,
    "city": RegionKind.CITY,
    "gorod": RegionKind.CITY,
    "qalasy": RegionKind.CITY,
}
_LONGEST_NAME = 200
"""Longer ones are no names; the bound keeps the work per name small."""

_APOSTROPHES = "'’ʹʼ`"


def region_codes(names: Mapping[str, str], country: str, given: str = "") -> dict[str, str]:
    """Our codes of the regions that a list names.

    Args:
        names: per code of the source, each a region of its own, the name that it gives.
        country: two letters of the country that they are regions of.
        given: a region's code that somebody gave beside the list; it decides between regions that share a name.

    Returns:
        per code of the source, ours (``KZ-75``), for those that are told apart.
    """
    newest = {code: _meant(name, country, old=False) for code, name in names.items()}
    chosen = _told_apart(newest, given)
    before = {code: _meant(name, country, old=True) - {*chosen.values()} for code, name in names.items()}
    former = {code: meant for code, meant in before.items() if not newest[code]}
    return chosen | _told_apart(former, given)


def _told_apart(meant: Mapping[str, frozenset[str]], given: str) -> dict[str, str]:
    """Those that mean one region, alone or once the regions that others mean are left out, and share it with none."""
    left = dict(meant)
    while True:
        taken = frozenset(next(iter(one)) for one in left.values() if len(one) == 1)
        fewer = {code: one if len(one) == 1 else one - taken for code, one in left.items()}
        if fewer == left:
            break
        left = fewer
    named = {code: frozenset({given}) if given in several else several for code, several in left.items()}
    single = {code: next(iter(one)) for code, one in named.items() if len(one) == 1}
    often = Counter(single.values())
    return {code: place for code, place in single.items() if often[place] == 1}


def _meant(name: str, country: str, *, old: bool) -> frozenset[str]:
    """The regions that may be meant, by their newest names or by those that they had before."""
    words, kinds = _comparable(name)
    if not words:
        return frozenset()
    known = _register(country)
    return frozenset(
        region.code
        for region, is_old in known.get(words, ())
        if is_old is old and (len(kinds) != 1 or region.kind in kinds)
    )


@cache
def _register(country: str) -> dict[str, tuple[tuple[Region, bool], ...]]:
    """Per comparable name, the regions that have it, and whether it is one that they had before."""
    found: dict[str, dict[tuple[str, bool], tuple[Region, bool]]] = {}
    for region in regions(country, date.max):
        for words, is_old in _names(region):
            found.setdefault(words, {})[region.id, is_old] = (region, is_old)
    return {words: tuple(fitting.values()) for words, fitting in found.items()}


def _names(region: Region) -> Iterator[tuple[str, bool]]:
    for name in region.names:
        for language in LANGUAGES:
            yield _comparable(getattr(name, language))[0], name is not region.names[-1]


def _comparable(name: str) -> tuple[str, frozenset[RegionKind]]:
    """The words of a name in plain Latin letters without those for its kind, and the kinds that these say."""
    composed = unicodedata.normalize("NFC", name[:_LONGEST_NAME]).casefold()
    latin = "".join(_LATIN.get(sign, sign) for sign in composed if sign not in _APOSTROPHES)
    plain = [sign for sign in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(sign)]
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    return (
        " ".join(word for word in words if word not in _KINDS),
        frozenset(_KINDS[word] for word in words if word in _KINDS),
    )
