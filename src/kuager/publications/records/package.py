"""The index of all records of a case for programs: ``datapackage.json`` (Frictionless Data, Data Package v1).

Every file below ``data/`` that is CSV or JSON is a resource with its length, its SHA-256 and its columns, on the terms
of whoever measured what it holds. Where a source states no licence none stands here: nobody may pass for its owner.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from kuager.evidence.objects import sha256
from kuager.model.signals import Source
from kuager.publications.records.episode import SIMULATED
from kuager.publications.records.fields import CONDUCT, table_schema
from kuager.publications.records.linked import licence_address, media_type, signals_of
from kuager.publications.view import CaseView
from kuager.sources import registry
from kuager.sources.registry import SOURCES

PACKAGE = "datapackage.json"
_FOLDER = "data/"
_NOT_OF_A_NAME = re.compile(r"[^-a-z0-9._/]+")
_NOT_OF_A_LICENCE = re.compile(r"[^-a-zA-Z0-9._]+")
_OUR_OWN = frozenset({"data/collected.csv", "data/stop.schema.json"})
"""Files without values of any source: what was asked, and descriptions."""


def data_package(view: CaseView, files: Mapping[str, bytes]) -> bytes:
    """The index of the records among finished files.

    Args:
        view: the English one, after the gate of safety.
        files: all that is published, by path below ``public/``; what is no record is passed over.
    """
    paths = sorted(path for path in files if path.startswith(_FOLDER) and media_type(path))
    used = _by_episode(view)
    whole = {source for sources in used.values() for source in sources} | {one.source for one in view.opinions}
    package: dict[str, Any] = {
        "profile": "data-package",
        "name": _name(view.about.case_title) or "case",
        "title": view.about.case_title,
        "description": "Internet shutdowns and outages, derived from public measurements, with all values.",
    }
    if view.about.address:
        package["homepage"] = view.about.address
    if view.holds_simulated:
        package["notice"] = SIMULATED
    if licences := _licences(whole):
        package["licenses"] = licences
    if whole:
        package["sources"] = _sources(whole)
    package["resources"] = [_resource(view, path, files[path], _used_by(view, path, used)) for path in paths]
    return msgspec.json.format(msgspec.json.encode(package), indent=2) + b"\n"


def _by_episode(view: CaseView) -> dict[str, set[str]]:
    """Ids of the sources behind each episode, also of those that were taken back."""
    used = {one.episode.id: {_source(name).id for name in signals_of(one)} for one in view.episodes}
    for name, history in view.histories.items():
        claimed = [one.episode for one in history.versions if one.episode is not None]
        signals = {signal for one in claimed for signal in (*(r.signal for r in one.signals), *one.service_signals)}
        used[name] = used.get(name, set()) | {_source(signal).id for signal in signals}
    return used


def _used_by(view: CaseView, path: str, used: Mapping[str, set[str]]) -> set[str]:
    """Ids of the sources of which a file holds something."""
    if path in _OUR_OWN or path.startswith(CONDUCT):
        return set()
    if path == "data/opinions.csv":
        return {one.source for one in view.opinions}
    episode = path.removeprefix(_FOLDER).partition("/")[0]
    return used[episode] if episode in used else {source for sources in used.values() for source in sources}


def _resource(view: CaseView, path: str, data: bytes, sources: set[str]) -> dict[str, Any]:
    is_table = path.endswith(".csv")
    resource: dict[str, Any] = {
        "profile": "tabular-data-resource" if is_table else "data-resource",
        "type": "table" if is_table else "json",
        "name": _NOT_OF_A_NAME.sub("-", path.removeprefix(_FOLDER).lower()),
        "path": path,
        "format": path.rpartition(".")[2],
        "mediatype": media_type(path),
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{sha256(data)}",
    }
    if view.holds_simulated:
        resource["notice"] = SIMULATED
    if licences := _licences(sources):
        resource["licenses"] = licences
    if sources:
        resource["sources"] = _sources(sources)
    if is_table:
        header = next(csv.reader(io.StringIO(data.decode())), [])
        resource["schema"] = table_schema(path, header)
    return resource


def _licences(sources: Iterable[str]) -> list[dict[str, Any]]:
    """The terms of sources, each once; those that forbid commercial use say so in their title."""
    found = {}
    for source in (_named(name) for name in sorted(sources)):
        if source.licence:
            title = f"{source.licence}, not for commercial use" if source.non_commercial else source.licence
            licence = {"name": _NOT_OF_A_LICENCE.sub("-", source.licence), "title": title}
            if address := licence_address(source.licence):
                licence["path"] = address
            found[source.licence] = licence
    return [found[name] for name in sorted(found)]


def _sources(sources: Iterable[str]) -> list[dict[str, Any]]:
    named = (_named(name) for name in sorted(sources))
    return [{"title": one.name} | ({"path": one.home} if one.home else {}) for one in named]


def _named(identifier: str) -> Source:
    return SOURCES[identifier] if identifier in SOURCES else registry.signal(identifier).source


def _source(signal: str) -> Source:
    return registry.signal(signal).source


def _name(title: str) -> str:
    return _NOT_OF_A_NAME.sub("-", title.lower()).strip("-")
