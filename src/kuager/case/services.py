"""What the measurements of a case say of single sites and services at each of its places."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc

from kuager.case.blocked import Verdicts, blocked_services, groups_of, measured_sites, whitelists
from kuager.case.folder import Case
from kuager.case.not_judged import NotJudged
from kuager.case.places import is_country
from kuager.case.shares import Shares
from kuager.case.sites import listed_sites
from kuager.case.slowed import slowed_services
from kuager.case.verdicts import JUDGED, lists_of_flagged, verdicts
from kuager.episodes.findings import TRUSTED
from kuager.episodes.sightings import Sightings

SPEEDS = "mlab"
"""The kind of file that holds speed tests beside those whose measurements are judged."""


def sightings_of(case: Case) -> dict[str, Sightings]:
    """For each place of the case that has such measurements or series, everything that was found in them.

    OONI and Censored Planet know countries and networks; of a region nothing is said.
    """
    rows, objects, left_out, shares = verdicts(case), _objects(case), lists_of_flagged(case), Shares(case)
    unjudged = NotJudged(case)
    found = {}
    for place in case.settings.places:
        lost, of_traffic = shares.lost(place)
        if not (objects or lost) or not (is_country(place) or place.startswith("AS")):
            continue
        own = Verdicts.of(of_place(rows, place))
        groups = groups_of(case, place)
        blocked = blocked_services(own, groups)
        probable = [one.row for one in blocked if one.row.probability >= TRUSTED]
        found[place] = Sightings(
            blocked=tuple(blocked),
            slowed=(*slowed_services(case, place, probable), *lost),
            whitelisted=tuple(whitelists(own)),
            measured=tuple(measured_sites(own, groups)),
            listed=listed_sites(case, place),
            left_out=left_out,
            not_judged=unjudged.in_short(place),
            objects=tuple(sorted({*objects, *(of_traffic if lost else ())})),
        )
    return found


def of_place(rows: Any, place: str) -> Any:
    """The verdicts of a country or of a network."""
    column = "network" if place.startswith("AS") else "place"
    return rows.filter(pc.equal(rows[column], place))


def _objects(case: Case) -> tuple[str, ...]:
    return tuple(sorted({one.digest for one in case.records.all() if one.kind.partition(":")[0] in (*JUDGED, SPEEDS)}))
