"""How sure an episode is, what it is called, why it may have happened, and the reasons for each in words."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import timedelta

from kuager.episodes.findings import Examined
from kuager.episodes.fuse import Cluster
from kuager.errors import message
from kuager.model.documents import Acknowledgement
from kuager.model.episodes import Cause, Note, Phase, Reading
from kuager.model.time import from_epoch
from kuager.model.words import CauseValue, Direction, EpisodeKind, Level, PhaseKind, Stance
from kuager.sources.registry import signal

ACKNOWLEDGED_WITHIN = timedelta(days=30)
"""A statement later than this after the end speaks of history and is left to people to judge."""
ACKNOWLEDGED_BEFORE = timedelta(days=1)
LEAST_MEASURED = 0.5
"""Where a smaller share of the signals measured, nobody can tell what happened."""
MEASURES_WITHIN_S = 30 * 86_400


def pertinent(place: str, acknowledgements: Sequence[Acknowledgement], cluster: Cluster) -> list[Acknowledgement]:
    """The acknowledgements of that very place made while the episode lasted or shortly around it.

    What is admitted for a country says nothing of one of its networks, and the other way round.
    """
    earliest = from_epoch(cluster.first) - ACKNOWLEDGED_BEFORE
    latest = from_epoch(cluster.last) + ACKNOWLEDGED_WITHIN
    return [one for one in acknowledgements if place in one.places and earliest <= one.at <= latest]


def measured_share(cluster: Cluster, examined: Sequence[Examined]) -> float:
    """The share of the place's signals that measured while it lasted, 0 to 1; a signal is heard once, at its fullest.

    Signals that gave nothing for a month before and after are not among those that could have measured.
    """
    around = cluster.first - MEASURES_WITHIN_S, cluster.last + MEASURES_WITHIN_S
    shares: dict[tuple[str, str], float] = {}
    for one in examined:
        if one.coverage(*around) > 0:
            key = (one.series.signal, one.series.access.value)
            shares[key] = max(shares.get(key, 0.0), one.coverage(cluster.first, cluster.last))
    return sum(shares.values()) / max(1, len(shares))


def level(cluster: Cluster, examined: Sequence[Examined], acknowledged: Sequence[Acknowledgement]) -> Level:
    """The level of an episode; where fewer than half of all signals measured, nobody can tell."""
    if measured_share(cluster, examined) < LEAST_MEASURED:
        return Level.CANNOT_TELL
    if len(cluster.against) >= len(cluster.groups):
        return Level.DISPUTED
    if len(cluster.groups) < 2:
        return Level.SIGNAL
    return Level.CONFIRMED if acknowledged else Level.CORROBORATED


def cause(acknowledged: Sequence[Acknowledgement]) -> Cause:
    """The cause as far as documents name it; detection alone never names one."""
    parties = {one.party for one in acknowledged if one.names_order}
    if not parties:
        return Cause(CauseValue.UNKNOWN, Level.CANNOT_TELL)
    return Cause(CauseValue.ORDERED, Level.CORROBORATED if len(parties) > 1 else Level.SIGNAL)


def kind(phases: Sequence[Phase], why: Cause) -> EpisodeKind:
    """What the episode is called: a shutdown only where a document names an order."""
    if phases and all(phase.kind is PhaseKind.THROTTLING for phase in phases):
        return EpisodeKind.THROTTLING
    return EpisodeKind.SHUTDOWN if why.value is CauseValue.ORDERED else EpisodeKind.OUTAGE


def reasons(readings: Sequence[Reading], cluster: Cluster, acknowledged: Sequence[Acknowledgement]) -> tuple[Note, ...]:
    """Why it has its level."""
    rising = {one.signal for one in readings if signal(one.signal).direction is Direction.RISES}
    notes = [
        Note(
            message("{count} independent kinds of signal saw it: {signals}."),
            {"count": str(len(cluster.groups)), "signals": _signals_of(cluster, cluster.groups)},
        )
    ]
    if split := _signals_of(cluster, {one.group for one in cluster.sightings} - cluster.groups):
        template = message("Fell while most others of the same hand stayed normal, and so do not count: {signals}.")
        notes.append(Note(template, {"signals": split}))
    if rose := sorted(rising & {one.examined.signal.id for one in cluster.faint}):
        template = message("Went up at that time, which goes with a loss of access and is none itself: {signals}.")
        notes.append(Note(template, {"signals": " ".join(rose)}))
    for stance, template in (
        (Stance.DISAGREES, message("Normal for most of it, though they could have seen it: {signals}.")),
        (Stance.SILENT, message("Too noisy to tell: {signals}.")),
        (Stance.NOT_MEASURING, message("Not measuring at that time: {signals}.")),
    ):
        found = [one.signal for one in readings if one.stance is stance and one.signal not in rising]
        if found:
            notes.append(Note(template, {"signals": " ".join(dict.fromkeys(found))}))
    if acknowledged:
        template = message("An operator or an authority acknowledged it: {documents} in the documentary record.")
        notes.append(Note(template, {"documents": ", ".join(one.document for one in acknowledged)}))
    if ordered := [one.document for one in acknowledged if one.names_order]:
        template = message("That it was done by law or order is what {documents} says: a claim, and not a finding.")
        notes.append(Note(template, {"documents": ", ".join(ordered)}))
    return tuple(notes)


def weighing(cluster: Cluster, examined: Sequence[Examined]) -> tuple[Note, ...]:
    """Why it has its probability: how many independent groups stand for it, against it, and can say nothing."""
    every = {one.signal.independence for one in examined if not one.rises}
    weighed = Note(
        message(
            "That something was lost has a probability of {percent} per cent: of {every} independent kinds of signal "
            "{seen} saw it, {missed} could have seen it and did not, and {silent} say nothing either way."
        ),
        {
            "percent": str(min(99, max(1, int(100 * cluster.probability)))),
            "every": str(len(every)),
            "seen": str(len(cluster.groups)),
            "missed": str(len(cluster.against)),
            "silent": str(len(every - cluster.groups - cluster.against)),
        },
    )
    if measured_share(cluster, examined) >= LEAST_MEASURED:
        return (weighed,)
    too_few = message("Fewer than half of the signals of this place were measuring while it lasted.")
    return weighed, Note(too_few, {})


def _signals_of(cluster: Cluster, groups: Set[str]) -> str:
    """The signals of some groups whose events belong to a cluster, each once."""
    return " ".join(dict.fromkeys(one.examined.signal.id for one in cluster.sightings if one.group in groups))
