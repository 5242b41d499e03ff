"""What the parts of a place tell, in sentences: what was hit, what was spared, what is not known, what contradicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from statistics import median

from kuager.episodes.rollup import LEAST_COVERED
from kuager.episodes.unknowns import NOT_TOLD_APART
from kuager.errors import message
from kuager.model.episodes import Episode
from kuager.model.networks import origins
from kuager.model.notes import Note
from kuager.model.scope import Division, Onsets, Part, Scope
from kuager.model.time import format_utc
from kuager.model.words import PartsKind, PartState, SignalKind, Stance
from kuager.sources.registry import signal

MOST_NAMED = 12
"""So many parts are named in a sentence; the record names all of them."""
DIFFERENCE = 0.2
"""The whole and its parts contradict each other when they differ by more than this share."""


def reasons_of(scope: Scope) -> tuple[Note, ...]:
    """What can be said of the parts."""
    return tuple(
        note
        for division in scope.divisions
        for notes in (_of_loss(division), _of_hit(division), _of_onsets(division), _of_access(division))
        for note in notes
    )


def unknowns_of(scope: Scope) -> tuple[Note, ...]:
    """What cannot."""
    return tuple(note for division in scope.divisions for note in _unknown(division))


def without_answered(notes: Sequence[Note], scope: Scope) -> tuple[Note, ...]:
    """What is not known, less what the parts tell."""
    shares = [share for one in scope.divisions for share in (one.mobile, one.fixed)]
    measured = [share for share in shares if share is not None and 1.0 - share.unknown >= LEAST_COVERED]
    return tuple(note for note in notes if note.template != NOT_TOLD_APART or len(measured) < 2)


def rolled_up_note(division: Division) -> Note:
    """That an episode was put together from its parts."""
    count = {"count": str(sum(part.state is PartState.HIT for part in division.parts))}
    if division.kind is PartsKind.NETWORKS:
        return Note(message("Put together from its networks, of which {count} fell at about the same time."), count)
    return Note(message("Put together from its regions, of which {count} fell at about the same time."), count)


def contradictions(episode: Episode, scope: Scope) -> Iterator[Note]:
    """Where the signals of the whole and those of its parts do not agree, for an episode with signals of its own."""
    lost = [
        reading.depth
        for reading in episode.signals
        if reading.stance is Stance.AGREES
        and reading.depth is not None
        and reading.place == episode.place
        and not _is_routing(reading.signal)
    ]
    for division in scope.divisions:
        share = division.worst.share
        if 1.0 - share.unknown < LEAST_COVERED:
            continue
        measured = sum(part.probability is not None for part in division.parts)
        if not any(part.state is PartState.HIT for part in division.parts):
            yield Note(_none_fell(division.kind), {"count": str(measured)})
        elif lost and not share.low - DIFFERENCE <= median(lost) <= share.high + DIFFERENCE:
            facts = {"whole": _per_cent(median(lost)), "low": _per_cent(share.low), "high": _per_cent(share.high)}
            yield Note(_differ(division.kind), facts)


def whole_stayed_normal(signals: Sequence[str]) -> Note:
    """That signals of the whole place contradict its parts."""
    template = message(
        "A contradiction: {signals} look at the place as a whole, could have seen this and stayed normal. Its parts "
        "and the whole do not agree."
    )
    return Note(template, {"signals": " ".join(dict.fromkeys(signals))})


def longer_than_the_whole(start: datetime, end: datetime | None) -> Note:
    """That parts were down before or after the episode, which has the edges that signals of the whole gave it."""
    if end is None:
        template = message("A contradiction: its parts were down from {start} on and did not come back in the data.")
        return Note(template, {"start": format_utc(start)})
    template = message(
        "A contradiction: its parts were down from {start} to {end}, longer than the whole seemed to be."
    )
    return Note(template, {"start": format_utc(start), "end": format_utc(end)})


def not_all_shown(division: Division, shown: int) -> Iterator[Note]:
    """That a page draws a few of many parts."""
    hit = sum(part.state is PartState.HIT for part in division.parts)
    if hit > shown:
        template = message("How each of its parts fell: the {shown} of {count} that weigh most are drawn here.")
        yield Note(template, {"shown": str(shown), "count": str(hit)})


def _of_loss(division: Division) -> Iterator[Note]:
    share = division.worst.share
    if 1.0 - share.unknown < LEAST_COVERED:
        return
    facts = {
        "low": _per_cent(share.low),
        "high": _per_cent(share.high),
        "down": _per_cent(share.down),
        "unknown": _per_cent(share.unknown),
        "time": format_utc(division.worst.start),
    }
    if division.kind is PartsKind.NETWORKS:
        template = message(
            "At the worst, from {time} on, networks with {low} to {high} per cent of its IPv4 addresses were lost "
            "(about {down} expected); {unknown} per cent were not measured."
        )
    else:
        template = message(
            "At the worst, from {time} on, {low} to {high} per cent of its regions were lost, all counted alike (about "
            "{down} expected); {unknown} per cent were not measured."
        )
    yield Note(template, facts)


def _of_hit(division: Division) -> Iterator[Note]:
    hit = [part for part in division.parts if part.state is PartState.HIT]
    spared = [part for part in division.parts if part.state is PartState.SPARED]
    if hit:
        yield _named(hit, message("Hit: {places}."), message("Hit: {places} and {more} more."))
    if spared:
        yield _named(
            spared,
            message("Spared, though a loss there would have shown: {places}."),
            message("Spared, though a loss there would have shown: {places} and {more} more."),
        )


def _of_onsets(division: Division) -> Iterator[Note]:
    onsets = division.onsets
    if onsets is None or onsets.count < 2:
        return
    facts = _times(onsets)
    if onsets.first == onsets.last:
        template = message("All {count} of them fell at {first}, as far as their samples tell.")
        yield Note(template, {"count": facts["count"], "first": facts["first"]})
        return
    if division.kind is PartsKind.NETWORKS:
        template = message(
            "{count} networks fell from {first} to {last}, half of them by {median}; four in five between {tenth} and "
            "{ninetieth}."
        )
    else:
        template = message(
            "{count} regions fell from {first} to {last}, half of them by {median}; four in five between {tenth} and "
            "{ninetieth}."
        )
    yield Note(template, facts)


def _of_access(division: Division) -> Iterator[Note]:
    if division.mobile_only and division.mobile is not None and division.fixed is not None:
        template = message(
            "Mobile access only: at the worst {low} to {high} per cent of the addresses of mobile networks were lost, "
            "and at most {fixed} per cent of those measured of fixed ones."
        )
        facts = {
            "low": _per_cent(division.mobile.low),
            "high": _per_cent(division.mobile.high),
            "fixed": _per_cent(max(0.0, division.fixed.high - division.fixed.unknown)),
        }
        yield Note(template, facts)


def _unknown(division: Division) -> Iterator[Note]:
    share = division.worst.share
    if division.kind is PartsKind.NETWORKS:
        template = message(
            "How many people: networks weigh by their IPv4 addresses, counted in {month}. Addresses are not users, and "
            "mobile networks put many people behind one address."
        )
        yield Note(template, {"month": origins()[0].as_of})
        if 1.0 - share.unknown < LEAST_COVERED:
            template = message(
                "Which share of it was lost: networks with only {covered} per cent of its addresses were measured, and "
                "half of them are needed."
            )
            yield Note(template, {"covered": _per_cent(1.0 - share.unknown)})
        return
    yield Note(message("How many people: all regions count alike, however many people live there."), {})
    if not division.whole:
        template = message("What became of other regions: the {count} that are measured are taken for the whole.")
        yield Note(template, {"count": str(len(division.parts))})
    if 1.0 - share.unknown < LEAST_COVERED:
        template = message(
            "Which share of it was lost: only {covered} per cent of its regions were measured, and half of them are "
            "needed."
        )
        yield Note(template, {"covered": _per_cent(1.0 - share.unknown)})


def _named(parts: Sequence[Part], all_of_them: str, some_of_them: str) -> Note:
    places = ", ".join(part.place for part in parts[:MOST_NAMED])
    if len(parts) <= MOST_NAMED:
        return Note(all_of_them, {"places": places})
    return Note(some_of_them, {"places": places, "more": str(len(parts) - MOST_NAMED)})


def _none_fell(kind: PartsKind) -> str:
    if kind is PartsKind.NETWORKS:
        return message("A contradiction: signals of the whole fell, and none of the {count} networks measured did.")
    return message("A contradiction: signals of the whole fell, and none of the {count} regions measured did.")


def _differ(kind: PartsKind) -> str:
    if kind is PartsKind.NETWORKS:
        return message(
            "A contradiction: signals of the whole lost {whole} per cent, its networks {low} to {high} per cent of the "
            "addresses."
        )
    return message(
        "A contradiction: signals of the whole lost {whole} per cent, and {low} to {high} per cent of its regions did."
    )


def _times(onsets: Onsets) -> dict[str, str]:
    names = ("first", "tenth", "median", "ninetieth", "last")
    return {"count": str(onsets.count)} | {name: format_utc(getattr(onsets, name)) for name in names}


def _is_routing(name: str) -> bool:
    return signal(name).kind is SignalKind.BGP


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f}"
