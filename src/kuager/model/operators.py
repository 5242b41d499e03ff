"""Operators: the companies whose customers a network carries, with the dates from which to which it was theirs.

The package knows operators of Kazakhstan, from ``data/operators-kz.toml``, which names its sources; people add theirs
for any country in a file of the same form (``kuager.codecs.operators_toml``). No public data tells mobile from fixed
networks, so what the register does not know is ``Access.UNKNOWN`` and stays that.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources

import msgspec

from kuager.model.words import Access


@dataclass(frozen=True, slots=True)
class OperatorName:
    """The name that people know; in Russian and Kazakh only where it differs from the English one."""

    en: str
    ru: str = ""
    kk: str = ""


@dataclass(frozen=True, slots=True)
class HeldNetwork:
    """A network of an operator, by its AS number.

    ``since`` is the first day on which it was the operator's and ``until`` the last, both included; null when no
    source says. ``access`` is how people reach this network, null when it is as of the operator's others.
    """

    asn: int
    since: date | None = None
    until: date | None = None
    access: Access | None = None

    def held(self, on: date) -> bool:
        """Whether it was the operator's on that day, as far as the register knows."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)

    def overlaps(self, other: HeldNetwork) -> bool:
        """Whether both are the same network on one day at least."""
        return (
            self.asn == other.asn
            and (self.since is None or other.until is None or self.since <= other.until)
            and (other.since is None or self.until is None or other.since <= self.until)
        )


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator of one country.

    Attributes:
        id: a short name for files, such as ``kcell``; small letters, digits and hyphens.
        name: for people.
        country: where it serves people, by two letters of ISO 3166-1.
        networks: what it announces; one of another country stands here too.
        source: who says so.
        access: how its customers reach it, where a network does not say otherwise.
        owner: who owns it; empty when no source says.
        owner_since: the first day of that ownership; null when no source says.
    """

    id: str
    name: OperatorName
    country: str
    networks: tuple[HeldNetwork, ...]
    source: str
    access: Access = Access.UNKNOWN
    owner: str = ""
    owner_since: date | None = None

    def called(self, language: str) -> str:
        """Its name in ``en``, ``ru`` or ``kk``."""
        return str(getattr(self.name, language)) or self.name.en

    def owner_on(self, day: date) -> str:
        """Who owned it on that day; empty when no source says."""
        return self.owner if self.owner_since is None or self.owner_since <= day else ""


@cache
def package_operators() -> tuple[Operator, ...]:
    """The operators that Kuager itself knows, in the order of the register."""
    text = resources.files("kuager.model").joinpath("data", "operators-kz.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["operators"], tuple[Operator, ...])


def with_own(known: Iterable[Operator], own: Sequence[Operator]) -> tuple[Operator, ...]:
    """Operators known and a person's own together; the person's win.

    An own operator takes the place of a known one with its id, and whatever is known of an AS number that an own
    operator has is set aside, for all dates. A known operator without a network left is gone.
    """
    ids, numbers = {one.id for one in own}, {held.asn for one in own for held in one.networks}
    kept: list[Operator] = []
    for one in known:
        networks = tuple(held for held in one.networks if held.asn not in numbers)
        if one.id not in ids and networks:
            kept.append(replace(one, networks=networks))
    return (*kept, *own)


def operators(country: str, on: date, among: Iterable[Operator] | None = None) -> tuple[Operator, ...]:
    """The operators of a country on a day, each with the networks that it had then; those without one are left out.

    Args:
        country: two letters of ISO 3166-1.
        on: the day.
        among: all operators known; those of the package when left out.
    """
    found: list[Operator] = []
    for one in package_operators() if among is None else among:
        networks = tuple(held for held in one.networks if held.held(on))
        if one.country == country and networks:
            found.append(replace(one, networks=networks))
    return tuple(found)


def operator_of(asn: int, on: date, among: Iterable[Operator] | None = None) -> Operator | None:
    """Whose network it was on that day; None when nobody in the register had it."""
    holding = _holding(asn, on, package_operators() if among is None else among)
    return holding[0] if holding else None


def access_of(asn: int, on: date, among: Iterable[Operator] | None = None) -> Access:
    """How people reached a network on that day; ``Access.UNKNOWN`` unless the register says it."""
    holding = _holding(asn, on, package_operators() if among is None else among)
    if holding is None:
        return Access.UNKNOWN
    operator, network = holding
    return operator.access if network.access is None else network.access


def _holding(asn: int, on: date, among: Iterable[Operator]) -> tuple[Operator, HeldNetwork] | None:
    return next(
        ((one, network) for one in among for network in one.networks if network.asn == asn and network.held(on)), None
    )
