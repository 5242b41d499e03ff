"""What happened in a country before: earlier episodes as documents and other observers tell them.

Rows of the register ``past`` and records of registers that people keep (STOP) become one list; an event in both stands
there once, with both sources. An earlier episode that is documented is not one that was measured and confirmed: the
counter of days begins anew with the latter only.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kuager.accountability.moments import interval, known_interval
from kuager.accountability.rows.people import Past
from kuager.accountability.rows.row import Status
from kuager.accountability.whereabouts import country_of
from kuager.model.episodes import Episode
from kuager.model.opinions import Opinion
from kuager.model.time import Instant
from kuager.model.words import CauseValue, EpisodeKind, Level, OpinionKind

ACCIDENTS = frozenset({CauseValue.POWER, CauseValue.CABLE, CauseValue.WEATHER})
"""Causes that are nobody's order."""

_DAY = timedelta(days=1)
_KINDS = {
    "Shutdown": frozenset({EpisodeKind.SHUTDOWN, EpisodeKind.OUTAGE, EpisodeKind.BLOCKING, EpisodeKind.RECURRING}),
    "Throttle": frozenset({EpisodeKind.THROTTLING, EpisodeKind.RECURRING}),
}
"""What may be meant by the words of STOP, where a shutdown may be one of services alone."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier episode.

    Attributes:
        id: of the row of ``past``, or of the record with its source, ``stop:9a19ea87c279707c``.
        kinds: what it was, or may have been; empty where nobody says.
        start: null where no date is known.
        end: null where no end is known, which is not that it lasts.
        places: their codes.
        text: what the row says, by language; of a record, in the words of its source under no language.
        sources: what it cites; links of records.
        records: ids of the records that tell of the same.
        supported: whether the row stands without a doubt.
    """

    id: str
    kinds: frozenset[EpisodeKind]
    start: Instant | None
    end: Instant | None
    places: tuple[str, ...]
    text: dict[str, str]
    sources: tuple[str, ...]
    records: tuple[str, ...] = ()
    supported: bool = True

    @property
    def latest(self) -> datetime | None:
        """Until when it went on at the latest, as far as anybody says; of one without an end, when it had begun."""
        if self.start is None:
            return None
        return max(self.start.latest, self.end.latest) if self.end else self.start.latest


