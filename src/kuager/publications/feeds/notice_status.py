"""Notices in the shape of Statuspage's public API, version 2: ``status.json`` and ``incidents.json`` of what was said.

The states of notices are the words of that API. An update is dated by when it was said, also its ``display_at``, which
others use to move the past; the times of which it speaks stand beside it under ``kuager``.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from kuager.accountability.notices import NoticeHistory, NoticeVersion, withheld_of
from kuager.accountability.rows.disclosure import Effect, Notice, NoticeState
from kuager.accountability.rows.row import Status
from kuager.errors import message
from kuager.model.time import format_utc
from kuager.publications.feeds.identity import address, clean, urn
from kuager.publications.feeds.notices import NoticeFeed, notice_title
from kuager.publications.site import addresses
from kuager.publications.view import CaseView
from kuager.publications.wording.notices import NoticeTold

_OUT = {Effect.CUT: "major_outage", Effect.SLOWED: "degraded_performance", Effect.BLOCKED: "partial_outage"}
_IMPACT = {Effect.CUT: "critical", Effect.SLOWED: "minor", Effect.BLOCKED: "major"}
_IMPACTS = ("none", "minor", "major", "critical")
_STATES = ("operational", "degraded_performance", "partial_outage", "major_outage")
_BACK = frozenset({NoticeState.MONITORING, NoticeState.RESOLVED})


def notice_summary(told: NoticeFeed, path: str) -> bytes:
    """How each operator that speaks says that it is, and every notice that is not over; lies at ``path``."""
    view = told.view
    going_on = [one for one in view.notices if not one.withdrawn and one.newest.state is not NoticeState.RESOLVED]
    components = _components(view)
    titles = [NoticeTold(one.newest, view.operators, view.about.translation) for one in going_on]
    quiet = view.about.translation.gettext(message("No operator says that service is disrupted."))
    status = {
        "indicator": max((_impact(one.newest) for one in going_on), default="none", key=_IMPACTS.index),
        "description": clean(" ".join(one.what(one.moment) for one in titles)) or quiet,
    }
    return _json(
        {
            **_head(told),
            "status": status,
            "components": list(components.values()),
            "incidents": [_incident(one, view, path, components) for one in going_on],
            "scheduled_maintenances": [],
        }
    )


def notice_incidents(told: NoticeFeed, path: str) -> bytes:
    """Every notice, also those that are over or taken back; the file lies at ``path`` below ``public/``."""
    components = _components(told.view)
    return _json(
        {**_head(told), "incidents": [_incident(one, told.view, path, components) for one in told.view.notices]}
    )


def _head(told: NoticeFeed) -> dict[str, object]:
    about = told.view.about
    return {
        "page": {
            "id": urn(told.view, "notices"),
            "name": told.title,
            "url": about.address,
            "time_zone": about.zone,
            "updated_at": format_utc(told.updated),
        }
    }


def _components(view: CaseView) -> dict[str, dict[str, object]]:
    """By their ids the operators that speak, each as the worst of its notices has it."""
    rows: dict[str, dict[str, object]] = {}
    for position, name in enumerate(dict.fromkeys(one.newest.operator for one in view.notices), start=1):
        own = [one for one in view.notices if one.newest.operator == name]
        states = [_state(one.newest) for one in own if not one.withdrawn]
        rows[name] = {
            "id": urn(view, f"operator {name}"),
            "name": clean(NoticeTold(own[0].newest, view.operators, view.about.translation).operator),
            "status": max(states, default="operational", key=_STATES.index),
            "created_at": format_utc(min(one.first_known for one in own)),
            "updated_at": format_utc(max(one.last_known for one in own)),
            "position": position,
            "description": view.about.translation.gettext(message("As the operator says itself.")),
            "showcase": False,
            "start_date": None,
            "group": False,
            "group_id": None,
            "page_id": urn(view, "notices"),
            "only_show_if_degraded": False,
        }
    return rows


def _incident(
    history: NoticeHistory, view: CaseView, path: str, components: Mapping[str, dict[str, object]]
) -> dict[str, object]:
    notice = history.newest
    over = notice.state is NoticeState.RESOLVED or history.withdrawn
    watched = [one.known for one in history.versions if one.notice.state is NoticeState.MONITORING]
    return {
        "id": urn(view, f"notice {history.id}"),
        "name": notice_title(NoticeTold(notice, view.operators, view.about.translation), lambda written: written),
        "status": NoticeState.RESOLVED.value if history.withdrawn else notice.state.value,
        "impact": "none" if history.withdrawn else _impact(notice),
        "created_at": format_utc(history.first_known),
        "updated_at": format_utc(history.last_known),
        "started_at": format_utc(history.first_known),
        "resolved_at": format_utc(history.last_known) if over else None,
        "monitoring_at": format_utc(watched[0]) if watched else None,
        "shortlink": address(view, path, addresses.notice(view.about.language, history.id)),
        "page_id": urn(view, "notices"),
        "incident_updates": [_update(one, history, view) for one in history.versions[::-1]],
        "components": [components[notice.operator]],
        "kuager": _spoken_of(notice),
    }


def _update(version: NoticeVersion, history: NoticeHistory, view: CaseView) -> dict[str, object]:
    notice, moment = version.notice, format_utc(version.known)
    withdrawn = notice.status is Status.WITHDRAWN
    return {
        "id": f"{urn(view, f'notice {history.id}')}:{notice.version}",
        "incident_id": urn(view, f"notice {history.id}"),
        "status": NoticeState.RESOLVED.value if withdrawn else notice.state.value,
        "body": clean(notice.text.get(view.about.language) or next(iter(notice.text.values()))),
        "created_at": moment,
        "updated_at": moment,
        "display_at": moment,
        "kuager": _spoken_of(notice),
    }


def _spoken_of(notice: Notice) -> dict[str, object]:
    """When that happened of which a version speaks, and which facts it withholds, each with its law or without."""
    return {"start": notice.start or None, "end": notice.end or None, "withheld": withheld_of(notice)}


def _state(notice: Notice) -> str:
    return "operational" if notice.state in _BACK else _OUT[notice.effect]


def _impact(notice: Notice) -> str:
    return "none" if notice.state in _BACK else _IMPACT[notice.effect]


def _json(value: dict[str, object]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
