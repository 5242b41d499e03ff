"""What happens to people's access at a place: when, to which operators, and how much of it which signal sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from kuager.evaluation.second.dice import wander
from kuager.evaluation.second.hours import MINUTES
from kuager.model.series import Values
from kuager.model.words import SignalKind


class Form(StrEnum):
    """What a loss looks like from afar."""

    NATIONAL = "national"
    PARTIAL = "partial"
    MOBILE = "mobile"
    CURFEW = "curfew"
    INTERRUPTED = "interrupted"
    RAMP = "ramp"
    STAIRCASE = "staircase"
    THROTTLING = "throttling"
    POWER = "power"


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One stretch during which something is lost, the share of the loss gliding between knots.

    Attributes:
        minutes: float64 [k], increasing, minutes of the month; may lie outside it.
        lost: float64 [k], share lost of what the operators hit lose at the worst.
    """

    minutes: Values
    lost: Values

    @property
    def first(self) -> int:
        """The minute in which the loss begins."""
        return int(self.minutes[0])

    @property
    def last(self) -> int:
        """The minute in which everything is back."""
        return int(self.minutes[-1])

    def delayed(self, minutes: int) -> Piece:
        """The same seen later: its start moves, at most by a quarter, its end does not."""
        later = min(minutes, (self.last - self.first) // 4)
        share = (self.minutes - self.first) / (self.last - self.first)
        return Piece(self.first + later + share * (self.last - self.first - later), self.lost)

    def moved(self, minutes: int) -> Piece:
        """The same at another time."""
        return Piece(self.minutes + minutes, self.lost)


@dataclass(frozen=True, slots=True, eq=False)
class Happening:
    """A loss of access at one place.

    Attributes:
        form: see ``Form``.
        pieces: in order and apart; between two of them everything is back.
        hit: float64 [o], share that each operator loses at the worst.
        sight: share of the loss that a kind of signal sees; what is not named sees nothing.
        delays: minutes by which a kind sees the start later.
        flutter: how much what is left wanders.
    """

    form: Form
    pieces: tuple[Piece, ...]
    hit: Values
    sight: Mapping[SignalKind, float]
    delays: Mapping[SignalKind, int] = field(default_factory=dict)
    flutter: float = 0.05

    @property
    def first(self) -> int:
        """The minute in which it begins."""
        return self.pieces[0].first

    @property
    def last(self) -> int:
        """The minute in which it is over."""
        return self.pieces[-1].last

    def seen_by(self, kind: SignalKind) -> tuple[Piece, ...]:
        """Its pieces as a kind of signal sees them."""
        return tuple(piece.delayed(self.delays.get(kind, 0)) for piece in self.pieces)

    def reach(self, stream: np.random.Generator, kind: SignalKind) -> Values:
        """Float64 [o, minutes], what a kind of signal sees reachable of each operator; exactly 1 where nothing is lost.

        The share left wanders, by ``flutter`` of what is lost: restorations here, batteries there.
        """
        seen = self.sight.get(kind, 0.0)
        if seen == 0.0:
            return np.ones((self.hit.size, MINUTES))
        lost = np.zeros(MINUTES)
        at = np.arange(MINUTES) + 0.5
        for piece in self.seen_by(kind):
            inside = (at > piece.first) & (at < piece.last)
            lost[inside] = np.interp(at[inside], piece.minutes, piece.lost)
        share = seen * self.hit[:, np.newaxis] * lost
        uneven = self.flutter * wander(stream, share.shape, 60.0, 2 * 3600.0)
        left: Values = np.clip((1 - share) * np.exp(uneven * np.sqrt(share)), 0.0, 1.0)
        return np.where(share > 0, left, 1.0)
