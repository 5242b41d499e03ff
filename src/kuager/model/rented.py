"""Networks of rented servers and of tunnels: what is measured there says nothing of how people of a place fare.

A volunteer who measures through a VPN is counted in the place of its exit, or, as the exit's addresses are registered
anywhere, in a third one (ooni/probe#2350, #1732). ``data/rented-networks.csv`` is made by hand: the numbers AS9009 and
AS44477 stand in a published report on Kazakhstan of 2024 as if they were networks of it; the others are the best-known
of their trade. Holders and ``countries``, in how many countries a network announces addresses, are those of
``data/networks.parquet`` (June 2026); the trade is common knowledge. The list is short and misses most of them.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType


class Trade(StrEnum):
    """What such a network sells."""

    SERVERS = "servers"
    TUNNELS = "tunnels"


@dataclass(frozen=True, slots=True)
class RentedNetwork:
    """A network that sells servers or tunnels, and in how many countries it announces addresses."""

    asn: int
    holder: str
    trade: Trade
    countries: int
    notes: str


@cache
def rented_networks() -> Mapping[int, RentedNetwork]:
    """The register, by AS number."""
    text = resources.files("kuager.model").joinpath("data", "rented-networks.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType(
        {
            int(row["asn"]): RentedNetwork(
                int(row["asn"]), row["holder"], Trade(row["kind"]), int(row["countries"]), row["notes"]
            )
            for row in rows
        }
    )
