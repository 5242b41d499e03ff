"""Who saw an episode, who could have and did not, who says nothing: one answer, from which every sentence is made.

Asked are independent kinds of signal. What a kind did follows from the stances of its signals, which every page shows,
and from what fusion let count: a signal that was normal for most of an episode did not see it, whatever it saw at its
beginning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kuager.episodes.fuse import Cluster
from kuager.model.episodes import Kinds, Reading
from kuager.model.words import Direction, Stance
from kuager.sources.registry import signal


def kinds_of(readings: Sequence[Reading], cluster: Cluster) -> Kinds:
    """What each independent kind of signal did while an episode lasted.

    Args:
        readings: what its signals show; rising ones are left out, for they accompany a loss and are none. Where an
            episode is made of its parts, most of which are not shown, there are none, and fusion's word stands.
        cluster: the episode.
    """
    if not readings:
        return _as_fused(cluster)
    saw: dict[str, tuple[str, ...]] = {}
    in_part: dict[str, tuple[str, ...]] = {}
    missed: dict[str, tuple[str, ...]] = {}
    neither: dict[str, tuple[str, ...]] = {}
    touched = {one.group for one in cluster.sightings}
    for group, members in _by_kind(readings).items():
        agreeing = [one for one in members if one.stance is Stance.AGREES]
        dissenting = [one for one in members if one.stance is Stance.DISAGREES]
        partly = [one for one in dissenting if one.start is not None]
        if group in cluster.groups and agreeing:
            saw[group] = _names(agreeing)
        elif group in cluster.groups:
            in_part[group] = _names(partly or members)
        elif group in touched or (dissenting and not partly and not agreeing):
            missed[group] = _names(dissenting or members)
        elif partly and not agreeing:
            in_part[group] = _names(partly)
        else:
            neither[group] = _names(members)
    return Kinds(saw, in_part, missed, neither)


def _as_fused(cluster: Cluster) -> Kinds:
    every = (*cluster.sightings, *cluster.faint)
    seen: dict[str, dict[str, None]] = {group: {} for group in sorted(cluster.groups)}
    for one in every:
        if one.group in seen:
            seen[one.group][one.examined.signal.id] = None
    beside = {one.group for one in every if not one.examined.rises} - cluster.groups - cluster.against
    return Kinds(
        saw={group: tuple(names) for group, names in seen.items()},
        in_part={},
        missed=dict.fromkeys(sorted(cluster.against), ()),
        neither=dict.fromkeys(sorted(beside), ()),
    )


def signals_of(kinds: Mapping[str, Sequence[str]]) -> str:
    """The ids of the signals of some kinds, each once."""
    return " ".join(dict.fromkeys(name for names in kinds.values() for name in names))


def _by_kind(readings: Sequence[Reading]) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = {}
    for one in readings:
        known = signal(one.signal)
        if known.direction is Direction.FALLS:
            found.setdefault(known.independence, []).append(one)
    return found


def _names(readings: Sequence[Reading]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.signal for one in readings))
