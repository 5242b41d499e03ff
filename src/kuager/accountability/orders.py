"""Orders joined to episodes: every episode has one at least, of unknown state where none was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kuager.accountability.moments import known_interval
from kuager.accountability.notice import NEAR, same_land
from kuager.accountability.rows.conduct import Order, OrderState
from kuager.accountability.rows.documents import Search
from kuager.model.episodes import Episode


@dataclass(frozen=True, slots=True)
class OrderOf:
    """What is known of an order behind an episode.

    ``row`` is null where none was found; ``state`` is then unknown, and ``searched`` says where was looked, if anybody
    did. ``ran`` are the days by which an order's own end lies before the episode's end, negative where it lies after;
    null where it names no end.
    """

    episode: str
    state: OrderState
    row: Order | None
    searched: tuple[Search, ...] = ()
    ran_over_hours: float | None = None


def orders_of(
    episode: Episode, orders: Sequence[Order], searches: Iterable[Search], horizon: datetime
) -> tuple[OrderOf, ...]:
    """The orders that can be behind an episode, never none.

    Args:
        episode: measured.
        orders: those that count.
        searches: what was looked for.
        horizon: the end of what is known, for an episode that goes on.
    """
    looked = tuple(
        one
        for one in searches
        if one.register == "orders" and (not one.places or any(same_land(episode.place, at) for at in one.places))
    )
    found = [one for one in orders if _behind(one, episode, horizon)]
    if not found:
        return (OrderOf(episode.id, OrderState.UNKNOWN, None, looked),)
    return tuple(OrderOf(episode.id, one.state, one, looked, _over(one, episode)) for one in found)


def _behind(order: Order, episode: Episode, horizon: datetime) -> bool:
    if order.places and not any(same_land(episode.place, place) for place in order.places):
        return False
    place = next(iter(order.places), episode.place)
    begins = known_interval(order.begins, place) or known_interval(order.issued, place)
    ends = known_interval(order.ends, place)
    if begins is None:
        return False
    last = (episode.end_latest or horizon) + NEAR
    return begins.earliest <= last and (ends.latest if ends is not None else last) >= episode.start_earliest - NEAR


def _over(order: Order, episode: Episode) -> float | None:
    ends = known_interval(order.ends, next(iter(order.places), episode.place))
    if ends is None or episode.end is None:
        return None
    return (episode.end - ends.best).total_seconds() / 3600
