"""What one step of reaching a target says, and how the masses of a step make a kind.

Each layer has a table of rows, and the first that fits is taken. A row gives the probabilities by judgement, as OONI's
pipeline v5 does, not by counting: what is labelled is too little to count. They are ordered by how hard it is to get
such a record without interference, and the control, who tried the same from elsewhere at the same time, separates a
target that is *down* from one that is *blocked*.
"""

from __future__ import annotations

import msgspec

from kuager.model.notes import Note
from kuager.model.verdicts import Layer, Masses, Verdict, VerdictKind

LEAST = 0.5
"""A verdict needs at least half of the mass, and more than any other has."""


class Step(msgspec.Struct, frozen=True, gc=False):
    """What one layer says.

    Attributes:
        masses: that the target was blocked at this step, that it is down, that it works.
        kind: what follows for the whole measurement if this step decides.
        layer: which step it is.
        method: how it was kept away if it was: ``dns.bogon``.
        notes: why, the weightiest first.
    """

    masses: Masses
    kind: VerdictKind
    layer: Layer
    method: str
    notes: tuple[Note, ...]

    def verdict(self) -> Verdict:
        """The verdict when this step decides."""
        layer = self.layer if self.kind is VerdictKind.BLOCKED else None
        return Verdict(self.kind, layer, self.masses, self.notes)

    def beside(self, *notes: Note) -> Step:
        """The same with more reasons."""
        return Step(self.masses, self.kind, self.layer, self.method, (*self.notes, *notes))


def masses(blocked: float, down: float) -> Masses:
    """Masses that sum to 1 exactly when added in their order."""
    return Masses(blocked, down, 1.0 - (blocked + down))


def kind_of(found: Masses) -> VerdictKind:
    """The greatest mass, if it is at least half of all and stands alone; else nothing can be said."""
    if found.blocked >= LEAST and found.blocked > max(found.down, found.ok):
        return VerdictKind.BLOCKED
    if found.down >= LEAST and found.down > max(found.blocked, found.ok):
        return VerdictKind.DOWN
    if found.ok >= LEAST and found.ok > max(found.blocked, found.down):
        return VerdictKind.OK
    return VerdictKind.FAILED


def row(layer: Layer, blocked: float, down: float, template: str, method: str = "") -> Step:
    """A row of a table: its masses, its sentence without facts, and how the target was kept away."""
    found = masses(blocked, down)
    return Step(found, kind_of(found), layer, method, (Note(template, {}),))


def mute(layer: Layer, blocked: float, down: float, template: str) -> Step:
    """A row that decides nothing however its masses lie; they say what little is known."""
    return Step(masses(blocked, down), VerdictKind.FAILED, layer, "", (Note(template, {}),))


def weakened(step: Step, blocked: float, *notes: Note) -> Step:
    """The step with no more than this mass of blocked; what is taken away is given to ok."""
    if step.masses.blocked <= blocked:
        return step.beside(*notes)
    found = masses(blocked, step.masses.down)
    return Step(found, kind_of(found), step.layer, step.method, (*step.notes, *notes))
