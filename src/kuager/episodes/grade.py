"""How sure an episode is, what it is called, why it may have happened, and the reasons for each in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from kuager.episodes.findings import Examined
from kuager.episodes.fuse import Cluster
from kuager.episodes.kinds import signals_of
from kuager.errors import message
from kuager.model.documents import Acknowledgement
from kuager.model.episodes import Cause, Kinds, Phase, Reading
from kuager.model.notes import Note
from kuager.model.time import from_epoch
from kuager.model.words import CauseValue, Direction, EpisodeKind, Level, PhaseKind, SignalKind, Stance
from kuager.sources.registry import signal

ACKNOWLEDGED_WITHIN = timedelta(days=30)
"""A statement later than this after the end speaks of history and is left to people to judge."""
ACKNOWLEDGED_BEFORE = timedelta(days=1)
LEAST_MEASURED = 0.5
"""Where a smaller share of the signals measured, nobody can tell what happened."""
MEASURES_WITHIN_S = 30 * 86_400
MOST_TOLD = 0.95
"""No sentence tells a higher probability: in simulated worlds of another kind than those that they were fitted on, the
probabilities of episodes miss what happened by a tenth (docs/accuracy.md, "episodes, second"). Programs get the number
itself."""


def pertinent(place: str, acknowledgements: Sequence[Acknowledgement], cluster: Cluster) -> list[Acknowledgement]:
    """The acknowledgements of that very place made while the episode lasted or shortly around it.

    What is admitted for a country says nothing of one of its networks, and the other way round; what is admitted of
    single sites and services says nothing of access as a whole.
    """
    earliest = from_epoch(cluster.first) - ACKNOWLEDGED_BEFORE
    latest = from_epoch(cluster.last) + ACKNOWLEDGED_WITHIN
    whole = (one for one in acknowledgements if place in one.places and not one.services)
    return [one for one in whole if earliest <= one.at <= latest]


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


def level(
    cluster: Cluster, examined: Sequence[Examined], kinds: Kinds, acknowledged: Sequence[Acknowledgement]
) -> Level:
    """The level of an episode; where fewer than half of all signals measured, nobody can tell."""
    if measured_share(cluster, examined) < LEAST_MEASURED:
        return Level.CANNOT_TELL
    if len(cluster.against.intersection(kinds.missed)) >= len(kinds.saw):
        return Level.DISPUTED
    return level_of_kinds(len(kinds.saw), acknowledged)


def level_of_kinds(count: int, acknowledged: Sequence[Acknowledgement]) -> Level:
    """The level of what so many independent kinds saw and none contradicts: a document alone corroborates nothing."""
    if count < 2:
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


def reasons(
    readings: Sequence[Reading], cluster: Cluster, kinds: Kinds, acknowledged: Sequence[Acknowledgement]
) -> tuple[Note, ...]:
    """Why it has its level."""
    return (*_of_the_kinds(readings, cluster, kinds), *_of_hands(cluster, kinds), *of_documents(acknowledged))


def _of_the_kinds(readings: Sequence[Reading], cluster: Cluster, kinds: Kinds) -> Iterator[Note]:
    """Who saw it and who did not, each kind once."""
    facts = {"count": str(len(kinds.saw)), "signals": signals_of(kinds.saw)}
    if kinds.saw:
        yield Note(message("{count} independent kinds of signal saw it: {signals}."), facts)
    else:
        yield Note(message("No kind of signal saw most of it."), {})
    if kinds.in_part:
        template = message("Saw a part of it, and normal for most of it: {signals}.")
        yield Note(template, {"signals": signals_of(kinds.in_part)})
    if split := [group for group in kinds.missed if any(one.group == group for one in cluster.sightings)]:
        template = message("Fell while most others of the same hand stayed normal, and so do not count: {signals}.")
        fell = (one.examined.signal.id for one in cluster.sightings if one.group in split)
        yield Note(template, {"signals": " ".join(dict.fromkeys(fell))})
    if missed := {group: names for group, names in kinds.missed.items() if group not in split and names}:
        yield Note(message("Could have seen it and did not: {signals}."), {"signals": signals_of(missed)})
    if any(signal(name).kind is SignalKind.BGP for names in kinds.missed.values() for name in names):
        yield Note(message("Routes that stay announced count for nothing against it: in many blackouts they do."), {})
    rising = {one.signal for one in readings if signal(one.signal).direction is Direction.RISES}
    if rose := sorted(rising & {one.examined.signal.id for one in cluster.faint}):
        template = message("Went up at that time, which goes with a loss of access and is none itself: {signals}.")
        yield Note(template, {"signals": " ".join(rose)})
    for stance, template in (
        (Stance.AGREES, message("Fell at that time too, not surely enough to count: {signals}.")),
        (Stance.SILENT, message("Too noisy to tell: {signals}.")),
        (Stance.NOT_MEASURING, message("Not measuring at that time: {signals}.")),
    ):
        found = [one.signal for one in readings if one.stance is stance and one.signal not in rising]
        if named := [name for name in found if signal(name).independence in kinds.neither]:
            yield Note(template, {"signals": " ".join(dict.fromkeys(named))})


def _of_hands(cluster: Cluster, kinds: Kinds) -> Iterator[Note]:
    """What "independent" means, and that it does not mean independent of whoever passes the values on."""
    if len(kinds.saw) < 2:
        return
    sources = {one.examined.signal.source for one in cluster.sightings if one.group in kinds.saw}
    if len(sources) == 1:
        template = message(
            "Independent kinds are measured in different ways, so that no instrument serves two of them. Here all of "
            "them came through one provider all the same ({provider}): a mistake of its own could show in every one."
        )
        yield Note(template, {"provider": sources.pop().name})
    else:
        template = message(
            "Independent kinds are measured in different ways, so that no instrument serves two of them; those here "
            "came through {count} providers."
        )
        yield Note(template, {"count": str(len(sources))})


def of_documents(acknowledged: Sequence[Acknowledgement]) -> Iterator[Note]:
    """What those who are responsible said themselves."""
    if acknowledged:
        template = message("An operator or an authority acknowledged it: {documents} in the documentary record.")
        yield Note(template, {"documents": ", ".join(one.document for one in acknowledged)})
    if ordered := [one.document for one in acknowledged if one.names_order]:
        template = message("That it was done by law or order is what {documents} says: a claim, and not a finding.")
        yield Note(template, {"documents": ", ".join(ordered)})


def weighing(cluster: Cluster, examined: Sequence[Examined], kinds: Kinds) -> Iterator[Note]:
    """How probable it is, by what kind of reckoning, and how many kinds of signal stand where."""
    percent = str(int(100 * min(MOST_TOLD, max(0.01, cluster.probability)) + 1e-9))
    template = (
        message(
            "By its own reckoning the method holds it more than {percent} per cent probable that something was lost. "
            "It learnt that from simulated outages: a rank among episodes, not a rate counted on real ones."
        )
        if cluster.probability > MOST_TOLD
        else message(
            "By its own reckoning the method holds it {percent} per cent probable that something was lost. It learnt "
            "that from simulated outages: a rank among episodes, not a rate counted on real ones."
        )
    )
    yield Note(template, {"percent": percent})
    yield Note(
        message(
            "Of {every} independent kinds of signal {saw} saw it, {in_part} saw a part of it, {missed} could have seen "
            "it and did not, and {neither} count neither way."
        ),
        {
            "every": str(kinds.count),
            "saw": str(len(kinds.saw)),
            "in_part": str(len(kinds.in_part)),
            "missed": str(len(kinds.missed)),
            "neither": str(len(kinds.neither)),
        },
    )
    if measured_share(cluster, examined) < LEAST_MEASURED:
        yield Note(message("Fewer than half of the signals of this place were measuring while it lasted."), {})
