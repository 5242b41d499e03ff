"""The questions, and the instruments that ask them: data with their sources, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import msgspec

from kuager.accountability.rows.row import Answer


class Subject(StrEnum):
    """Of whom a question is asked."""

    STATE = "state"
    OPERATOR = "operator"


class Check(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question. ``good`` is the answer that speaks for whom it is asked of; ``filled_by`` what can answer it."""

    id: str
    subject: Subject
    test: str
    question: dict[str, str]
    instruments: tuple[str, ...]
    good: Answer
    filled_by: str = ""


class Instrument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a question goes by. ``unread``: its wording was not read for this file."""

    id: str
    body: dict[str, str]
    citation: dict[str, str]
    date: str
    addressee: str
    test: dict[str, str]
    source: str
    unread: bool


def read_table(name: str) -> dict[str, Any]:
    """A file of ``accountability/data``."""
    return tomllib.loads(resources.files("kuager.accountability").joinpath("data", name).read_text("utf-8"))


@cache
def _checks() -> Mapping[str, Check]:
    found = msgspec.convert(read_table("checks.toml")["checks"], tuple[Check, ...])
    return MappingProxyType({one.id: one for one in found})


@cache
def _instruments() -> Mapping[str, Instrument]:
    found = msgspec.convert(read_table("instruments.toml")["instruments"], tuple[Instrument, ...])
    return MappingProxyType({one.id: one for one in found})


CHECKS = _checks()
INSTRUMENTS = _instruments()
ELEMENTS = tuple(name for name in CHECKS if name.startswith("F10."))
"""The eight elements of indicator F10 of Ranking Digital Rights."""


def checks_of(subject: Subject) -> tuple[Check, ...]:
    """What is asked of a state, or of an operator; the elements stand apart."""
    return tuple(one for one in CHECKS.values() if one.subject is subject and one.id not in ELEMENTS)
