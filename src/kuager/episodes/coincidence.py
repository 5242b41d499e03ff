"""Whether brief cuts fall on the days of dated happenings (a stream, a protest, an exam) more often than chance.

Asked of all brief cuts of a place together, as in Kazakhstan in 2018, when services were slow for about an hour on the
evenings on which a banned politician streamed. What documents say of the network itself takes no part: it would only
find itself again. ``detection/against_dates.py`` states the test.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
import numpy as np

from kuager.detection.against_dates import STRATUM_WEEKS, Association, against_dates
from kuager.detection.grid import DAY_S
from kuager.detection.local_days import Measured, date_of, epoch_of, first_and_last_day, wall_times
from kuager.episodes.circumstances import Circumstances
from kuager.episodes.recurring import Strand, measured_by, zone_of
from kuager.errors import message
from kuager.model.documents import Occasion
from kuager.model.episodes import Episode
from kuager.model.notes import Note
from kuager.model.time import from_epoch, local

BRIEF_S = 6 * 3_600
"""What lasts longer is no cut of an evening or a morning."""
LEAST_DATES = 3
MOST_CHANCE = 0.05
LEAST_CHANCE = 0.0001
MOST_DOCUMENTS = 14
"""More documents than this are counted instead of named."""


def beside_dates(
    place: str, every: Sequence[Strand], made: Sequence[tuple[Strand, Episode]], around: Circumstances
) -> tuple[Episode, ...]:
    """The episodes, with a note on those of brief cuts where the case holds dated happenings of their place.

    Args:
        place: its code.
        every: the strands of all the time that was measured.
        made: the episodes of the case, each with its strand.
        around: the case.
    """
    mine = [one for one in around.occasions if place in one.places or place.partition("-")[0] in one.places]
    if not mine or not any(_is_brief(strand) for strand, _ in made):
        return tuple(episode for _, episode in made)
    found = _association(place, every, mine)
    return tuple(_noted(episode, found, mine) if _is_brief(strand) else episode for strand, episode in made)


def _is_brief(strand: Strand) -> bool:
    """Whether it is one short cut, or short ones that come back."""
    if strand.recurs and len(strand.windows) < 2:
        return False
    return all(one.last - one.first <= BRIEF_S for one in strand.windows)


def _association(place: str, strands: Sequence[Strand], occasions: Sequence[Occasion]) -> Association:
    """Days hit by brief cuts against the days of happenings.

    A day is observed when half of it was measured by a series that sees cuts here, and no long one was going on.
    """
    windows = [one for strand in strands for one in strand.windows]
    zone = zone_of(place, from_epoch(windows[0].first))
    measured = Measured.of(measured_by(windows))
    first, last = first_and_last_day(int(measured.knots[0]), int(measured.knots[-1]), zone)
    scores = np.array([_observed(measured, day, zone) for day in range(first, last + 1)], dtype=np.float64)
    for strand in strands:
        for one in strand.windows:
            begins, ends = (wall_times([one.first, max(one.first, one.last - 1)], zone) // DAY_S - first).tolist()
            if _is_brief(strand):
                scores[begins] = 1.0
            else:
                scores[begins : ends + 1] = np.where(scores[begins : ends + 1] == 1.0, 1.0, np.nan)
    return against_dates(date_of(first), scores, [_day(one, zone) for one in occasions])


def _observed(measured: Measured, day: int, zone: str) -> float:
    """0 for a day that was measured, NaN for one that was not."""
    start, end = epoch_of(day, 0, zone), epoch_of(day + 1, 0, zone)
    return 0.0 if measured.between(start, end) >= (end - start) / 2 else float("nan")


def _day(occasion: Occasion, zone: str) -> date:
    return local(occasion.at.best, zone).date()


def _noted(episode: Episode, found: Association, occasions: Sequence[Occasion]) -> Episode:
    several = len(occasions) > MOST_DOCUMENTS
    facts = {
        "documents": str(len(occasions)) if several else ", ".join(one.document for one in occasions),
        "dated": str(found.dated),
        "others": str(found.others),
    }
    if found.dated < LEAST_DATES or found.smallest > MOST_CHANCE:
        note = Note(
            message(
                "Whether such cuts fall on the days of what the documents tell of ({documents}): of those days {dated} "
                "could be observed, and {others} others, too few to tell."
            ),
            facts,
        )
        return msgspec.structs.replace(episode, unknowns=(*episode.unknowns, note))
    template = (
        message(
            "Such cuts fall on the days of what the documents tell of ({documents}) more often than chance: on "
            "{hit} of {dated} of those days and on {hit_others} of {others} others. If the dates said nothing, chance "
            "would give as much in a share of {chance} of all ways to lay them on like weekdays within {weeks} weeks. "
            "That is no evidence of why."
        )
        if found.p_value <= MOST_CHANCE
        else message(
            "Such cuts do not fall on the days of what the documents tell of ({documents}) more often than chance may "
            "have it: on {hit} of {dated} of those days and on {hit_others} of {others} others. Chance would give as "
            "much in a share of {chance} of all ways to lay the dates on like weekdays within {weeks} weeks."
        )
    )
    facts |= {
        "hit": str(round(found.on_dated * found.dated)),
        "hit_others": str(round(found.on_others * found.others) if found.others else 0),
        "chance": f"{max(LEAST_CHANCE, found.p_value):.4f}",
        "weeks": str(STRATUM_WEEKS),
    }
    drawn = (Note(message("The cuts of that comparison are simulated."), {}),) if episode.simulated else ()
    return msgspec.structs.replace(episode, reasons=(*episode.reasons, Note(template, facts), *drawn))
