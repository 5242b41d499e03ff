"""The registers: their names, and the class of rows of each. A new register is a class and a line here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import TypeVar

from kuager.accountability.rows.conduct import Canary, Coordination, Order, Ownership, Pledge, Statement
from kuager.accountability.rows.disclosure import Notice, Policy
from kuager.accountability.rows.documents import Claim, Document, Search
from kuager.accountability.rows.law import Challenge, Judgement, LawVersion
from kuager.accountability.rows.people import Assembly, Harm, Offer, Past, Reachability, RiskDate, Tariff
from kuager.accountability.rows.row import Row
from kuager.errors import message

REGISTERS: Mapping[str, type[Row]] = MappingProxyType(
    {
        "documents": Document,
        "orders": Order,
        "statements": Statement,
        "pledges": Pledge,
        "laws": LawVersion,
        "challenges": Challenge,
        "coordination": Coordination,
        "ownership": Ownership,
        "judgements": Judgement,
        "offers": Offer,
        "tariffs": Tariff,
        "reachability": Reachability,
        "harms": Harm,
        "assemblies": Assembly,
        "past": Past,
        "risk-dates": RiskDate,
        "claims": Claim,
        "canaries": Canary,
        "notices": Notice,
        "policies": Policy,
        "searches": Search,
    }
)

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Registers:
    """The rows of a case by register, in the order in which they were received."""

    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    def of(self, kind: type[R]) -> tuple[R, ...]:
        """The rows of one register, by the class of its rows."""
        return tuple(row for row in self.rows.get(name_of(kind), ()) if isinstance(row, kind))

    def __iter__(self) -> Iterator[Row]:
        """Every row of every register."""
        return iter(row for rows in self.rows.values() for row in rows)

    def with_later(self, later: Registers) -> Registers:
        """Together with rows that came later: one with an id that is known takes the place of the earlier row."""
        merged: dict[str, tuple[Row, ...]] = {}
        replaced = {row.id for rows in later.rows.values() for row in rows}
        for name in REGISTERS:
            kept = tuple(row for row in self.rows.get(name, ()) if row.id not in replaced)
            if rows := (*kept, *later.rows.get(name, ())):
                merged[name] = rows
        return Registers(merged)


def which_one(written: str) -> tuple[str, dict[str, str]]:
    """What to say to whoever wrote the name of a register that there is not: a template and its facts."""
    near = get_close_matches(written, REGISTERS, 1)
    template = message("The registers are: {registers}.")
    if near:
        template = message("Did you mean “{near}”? The registers are: {registers}.")
    return template, {"near": "".join(near), "registers": ", ".join(REGISTERS)}


def name_of(kind: type[Row]) -> str:
    """The name of the register that holds rows of a class."""
    return next(name for name, one in REGISTERS.items() if one is kind)
