"""The sheet of the coalition's register of shutdowns (STOP): its columns, their closed lists, its names of countries.

They stand in ``data/stop.toml``, which says where they were read. ``data/stop.schema.json`` tells them to programs as
a Table Schema (Frictionless Data, Table Schema v1).
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

import msgspec
import pycountry

from kuager.publications.records.episode import SIMULATED


class Column(msgspec.Struct, frozen=True):
    """One column; ``values`` are those of a closed list, and ``unknown`` what stands for a fact that is not known."""

    name: str
    description: str
    type: str = "string"
    values: tuple[str, ...] = ()
    unknown: str = ""


class Listed(msgspec.Struct, frozen=True):
    """A country as the sheet spells it, and the part of the world to which it counts it."""

    name: str
    region: str


class _Sheet(msgspec.Struct, frozen=True):
    columns: tuple[Column, ...]
    countries: dict[str, Listed]


@cache
def sheet_columns() -> tuple[Column, ...]:
    """The 47 columns in the order of the sheet."""
    return _sheet().columns


def listed_country(code: str) -> Listed:
    """A country by its two letters; one that the sheet never had goes by its name of ISO 3166-1, without a region."""
    known = _sheet().countries.get(code)
    if known is not None:
        return known
    country = pycountry.countries.get(alpha_2=code)
    return Listed(country.name if country else "", "")


def stop_schema(*, simulated: bool) -> bytes:
    """The columns as a Table Schema; a notice says that rows were drawn by a simulator."""
    schema: dict[str, Any] = {"notice": SIMULATED} if simulated else {}
    schema["fields"] = [_field(one) for one in sheet_columns()]
    schema["missingValues"] = [""]
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": column.type, "description": column.description}
    if column.values:
        field["constraints"] = {"enum": list(column.values)}
    return field


@cache
def _sheet() -> _Sheet:
    text = resources.files("kuager.publications.records").joinpath("data", "stop.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _Sheet)
