"""Findings that speak for or against an explanation because of who saw the episode, and who was spared.

Weights as in ``arguments.py``. A signal that could not have told says nothing for or against anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from kuager.episodes.findings import FAINT, Examined, Sighting
from kuager.episodes.kinds import signals_of
from kuager.episodes.scene import CLEAR_DEPTH, HOUR_S, MOST_OF_IT, TOGETHER_S, Argument, Gap, Scene
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.words import Access, Explanation, SignalKind

ROUTES_WENT = 0.2
"""Routing that lost less than this fell no more than it does on many days."""
WENT_WITH_IT, STAYED_BEHIND = 0.5, 0.25
"""Of the deepest loss, what routing must share to have gone with it, and the most with which it stayed."""
BRIEF_S = 6 * HOUR_S
NETWORKS_HURT = 0.1
HOLIDAY_DEPTH = 0.6
"""A deeper loss of activity is no holiday's."""
SURGE = 1.5
ENOUGH_PARTS, SPREAD_S = 4, 6 * HOUR_S
WEEK_S, WEEKS_BACK, LONGEST_HABIT_S = 7 * 86_400, 8, 72 * HOUR_S
MOST_NAMED = 6


def of_routing(scene: Scene) -> Iterator[Argument]:
    """Routes that stay announced rule no shutdown out, but they do rule out that routing was what failed."""
    routing = [one for one in scene.examined if one.is_routing and not one.rises and scene.could_tell(one)]
    others = [one for one in scene.cluster.sightings if not one.examined.is_routing]
    if not routing:
        return
    seen = [one for one in scene.cluster.sightings if one.examined.is_routing]
    lost = max((one.finding.depth for one in seen), default=0.0)
    names = {"signals": _signals(routing)}
    deepest = max((one.finding.depth for one in others), default=0.0)
    if deepest >= CLEAR_DEPTH and lost <= STAYED_BEHIND * deepest:
        template = message(
            "Routes stayed announced, {share} per cent of them or more, while the rest lost up to {lost} per cent "
            "({signals})."
        )
        facts = {"share": str(int(100 * _lowest(scene, routing) + 1e-9)), "lost": _per_cent(deepest), **names}
        yield Argument(Note(template, facts), {Explanation.ROUTING: -2, Explanation.CABLE: -1})
    if lost >= max(ROUTES_WENT, WENT_WITH_IT * scene.deepest):
        template = message("Routes were withdrawn with it: {share} per cent of them ({signals}).")
        facts = {"share": _per_cent(lost), **names}
        yield Argument(Note(template, facts), {Explanation.ROUTING: 1, Explanation.CABLE: 1, Explanation.DDOS: -1})
        start = min(one.finding.start.best for one in seen)
        if scene.cluster.end is not None and scene.length_s <= BRIEF_S and start <= scene.first:
            template = message("Routes went first and were back within {hours} h, as after a mistake ({signals}).")
            facts = {"hours": f"{max(1, round(scene.length_s / HOUR_S))}", **names}
            yield Argument(Note(template, facts), {Explanation.ROUTING: 1})


def of_access(scene: Scene) -> Iterator[Argument]:
    """Power, cables and disasters do not choose between mobile and fixed lines."""
    for hit, other in ((Access.MOBILE, Access.FIXED), (Access.FIXED, Access.MOBILE)):
        spared = [one for one in scene.examined if one.series.access is other and scene.stayed(one)]
        if spared and any(one.examined.series.access is hit for one in scene.cluster.sightings):
            template = (
                message("Only mobile access fell; fixed access was measured apart and went on ({signals}).")
                if hit is Access.MOBILE
                else message("Only fixed access fell; mobile access was measured apart and went on ({signals}).")
            )
            weights = {Explanation.CABLE: -1, Explanation.DISASTER: -1, Explanation.SOURCE: -1}
            if hit is Access.MOBILE:
                weights[Explanation.POWER] = -1
            yield Argument(Note(template, {"signals": _signals(spared)}), weights)


