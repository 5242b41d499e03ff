"""JSON Feed 1.1 (jsonfeed.org). Addresses must be whole there, so they are left out where the site's is not known."""

from __future__ import annotations

import msgspec

from kuager.model.time import format_utc
from kuager.publications.feeds.story import Entry, entries, heading
from kuager.publications.records.episode import SIMULATED
from kuager.publications.site import addresses
from kuager.publications.site.places import pages_of_places
from kuager.publications.view import CaseView

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(view: CaseView, path: str, place: str = "") -> bytes:
    """The feed of a case or of one of its places, in one language, which lies at ``path`` below ``public/``."""
    about, told = view.about, entries(view, place)
    feed: dict[str, object] = {
        "version": VERSION,
        "title": heading(view, place),
        "language": about.language,
        "authors": [{"name": "Kuager"}],
    }
    if about.address:
        feed["home_page_url"] = about.address + pages_of_places(view).get(place, addresses.home(about.language))
        feed["feed_url"] = about.address + path
    if view.holds_simulated or any(one.simulated for one in told):
        feed["_kuager"] = {"notice": SIMULATED}
    feed["items"] = [_item(one, about.address) for one in told]
    return msgspec.json.format(msgspec.json.encode(feed), indent=2) + b"\n"


def _item(one: Entry, address: str) -> dict[str, object]:
    item: dict[str, object] = {
        "id": one.id,
        "title": one.title,
        "content_text": "\n\n".join(one.text),
        "date_published": format_utc(one.published),
        "date_modified": format_utc(one.updated),
        "tags": list(one.words),
    }
    if address and one.path:
        item["url"] = address + one.path
    item["_kuager"] = {
        "episode": one.episode,
        "version": one.version,
        "retracted": one.retracted,
        "start": format_utc(one.start),
        "end": format_utc(one.end) if one.end is not None else None,
        "simulated": one.simulated,
    }
    return item
