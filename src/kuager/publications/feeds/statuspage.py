"""The shape of Statuspage's public API, version 2 (``summary.json``, ``incidents.json``), for status dashboards.

Its words are fewer than ours: an incident is *investigating* while it goes on and nothing independent bears it out,
*identified* while it goes on otherwise, and *resolved* when it has ended or was taken back. A place is a component; it
has no word for what nobody measured, so places without measurements are no components.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from kuager.errors import message
from kuager.model.episodes import Episode
from kuager.model.time import format_utc
from kuager.model.words import EpisodeKind, Level
from kuager.publications import clock
from kuager.publications.feeds.identity import address, clean, urn
from kuager.publications.feeds.story import Entry, Feed
from kuager.publications.feeds.told import about_place, as_told
from kuager.publications.records.episode import SIMULATED
from kuager.publications.view import CaseView, EpisodeView
from kuager.publications.wording import sentence

_WHOLE = frozenset({EpisodeKind.SHUTDOWN, EpisodeKind.OUTAGE})
_UNSURE = frozenset({Level.CANNOT_TELL, Level.DISPUTED})
_IMPACTS = ("none", "minor", "major", "critical")
_STATES = ("operational", "degraded_performance", "partial_outage", "major_outage")


def status_page(told: Feed, path: str) -> bytes:
    """The summary, which lies at ``path`` below ``public/``: how each place is, and every incident that goes on."""
    going_on = [one for one in told.entries if one.going_on]
    components = _components(told)
    return _json(
        {
            **_head(told),
            "status": {
                "indicator": max(map(_impact, going_on), default="none", key=_IMPACTS.index),
                "description": _description(told, going_on),
            },
            "components": list(components.values()),
            "incidents": [_incident(one, told.view, path, components) for one in going_on],
            "scheduled_maintenances": [],
        }
    )


def incidents(told: Feed, path: str) -> bytes:
    """Every incident, also those that ended or were taken back; the file lies at ``path`` below ``public/``."""
    components = _components(told)
    return _json({**_head(told), "incidents": [_incident(one, told.view, path, components) for one in told.entries]})


def _description(told: Feed, going_on: list[Entry]) -> str:
    if going_on:
        return "; ".join(one.title for one in going_on)
    quiet = message("No episode was going on when the data end.")
    return told.remark or told.view.about.translation.gettext(quiet)


def _impact(one: Entry) -> str:
    if one.retracted or one.view is None:
        return "none"
    episode = one.view.episode
    if episode.level in _UNSURE:
        return "minor"
    return "critical" if episode.kind in _WHOLE and len(episode.place) == 2 else "major"


def _state(episode: Episode) -> str:
    """How a place is while an episode goes on there."""
    if episode.level in _UNSURE:
        return "degraded_performance"
    return "major_outage" if episode.kind in _WHOLE else "partial_outage"


def _status(episode: Episode) -> str:
    if not episode.ongoing:
        return "resolved"
    return "investigating" if episode.level in _UNSURE | {Level.SIGNAL} else "identified"


def _head(told: Feed) -> dict[str, object]:
    """What both files begin with: that signals are simulated, where they are, and what the page is."""
    view = told.view
    page = {
        "id": urn(view, "page"),
        "name": clean(view.about.case_title),
        "url": view.about.address,
        "time_zone": view.about.zone,
        "updated_at": format_utc(told.updated),
    }
    return {"notice": SIMULATED, "page": page} if told.simulated else {"page": page}


def _components(told: Feed) -> dict[str, dict[str, object]]:
    """By their codes the places that were measured or have episodes, each as it was when the data end."""
    view = told.view
    standing = [one for one in told.entries if not one.retracted]
    measured = {one.place for one in view.measured}
    places = [*(place for place in view.places if place in measured), *sorted(one.place for one in standing)]
    end = clock.utc(view.about.window[1], view.about.translation.locale)
    rows: dict[str, dict[str, object]] = {}
    for position, place in enumerate(dict.fromkeys(places), start=1):
        here = [one.view.episode for one in standing if one.place == place and one.going_on and one.view is not None]
        rows[place] = {
            "id": urn(view, f"place {place}"),
            "name": clean(about_place(view, place, view.about.window[0]).place_name),
            "status": max(map(_state, here), default="operational", key=_STATES.index),
            "created_at": format_utc(view.about.window[0]),
            "updated_at": format_utc(told.updated),
            "position": position,
            "description": view.about.translation.gettext(
                message("As far as it was measured, until {end} at the latest."), end=end
            ),
            "showcase": False,
            "start_date": None,
            "group": False,
            "group_id": None,
            "page_id": urn(view, "page"),
            "only_show_if_degraded": False,
        }
    return rows


def _incident(one: Entry, view: CaseView, path: str, components: Mapping[str, dict[str, object]]) -> dict[str, object]:
    over = one.updated if one.retracted else one.end
    updates = _updates(one, view)
    component = components.get(one.place)
    return {
        "id": one.id,
        "name": one.title,
        "status": updates[0]["status"] if updates else "resolved",
        "impact": _impact(one),
        "created_at": format_utc(one.published),
        "updated_at": format_utc(one.updated),
        "started_at": format_utc(one.start),
        "resolved_at": format_utc(over) if over is not None else None,
        "monitoring_at": None,
        "shortlink": address(view, path, one.path) if one.path else "",
        "page_id": urn(view, "page"),
        "incident_updates": updates,
        "components": [component] if component is not None else [],
    }


def _updates(one: Entry, case: CaseView) -> list[dict[str, object]]:
    """What was said of an episode, the newest first, each as it was said then."""
    if one.history is None:
        return [_update(one, one.version, one.view, one.published)] if one.view is not None else []
    updates = []
    for version in one.history.versions:
        shown = as_told(version, case, one.view.about if one.view is not None else None)
        if shown is not None:
            updates.append(_update(one, version.number, shown, version.known))
        if version.retraction is not None:
            said = case.about.translation.note(version.retraction)
            updates.append(_row(one, f"{version.number}:cancel", "resolved", said, version.until or version.known))
    return updates[::-1]


def _update(one: Entry, number: int, shown: EpisodeView, known: datetime) -> dict[str, object]:
    return _row(one, str(number), _status(shown.episode), sentence.sentence(shown), known)


def _row(one: Entry, suffix: str, status: str, body: str, known: datetime) -> dict[str, object]:
    moment = format_utc(known)
    return {
        "id": f"{one.id}:{suffix}",
        "incident_id": one.id,
        "status": status,
        "body": clean(body),
        "created_at": moment,
        "updated_at": moment,
        "display_at": moment,
    }


def _json(value: dict[str, object]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