def of_floods(scene: Scene) -> Iterator[Argument]:
    """A flood of traffic shows before or beside the loss: as delay, or as unwanted traffic at telescopes."""
    telescopes = [
        one for one in scene.examined if one.signal.kind is SignalKind.TELESCOPE and _surged(one, scene.first)
    ]
    if telescopes:
        template = message("Unwanted traffic rose to half as much again or more just before it ({signals}).")
        yield Argument(Note(template, {"signals": _signals(telescopes)}), {Explanation.DDOS: 1})
    delayed = [one for one in scene.examined if one.rises and one.signal.kind is SignalKind.RTT and _rose(one, scene)]
    if delayed:
        template = message("Delay rose with it, so what still passed took another way or had to wait ({signals}).")
        weights = {Explanation.DDOS: 1, Explanation.CABLE: 1}
        yield Argument(Note(template, {"signals": _signals(delayed)}), weights)


def of_sources(scene: Scene) -> Iterator[Argument]:
    """Several kinds of measurement do not fail at the same time; one alone may."""
    groups = scene.kinds.saw
    names = {"signals": signals_of(groups)}
    if len(groups) > 1:
        template = message("{count} independent kinds of signal saw it ({signals}).")
        yield Argument(Note(template, {"count": str(len(groups)), **names}), {Explanation.SOURCE: -2})
    elif groups:
        template = message("Only one kind of signal saw it ({signals}).")
        yield Argument(Note(template, names), {Explanation.SOURCE: 1})
    calm = [
        one
        for one in scene.examined
        if one.signal.independence not in groups and not one.is_routing and not one.rises and scene.stayed(one)
    ]
    if calm and len(groups) == 1:
        template = message("Others could have seen it and did not ({signals}).")
        yield Argument(Note(template, {"signals": _signals(calm)}), {Explanation.SOURCE: 1})


def of_habits(scene: Scene) -> Iterator[Argument]:
    """Holidays empty offices and not routers; habits come every week."""
    if scene.network_depth >= NETWORKS_HURT:
        template = message("Networks stopped answering, and networks keep no holidays.")
        yield Argument(Note(template, {}), {Explanation.HABIT: -2})
        return
    calm = [one for one in scene.examined if one.looks_at_networks and not one.rises and scene.stayed(one)]
    if calm:
        template = message("Only what people do fell; networks answered as usual ({signals}).")
        yield Argument(Note(template, {"signals": _signals(calm)}), {Explanation.HABIT: 1})
    deep = {one.group for one in scene.cluster.sightings if one.finding.depth >= HOLIDAY_DEPTH}
    if deep:
        template = message("It fell by {share} per cent, which is more than on holidays.")
        facts = {"share": _per_cent(scene.deepest)}
        yield Argument(Note(template, facts), {Explanation.HABIT: -2 if len(deep) > 1 else -1})
    measured, hit = _weeks(scene)
    if measured >= 2 and hit >= 2:
        template = message("It also fell in {hit} of {measured} earlier weeks at the same hours of the week.")
        facts = {"hit": str(hit), "measured": str(measured)}
        yield Argument(Note(template, facts), {Explanation.HABIT: 2})
    elif measured >= 2 and hit == 0:
        template = message("Nothing of the kind in {measured} earlier weeks at the same hours of the week.")
        yield Argument(Note(template, {"measured": str(measured)}), {Explanation.HABIT: -1})


def of_neighbours(scene: Scene) -> Iterator[Argument]:
    """What the same and other signals show at that time in the rest of the country and in other countries."""
    mine = {one.examined.signal.id for one in scene.cluster.sightings}
    fell = _places(one for one in scene.abroad if scene.fell_with_it(one))
    if fell:
        template = message("It fell at the same time in other countries: {places}.")
        yield Argument(
            Note(template, {"places": _named(fell)}),
            {Explanation.CABLE: 1, Explanation.SOURCE: 1, Explanation.ROUTING: 1},
        )
    alike = _places(one for one in scene.abroad if one.signal.id in mine and scene.stayed(one))
    if alike and not fell:
        template = message("The same signals were as usual in other countries at that time: {places}.")
        yield Argument(Note(template, {"places": _named(alike)}), {Explanation.SOURCE: -1})
    spared = _places(one for one in scene.kin if one.signal.id in mine and scene.stayed(one))
    if spared:
        template = message("The same signals were as usual elsewhere in the country: {places}.")
        yield Argument(Note(template, {"places": _named(spared)}), {Explanation.SOURCE: -1})
    yield from _of_the_parts(scene)


