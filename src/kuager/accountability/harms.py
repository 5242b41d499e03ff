"""What the loss of access met: a card for banking, health, media and education, each with its evidence or with none.

Nothing is inferred: that access was cut does not show that a bank or an emergency number could not be reached.
"""

from __future__ import annotations

from dataclasses import dataclass

from kuager.accountability.citing import Library
from kuager.accountability.moments import known_interval
from kuager.accountability.notice import NEAR, same_land
from kuager.accountability.registers import Registers
from kuager.accountability.rows.documents import Search
from kuager.accountability.rows.people import Field, Harm, Reachability
from kuager.model.episodes import Episode
from kuager.model.services import Blocking

_GROUPS = {Field.MEDIA: frozenset({"NEWS"}), Field.EDUCATION: frozenset({"CULTR"})}
"""Categories of the Citizen Lab's site lists by field of life."""


@dataclass(frozen=True, slots=True)
class HarmCard:
    """One field of life: what happened, what could be reached, what was measured; ``searched`` where none was found."""

    field: Field
    harms: tuple[Harm, ...]
    reached: tuple[Reachability, ...]
    measured: tuple[Blocking, ...]
    searched: tuple[Search, ...]

    @property
    def has_evidence(self) -> bool:
        """Whether anything stands on it."""
        return bool(self.harms or self.reached or self.measured)

    @property
    def emergency(self) -> bool:
        """Whether evidence of its own says that emergency services could not be reached."""
        return any(one.emergency for one in self.harms)


def harm_cards(episode: Episode, registers: Registers, shelf: Library) -> tuple[HarmCard, ...]:
    """The cards of an episode, one for each field, in their order."""
    harms = [one for one in registers.of(Harm) if shelf.counts(one) and _is_about(one, episode)]
    reached = [one for one in registers.of(Reachability) if shelf.counts(one) and _is_about(one, episode)]
    return tuple(
        HarmCard(
            field,
            tuple(one for one in harms if one.field is field),
            tuple(one for one in reached if one.field is field),
            tuple(row for row in episode.blocked if row.group in _GROUPS.get(field, frozenset())),
            tuple(one for one in registers.of(Search) if one.register == "harms"),
        )
        for field in Field
    )


def _is_about(row: Harm | Reachability, episode: Episode) -> bool:
    when = known_interval(row.at, next(iter(row.places), episode.place))
    last = episode.end_latest
    if (
        when is None
        or when.latest < episode.start_earliest - NEAR
        or (last is not None and when.earliest > last + NEAR)
    ):
        return False
    return not row.places or any(same_land(episode.place, place) for place in row.places)
