"""JSON Feed 1.1 (jsonfeed.org). Addresses must be whole there, so they are left out where the site's is not known."""

from __future__ import annotations

import msgspec

from kuager.model.time import format_utc
from kuager.publications.feeds.notices import NoticeEntry, NoticeFeed
from kuager.publications.feeds.story import Entry, Feed
from kuager.publications.records.episode import SIMULATED

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(told: Feed | NoticeFeed, path: str) -> bytes:
    """A feed of a case or of one of its places, in one language, which lies at ``path`` below ``public/``."""
    about = told.view.about
    feed: dict[str, object] = {
        "version": VERSION,
        "title": told.title,
        "language": about.language,
        "authors": [{"name": "Kuager"}],
    }
    if told.remark:
        feed["description"] = told.remark
    if about.address:
        feed["home_page_url"] = about.address + told.page
        feed["feed_url"] = about.address + path
    if told.simulated:
        feed["_kuager"] = {"notice": SIMULATED}
    feed["items"] = [_item(one, about.address) for one in told.entries]
    return msgspec.json.format(msgspec.json.encode(feed), indent=2) + b"\n"


def _item(one: Entry | NoticeEntry, address: str) -> dict[str, object]:
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
    item["_kuager"] = one.facts
    return item
