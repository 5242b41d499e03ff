"""The cost of one episode: measured hours and shares given to every method, and the claims that are about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kuager.accountability.cost import estimates
from kuager.accountability.economies import economy_of
from kuager.accountability.moments import known_interval
from kuager.accountability.notice import same_land
from kuager.accountability.range import Range
from kuager.accountability.remedy import PersonHours, hours_lost, person_hours
from kuager.accountability.rows.documents import Claim
from kuager.accountability.totals import CostRange, total
from kuager.accountability.whereabouts import country_of
from kuager.model.episodes import Episode
from kuager.model.words import Access, PartsKind, Stance

_ALL = Range(1.0, 1.0, 1.0)


def cost_of(episode: Episode, claims: Sequence[Claim], horizon: datetime, *, alone: bool) -> CostRange:
    """What an episode may have cost.

    The share of people is not measured: in its place stands the share of what was expected that signals lost, from
    the least to the most of those that agree, and the estimates say so. Where none agrees nothing is reckoned.

    Args:
        episode: measured.
        claims: those that count, of the whole case.
        horizon: the end of what is known.
        alone: whether the case has no other episode, so that a claim that names no time is about this one.
    """
    country = country_of(episode.place)
    hours = hours_lost(episode, Access.UNKNOWN, frozenset(), horizon)
    share = share_lost(episode)
    found = estimates(country, episode.start.year, hours, share, _ALL) if share is not None else ()
    return total(found, [one for one in claims if _is_about(one, episode, horizon, alone=alone)])


def person_hours_of(episode: Episode, horizon: datetime) -> PersonHours | None:
    """Hours times people, with the share of the networks that was measured; None where a factor is missing."""
    economy, share = economy_of(country_of(episode.place), episode.start.year), share_lost(episode)
    if economy is None or share is None or len(episode.place) != len("KZ"):
        return None
    divisions = episode.scope.divisions if episode.scope is not None else ()
    measured = [one.covered for one in divisions if one.kind is PartsKind.NETWORKS]
    hours = hours_lost(episode, Access.UNKNOWN, frozenset(), horizon)
    return person_hours(hours, share.times(economy.population), measured[0] if measured else None)


def share_lost(episode: Episode) -> Range | None:
    """The share of the expected that was lost, by the signals of the place that agree; None where none does."""
    depths = sorted(
        min(1.0, max(0.0, one.depth))
        for one in episode.signals
        if one.stance is Stance.AGREES and one.depth is not None and one.place == episode.place
    )
    if not depths:
        return None
    return Range(depths[0], depths[len(depths) // 2], depths[-1])


def _is_about(claim: Claim, episode: Episode, horizon: datetime, *, alone: bool) -> bool:
    if claim.places and not any(same_land(episode.place, place) for place in claim.places):
        return False
    when = known_interval(claim.of, episode.place)
    if when is None:
        return alone
    return when.earliest <= (episode.end_latest or horizon) and when.latest >= episode.start_earliest