def _of_the_parts(scene: Scene) -> Iterator[Argument]:
    ends = [ended for one in scene.kin if (ended := _ended(scene, one)) is not None]
    if len(ends) >= ENOUGH_PARTS:
        early, late = np.percentile(ends, (10, 90))
        if late - early >= SPREAD_S:
            template = message(
                "It came back unevenly in the country: {hours} h lie between the first tenth and the last of {count} "
                "places or networks."
            )
            facts = {"hours": f"{(late - early) / HOUR_S:.0f}", "count": str(len(ends))}
            yield Argument(Note(template, facts), {Explanation.POWER: 1, Explanation.DISASTER: 1})


def not_measured(scene: Scene) -> Iterator[Gap]:
    """Signals that are missing from the case and would have told something."""
    if not any(one.is_routing and one.coverage(scene.first, scene.last) >= MOST_OF_IT for one in scene.examined):
        yield Gap(Note(message("Routing was not measured."), {}), (Explanation.ROUTING, Explanation.CABLE))
    if all(one.signal.kind is not SignalKind.RTT for one in scene.examined):
        yield Gap(Note(message("Delay was not measured."), {}), (Explanation.DDOS,))
    apart = {one.series.access for one in scene.examined} & {Access.MOBILE, Access.FIXED}
    if len(apart) < 2:
        template = message("Mobile and fixed access were not measured apart.")
        yield Gap(Note(template, {}), (Explanation.POWER, Explanation.CABLE))
    if not scene.abroad:
        template = message("No other country was watched at that time.")
        yield Gap(Note(template, {}), (Explanation.CABLE, Explanation.SOURCE))


def _ended(scene: Scene, one: Examined) -> int | None:
    """When a series that fell with the episode came back for good, seconds since the epoch."""
    found = list(scene.fell(one))
    ends = [seen.finding.end.best for seen in found if seen.finding.end is not None]
    return max(ends) if found and len(ends) == len(found) else None


def _lowest(scene: Scene, series: Iterable[Examined]) -> float:
    """The smallest share of what was expected that any of some series showed, 0 to 1."""
    found = []
    for one in series:
        ratio = one.detection.ratio[slice(*one.indices(scene.first, scene.last))]
        if np.isfinite(ratio).any():
            found.append(float(np.nanmin(ratio)))
    return min(1.0, max(0.0, min(found, default=1.0)))


def _surged(one: Examined, start: int) -> bool:
    first, last = one.indices(start - TOGETHER_S, start)
    before = one.detection.ratio[first:last]
    return bool(np.isfinite(before).any()) and float(np.nanmedian(before)) >= SURGE


def _rose(one: Examined, scene: Scene) -> bool:
    found = (Sighting(one, finding) for finding in one.detection.findings if finding.probability >= FAINT)
    return any(seen.finding.start.best < scene.last and seen.end > scene.first for seen in found)


def _weeks(scene: Scene) -> tuple[int, int]:
    """How many earlier weeks were measured at the hours of the episode, and in how many of them something fell."""
    measured = hit = 0
    if scene.length_s > LONGEST_HABIT_S:
        return 0, 0
    seen = list({id(one.examined): one.examined for one in scene.cluster.sightings}.values())
    for week in range(1, WEEKS_BACK + 1):
        first, last = scene.first - week * WEEK_S, scene.last - week * WEEK_S
        watching = [one for one in seen if one.coverage(first, last) >= MOST_OF_IT]
        measured += bool(watching)
        hit += any(
            finding.probability >= FAINT and finding.start.best < last and Sighting(one, finding).end > first
            for one in watching
            for finding in one.detection.findings
        )
    return measured, hit


def _signals(seen: Iterable[Examined]) -> str:
    return " ".join(dict.fromkeys(one.signal.id for one in seen))


def _places(seen: Iterable[Examined]) -> list[str]:
    return sorted({one.series.place for one in seen})


def _named(places: list[str]) -> str:
    more = len(places) - MOST_NAMED
    return ", ".join(places[:MOST_NAMED]) + (f" (+{more})" if more > 0 else "")


def _per_cent(share: float) -> str:
    return str(min(100, max(1, round(100 * share))))
