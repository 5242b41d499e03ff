"""Sources and the signals that they offer, as values. The registry of those known stands in ``kuager.sources``."""

from __future__ import annotations

from dataclasses import dataclass

from kuager.model.words import Direction, SignalKind


@dataclass(frozen=True, slots=True)
class Source:
    """A public provider of data.

    Attributes:
        id: its name in files, such as ``ioda``.
        name: its name for people.
        home: where people read about it.
        licence: what it says itself, by SPDX identifier where there is one; empty when it says nothing.
        simulated: whether it draws instead of measuring.
        non_commercial: whether its licence forbids commercial use; exports say so.
        passed_on: whether its terms let others pass its values on; where not, exports leave them out.
        sees: message template, what can be learnt from it.
        cannot_see: message template, what it is blind to.
        limits: message template, how much may be asked of it, as it publishes or as its clients have found.
        key: the environment variable that holds the token it asks for; empty when it asks for none.
    """

    id: str
    name: str
    home: str
    licence: str
    simulated: bool = False
    non_commercial: bool = False
    passed_on: bool = True
    sees: str = ""
    cannot_see: str = ""
    limits: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """One kind of series of a source.

    ``independence`` names the group of signals that would fail together: two signals of one group never corroborate
    each other. ``sees`` and ``cannot_see`` are message templates for readers. ``direction`` says which way it goes when
    people lose access: only what falls is searched for losses, and what goes neither way is kept and shown alone.
    ``service`` names the one service of which it is the traffic; empty where it is of more than one.
    """

    id: str
    source: Source
    name: str
    kind: SignalKind
    unit: str
    native_step_s: int
    independence: str
    sees: str
    cannot_see: str
    direction: Direction = Direction.FALLS
    service: str = ""

    @property
    def simulated(self) -> bool:
        """Whether its values were drawn by a simulator instead of measured."""
        return self.source.simulated
