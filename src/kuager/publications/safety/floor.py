"""The floor of k-anonymity: what rests on too few measurements by people is counted and not shown.

Of the sources of sites and services OONI's and M-Lab's measurements are made by people on their own lines. Censored
Planet's are made from outside by machines, and the signals of whole networks by telescopes, route collectors and
servers: their counts point at nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from kuager.model.episodes import Episode, Phase
from kuager.model.words import PhaseKind

BY_PEOPLE = frozenset({"ooni", "mlab"})


@dataclass(frozen=True, slots=True)
class Floored:
    """An episode without the rows below the floor, None when nothing of it is left; and how many rows there were."""

    episode: Episode | None
    rows: int


def above_floor(episode: Episode, least: int) -> Floored:
    """An episode without what rests on fewer than ``least`` measurements by people."""
    blocked = tuple(one for one in episode.blocked if one.source not in BY_PEOPLE or one.measurements >= least)
    slowed = tuple(one for one in episode.slowed if one.source not in BY_PEOPLE or one.runs >= least)
    whitelisted = tuple(one for one in episode.whitelisted if one.measurements >= least)
    rows = len(episode.blocked) + len(episode.slowed) + len(episode.whitelisted)
    rows -= len(blocked) + len(slowed) + len(whitelisted)
    if not rows:
        return Floored(episode, 0)
    left = msgspec.structs.replace(episode, blocked=blocked, slowed=slowed, whitelisted=whitelisted)
    phases = tuple(kept for phase in episode.phases if (kept := _supported(phase, left)) is not None)
    shown = {(one.service, one.network) for one in blocked}
    groups = tuple(
        one
        for one in episode.groups
        if all(any((service, code) in shown for code in one.networks or (one.network,)) for service in one.services)
    )
    if not phases:
        return Floored(None, rows)
    return Floored(msgspec.structs.replace(left, phases=phases, groups=groups), rows)


def _supported(phase: Phase, episode: Episode) -> Phase | None:
    """A phase of services with those that are still shown; None when none is."""
    if phase.is_of_everything:
        return phase
    match phase.kind:
        case PhaseKind.BLOCKING:
            rows = {(one.service, one.network) for one in episode.blocked}
        case PhaseKind.THROTTLING:
            rows = {(one.service, one.network) for one in episode.slowed}
        case _:
            rows = {(service, one.network) for one in episode.whitelisted for service in ("", *one.working)}
    services = tuple(one for one in phase.services if any((one, code) in rows for code in phase.networks or ("",)))
    networks = tuple(code for code in phase.networks if any((one, code) in rows for one in phase.services or ("",)))
    if (phase.services and not services) or (phase.networks and not networks):
        return None
    return msgspec.structs.replace(phase, services=services, networks=networks)
