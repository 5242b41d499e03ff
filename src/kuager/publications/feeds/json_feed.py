"""JSON Feed 1.1 (jsonfeed.org). Addresses must be whole there, so they are left out where the site's is not known."""

from __future__ import annotations

import msgspec

from kuager.errors import message
from kuager.model.time import format_utc
from kuager.publications.feeds.story import Entry, entries
from kuager.publications.records.episode import SIMULATED
from kuager.publications.site import addresses
from kuager.publications.view import CaseView

VERSION = "https://jsonfeed.org/version/1.1"
_ABOUT = "https://jsonfeed.org/version/1.1#extensions-a-name-extensions-a"


def json_feed(view: CaseView, path: str) -> bytes:
    """The feed of a case in one language, which lies at ``path`` below ``public/``."""
    about = view.about
    feed: dict[str, object] = {
        "version": VERSION,
        "title": about.translation.gettext(message("Kuager: {title}"), title=about.case_title),
        "language": about.language,
        "authors": [{"name": "Kuager"}],
    }
    if about.address:
        feed["home_page_url"] = about.address + addresses.home(about.language)
        feed["feed_url"] = about.address + path
    if view.holds_simulated:
        feed["_kuager"] = {"about": _ABOUT, "notice": SIMULATED}
    feed["items"] = [_item(one, about.address) for one in entries(view)]
    return msgspec.json.format(msgspec.json.encode(feed), indent=2) + b"\n"


def _item(one: Entry, address: str) -> dict[str, object]:
    item: dict[str, object] = {
        "id": one.id,
        "title": one.title,
        "content_text": "\n\n".join(one.text),
        "date_published": format_utc(one.published),
        "date_modified": format_utc(one.updated),
    }
    if address and one.path:
        item["url"] = address + one.path
    episode = one.view.episode if one.view is not None else None
    if episode is not None:
        item["tags"] = [episode.place, episode.kind.value, episode.level.value]
    item["_kuager"] = {
        "about": _ABOUT,
        "episode": one.episode,
        "version": one.version,
        "retracted": episode is None,
        "start": format_utc(episode.start) if episode is not None else None,
        "end": format_utc(episode.end) if episode is not None and episode.end is not None else None,
        "simulated": episode is not None and episode.simulated,
    }
    return item
