"""What every codec owes to whatever bytes it is given: sound series and rows, or a refusal that helps a person on."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numpy as np

from kuager.codecs.decoded import Decoded
from kuager.errors import CodecError
from kuager.model.tables import TABLES

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def answered(decode: Callable[Given, Answer], *given: Given.args, **named: Given.kwargs) -> Answer | None:
    """The answer; None where it is refused, which is always with a helpful error and never with another one."""
    try:
        return decode(*given, **named)
    except CodecError as refused:
        helpful(refused)
        return None


def decoded(decode: Callable[Given, Decoded], *given: Given.args, **named: Given.kwargs) -> Decoded | None:
    """What a file says, which is sound; None where it is refused."""
    answer = answered(decode, *given, **named)
    if answer is not None:
        sound(answer)
    return answer


def helpful(refused: CodecError) -> None:
    """It says what happened and what to do, in sentences without a gap; what it means may go without saying."""
    said = refused.diagnostics()
    assert said.happened.strip()
    assert said.remedy.strip()


def sound(answer: Decoded) -> None:
    """Series in order of time and of possible values, tables of the known forms, remarks that can be said."""
    assert isinstance(answer, Decoded)
    for series in answer.series:
        assert series.times.size == series.values.size
        assert not (series.values < 0).any()
        assert not np.isinf(series.values).any()
        assert (np.diff(series.times) > 0).all()
    for name, table in answer.tables.items():
        assert table.schema == TABLES[name]
    assert all(note.template.format(**note.facts) for note in answer.remarks)
