"""Networks: what is known of an AS number, its place in a country's address space, and which state owns it.

Three registers, each lazily read and kept:

``data/networks-kz.toml``       the networks of the founding case, by hand, with what is not known of each
``data/networks.parquet``       how many IPv4 addresses each network announces in each country, and its holder's name,
                                in June 2026: DB-IP and RouteViews through ip-location-db, CC BY 4.0
``data/state-owners.parquet``   which state owns a network, as of 2021: Carisimo et al., IMC 2021, CC BY 4.0

``scripts/prepare_networks.py`` makes the last two. A share of addresses is not a share of users: mobile networks put
many people behind one address. Nor do the numbers of 2026 tell those of an earlier year.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kuager.model.operators import package_operators


class Role(StrEnum):
    """What a network is for. Hosting and enterprise networks say nothing of people's access."""

    MOBILE = "mobile"
    FIXED = "fixed"
    BACKBONE = "backbone"
    TRANSIT = "transit"
    HOSTING = "hosting"
    ENTERPRISE = "enterprise"


class Doubt(StrEnum):
    """What the register does not know of a network, or knows without a source."""

    COUNTRY_UNKNOWN = "country-unknown"
    ROLE_UNKNOWN = "role-unknown"
    OWNER_UNKNOWN = "owner-unknown"
    OWNER_FROM_MEMORY = "owner-from-memory"
    OPERATOR_FROM_MEMORY = "operator-from-memory"
    SEEN_IN_2024 = "seen-in-2024"
    """Seen in measurements of 2024; whether it was in use in January 2022 was not checked."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network by its AS number. Of a number outside the register nothing else is known and all texts are empty.

    ``holder`` is the registered name, ``operator`` the one that people know, ``country`` that of the holder. Operator
    and owner are those of the operators' register.
    """

    asn: int
    holder: str = ""
    operator: str = ""
    country: str = ""
    roles: tuple[Role, ...] = ()
    owner: str = ""
    doubts: tuple[Doubt, ...] = ()
    source: str = ""

    @property
    def code(self) -> str:
        """``AS`` and the number."""
        return f"AS{self.asn}"


@dataclass(frozen=True, slots=True)
class StateOwner:
    """A state that owns a network, directly or through companies, as of 2021.

    Attributes:
        country: the state, by two letters of ISO 3166-1.
        share: per cent of the company; null where only a majority is stated.
        majority: whether it controls the company.
        group: the register's name of the state's group of companies, such as ``KZ-KAZAKHTELECOM``.
        source: who says so, such as ``Freedom House``.
        url: where.
    """

    country: str
    share: float | None
    majority: bool
    group: str
    source: str
    url: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Who published a register, its licence by SPDX identifier, and the month or year for which it holds."""

    source: str
    licence: str
    as_of: str


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """A network in one country; one that announces addresses in several countries has facts for each of them.

    Attributes:
        asn: its AS number.
        name: of its holder; empty when the register of addresses has it nowhere.
        country: where its addresses are, by two letters of ISO 3166-1; empty when that is not known.
        addresses: how many IPv4 addresses it announces there; null when none are known.
        share: of all IPv4 addresses of the country, 0 to 1; null without a country or addresses.
        owners: states that own it, majorities first.
    """

    asn: int
    name: str
    country: str
    addresses: int | None
    share: float | None
    owners: tuple[StateOwner, ...]

    @property
    def code(self) -> str:
        """``AS`` and the number."""
        return f"AS{self.asn}"

    @property
    def state_owner(self) -> str:
        """The state that owns most of it; empty when the register names none, which is no proof that there is none."""
        return self.owners[0].country if self.owners else ""

    @property
    def state_share(self) -> float | None:
        """That state's per cent of the company; null where none is stated."""
        return self.owners[0].share if self.owners else None


def networks_of(country: str) -> tuple[NetworkFacts, ...]:
    """The networks that announce addresses in a country, the largest first; ``""`` for addresses of no known one."""
    table = _addresses()
    return tuple(_facts(row) for row in table.filter(pc.equal(table["country"], country)).to_pylist())


def facts(asn: int) -> tuple[NetworkFacts, ...]:
    """What is known of a network, the country with most of its addresses first; empty when nothing is.

    A network that is known for its owner alone has one row, without country and addresses.
    """
    table = _addresses()
    rows = table.filter(pc.equal(table["asn"], asn)).to_pylist()
    if not rows and asn in _state_owners():
        return (NetworkFacts(asn, "", "", None, None, _state_owners()[asn]),)
    return tuple(_facts(row) for row in sorted(rows, key=lambda row: (-row["addresses"], row["country"])))


def addresses_of(country: str) -> int:
    """How many IPv4 addresses the register counts in a country."""
    return _totals().get(country, 0)


def origins() -> tuple[Origin, Origin]:
    """Where the registers of addresses and of state ownership come from."""
    return _origin(_addresses()), _origin(_owner_rows())


@cache
def registered() -> dict[int, Network]:
    """The networks of the register made by hand, by number."""
    rows = tomllib.loads(_data("networks-kz.toml").decode("utf-8"))["networks"]
    by_number = {held.asn: one for one in package_operators() for held in one.networks}
    found = msgspec.convert(rows, tuple[Network, ...])
    return {
        one.asn: replace(one, operator=by_number[one.asn].name.en, owner=by_number[one.asn].owner)
        if one.asn in by_number
        else one
        for one in found
    }


def _facts(row: dict[str, Any]) -> NetworkFacts:
    share = row["addresses"] / _totals()[row["country"]] if row["country"] else None
    owners = _state_owners().get(row["asn"], ())
    return NetworkFacts(row["asn"], row["name"], row["country"], row["addresses"], share, owners)


@cache
def _addresses() -> Any:
    """Arrow table ``country, asn, name, addresses``, by country and then the largest first."""
    return _table("networks.parquet")


@cache
def _totals() -> dict[str, int]:
    summed = _addresses().group_by("country", use_threads=False).aggregate([("addresses", "sum")])
    return dict(zip(summed["country"].to_pylist(), summed["addresses_sum"].to_pylist(), strict=True))


@cache
def _owner_rows() -> Any:
    """Arrow table ``asn, country, share, majority, group, source, url``."""
    return _table("state-owners.parquet")


def _table(name: str) -> Any:
    """A table, read (and summed, above) by this thread alone.

    Arrow's own threads let go of Python's bytes when they like; where that is at the program's end, Python ends the
    thread, and with it the program (``terminate called without an active exception``).
    """
    return pq.ParquetFile(pa.BufferReader(_data(name)), pre_buffer=False).read(use_threads=False)


def _origin(table: Any) -> Origin:
    said = {name: bytes(table.schema.metadata[name]).decode() for name in (b"source", b"licence", b"as of")}
    return Origin(said[b"source"], said[b"licence"], said[b"as of"])


@cache
def _state_owners() -> dict[int, tuple[StateOwner, ...]]:
    found: dict[int, tuple[StateOwner, ...]] = {}
    for row in _owner_rows().to_pylist():
        asn = row.pop("asn")
        owners = (*found.get(asn, ()), StateOwner(**row))
        found[asn] = tuple(sorted(owners, key=lambda owner: (not owner.majority, -(owner.share or 0.0))))
    return found


def _data(file: str) -> bytes:
    return resources.files("kuager.model").joinpath("data", file).read_bytes()
