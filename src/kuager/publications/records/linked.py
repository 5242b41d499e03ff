"""Records as linked data in the words of schema.org (JSON-LD 1.1): the case, its episodes, and what is claimed of them.

The context is a vocabulary alone, so that nobody who reads it asks another server. A Dataset stands for the case or the
record of one episode, an Event for what happened, a Claim for our sentence about it. ``eventStatus`` is what
schema.org has for whatever is taking place or took place at its time; its other values are about plans that changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from kuager.model.signals import Source
from kuager.model.time import format_utc
from kuager.publications.records.episode import SIMULATED
from kuager.publications.site import addresses
from kuager.publications.site.places import country_of
from kuager.publications.view import About, CaseView, EpisodeView
from kuager.publications.wording.sentence import sentence, title
from kuager.sources import registry

CONTEXT = {"@vocab": "https://schema.org/"}
_SPDX = re.compile(r"(CC0|CC-BY(-NC)?(-SA)?(-ND)?|ODbL|PDDL)-\d\.\d")
_TAKES_PLACE = {"@id": "https://schema.org/EventScheduled"}
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".jsonld": "application/ld+json",
}


def media_type(path: str) -> str:
    """The media type of a record by the end of its name; empty for what is none."""
    return next((kind for end, kind in _MEDIA_TYPES.items() if path.endswith(end)), "")


def case_linked(view: CaseView, here: str, paths: Iterable[str]) -> bytes:
    """The case as a dataset of the files at ``paths``, with every episode; the view must be the English one.

    ``here`` is where it will lie below ``public/``: addresses are relative to it where the site has none of its own.
    """
    about, simulated = view.about, view.holds_simulated
    signals = [name for one in view.episodes for name in signals_of(one)]
    description = f"Internet shutdowns and outages, derived from public measurements: {about.case_title}."
    data = _dataset(about, about.case_title, description, about.window, signals, simulated=simulated)
    data["spatialCoverage"] = [_place(about.place_name, code) for code in view.places[:1]]
    data["distribution"] = _distribution(about, here, paths)
    return _document([data, *(part for one in view.episodes for part in _said(one, here))], simulated=simulated)


def episode_linked(view: EpisodeView, here: str, paths: Iterable[str]) -> bytes:
    """One episode as a dataset of the files at ``paths``, an event and a claim; ``here`` as in :func:`case_linked`."""
    return _document(_of_episode(view, here, paths), simulated=view.episode.simulated)


def page_data(view: EpisodeView, paths: Iterable[str] = ()) -> str:
    """The same for the page of an episode, as the text of a block ``<script type="application/ld+json">``.

    It holds no sign that could end the block.
    """
    here = addresses.episode(view.about.language, view.episode.id)
    text = msgspec.json.encode({"@context": CONTEXT, "@graph": _of_episode(view, here, paths)}).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def signals_of(view: EpisodeView) -> tuple[str, ...]:
    """Ids of the signals of an episode and of its services, each once."""
    return tuple(dict.fromkeys((*(one.signal for one in view.episode.signals), *view.episode.service_signals)))


def _of_episode(view: EpisodeView, here: str, paths: Iterable[str]) -> list[dict[str, Any]]:
    simulated, window = view.episode.simulated, (view.episode.start, view.episode.end)
    data = _dataset(view.about, title(view), sentence(view), window, signals_of(view), simulated=simulated)
    data["spatialCoverage"] = [_place(view.about.place_name, view.episode.place)]
    data["distribution"] = _distribution(view.about, here, paths)
    return [data, *_said(view, here)]


def _dataset(
    about: About,
    name: str,
    description: str,
    time: tuple[datetime, datetime | None],
    signals: Iterable[str],
    *,
    simulated: bool,
) -> dict[str, Any]:
    """``creator`` are those whose measurements it holds; who derived it is named by the program alone."""
    start, end = time
    sources = _sources(signals)
    data: dict[str, Any] = {
        "@type": "Dataset",
        "name": name,
        "description": f"{SIMULATED}: {description}" if simulated else description,
        "temporalCoverage": f"{format_utc(start)}/{format_utc(end) if end is not None else '..'}",
        "dateModified": format_utc(about.known),
        "inLanguage": about.language,
        "isAccessibleForFree": True,
        "creator": [_organization(one) for one in sources],
        "measurementTechnique": about.code_version,
    }
    if licences := [_licence(one) for one in dict.fromkeys(one.licence for one in sources) if one]:
        data["license"] = licences
    if about.address:
        data["url"] = about.address
    return data


def _said(view: EpisodeView, here: str) -> Iterable[dict[str, Any]]:
    """What happened, and our sentence about it."""
    one, about = view.episode, view.about
    page = _address(about, here, addresses.episode(about.language, one.id))
    notice = f"{SIMULATED}: " if one.simulated else ""
    event: dict[str, Any] = {
        "@type": "Event",
        "identifier": one.id,
        "name": notice + title(view),
        "startDate": format_utc(one.start),
        "eventStatus": _TAKES_PLACE,
        "location": _place(about.place_name, one.place),
    }
    if one.end is not None:
        event["endDate"] = format_utc(one.end)
    claim: dict[str, Any] = {
        "@type": "Claim",
        "identifier": f"{one.id}.v{one.version}",
        "text": notice + sentence(view),
        "about": {"@type": "Event", "identifier": one.id},
        "appearance": _work(page, view.history.newest.known if view.history is not None else about.known),
    }
    if view.history is not None:
        claim["firstAppearance"] = _work(page, view.history.versions[0].known)
    return event, claim


def _work(page: str, since: datetime) -> dict[str, Any]:
    return {"@type": "WebPage", "url": page, "datePublished": format_utc(since)}


def _place(name: str, code: str) -> dict[str, Any]:
    place: dict[str, Any] = {"@type": "Place", "name": name, "identifier": code}
    if country := country_of(code):
        place["address"] = {"@type": "PostalAddress", "addressCountry": country}
    return place


def _address(about: About, here: str, path: str) -> str:
    return about.address + path if about.address else addresses.relative(here, path)


def _distribution(about: About, here: str, paths: Iterable[str]) -> list[dict[str, Any]]:
    return [
        {
            "@type": "DataDownload",
            "name": path,
            "contentUrl": _address(about, here, path),
            "encodingFormat": media_type(path),
        }
        for path in sorted(paths)
        if media_type(path)
    ]


def _sources(signals: Iterable[str]) -> Sequence[Source]:
    sources = {one.id: one for one in (registry.signal(name).source for name in signals)}
    return [sources[name] for name in sorted(sources)]


def _organization(source: Source) -> dict[str, Any]:
    named = {"@type": "Organization", "name": source.name}
    return named | ({"url": source.home} if source.home else {})


def licence_address(licence: str) -> str:
    """Where a licence of SPDX's list is to be read; empty for terms that are no such licence."""
    return f"https://spdx.org/licenses/{licence}.html" if _SPDX.fullmatch(licence) else ""


def _licence(licence: str) -> dict[str, Any]:
    address = licence_address(licence)
    return {"@id": address} if address else {"@type": "CreativeWork", "name": licence}


def _document(graph: Sequence[dict[str, Any]], *, simulated: bool) -> bytes:
    document: dict[str, Any] = {"@context": CONTEXT}
    if simulated:
        document["notice"] = SIMULATED
    document["@graph"] = graph
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
