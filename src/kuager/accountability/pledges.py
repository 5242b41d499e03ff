"""Promises to keep people connected, held against the episodes that began while they stood.

A row says that a promise stood and that an episode began at a place, or on a network, of whoever made it. Why it came
to that is another question, and the level of the episode goes with every row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kuager.accountability.history import ACCIDENTS
from kuager.accountability.moments import known_interval
from kuager.accountability.rows.conduct import Pledge
from kuager.accountability.rows.row import Status
from kuager.accountability.whereabouts import country_of, share_ground
from kuager.model.episodes import Episode
from kuager.model.operators import Operator
from kuager.model.words import Level, PartState


@dataclass(frozen=True, slots=True)
class Breach:
    """An episode that began while a promise stood.

    Attributes:
        pledge, episode: ids.
        operator: id of the operator that promised; empty where somebody else did, ``who``.
        possible: whether it is only possible: the dates do not tell which came first, or the promise is not proven.
        level: how sure the episode is.
        networks: codes of the operator's networks that were measured as hit; empty where none was measured apart.
    """

    pledge: str
    episode: str
    operator: str
    who: str
    possible: bool
    level: Level
    networks: tuple[str, ...]


def breaches(
    pledges: Iterable[Pledge], episodes: Sequence[Episode], operators: Iterable[Operator]
) -> tuple[Breach, ...]:
    """Each promise with each episode that began while it stood, by beginning of the episode; one row for each pair.

    None where a promise was made after the beginning or had ended before it, where nobody knows for which places it was
    made, where all networks of whoever made it were measured and spared, and where the cause found is an accident.

    Args:
        pledges: the promises; those that were withdrawn from the record are left out.
        episodes: one version of each.
        operators: all that are known, with the networks that they ever held.
    """
    by_id = {one.id: one for one in operators}
    found = [
        breach
        for pledge in pledges
        if pledge.status is not Status.WITHDRAWN
        for episode in episodes
        if episode.cause.value not in ACCIDENTS
        and (breach := _breach(pledge, episode, by_id.get(pledge.operator))) is not None
    ]
    starts = {one.id: one.start for one in episodes}
    return tuple(sorted(found, key=lambda one: (starts[one.episode], one.episode, one.pledge)))


def _breach(pledge: Pledge, episode: Episode, operator: Operator | None) -> Breach | None:
    places = pledge.places or ((operator.country,) if operator else ())
    held = _held(operator, episode) if operator else frozenset()
    its_own = not pledge.places and episode.place in held  # wherever the holder is registered
    if not places or not (its_own or share_ground(places, _places(episode))):
        return None
    named = _networks(episode)
    measured = _measured(episode, held)
    if operator and not held & named and (_of_networks_only(episode) or _all_spared(held, measured)):
        return None
    standing = _standing(pledge, places[0], episode)
    if standing is None:
        return None
    return Breach(
        pledge=pledge.id,
        episode=episode.id,
        operator=pledge.operator,
        who=pledge.who,
        possible=not standing or pledge.status is not Status.SUPPORTED,
        level=episode.level,
        networks=tuple(sorted({place for place, state in measured.items() if state is PartState.HIT} | (held & named))),
    )


def _standing(pledge: Pledge, place: str, episode: Episode) -> bool | None:
    """Whether it stood when the episode began: surely (True), perhaps (False), or surely not (None)."""
    made, ended = known_interval(pledge.at, place), known_interval(pledge.until, place)
    if made is not None and made.earliest >= episode.start_latest:
        return None
    if ended is not None and ended.latest <= episode.start_earliest:
        return None
    before = made is not None and made.latest <= episode.start_earliest
    not_over = ended.earliest >= episode.start_latest if ended is not None else not pledge.until
    return before and not_over


def _places(episode: Episode) -> tuple[str, ...]:
    """Where it was: of a network it is not known in which parts of its country it was felt."""
    if episode.place.startswith("AS"):
        return (episode.place, country_of(episode.place))
    return (episode.place,)


def _held(operator: Operator, episode: Episode) -> frozenset[str]:
    """Codes of the networks that were the operator's on the day of the beginning."""
    return frozenset(f"AS{one.asn}" for one in operator.networks if one.held(episode.start.date()))


def _networks(episode: Episode) -> frozenset[str]:
    """Codes of the networks that it names."""
    named = {network for phase in episode.phases for network in phase.networks}
    return frozenset({episode.place} | named if episode.place.startswith("AS") else named)


def _of_networks_only(episode: Episode) -> bool:
    return episode.place.startswith("AS") or (bool(episode.phases) and all(one.networks for one in episode.phases))


def _measured(episode: Episode, held: frozenset[str]) -> dict[str, PartState]:
    """What became of networks that were measured apart, among those of an operator."""
    divisions = episode.scope.divisions if episode.scope else ()
    return {part.place: part.state for one in divisions for part in one.parts if part.place in held}


def _all_spared(held: frozenset[str], measured: dict[str, PartState]) -> bool:
    return bool(held) and all(measured.get(network) is PartState.SPARED for network in held)
