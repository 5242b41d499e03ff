"""Our codes of what IODA calls entities: countries by their letters, networks by their numbers, regions by their names.

IODA numbers regions itself (``2083``) after Natural Earth; their names are not unique in the world, so the country must
be known. It is the fourth part of a region's ``fqid`` (``geo.netacuity.AS.KZ.2083``), which some answers leave out.
Continents, counties and parts of networks have no code of ours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from kuager.codecs.codes import place_code
from kuager.codecs.ioda.region_names import region_codes


@dataclass(frozen=True, slots=True)
class Named:
    """One entity as an answer names it; ``country`` is two letters, empty where the answer does not say."""

    type: str
    code: str
    name: str
    country: str = ""


class Attributes(msgspec.Struct, frozen=True):
    """What an entity says of itself that tells its country."""

    fqid: str | None = None
    country_code: str | None = None


class Entity(msgspec.Struct, frozen=True):
    """An entity as alerts, events and lists of entities write it; empty attributes may come as an empty list."""

    code: str | int
    type: str
    name: str | None = None
    attrs: Attributes | list[Any] | None = None

    @property
    def named(self) -> Named:
        """The same with its country."""
        attributes = self.attrs if isinstance(self.attrs, Attributes) else Attributes()
        country = _two_letters(attributes.country_code or "") or country_of(attributes.fqid or "")
        return Named(self.type, str(self.code), self.name or "", country)


def country_of(fqid: str) -> str:
    """The two letters in ``geo.netacuity.AS.KZ.2083``; empty if it has none."""
    parts = fqid.split(".", maxsplit=4)
    return _two_letters(parts[3]) if len(parts) > 3 and parts[0] == "geo" else ""


def places_of(named: Iterable[Named], country: str, given: str) -> dict[Named, str]:
    """Our codes of entities, empty where there is none. Regions of one answer are told apart together.

    Args:
        named: the entities of one answer.
        country: the country that the request was about, for regions that do not name theirs; may be empty.
        given: the place given beside the answer, or empty; its country counts where no other is known, and if it is a
            region it decides between regions of the same name.
    """
    found: dict[Named, str] = {}
    regions: dict[str, dict[str, str]] = defaultdict(dict)
    fallback = country or _two_letters(given[:2] if not given.startswith("AS") else "")
    for one in named:
        if one.type == "region":
            regions[one.country or fallback][one.code] = one.name
        found[one] = _by_code(one)
    codes = {where: region_codes(names, where, given) for where, names in regions.items() if where}
    for one in found:
        if one.type == "region":
            found[one] = codes.get(one.country or fallback, {}).get(one.code, "")
    return found


def _by_code(one: Named) -> str:
    if one.type == "country":
        return _two_letters(one.code)
    return (place_code(f"AS{one.code}") or "") if one.type == "asn" else ""


def _two_letters(text: str) -> str:
    code = place_code(text)
    return code if code is not None and len(code) == 2 else ""
