"""How numeric loops run: by Python while there is little to do, as machine code (Numba) once there is much.

Loops over samples (medians of hours, paths through levels) cannot be written as whole-array operations without many
copies of the data. They are written out instead, on plain arrays. To compile all of them takes ten seconds, to
interpret them for a handful of series less than one: so loops are interpreted until this process has given them
``PATIENCE`` elements, and compiled then; the machine code is kept beside the package, or in the user's cache, and
loaded the next time. Both ways give the same bits: no fast-math, no threads, sums in the order in which they are
written, logarithms from one library.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, ParamSpec, TypeVar, cast

from kuager.model.series import Values

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

PATIENCE = 600_000
"""A month of samples of five minutes is about fifty thousand elements to all loops together."""

_given = [0]
_parts: list[Callable[..., Any]] = []


class Loop(Generic[Parameters, Result]):
    """A loop over the elements of its first argument."""

    def __init__(self, interpreted: Callable[Parameters, Result]) -> None:
        self.interpreted = interpreted
        self.__doc__ = interpreted.__doc__

    def __call__(self, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        """Run it."""
        if _given[0] <= PATIENCE:
            _given[0] += cast("Values", args[0]).size
            return self.interpreted(*args, **kwargs)
        return self.machine_code(*args, **kwargs)

    @cached_property
    def machine_code(self) -> Callable[Parameters, Result]:
        """The same loop compiled."""
        import numba  # noqa: PLC0415 - importing it takes longer than most commands run
        from numba.extending import register_jitable  # noqa: PLC0415

        while _parts:
            register_jitable(_parts.pop())
        machine: Callable[Parameters, Result] = numba.njit(cache=True, error_model="numpy")(self.interpreted)
        return machine


def part(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Mark a function that loops call, so that it is compiled into them."""
    _parts.append(function)
    return function


@part
def square(value: float) -> float:
    """The value times itself: a power by the interpreter's library may differ from the compiler's in the last bit."""
    return value * value
