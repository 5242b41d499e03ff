"""What else an episode could have been, each explanation tested against what was measured.

Every finding for or against an explanation weighs one, a plain one two (``arguments.py``, ``bystanders.py``). One side
that outweighs the other by two makes an explanation *supported* or *unlikely*; otherwise it *cannot be told*. The
weights are rules of experience and were not learnt from anything. None is ever excluded: what was not measured is
listed, and counts for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from kuager.episodes import arguments, bystanders
from kuager.episodes.scene import Argument, Gap, Scene
from kuager.model.episodes import Alternative
from kuager.model.words import AlternativeStatus, Explanation

DECIDES = 2
"""By so much one side must outweigh the other."""


def alternatives(scene: Scene) -> tuple[Alternative, ...]:
    """Every other explanation of an episode, in the order of :class:`Explanation`."""
    found = (
        *arguments.of_documents(scene),
        *arguments.of_the_course(scene),
        *arguments.of_the_place(scene),
        *bystanders.of_routing(scene),
        *bystanders.of_access(scene),
        *bystanders.of_floods(scene),
        *bystanders.of_sources(scene),
        *bystanders.of_habits(scene),
        *bystanders.of_neighbours(scene),
    )
    missing = (*bystanders.not_measured(scene), *arguments.not_consulted(scene))
    return tuple(_alternative(explanation, found, missing) for explanation in Explanation)


def _alternative(explanation: Explanation, found: Sequence[Argument], missing: Sequence[Gap]) -> Alternative:
    weighed = [(one.weights[explanation], one.note) for one in found if explanation in one.weights]
    weighed.sort(key=lambda pair: -abs(pair[0]))  # the plainest first, otherwise as found
    return Alternative(
        explanation=explanation,
        status=_status(sum(weight for weight, _ in weighed)),
        speaks_for=tuple(note for weight, note in weighed if weight > 0),
        speaks_against=tuple(note for weight, note in weighed if weight < 0),
        not_measured=tuple(one.note for one in missing if explanation in one.explanations),
        weights_for=tuple(weight for weight, _ in weighed if weight > 0),
        weights_against=tuple(-weight for weight, _ in weighed if weight < 0),
    )


def _status(balance: int) -> AlternativeStatus:
    if balance >= DECIDES:
        return AlternativeStatus.SUPPORTED
    return AlternativeStatus.UNLIKELY if balance <= -DECIDES else AlternativeStatus.CANNOT_BE_TOLD
