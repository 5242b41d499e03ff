"""Index pages of the archives of routes: which files RIPE RIS and RouteViews have of a month.

Both serve the page that web servers make of a folder: a title ``Index of /rrc00/2022.01`` and one link per file, with
the time of its last change and its size behind it. Names say what a file holds and from when on, in UTC:
``bview.20220105.0800.gz``, ``updates.20220105.0805.gz``, ``rib.20220105.0800.bz2``; the minute may be any. Sizes are
rounded (``4.5M``) unless they are written in bytes. Source: RIPE NCC's description of its data sets (MRT), and the
layout of RouteViews' archive, in which the first collector, ``route-views2``, has no folder of its own.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pyarrow as pa

from kuager.codecs.decoded import Decoded
from kuager.codecs.text import FETCH_AGAIN, excerpt, refusal
from kuager.errors import CodecError, message
from kuager.model.notes import Note
from kuager.model.tables import FILES

RIS, ROUTEVIEWS = "ris", "routeviews"
FIRST_COLLECTOR = "route-views2"
"""RouteViews' collector whose files lie at the root of the archive."""

_TITLE = re.compile(r"<(?:title|h1)[^<>]{0,200}>([^<>]{1,300})<", re.IGNORECASE)
_INDEX = re.compile(r"\s*index of\s+(/\S{0,200}?)/?\s*", re.IGNORECASE)
_RIS_FOLDER = re.compile(r"/(rrc[0-9]{2})/([0-9]{4}\.[0-9]{2})")
_ROUTEVIEWS_FOLDER = re.compile(r"(?:/([a-z0-9.-]{1,60}))?/bgpdata/([0-9]{4}\.[0-9]{2})/(?:RIBS|UPDATES)")
_LINK = re.compile(
    r"""<a\s[^<>]{0,300}?href\s*=\s*["']([^"'<>]{1,400})["'][^<>]{0,300}>([^\n]{0,400})""", re.IGNORECASE
)
_NAME = re.compile(r"(bview|rib|updates)\.([0-9]{8})\.([0-9]{4})\.(?:gz|bz2)")
_CONTENTS = {"bview": "ribs", "rib": "ribs", "updates": "updates"}
_AN_ARCHIVE = re.compile(r"[a-z-]+\.[0-9]{8}\b.*\.(?:gz|bz2)")
_TAG = re.compile(r"<[^<>]{0,300}>")
_CHANGED_AND_SIZE = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}-[A-Z][a-z]{2}-[0-9]{4})\s+[0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
    r"\s+([0-9]{1,15})(?![0-9.KMGT])"
)
_FIRST_YEAR, _LAST_YEAR = 1990, 2099

_NAMES_UNKNOWN = message("Files whose names Kuager does not know, which were passed over: {count} (such as {name}).")
_NOTHING = message("The folder {folder} was listed, and no file of routes is in it.")


def decode(data: bytes) -> Decoded:
    """The files that one index page lists, in order of time.

    Raises:
        CodecError: it is no index page, or not of a folder of RIS or RouteViews.
    """
    text = _text(data)
    source, collector, folder = _folder(text)
    rows: dict[str, dict[str, Any]] = {}
    unknown: list[str] = []
    for name, size in _links(text):
        matched = _NAME.fullmatch(name)
        time = _time(matched[2], matched[3]) if matched else None
        if matched is None or time is None:
            unknown.append(name)
            continue
        path = f"{folder}/{name}"
        rows[path] = {
            "source": source,
            "collector": collector,
            "content": _CONTENTS[matched[1]],
            "time": time,
            "place": "",
            "name": path,
            "size": size,
        }
    remarks = []
    if unknown:
        remarks.append(Note(_NAMES_UNKNOWN, {"count": str(len(unknown)), "name": excerpt(unknown[0])}))
    if not rows:
        remarks.append(Note(_NOTHING, {"folder": folder}))
    in_order = sorted(rows.values(), key=lambda row: (row["time"], row["name"]))
    return Decoded(remarks=tuple(remarks), tables={"files": pa.Table.from_pylist(in_order, schema=FILES)})


def _text(data: bytes) -> str:
    if not data.strip():
        raise refusal(message("There is nothing in {file}."), remedy=FETCH_AGAIN)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _no_listing("") from error


def _folder(text: str) -> tuple[str, str, str]:
    """Source, collector and folder, by what the page says of itself."""
    said = ""
    for title in _TITLE.findall(text):
        said = said or html.unescape(title).strip()
        index = _INDEX.fullmatch(html.unescape(title))
        if index is None:
            continue
        if matched := _RIS_FOLDER.fullmatch(index[1]):
            return RIS, matched[1], index[1].removeprefix("/")
        if matched := _ROUTEVIEWS_FOLDER.fullmatch(index[1]):
            return ROUTEVIEWS, matched[1] or FIRST_COLLECTOR, index[1].removeprefix("/")
    raise _no_listing(said)


def _no_listing(said: str) -> CodecError:
    if said:
        return refusal(
            message("The page in {file} is “{title}”, not the index of a month at RIS or RouteViews."),
            remedy=message("Fetch the page of a month's folder, such as /rrc00/2022.01/, and add it unchanged."),
            title=excerpt(said),
        )
    return refusal(
        message("The content of {file} is not the index page of a month at RIS or RouteViews."),
        remedy=message("Fetch the page of a month's folder, such as /rrc00/2022.01/, and add it unchanged."),
    )


def _links(text: str) -> Iterator[tuple[str, int | None]]:
    """Name and exact size, if there is one, of every link that looks like a file of routes."""
    for line in text.replace("<a ", "\n<a ").replace("<A ", "\n<A ").split("\n"):
        linked = _LINK.search(line[:1500])
        if linked is None:
            continue
        name = unquote(html.unescape(linked[1])).partition("?")[0].rpartition("/")[2]
        if _AN_ARCHIVE.fullmatch(name):
            sized = _CHANGED_AND_SIZE.search(_TAG.sub(" ", linked[2]))
            yield name, int(sized[1]) if sized else None


def _time(day: str, clock: str) -> datetime | None:
    try:
        time = datetime(int(day[:4]), int(day[4:6]), int(day[6:]), int(clock[:2]), int(clock[2:]), tzinfo=UTC)
    except ValueError:
        return None
    return time if _FIRST_YEAR <= time.year <= _LAST_YEAR else None
