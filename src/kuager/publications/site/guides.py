"""Pages on how to use the others: checking them, following them, how they come about, words, and helping safely."""

from __future__ import annotations

from kuager.publications.feeds.files import feed_list
from kuager.publications.site import addresses
from kuager.publications.site.glossary import glossary
from kuager.publications.site.rendering import MENU, render
from kuager.publications.view import CaseView
from kuager.publications.wording import tables
from kuager.sources import registry

MANIFEST, LOG_KEY = "MANIFEST.sha256", "data/log.vkey"


def guide_pages(view: CaseView) -> dict[str, bytes]:
    """The guides in the language of a view, by path below ``public/``."""
    about, translation = view.about, view.about.translation
    facts: dict[str, dict[str, object]] = {
        "verify": {"manifest": MANIFEST, "key": LOG_KEY, "episodes": [one.episode.id for one in view.episodes]},
        "subscribe": {"feeds": feed_list(view), "address": about.address},
        "method": {"sources": _sources(view)},
        "glossary": {"terms": glossary(translation)},
        "volunteer": {},
    }
    pages = {}
    for name in addresses.GUIDES:
        here = addresses.guide(about.language, name)
        page = render(f"guides/{name}.html", about, here, simulated=False, title=_title(name, view), **facts[name])
        pages[here] = page.encode()
    return pages


def _title(name: str, view: CaseView) -> str:
    return view.about.translation.gettext(MENU[name])


def _sources(view: CaseView) -> list[tables.SourceRow]:
    """What the signals of a case see and cannot see, each signal once."""
    rows: dict[str, tables.SourceRow] = {}
    for one in view.episodes:
        for reading in one.episode.signals:
            rows.setdefault(registry.signal(reading.signal).name, tables.source_rows((reading,), one)[0])
    return list(rows.values())
