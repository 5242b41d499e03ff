"""Findings in the course of an episode that speak for or against an explanation other than an order.

Each is one sentence with its facts and names the explanations that it bears on: 1 for a finding, 2 for a plain one,
with its sign. Only what was measured speaks. ``bystanders.py`` holds those that rest on who else saw it.
"""

from __future__ import annotations

from collections.abc import Iterator

from kuager.episodes.scene import HOUR_S, Argument, Gap, Scene
from kuager.episodes.shape import Shape, shapes
from kuager.errors import message
from kuager.model.networks import networks_of, origins
from kuager.model.notes import Note
from kuager.model.words import Explanation, PhaseKind

AT_ONCE_S, SLOW_S = HOUR_S, 3 * HOUR_S
"""A return that took no longer than this is that of a switch; one that took at least this is no switch's."""
FLAT, FLAT_FOR_S = 0.1, 24 * HOUR_S
"""What is left stays the same when its middle half lies within this share of the loss, for at least this long."""
LONG_S = 48 * HOUR_S
MOST_ADDRESSES, FEW, MANY = 0.9, 3, 20
"""Networks that together hold so many of a country's addresses are few, or many."""
ALL_LOST = 0.8


def of_the_course(scene: Scene) -> Iterator[Argument]:
    """From the shape of the loss, its interruptions, its clock time and its length."""
    seen = shapes(scene.cluster.sightings)
    yield from _of_the_return(seen)
    yield from _of_the_level(seen)
    yield from _of_interruptions(scene)
    yield from _of_the_clock(scene)
    yield from _of_the_length(scene)