@dataclass(frozen=True, slots=True)
class Recent:
    """Earlier episodes of the months from ``since`` until another began: those that surely count, and those that may.

    ``possible`` are those of which the dates do not tell, or that do not stand without a doubt. ``same`` overlap the
    episode itself and may be what it was measured of; they are not counted.
    """

    since: datetime
    certain: tuple[Earlier, ...]
    possible: tuple[Earlier, ...]
    same: tuple[Earlier, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Those that surely count."""
        return tuple(one.id for one in self.certain)


@dataclass(frozen=True, slots=True)
class SinceLast:
    """Whole days since the last confirmed episode; both null where none is known, 0 while one lasts.

    Attributes:
        least, most: they differ where the end is uncertain.
        episode: its id, empty where none is known.
        ongoing: whether it lasts.
        documented: whole days since the last documented one, at the least; null where none is.
        documented_ids: that one, and those that ended at the same time.
    """

    least: int | None
    most: int | None
    episode: str
    ongoing: bool
    documented: int | None
    documented_ids: tuple[str, ...]


def earlier(country: str, past: Iterable[Past], opinions: Iterable[Opinion] = ()) -> tuple[Earlier, ...]:
    """Earlier episodes of a country and its parts by their beginning, those without a date last.

    A record joins every row with whose dates its own overlap and whose kind it may mean. Where no end is known, only
    the beginning is held against the other. Records of one register stay apart: whoever keeps it counts them apart.

    Args:
        country: two letters.
        past: rows of the register; those that were withdrawn are left out.
        opinions: findings of other observers, of which only records of shutdowns count.
    """
    rows = [_of_row(one) for one in past if one.status is not Status.WITHDRAWN and _in(country, one.places)]
    records = [
        _of_record(one)
        for one in {(one.source, one.id, one.start): one for one in opinions if one.kind is OpinionKind.RECORD}.values()
        if _in(country, (one.place,))
    ]
    joined = [_joined(row, [one for one in records if _agree(row, one)]) for row in rows]
    alone = [one for one in records if not any(_agree(row, one) for row in rows)]
    return tuple(sorted((*joined, *alone), key=_order))


def within_months(history: Iterable[Earlier], start: Instant, end: datetime | None = None, months: int = 36) -> Recent:
    """The earlier episodes that went on at some time in the months before another began.

    Args:
        history: of one country.
        start: when the other began.
        end: when it ended at the latest; null while it lasts.
        months: by the calendar, in UTC; the 31st becomes the last day of a shorter month.

    Returns:
        What the list tells: that none stands there is not that there was none.
    """
    since = _months_before(start.best, months)
    certain: list[Earlier] = []
    possible: list[Earlier] = []
    same: list[Earlier] = []
    for one in history:
        if one.start is None or one.latest is None:
            possible.append(one)
        elif one.start.earliest >= start.latest:
            if end is None or one.start.earliest < end:
                same.append(one)
        elif one.latest > start.earliest:
            same.append(one)
        elif one.latest > since:
            surely = max(one.start, one.end or one.start).earliest >= since and one.supported
            (certain if surely else possible).append(one)
    return Recent(since, tuple(certain), tuple(possible), tuple(same))


def days_since_last(episodes: Iterable[Episode], history: Iterable[Earlier], on: datetime) -> SinceLast:
    """How long a country has been without an episode, at a time.

    Only a confirmed episode sets the counter back, and none whose cause was found to be an accident. What is only
    documented is told beside it and sets nothing back.

    Args:
        episodes: one version of each, of one country.
        history: of the same country.
        on: the time; what began later is not known yet.
    """
    confirmed = [
        one for one in episodes if one.level is Level.CONFIRMED and one.cause.value not in ACCIDENTS and one.start <= on
    ]
    documented = [
        (min(one.latest, on), one.id) for one in history if one.latest and one.start and one.start.earliest <= on
    ]
    last_documented = max((moment for moment, _ in documented), default=None)
    ids = tuple(name for moment, name in documented if moment == last_documented)
    days = (on - last_documented) // _DAY if last_documented is not None else None
    if not confirmed:
        return SinceLast(None, None, "", ongoing=False, documented=days, documented_ids=ids)
    last = max(confirmed, key=lambda one: (min(one.end_latest or one.end or on, on), one.start, one.id))
    latest = min(last.end_latest or last.end or on, on)
    earliest = min(last.end_earliest or last.end or on, latest)
    lasts = last.end is None or last.end > on
    return SinceLast(
        least=0 if lasts else (on - latest) // _DAY,
        most=0 if lasts else (on - earliest) // _DAY,
        episode=last.id,
        ongoing=lasts,
        documented=days,
        documented_ids=ids,
    )


def _of_row(row: Past) -> Earlier:
    place = _first(row.places)
    return Earlier(
        id=row.id,
        kinds=frozenset({row.kind}),
        start=known_interval(row.at, place),
        end=known_interval(row.until, place),
        places=row.places,
        text=row.text,
        sources=row.sources,
        supported=row.status is Status.SUPPORTED,
    )


def _of_record(one: Opinion) -> Earlier:
    """Its times are midnights in UTC of days of the place, the end that of the day after the last."""
    words = one.statement.partition(";")[0]
    name = f"{one.source}:{one.id or one.start.date().isoformat()}"
    return Earlier(
        id=name,
        kinds=frozenset().union(*(kinds for word, kinds in _KINDS.items() if word in words)),
        start=interval(one.start.date().isoformat(), one.place),
        end=interval((one.end - _DAY).date().isoformat(), one.place) if one.end else None,
        places=(one.place,),
        text={"": one.statement},
        sources=(one.link,) if one.link else (),
        records=(name,),
    )


def _joined(row: Earlier, records: Sequence[Earlier]) -> Earlier:
    return Earlier(
        id=row.id,
        kinds=row.kinds,
        start=row.start,
        end=row.end,
        places=row.places,
        text=row.text,
        sources=tuple(dict.fromkeys((*row.sources, *(source for one in records for source in one.sources)))),
        records=tuple(one.id for one in records),
        supported=row.supported,
    )


def _agree(row: Earlier, record: Earlier) -> bool:
    if row.start is None or record.start is None or row.latest is None or record.latest is None:
        return False
    at_one_time = row.start.earliest < record.latest and record.start.earliest < row.latest
    return at_one_time and (not record.kinds or not row.kinds.isdisjoint(record.kinds))


def _order(one: Earlier) -> tuple[bool, datetime, datetime, str]:
    if one.start is None:
        return True, datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), one.id
    return False, one.start.earliest, one.start.latest, one.id


def _in(country: str, places: Iterable[str]) -> bool:
    return any(country_of(place) == country for place in places)


def _first(places: Sequence[str]) -> str:
    return places[0] if places else ""


def _months_before(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
