"""An episode in the shape of an incident of OONI's API (``ooniapi``, incidents): the keys that it takes, and no others.

Whoever wants to hand it in fills in who they are: ``email_address``, ``creator_account_id`` and ``id`` are empty, for
Kuager knows no person and OONI gives the ids. ``published`` is false, because that is for OONI's own team to decide.
"""

from __future__ import annotations

from typing import Any

import msgspec

from kuager.codecs.ooni.names import TESTS
from kuager.model.time import format_utc
from kuager.publications.records.episode import SIMULATED
from kuager.publications.records.links import measurement_links
from kuager.publications.site import addresses
from kuager.publications.site.places import country_of, networks_named
from kuager.publications.view import EpisodeView
from kuager.publications.wording.sentence import sentence, title


def ooni_incident(view: EpisodeView) -> bytes:
    """The incident as JSON; the view must be the English one."""
    episode, about = view.episode, view.about
    notice = f"{SIMULATED}: " if episode.simulated else ""
    page = [about.address + addresses.episode(about.language, episode.id)] if about.address else []
    known = view.history.versions[0].known if view.history is not None else about.known
    country = country_of(episode.place)
    incident: dict[str, Any] = {
        "ASNs": sorted(int(code.removeprefix("AS")) for code in networks_named(view)),
        "CCs": [country] if country else [],
        "create_time": format_utc(known),
        "creator_account_id": "",
        "domains": sorted({one.service for one in episode.blocked if "." in one.service}),
        "email_address": "",
        "end_time": format_utc(episode.end) if episode.end is not None else None,
        "event_type": "incident",
        "id": "",
        "links": [*page, *(one.address for one in measurement_links(view))],
        "published": False,
        "reported_by": about.code_version,
        "short_description": notice + title(view),
        "start_time": format_utc(episode.start),
        "tags": [*([SIMULATED] if episode.simulated else []), episode.kind.value, episode.level.value],
        "test_names": _tests(view),
        "text": notice + sentence(view),
        "title": notice + title(view),
    }
    return msgspec.json.format(msgspec.json.encode(incident), indent=2) + b"\n"


def _tests(view: EpisodeView) -> list[str]:
    """The tests of OONI behind an episode: of the sites and apps blocked, and those whose counts fell."""
    named = {one.signal.split(".")[1] for one in view.episode.signals if one.signal.startswith("ooni.")}
    measured = [one.service for one in view.episode.blocked if one.source == "ooni"]
    named |= {"web_connectivity" if "." in one else one for one in measured}
    return [test for test in TESTS if test in named]