def _of_the_return(seen: tuple[Shape, ...]) -> Iterator[Argument]:
    """Power comes back piece by piece; a switch comes back at once. Where signals differ, neither is said."""
    returns = [(shape, shape.returned_in) for shape in seen if shape.returned_in is not None]
    slow = [(shape, times) for shape, times in returns if times[0] >= SLOW_S]
    quick = [(shape, times) for shape, times in returns if times[1] <= AT_ONCE_S]
    if slow and 2 * len(slow) > len(returns):
        template = message(
            "It came back slowly: {hours} h or more lie between a fifth and four fifths of the return ({signals})."
        )
        facts = {"hours": _hours(min(times[0] for _, times in slow)), "signals": _signals(shape for shape, _ in slow)}
        yield Argument(Note(template, facts), {Explanation.POWER: 1, Explanation.DISASTER: 1})
    if quick and len(quick) == len(returns):
        template = message("It came back at once, within {minutes} min, as when something is switched on ({signals}).")
        facts = {
            "minutes": str(max(times[1] for _, times in quick) // 60),
            "signals": _signals(shape for shape, _ in quick),
        }
        weight = -2 if len({shape.signal for shape, _ in quick}) > 1 else -1
        yield Argument(Note(template, facts), {Explanation.POWER: weight, Explanation.DISASTER: weight})


def _of_the_level(seen: tuple[Shape, ...]) -> Iterator[Argument]:
    lasting = [shape for shape in seen if shape.deep_s >= FLAT_FOR_S]
    flat = [shape for shape in lasting if shape.unevenness <= FLAT]
    if flat and 2 * len(flat) > len(lasting):
        template = message("What was left stayed the same for {hours} h, neither recovering nor swaying ({signals}).")
        facts = {"hours": _hours(min(shape.deep_s for shape in flat)), "signals": _signals(flat)}
        weights = {Explanation.POWER: -1, Explanation.DDOS: -1, Explanation.CABLE: 1}
        yield Argument(Note(template, facts), weights)


def _of_interruptions(scene: Scene) -> Iterator[Argument]:
    back = [piece for piece in scene.pieces[:-1] if piece.kind is PhaseKind.RESTORATION]
    if back:
        template = message(
            "Service came back and went away again, {count} times: what is cut or broken does not mend itself and "
            "break again."
        )
        weights = {Explanation.CABLE: -2, Explanation.DISASTER: -1, Explanation.ROUTING: -1}
        yield Argument(Note(template, {"count": str(len(back))}), weights)


def _of_the_clock(scene: Scene) -> Iterator[Argument]:
    if scene.timing is not None and scene.timing.same_clock:
        template = message(
            "It began at the same clock time as {count} outages in the four days before: planned power cuts do, "
            "accidents do not."
        )
        weights = {
            Explanation.POWER: 1,
            Explanation.CABLE: -1,
            Explanation.DISASTER: -1,
            Explanation.DDOS: -1,
            Explanation.ROUTING: -1,
        }
        yield Argument(Note(template, {"count": str(scene.timing.same_clock)}), weights)


def _of_the_length(scene: Scene) -> Iterator[Argument]:
    longest_s = _longest_loss(scene)
    if longest_s >= LONG_S:
        template = message(
            "It went on for {hours} h without a break; what is done by mistake or by a flood of traffic mostly ends "
            "sooner."
        )
        weights = {Explanation.ROUTING: -1, Explanation.DDOS: -1}
        yield Argument(Note(template, {"hours": _hours(longest_s)}), weights)


def _longest_loss(scene: Scene) -> int:
    """The longest time without a restoration, in seconds."""
    longest, begun = 0, scene.first
    for piece in scene.pieces:
        if piece.kind is PhaseKind.RESTORATION:
            begun = piece.end
        longest = max(longest, piece.end - begun)
    return longest


def of_the_place(scene: Scene) -> Iterator[Argument]:
    """From how many networks hold most of a country's addresses, by a register that is not of the day."""
    if len(scene.place) != 2:
        return
    count, held = 0, 0.0
    for one in networks_of(scene.place):
        if held >= MOST_ADDRESSES:
            break
        count, held = count + 1, held + (one.share or 0.0)
    facts = {"count": str(count), "month": origins()[0].as_of}
    if 0 < count <= FEW and held >= MOST_ADDRESSES:
        template = message(
            "No more than {count} networks hold nine tenths of its addresses (register of {month}): one line may carry "
            "it all."
        )
        yield Argument(Note(template, facts), {Explanation.CABLE: 1, Explanation.DISASTER: 1})
    elif count >= MANY and scene.network_depth >= ALL_LOST:
        template = message(
            "Nine tenths of its addresses are spread over {count} networks (register of {month}), and almost all that "
            "answers was lost: one line or one target seldom carries that much."
        )
        weights = {Explanation.CABLE: -1, Explanation.DDOS: -1}
        yield Argument(Note(template, facts), weights)


def of_documents(scene: Scene) -> Iterator[Argument]:
    """From what those responsible have said. An order that was admitted stands against every other explanation."""
    everything = dict.fromkeys(Explanation, -2)
    ordered = [one.document for one in scene.acknowledged if one.names_order]
    if ordered:
        template = message("Those responsible said that it was done by law or order: {documents}.")
        yield Argument(Note(template, {"documents": ", ".join(ordered)}), everything)
    elif scene.acknowledged:
        template = message("Those responsible said that service was disrupted: {documents}.")
        facts = {"documents": ", ".join(one.document for one in scene.acknowledged)}
        yield Argument(Note(template, facts), {Explanation.SOURCE: -2, Explanation.HABIT: -2})
    for one in scene.explained:
        template = (
            message("A state or a company with a part in it gives this as the cause: {documents}.")
            if one.interested
            else message("A document gives this as the cause: {documents}.")
        )
        note = Note(template, {"documents": one.document})
        yield Argument(note, {one.explanation: 1 if one.interested else 2})


def not_consulted(_: Scene) -> Iterator[Gap]:
    """Records that no series holds, and that would tell more than any series."""
    yield Gap(
        Note(message("No record of power cuts was consulted, and no picture of lights at night."), {}),
        (Explanation.POWER,),
    )
    yield Gap(Note(message("No record of cable faults was consulted."), {}), (Explanation.CABLE,))
    yield Gap(
        Note(message("No record of earthquakes, storms or eruptions was consulted."), {}), (Explanation.DISASTER,)
    )
    yield Gap(Note(message("No calendar of holidays was consulted."), {}), (Explanation.HABIT,))


def _hours(seconds: float) -> str:
    """Whole hours, or with one decimal below ten."""
    hours = seconds / HOUR_S
    return f"{hours:.0f}" if hours >= 10 else f"{hours:.1f}".removesuffix(".0")


def _signals(seen: Iterator[Shape] | list[Shape]) -> str:
    return " ".join(dict.fromkeys(shape.signal for shape in seen))
