"""Which parts of a place an episode hit, in a reader's words: its regions and networks, a row each, and their sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kuager.errors import UsageError, message
from kuager.model import places
from kuager.model.episodes import Phase
from kuager.model.scope import Division, Part, Share
from kuager.model.words import Access, PartsKind, PartState, PhaseKind, State, Weighting
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.view import EpisodeView
from kuager.publications.wording.tables import NONE, Moment, moment

MOST_UNKNOWN = 12
"""Parts of which nothing is known are named up to this number, the largest first; all stand in the JSON."""
MOST_PHASES = 12
"""More phases than this make no strip: the columns would be too narrow to read."""

PART = {
    PartState.HIT: message("hit"),
    PartState.SPARED: message("not hit"),
    PartState.UNKNOWN: message("not measuring"),
}
PART_SHAPE = {PartState.HIT: "■", PartState.SPARED: "□", PartState.UNKNOWN: "▒"}
REACHED = {
    Access.MOBILE: message("mobile"),
    Access.FIXED: message("fixed"),
    Access.MIXED: message("mobile and fixed"),
    Access.UNKNOWN: message("unknown"),
}


@dataclass(frozen=True, slots=True)
class PartRow:
    """A region or network. ``strip`` has a shape and a word for each phase; empty where there are too many."""

    code: str
    name: str
    shape: str
    state: str
    access: str
    weight: str
    since: Moment | None
    until: Moment | None
    depth: str
    strip: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PartsTable:
    """A place divided one way: sentences about the whole, then a row for each part; ``unnamed`` parts are left out."""

    kind: PartsKind
    title: str
    lead: tuple[str, ...]
    operators: tuple[str, ...]
    rows: tuple[PartRow, ...]
    unnamed: int
    phases: tuple[int, ...]


def parts_tables(view: EpisodeView) -> tuple[PartsTable, ...]:
    """Every way in which the place of an episode was divided, regions first; none where no part was measured."""
    if view.episode.scope is None:
        return ()
    divisions = sorted(view.episode.scope.divisions, key=lambda one: one.kind is not PartsKind.REGIONS)
    return tuple(_table(one, view) for one in divisions)


def place_name(code: str, on: date, translation: Translation) -> str:
    """The name of a place in the reader's language; the code where no register names it."""
    try:
        return places.name(places.find(code), translation.code, on)
    except UsageError:
        return code


def _table(division: Division, view: EpisodeView) -> PartsTable:
    translation = view.about.translation
    numbers = [number for number, one in enumerate(view.episode.phases, start=1) if one.is_of_everything]
    numbers = numbers if len(numbers) <= MOST_PHASES else []
    phases = [view.episode.phases[number - 1] for number in numbers]
    known = [one for one in division.parts if one.state is not PartState.UNKNOWN]
    unknown = [one for one in division.parts if one.state is PartState.UNKNOWN]
    regions = division.kind is PartsKind.REGIONS
    return PartsTable(
        kind=division.kind,
        title=translation.gettext(message("Regions") if regions else message("Networks")),
        lead=_lead(division, view),
        operators=_operators(division, translation),
        rows=tuple(_row(one, phases, division, view) for one in (*known, *unknown[:MOST_UNKNOWN])),
        unnamed=max(0, len(unknown) - MOST_UNKNOWN),
        phases=tuple(numbers),
    )


def _row(part: Part, phases: list[Phase], division: Division, view: EpisodeView) -> PartRow:
    translation = view.about.translation
    counted = division.weighting is Weighting.ADDRESSES
    return PartRow(
        code=part.place,
        name=place_name(part.place, view.episode.start.date(), translation),
        shape=PART_SHAPE[part.state],
        state=translation.gettext(PART[part.state]),
        access=translation.gettext(REACHED[part.access]) if division.kind is PartsKind.NETWORKS else "",
        weight=translation.share(part.weight) if counted else "",
        since=moment(part.since, view) if part.since else None,
        until=moment(part.until, view) if part.until else None,
        depth=translation.share(part.depth) if part.depth is not None else NONE,
        strip=tuple(_during(part, phase, view) for phase in phases),
    )


def _during(part: Part, phase: Phase, view: EpisodeView) -> tuple[str, str]:
    """How a part was while a phase lasted: hit when it was down or degraded for more than half of what was measured.

    Where no series of the part itself is shown, only its first and last moment are known: it may have come back in
    between, so that nothing is said of it in a restoration.
    """
    translation, last = view.about.translation, view.lasted_until(phase)
    spans = [
        (min(span.end, last) - max(span.start, phase.start), span.state)
        for reading in view.episode.signals
        if reading.place == part.place
        for span in reading.spans
        if span.start < last and span.end > phase.start
    ]
    state = part.state
    if spans:
        seen = sum((length for length, found in spans if found is not State.NOT_OBSERVABLE), timedelta())
        lost = sum((length for length, found in spans if found in (State.DOWN, State.DEGRADED)), timedelta())
        state = PartState.UNKNOWN if not seen else PartState.HIT if 2 * lost > seen else PartState.SPARED
    elif state is PartState.HIT and part.since is not None:
        if phase.kind is PhaseKind.RESTORATION:
            return "~", translation.gettext(message("not told apart"))
        shared = min(part.until or last, last) - max(part.since, phase.start)
        state = PartState.HIT if 2 * shared > last - phase.start else PartState.SPARED
    return PART_SHAPE[state], translation.gettext(PART[state])


def _lead(division: Division, view: EpisodeView) -> tuple[str, ...]:
    translation = view.about.translation
    worst = division.worst
    addresses = division.weighting is Weighting.ADDRESSES
    lost = (
        message("When most was lost, from {start}, {down} of its addresses were gone, between {low} and {high}.")
        if addresses
        else message("When most was lost, from {start}, {down} of its regions were gone, between {low} and {high}.")
    )
    told = [
        translation.gettext(
            lost,
            start=clock.both(worst.start, view.about.zone, translation),
            down=translation.share(worst.share.down),
            low=translation.share(worst.share.low),
            high=translation.share(worst.share.high),
        )
    ]
    if worst.share.unknown >= 0.005:
        told.append(
            translation.gettext(
                message("Of {unknown} nothing is known: they were not measured."),
                unknown=translation.share(worst.share.unknown),
            )
        )
    if addresses:
        told.append(translation.gettext(message("Addresses are not users: mobile networks put many behind one.")))
    if division.mobile_only:
        told.append(translation.gettext(message("Mobile access was lost and fixed access was not.")))
    elif division.mobile is not None and division.fixed is not None:
        told.append(
            translation.gettext(
                message("Lost of mobile networks: {mobile}; of fixed ones: {fixed}."),
                mobile=translation.share(division.mobile.down),
                fixed=translation.share(division.fixed.down),
            )
        )
    if division.onsets is not None and division.onsets.count > 1:
        told.append(
            translation.ngettext(
                "{n} of them fell, the first on {first}, the last on {last}.",
                "{n} of them fell, the first on {first}, the last on {last}.",
                division.onsets.count,
                first=clock.utc(division.onsets.first, translation.locale),
                last=clock.utc(division.onsets.last, translation.locale),
            )
        )
    return tuple(told)


def _operators(division: Division, translation: Translation) -> tuple[str, ...]:
    return tuple(
        translation.gettext(
            message("{operator}: {down} of its addresses lost, between {low} and {high}"),
            operator=one.operator,
            **_shares(one.share, translation),
        )
        for one in division.operators
    )


def _shares(share: Share, translation: Translation) -> dict[str, str]:
    return {name: translation.share(getattr(share, name)) for name in ("down", "low", "high")}
