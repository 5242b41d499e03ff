"""The shape of Statuspage's public API, version 2 (``summary.json``, ``incidents.json``), for status dashboards.

Its words are fewer than ours: an incident is *investigating* while it goes on and nothing independent bears it out,
*identified* while it goes on otherwise, and *resolved* when it has ended. The place is a component.
"""

from __future__ import annotations

import msgspec

from kuager.model.episodes import Episode
from kuager.model.time import format_utc
from kuager.model.words import EpisodeKind, Level
from kuager.publications.feeds.story import Entry, entries, updated, urn
from kuager.publications.records.episode import SIMULATED
from kuager.publications.view import CaseView
from kuager.publications.wording import sentence

_WHOLE = frozenset({EpisodeKind.SHUTDOWN, EpisodeKind.OUTAGE})


def status_page(view: CaseView) -> bytes:
    """The summary: how each place is, and every incident that goes on."""
    going_on = [one for one in entries(view) if one.view is not None and one.view.episode.ongoing]
    impacts = [_impact(one.view.episode) for one in going_on if one.view is not None]
    worst = max(impacts, default="none", key=_RANK.index)
    return _json(
        {
            **_notice(view),
            "page": _page(view),
            "status": {
                "indicator": worst,
                "description": sentence.status(going_on[0].view.episode, view.about.translation)
                if going_on and going_on[0].view is not None
                else "",
            },
            "components": _components(view),
            "incidents": [_incident(one, view) for one in going_on],
            "scheduled_maintenances": [],
        }
    )


def incidents(view: CaseView) -> bytes:
    """Every incident that stands, also those that ended."""
    return _json(
        {**_notice(view), "page": _page(view), "incidents": [_incident(one, view) for one in entries(view) if one.view]}
    )


_RANK = ("none", "minor", "major", "critical")


def _impact(episode: Episode) -> str:
    if episode.level in (Level.CANNOT_TELL, Level.DISPUTED):
        return "minor"
    return "critical" if episode.kind in _WHOLE and len(episode.place) == 2 else "major"


def _status(episode: Episode) -> str:
    if not episode.ongoing:
        return "resolved"
    return "identified" if episode.level in (Level.CORROBORATED, Level.CONFIRMED) else "investigating"


def _page(view: CaseView) -> dict[str, object]:
    return {
        "id": urn(view, "page"),
        "name": view.about.case_title,
        "url": view.about.address,
        "time_zone": view.about.zone,
        "updated_at": format_utc(updated(view)),
    }


def _components(view: CaseView) -> list[dict[str, object]]:
    """The places of the case, and those of its episodes; what nobody measured is not called operational."""
    places = dict.fromkeys([*view.places, *(one.episode.place for one in view.episodes)])
    measured = {one.place for one in view.measured} | {one.episode.place for one in view.episodes}
    rows = []
    for position, place in enumerate(places, start=1):
        hit = [one.episode for one in view.episodes if one.episode.place == place and one.episode.ongoing]
        known = "operational" if place in measured else "under_maintenance"
        rows.append(
            {
                "id": urn(view, f"place {place}"),
                "name": place,
                "status": ("major_outage" if any(one.kind in _WHOLE for one in hit) else "partial_outage")
                if hit
                else known,
                "created_at": format_utc(view.about.window[0]),
                "updated_at": format_utc(updated(view)),
                "position": position,
                "description": "" if place in measured else "not measured",
                "showcase": False,
                "start_date": None,
                "group": False,
                "group_id": None,
                "page_id": urn(view, "page"),
                "only_show_if_degraded": False,
            }
        )
    return rows


def _incident(one: Entry, view: CaseView) -> dict[str, object]:
    assert one.view is not None  # noqa: S101 - those that were taken back are no incidents
    episode = one.view.episode
    history = one.view.history
    versions = history.versions if history is not None else ()
    return {
        "id": one.id,
        "name": one.title,
        "status": _status(episode),
        "impact": _impact(episode),
        "created_at": format_utc(one.published),
        "updated_at": format_utc(one.updated),
        "started_at": format_utc(episode.start),
        "resolved_at": format_utc(episode.end) if episode.end is not None else None,
        "monitoring_at": None,
        "shortlink": view.about.address + one.path if view.about.address else one.path,
        "page_id": urn(view, "page"),
        "incident_updates": [
            {
                "id": f"{one.id}:{version.number}",
                "incident_id": one.id,
                "status": _status(version.episode),
                "body": sentence.sentence(
                    type(one.view)(version.episode, one.view.traces, one.view.about, history=history)
                ),
                "created_at": format_utc(version.known),
                "updated_at": format_utc(version.known),
                "display_at": format_utc(version.known),
            }
            for version in reversed(versions)
            if version.episode is not None
        ],
        "components": [{"id": urn(view, f"place {episode.place}"), "name": episode.place}],
    }


def _notice(view: CaseView) -> dict[str, object]:
    return {"notice": SIMULATED} if view.holds_simulated else {}


def _json(value: dict[str, object]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
