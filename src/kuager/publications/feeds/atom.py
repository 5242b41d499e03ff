"""Atom 1.0 (RFC 4287). Addresses are whole where the site's is known, else relative to the feed (section 2)."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from kuager.model.time import format_utc
from kuager.publications.feeds.identity import address, urn
from kuager.publications.feeds.notices import NoticeEntry, NoticeFeed
from kuager.publications.feeds.story import Entry, Feed
from kuager.publications.view import CaseView

ATOM = "http://www.w3.org/2005/Atom"


def atom(told: Feed | NoticeFeed, path: str) -> bytes:
    """A feed of a case or of one of its places, in one language, which lies at ``path`` below ``public/``."""
    view = told.view
    feed = Xml.Element("feed", {"xmlns": ATOM, "xml:lang": view.about.language})
    _text(feed, "id", urn(view, told.name))
    _text(feed, "title", told.title)
    if told.remark:
        _text(feed, "subtitle", told.remark)
    _text(feed, "updated", format_utc(told.updated))
    author = Xml.SubElement(feed, "author")
    _text(author, "name", "Kuager")
    _text(feed, "generator", "Kuager").set("version", view.about.code_version.removeprefix("kuager "))
    if view.about.address:
        _link(feed, "self", view.about.address + path, "application/atom+xml")
    _link(feed, "alternate", address(view, path, told.page), "text/html")
    for one in told.entries:
        feed.append(_entry(one, view, path))
    Xml.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{Xml.tostring(feed, encoding="unicode")}\n'.encode()


def _entry(one: Entry | NoticeEntry, view: CaseView, path: str) -> Xml.Element:
    entry = Xml.Element("entry")
    _text(entry, "id", one.id)
    _text(entry, "title", one.title)
    _text(entry, "published", format_utc(one.published))
    _text(entry, "updated", format_utc(one.updated))
    if one.path:
        _link(entry, "alternate", address(view, path, one.path), "text/html")
    if one.alert:
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
