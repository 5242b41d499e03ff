"""Findings that rest on too few measurements by people: left out, and counted.

People measure with the programs of OONI and M-Lab, and what Censored Planet asks belongs to somebody, too: rows of
blocked, slowed and permitted services count their measurements. What a public instrument sees of a whole country or
network counts no person: IODA, BGP collectors, RIPEstat, Cloudflare Radar (also its shares of single services),
Google, Tor Metrics; and series of one's own, for which whoever adds them answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from kuager.episodes.measurements import COUNTED
from kuager.model.episodes import Episode, Phase
from kuager.model.notes import Note
from kuager.model.services import Blocking, GroupBlocking, Slowing, Whitelisting
from kuager.model.words import PhaseKind

SHARE = "share"
"""The sign of a slowing that was seen in the traffic of everyone, not in runs of people."""
_FEWEST_OF_A_GROUP = 2
_COUNTS = ("count", "all", "down")
_EVERYWHERE = ""

Row = Blocking | Slowing | Whitelisting


def measurements(row: Row) -> int | None:
    """How many measurements by people a finding rests on; None where a public instrument saw it."""
    if isinstance(row, Slowing):
        return None if row.sign == SHARE else row.runs
    return row.measurements


def enough(row: Row, least: int) -> bool:
    """Whether so many measurements stand behind a finding that it points at nobody."""
    count = measurements(row)
    return count is None or count >= least


def told(note: Note, least: int) -> bool:
    """Whether a sentence may be said: none that counts fewer measurements than that."""
    if note.template not in COUNTED:
        return True
    return all(int(note.facts[name]) >= least for name in _COUNTS if name in note.facts)


def notes(told_of: Iterable[Note], least: int) -> tuple[Note, ...]:
    """Those sentences that may be said."""
    return tuple(note for note in told_of if told(note, least))


@dataclass(frozen=True, slots=True)
class Kept:
    """The findings of an episode that may be shown."""

    blocked: tuple[Blocking, ...]
    slowed: tuple[Slowing, ...]
    whitelisted: tuple[Whitelisting, ...]

    def applied(self, episode: Episode) -> Episode:
        """The episode with these findings only; phases and groups follow them."""
        rows: dict[PhaseKind, tuple[tuple[Row, ...], tuple[Row, ...]]] = {
            PhaseKind.BLOCKING: (episode.blocked, self.blocked),
            PhaseKind.THROTTLING: (episode.slowed, self.slowed),
            PhaseKind.WHITELIST: (episode.whitelisted, self.whitelisted),
        }
        phases = []
        for phase in episode.phases:
            before, after = rows.get(phase.kind, ((), ()))
            shown = phase if len(before) == len(after) else _phase(phase, after)
            if shown is not None:
                phases.append(shown)
        groups = episode.groups
        if len(self.blocked) < len(episode.blocked):
            groups = tuple(left for one in groups if (left := _group(one, self.blocked)) is not None)
        return msgspec.structs.replace(
            episode,
            phases=tuple(phases),
            groups=groups,
            blocked=self.blocked,
            slowed=self.slowed,
            whitelisted=self.whitelisted,
        )


def _phase(phase: Phase, rows: Iterable[Row]) -> Phase | None:
    """What is left of a phase of single services or networks; one of everything stays as it is."""
    if phase.is_of_everything:
        return phase
    wanted = set(phase.networks) or {_EVERYWHERE}
    pairs = {
        (row.network, service)
        for row in rows
        if row.network in wanted
        for service in _services(row)
        if service in phase.services or not phase.services or not service
    }
    if not pairs:
        return None
    everything = any(not service for _, service in pairs)
    of_pairs = {service for _, service in pairs}
    return msgspec.structs.replace(
        phase,
        networks=tuple(one for one in phase.networks if any(network == one for network, _ in pairs)),
        services=phase.services if everything else tuple(one for one in phase.services if one in of_pairs),
    )


def _services(row: Row) -> tuple[str, ...]:
    return (_EVERYWHERE,) if isinstance(row, Whitelisting) else (row.service,)


def _group(one: GroupBlocking, rows: Iterable[Blocking]) -> GroupBlocking | None:
    """A group with those sites that are still shown as blocked on its networks; None where fewer than two are."""
    networks = {one.network} if one.network else set(one.networks)
    kept = {(row.network, row.service) for row in rows if row.source == one.source and row.network in networks}
    gone = {service for service in one.services if not any(name == service for _, name in kept)}
    left = tuple(network for network in one.networks if any(name == network for name, _ in kept))
    if not gone and left == one.networks:
        return one
    services = tuple(service for service in one.services if service not in gone)
    if len(services) < _FEWEST_OF_A_GROUP:
        return None
    return msgspec.structs.replace(
        one,
        networks=left,
        services=services,
        measured=tuple(service for service in one.measured if service not in gone),
        days=(),
    )
