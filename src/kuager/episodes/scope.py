"""What the parts of a place say of an interval: which were hit, from when, and the share of the place that was lost.

The share is computed anew wherever the standing of any part changes (``kuager.episodes.standing``), and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec
import numpy as np

from kuager.episodes.findings import FAINT, TRUSTED, Examined
from kuager.episodes.parts import PartsOfPlace, WeighedPart
from kuager.episodes.rollup import LEAST_COVERED, Fitted, Member, mobile_only, roll_up, rounded
from kuager.episodes.standing import UNKNOWN, Course, Standing, course_of, edges, end_of_data
from kuager.model.scope import Division, Moment, Onsets, OperatorShare, Part, Share
from kuager.model.time import from_epoch
from kuager.model.words import Access, PartState

LARGE = 0.01
"""A part of which nothing was measured is listed when it is at least this share of the place."""
LEAST_CHANGE = 0.01
"""Less of a place than this is no change of it: the stored course has no new row for it, and the worst is no worse."""
ONSET_BEFORE_S = 24 * 3_600
"""A part that fell longer than this before the episode fell for another reason; it is no onset of this one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A time in which no part changes, seconds since the epoch; ``standings`` are those of the measured parts."""

    start: int
    end: int
    share: Share
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Divided:
    """A place in its parts over the window of the case.

    Attributes:
        parts: all of them, with their weights.
        examined: the series of the measured ones, by code.
        courses: their standings, by code.
        pieces: touching, from the start of the window to the end of all data in it.
        fitted: the parameters with which the share was computed.
    """

    parts: PartsOfPlace
    examined: Mapping[str, Sequence[Examined]]
    courses: Mapping[str, Course]
    pieces: tuple[Piece, ...]
    fitted: Fitted

    @property
    def measured(self) -> tuple[WeighedPart, ...]:
        """The parts that have series, the heaviest first."""
        return _measured(self.parts)

    def between(self, start: int, end: int) -> tuple[Piece, ...]:
        """The pieces of an interval, cut at its ends."""
        inside = (piece for piece in self.pieces if piece.start < end and piece.end > start)
        return tuple(Piece(max(p.start, start), min(p.end, end), p.share, p.standings) for p in inside)

    def share_of(self, piece: Piece, chosen: Sequence[WeighedPart]) -> Share:
        """The share lost of some of the parts, of their own weight alone."""
        now = dict(zip((part.place for part in self.measured), piece.standings, strict=True))
        return roll_up(_members(chosen, now), self.fitted.correlation, self.fitted.depth_error)


def divide(
    parts: PartsOfPlace,
    by_place: Mapping[str, Sequence[Examined]],
    window: tuple[int, int],
    fitted: Fitted,
) -> Divided:
    """The course of a place from that of its parts.

    Args:
        parts: of one place and kind.
        by_place: everything examined, by code of the place.
        window: seconds since the epoch, half-open.
        fitted: the parameters of the roll-up.
    """
    measured = _measured(parts)
    examined = {part.place: by_place[part.place] for part in measured}
    courses = {code: course_of(series, window) for code, series in examined.items()}
    start = window[0]
    horizon = max(start, min(window[1], max((end_of_data(series) for series in examined.values()), default=start)))
    changes = {moment for course in courses.values() for moment in course.moments if moment < horizon}
    known: dict[tuple[Standing, ...], Share] = {}
    pieces: list[Piece] = []
    for first, last in pairwise(sorted({start, horizon} | changes)):
        standings = tuple(courses[part.place].at(first) for part in measured)
        if standings not in known:
            now = dict(zip((part.place for part in measured), standings, strict=True))
            known[standings] = roll_up(_members(parts.parts, now), fitted.correlation, fitted.depth_error)
        pieces.append(Piece(first, last, known[standings], standings))
    return Divided(parts, examined, courses, tuple(pieces), fitted)


def division(divided: Divided, start: int, end: int) -> Division | None:
    """What the parts say of an interval; None where it lies outside of all their data."""
    pieces = divided.between(start, end)
    if not pieces:
        return None
    most = max(piece.share.down for piece in pieces)
    worst = next(piece for piece in pieces if piece.share.down > most - LEAST_CHANGE)
    shares = {access: _share_of_access(divided, worst, access) for access in (Access.MOBILE, Access.FIXED)}
    mobile, fixed = shares[Access.MOBILE], shares[Access.FIXED]
    listed = [_part(divided, part, start, end) for part in divided.parts.parts if part.measured or part.weight >= LARGE]
    seconds = sum(piece.end - piece.start for piece in pieces)
    return Division(
        kind=divided.parts.kind,
        weighting=divided.parts.weighting,
        whole=divided.parts.whole,
        covered=round(sum((1.0 - p.share.unknown) * (p.end - p.start) for p in pieces) / seconds, 4),
        worst=_moment(worst),
        mobile=rounded(mobile) if mobile is not None else None,
        fixed=rounded(fixed) if fixed is not None else None,
        mobile_only=mobile is not None and fixed is not None and mobile_only(mobile, fixed),
        operators=_operators(divided, worst),
        onsets=_onsets([part for part in listed if part.state is PartState.HIT], start),
        course=_course(pieces),
        parts=tuple(sorted(listed, key=_by_onset)),
    )


def hit_between(divided: Divided, start: int, end: int) -> tuple[str, ...]:
    """Codes of the parts that had more probably than not lost service at some time of an interval, in order."""
    worst = ((part.place, divided.courses[part.place].worst(start, end)) for part in divided.measured)
    return tuple(sorted(place for place, one in worst if one.probability is not None and one.probability >= TRUSTED))


def only_access(divided: Divided, piece: Piece) -> Access:
    """The kind of access that alone was lost at a time; mixed where that cannot be said."""
    shares = {access: _share_of_access(divided, piece, access) for access in (Access.MOBILE, Access.FIXED)}
    mobile, fixed = shares[Access.MOBILE], shares[Access.FIXED]
    return Access.MOBILE if mobile is not None and fixed is not None and mobile_only(mobile, fixed) else Access.MIXED


def _measured(parts: PartsOfPlace) -> tuple[WeighedPart, ...]:
    return tuple(part for part in parts.parts if part.measured)


def _members(parts: Sequence[WeighedPart], now: Mapping[str, Standing]) -> list[Member]:
    standings = ((part, now.get(part.place, UNKNOWN)) for part in parts)
    return [Member(part.weight, standing.probability, standing.depth) for part, standing in standings]


def _share_of_access(divided: Divided, piece: Piece, access: Access) -> Share | None:
    """The share lost of all networks of one access; None where none is known to have it."""
    chosen = [part for part in divided.parts.parts if part.access is access]
    return divided.share_of(piece, chosen) if chosen else None


def _operators(divided: Divided, piece: Piece) -> tuple[OperatorShare, ...]:
    names = dict.fromkeys(part.operator for part in divided.measured if part.operator)
    found = []
    for name in names:
        own = [part for part in divided.parts.parts if part.operator == name]
        weight = round(sum(part.weight for part in own), 4)
        found.append(OperatorShare(name, weight, rounded(divided.share_of(piece, own))))
    return tuple(sorted(found, key=lambda one: (-one.weight, one.operator)))


def _part(divided: Divided, part: WeighedPart, start: int, end: int) -> Part:
    worst = divided.courses[part.place].worst(start, end) if part.measured else UNKNOWN
    state = _state(divided, part, start, end)
    seen = edges(divided.examined[part.place], start, end) if state is PartState.HIT else None
    first, last = seen if seen is not None else (None, None)
    return Part(
        place=part.place,
        weight=round(part.weight, 4),
        access=part.access,
        state=state,
        since=from_epoch(first.best) if first is not None else None,
        since_earliest=from_epoch(first.earliest) if first is not None else None,
        since_latest=from_epoch(first.latest) if first is not None else None,
        until=from_epoch(last.best) if last is not None else None,
        depth=worst.depth if worst.probability is not None else None,
        probability=worst.probability,
    )


def _state(divided: Divided, part: WeighedPart, start: int, end: int) -> PartState:
    """Hit, spared or neither; whoever was measured for less than half of the interval was not spared."""
    if not part.measured:
        return PartState.UNKNOWN
    course = divided.courses[part.place]
    worst = course.worst(start, end)
    if worst.probability is None:
        return PartState.UNKNOWN
    if worst.probability >= TRUSTED:
        return PartState.HIT
    pieces = divided.between(start, end)
    known = sum(p.end - p.start for p in pieces if course.at(p.start).probability is not None)
    mostly = known >= LEAST_COVERED * sum(p.end - p.start for p in pieces)
    return PartState.SPARED if mostly and worst.probability < FAINT else PartState.UNKNOWN


def _onsets(hit: Sequence[Part], start: int) -> Onsets | None:
    earliest = from_epoch(start - ONSET_BEFORE_S)
    moments = [part.since.timestamp() for part in hit if part.since is not None and part.since >= earliest]
    if not moments:
        return None
    tenth, median, ninetieth = np.percentile(moments, (10, 50, 90)).tolist()
    return Onsets(
        count=len(moments),
        first=from_epoch(min(moments)),
        tenth=from_epoch(tenth),
        median=from_epoch(median),
        ninetieth=from_epoch(ninetieth),
        last=from_epoch(max(moments)),
    )


def _course(pieces: Sequence[Piece]) -> tuple[Moment, ...]:
    """The pieces, each joined to the one before unless a hundredth of the place has changed since that began."""
    rows: list[Moment] = []
    for piece in pieces:
        last = rows[-1].share if rows else None
        if last is not None and last.verdict is piece.share.verdict and _alike(last, piece.share):
            rows[-1] = msgspec.structs.replace(rows[-1], end=from_epoch(piece.end))
        else:
            rows.append(_moment(piece))
    return tuple(rows)


def _alike(one: Share, other: Share) -> bool:
    pairs = ((one.down, other.down), (one.unknown, other.unknown), (one.low, other.low), (one.high, other.high))
    return all(abs(a - b) < LEAST_CHANGE for a, b in pairs)


def _moment(piece: Piece) -> Moment:
    return Moment(from_epoch(piece.start), from_epoch(piece.end), rounded(piece.share))


def _by_onset(part: Part) -> tuple[bool, float, float, str]:
    return part.since is None, part.since.timestamp() if part.since is not None else 0.0, -part.weight, part.place
