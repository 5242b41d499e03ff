"""The parts of a place, what each weighs, and what registers know of them on a day.

Networks of a country weigh by the IPv4 addresses that they announce there (``kuager.model.networks``, of June 2026).
Addresses are not users: mobile networks put many people behind one address. Numbers of users for each network, such as
APNIC's, are not at hand. No register here counts the people of a region, so regions weigh all alike. No register says
which networks serve a region either, so networks add up to operators and to the country, and regions to the country or
to the region that they lie in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kuager.model.networks import facts, networks_of
from kuager.model.operators import Operator, access_of, operator_of
from kuager.model.places import regions
from kuager.model.words import Access, PartsKind, Weighting


@dataclass(frozen=True, slots=True)
class WeighedPart:
    """A part of a place; ``weight`` is its share of it, ``operator`` the operator's name, empty where none is known."""

    place: str
    weight: float
    access: Access
    operator: str
    measured: bool


@dataclass(frozen=True, slots=True)
class PartsOfPlace:
    """All parts of one kind, the heaviest first; ``whole`` as in :class:`kuager.model.scope.Division`."""

    kind: PartsKind
    weighting: Weighting
    whole: bool
    parts: tuple[WeighedPart, ...]


def parts_of(
    place: str, measured: Iterable[str], day: date, among: Sequence[Operator] | None = None
) -> tuple[PartsOfPlace, ...]:
    """The ways in which a place is divided into parts of which at least one is measured.

    Args:
        place: code of a country or region.
        measured: codes of all places of the case that have series.
        day: on which operators and regions are those of the registers.
        among: all operators known; those of the package when left out.
    """
    codes = sorted(set(measured) - {place})
    found = (_networks(place, codes, day, among), _regions(place, codes, day))
    return tuple(one for one in found if _tells(one))


def _tells(division: PartsOfPlace) -> bool:
    """Whether parts are measured; one alone, where nobody knows the others, is not a place in its parts."""
    return sum(part.measured for part in division.parts) >= (1 if division.whole else 2)


def _networks(place: str, codes: Sequence[str], day: date, among: Sequence[Operator] | None) -> PartsOfPlace:
    """Networks count in the country where they have most of their addresses or where their operator serves people."""
    own = {int(code[2:]) for code in codes if code.startswith("AS") and _serves(int(code[2:]), place, day, among)}
    shares = {one.asn: one.share or 0.0 for one in networks_of(place)}
    parts = [
        WeighedPart(f"AS{asn}", share, access_of(asn, day, among), _operator(asn, day, among), asn in own)
        for asn, share in (shares | dict.fromkeys(own - set(shares), 0.0)).items()
    ]
    return PartsOfPlace(PartsKind.NETWORKS, Weighting.ADDRESSES, True, _ordered(parts))


def _serves(asn: int, place: str, day: date, among: Sequence[Operator] | None) -> bool:
    operator = operator_of(asn, day, among)
    if operator is not None and operator.country == place:
        return True
    known = facts(asn)
    return bool(known) and known[0].country == place


def _operator(asn: int, day: date, among: Sequence[Operator] | None) -> str:
    operator = operator_of(asn, day, among)
    return operator.name.en if operator is not None else ""


def _regions(place: str, codes: Sequence[str], day: date) -> PartsOfPlace:
    inside = [code for code in codes if code.startswith(f"{place}-")]
    outermost = [code for code in inside if not any(code.startswith(f"{other}-") for other in inside)]
    register = [region.code for region in regions(place, day)]
    every = sorted({*outermost, *register})
    parts = [WeighedPart(code, 1.0 / len(every), Access.UNKNOWN, "", code in outermost) for code in every]
    return PartsOfPlace(PartsKind.REGIONS, Weighting.EQUAL, bool(register), _ordered(parts))


def _ordered(parts: Iterable[WeighedPart]) -> tuple[WeighedPart, ...]:
    return tuple(sorted(parts, key=lambda part: (-part.weight, part.place)))
