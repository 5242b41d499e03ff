"""A second simulator: people, hosts, networks and infected machines that are counted, instead of a season with noise.

It was written without knowledge of how losses are searched for, on what real series show; each module says which
measured facts it stands on. Series come as a source would hand them out, at one to sixty minutes, with missing as NaN;
truth as in ``kuager.evaluation.plans``, per series, without restorations: a loss that is interrupted is several.
"""

from __future__ import annotations

from collections.abc import Iterator

from kuager.evaluation.plans import Simulation
from kuager.evaluation.second.drawing import Drawing, Drawn
from kuager.evaluation.second.months import drawings, failing_drawings

__all__ = ["Drawing", "Drawn", "drawings", "failing_drawings", "failing_worlds", "worlds"]


def worlds(seed: int, count: int) -> Iterator[Simulation]:
    """That many months of 4 places x 4 kinds x 30 days with their truth; at most three place-months in ten have any.

    The same seed gives the same bytes, and a longer run begins with the shorter one.
    """
    for drawing in drawings(seed, count):
        yield drawing.simulation


def failing_worlds(seed: int, count: int) -> Iterator[Simulation]:
    """That many months of one signal in 12 to 20 places, in which the source itself fails for all of them together.

    It falls or freezes one to three times. That is no truth; what truly happens in a quarter of the places is.
    """
    for drawing in failing_drawings(seed, count):
        yield drawing.simulation
