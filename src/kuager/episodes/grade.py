"""How sure an episode is, what it is called, why it may have happened, and the reasons for each in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from kuager.episodes.findings import Examined
from kuager.episodes.fuse import Cluster
from kuager.errors import message
from kuager.model.documents import Acknowledgement
from kuager.model.episodes import Cause, Note, Phase, Reading
from kuager.model.time import from_epoch
from kuager.model.words import CauseValue, EpisodeKind, Level, PhaseKind, Stance
from kuager.sources.registry import signal

ACKNOWLEDGED_WITHIN = timedelta(days=30)
"""A statement later than this after the end speaks of history and is left to people to judge."""
ACKNOWLEDGED_BEFORE = timedelta(days=1)


def pertinent(place: str, acknowledgements: Sequence[Acknowledgement], cluster: Cluster) -> list[Acknowledgement]:
    """The acknowledgements of that very place made while the episode lasted or shortly around it.

    What is admitted for a country says nothing of one of its networks, and the other way round.
    """
    earliest = from_epoch(cluster.first) - ACKNOWLEDGED_BEFORE
    latest = from_epoch(cluster.last) + ACKNOWLEDGED_WITHIN
    return [one for one in acknowledgements if place in one.places and earliest <= one.at <= latest]


def dissenting_groups(readings: Sequence[Reading], cluster: Cluster, examined: Sequence[Examined]) -> int:
    """Independent groups that could have seen it and saw nothing; routing refutes nothing by staying normal."""
    routing = {one.signal.id for one in examined if one.is_routing}
    dissent = {
        signal(reading.signal).independence
        for reading in readings
        if reading.stance is Stance.DISAGREES and reading.start is None and reading.signal not in routing
    }
    return len(dissent - cluster.groups)


def level(cluster: Cluster, dissenters: int, acknowledged: Sequence[Acknowledgement]) -> Level:
    """The level of an episode."""
    if dissenters >= len(cluster.groups):
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
    notes = [
        Note(
            message("{count} independent kinds of signal saw it: {signals}."),
            {"count": str(len(cluster.groups)), "signals": _signals_of(cluster)},
        )
    ]
    for stance, template in (
        (Stance.DISAGREES, message("Normal for most of it, though they could have seen it: {signals}.")),
        (Stance.SILENT, message("Too noisy to tell: {signals}.")),
        (Stance.NOT_MEASURING, message("Not measuring at that time: {signals}.")),
    ):
        names = [reading.signal for reading in readings if reading.stance is stance]
        if names:
            notes.append(Note(template, {"signals": " ".join(dict.fromkeys(names))}))
    if acknowledged:
        template = message("An operator or an authority acknowledged it: {documents} in the documentary record.")
        notes.append(Note(template, {"documents": ", ".join(one.document for one in acknowledged)}))
    if ordered := [one.document for one in acknowledged if one.names_order]:
        template = message("That it was done by law or order is what {documents} says: a claim, and not a finding.")
        notes.append(Note(template, {"documents": ", ".join(ordered)}))
    return tuple(notes)


def _signals_of(cluster: Cluster) -> str:
    return " ".join(dict.fromkeys(sighting.examined.signal.id for sighting in cluster.sightings))
