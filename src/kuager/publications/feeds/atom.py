"""Atom 1.0 (RFC 4287). Addresses are whole where the site's is known, else relative to the feed (section 2)."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from kuager.model.time import format_utc
from kuager.publications.feeds.identity import address, urn
from kuager.publications.feeds.story import Entry, entries, heading, updated
from kuager.publications.site import addresses
from kuager.publications.site.places import pages_of_places
from kuager.publications.view import CaseView

ATOM = "http://www.w3.org/2005/Atom"


def atom(view: CaseView, path: str, place: str = "") -> bytes:
    """The feed of a case or of one of its places, in one language, which lies at ``path`` below ``public/``."""
    language, told = view.about.language, entries(view, place)
    feed = Xml.Element("feed", {"xmlns": ATOM, "xml:lang": language})
    _text(feed, "id", urn(view, f"feed {language} {place}".rstrip()))
    _text(feed, "title", heading(view, place))
    _text(feed, "updated", format_utc(updated(view, told)))
    author = Xml.SubElement(feed, "author")
    _text(author, "name", "Kuager")
    _text(feed, "generator", "Kuager").set("version", view.about.code_version.removeprefix("kuager "))
    if view.about.address:
        _link(feed, "self", view.about.address + path, "application/atom+xml")
    page = pages_of_places(view).get(place, addresses.home(language))
    _link(feed, "alternate", address(view, path, page), "text/html")
    for one in told:
        feed.append(_entry(one, view, path))
    Xml.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{Xml.tostring(feed, encoding="unicode")}\n'.encode()


def _entry(one: Entry, view: CaseView, path: str) -> Xml.Element:
    entry = Xml.Element("entry")
    _text(entry, "id", one.id)
    _text(entry, "title", one.title)
    _text(entry, "published", format_utc(one.published))
    _text(entry, "updated", format_utc(one.updated))
    if one.path:
        _link(entry, "alternate", address(view, path, one.path), "text/html")
    _link(entry, "related", address(view, path, one.alert), "application/cap+xml")
    for word in one.words:
        Xml.SubElement(entry, "category", {"term": word})
    _text(entry, "content", "\n\n".join(one.text)).set("type", "text")
    return entry


def _text(parent: Xml.Element, tag: str, text: str) -> Xml.Element:
    element = Xml.SubElement(parent, tag)
    element.text = text
    return element


def _link(parent: Xml.Element, relation: str, href: str, kind: str) -> None:
    Xml.SubElement(parent, "link", {"rel": relation, "href": href, "type": kind})
