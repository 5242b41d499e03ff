"""The form of a register: a TOML file with a line for each field, to be filled in and added."""

from __future__ import annotations

import inspect

from kuager.accountability.annotated import FieldOf, fields
from kuager.accountability.registers import REGISTERS
from kuager.accountability.rows.row import Holds

_TIMES = 'a day 2022-01-04, a month "2022-01", a year 2022, a time 2022-01-05T10:30:00Z in UTC, or "unknown"'
_MEANS = {
    Holds.TIME: _TIMES,
    Holds.TIME_TO_COME: f"{_TIMES}; may lie in the future",
    Holds.PROSE: "in your own words",
    Holds.OPERATOR: "id of an operator; kuager networks KZ lists them",
    Holds.PLACE: "KZ, KZ-75, AS9198",
    Holds.SOURCE: "ids of documents of the case, or of rows of its record",
    Holds.LINK: "https://…",
    Holds.CHECK: "id of a check, such as K01, P05, F10.3",
    Holds.PRIVATE: "stays on this machine; only a commitment to it is sealed",
}


def form(register: str) -> str:
    """The form, with what is required first and everything else commented out.

    Args:
        register: a key of ``REGISTERS``.
    """
    kind = REGISTERS[register]
    about = inspect.cleandoc(kind.__doc__ or "").replace("``", "")
    lines = [f"# {line}".rstrip() for line in about.splitlines()]
    lines += ["#", f"# Fill in and add: kuager add CASE {register}.toml --as register", "", 'language = "en"', ""]
    lines.append(f"[[{register}]]")
    described = fields(kind)
    for field in [one for one in described if one.required or (one.name == "sources" and kind.must_cite)]:
        lines.append(f"{field.name} = {_empty(field)}{_remark(field)}")
    for field in [one for one in described if not one.required and not (one.name == "sources" and kind.must_cite)]:
        lines.append(f"# {field.name} = {_empty(field)}{_remark(field)}")
    return "\n".join(lines) + "\n"


def _empty(field: FieldOf) -> str:
    if field.several:
        return "[]"
    if field.truth:
        return "false"
    return "0" if field.numeric else '""'


def _remark(field: FieldOf) -> str:
    said = ", ".join(field.choices) if field.choices else _MEANS.get(field.holds) if field.holds else ""
    return f"  # {said}" if said else ""
