"""Atom 1.0 (RFC 4287). Addresses are whole where the site's is known, else relative to the feed (section 2)."""

from __future__ import annotations

from posixpath import relpath
from xml.etree import ElementTree as Xml

from kuager.errors import message
from kuager.model.time import format_utc
from kuager.publications.feeds.story import Entry, clean, entries, updated, urn
from kuager.publications.site import addresses
from kuager.publications.view import CaseView

ATOM = "http://www.w3.org/2005/Atom"


def atom(view: CaseView, path: str) -> bytes:
    """The feed of a case in one language, which lies at ``path`` below ``public/``."""
    translation = view.about.translation
    feed = Xml.Element("feed", {"xmlns": ATOM, "xml:lang": view.about.language})
    _text(feed, "id", urn(view, f"feed {view.about.language}"))
    _text(feed, "title", clean(translation.gettext(message("Kuager: {title}"), title=view.about.case_title)))
    _text(feed, "updated", format_utc(updated(view)))
    author = Xml.SubElement(feed, "author")
    _text(author, "name", "Kuager")
    _text(feed, "generator", "Kuager").set("version", view.about.code_version.removeprefix("kuager "))
    if view.about.address:
        _link(feed, "self", view.about.address + path, "application/atom+xml")
    _link(feed, "alternate", address(view, path, addresses.home(view.about.language)), "text/html")
    for one in entries(view):
        feed.append(_entry(one, view, path))
    Xml.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{Xml.tostring(feed, encoding="unicode")}\n'.encode()


def address(view: CaseView, here: str, there: str) -> str:
    """The address of a file of the site, for a feed that lies at ``here``."""
    return view.about.address + there if view.about.address else relpath(there, here.rpartition("/")[0])


def _entry(one: Entry, view: CaseView, path: str) -> Xml.Element:
    entry = Xml.Element("entry")
    _text(entry, "id", one.id)
    _text(entry, "title", one.title)
    _text(entry, "published", format_utc(one.published))
    _text(entry, "updated", format_utc(one.updated))
    if one.path:
        _link(entry, "alternate", address(view, path, one.path), "text/html")
    if one.view is not None:
        Xml.SubElement(entry, "category", {"term": one.view.episode.kind.value, "scheme": "urn:kuager:kind"})
        Xml.SubElement(entry, "category", {"term": one.view.episode.level.value, "scheme": "urn:kuager:level"})
        Xml.SubElement(entry, "category", {"term": one.view.episode.place, "scheme": "urn:kuager:place"})
    _text(entry, "content", "\n\n".join(one.text)).set("type", "text")
    return entry


def _text(parent: Xml.Element, tag: str, text: str) -> Xml.Element:
    element = Xml.SubElement(parent, tag)
    element.text = text
    return element


def _link(parent: Xml.Element, relation: str, href: str, kind: str) -> None:
    Xml.SubElement(parent, "link", {"rel": relation, "href": href, "type": kind})
