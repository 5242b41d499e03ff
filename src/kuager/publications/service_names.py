"""What sites and apps are called: hosts as they are, apps by the names that people know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MOST_NAMED = 4

_APPS = {
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
    "facebook_messenger": "Facebook Messenger",
    "signal": "Signal",
    "tor": "Tor",
    "torsf": "Tor (Snowflake)",
    "vanilla_tor": "Tor",
    "psiphon": "Psiphon",
    "openvpn": "OpenVPN",
    "riseupvpn": "RiseupVPN",
    "blogger": "Blogger",
    "gmail": "Gmail",
    "google-books": "Google Books",
    "google-docs": "Google Docs",
    "google-earth": "Google Earth",
    "google-groups": "Google Groups",
    "google-images": "Google Images",
    "google-maps": "Google Maps",
    "google-sites": "Google Sites",
    "google-spreadsheets": "Google Sheets",
    "google-translate": "Google Translate",
    "google-videos": "Google Video Search",
    "google-web-search": "Google Search",
    "orkut": "Orkut",
    "picasa": "Picasa",
    "youtube": "YouTube",
}


def service_name(service: str) -> str:
    """A site's host, or the name of an app by that of its test."""
    return _APPS.get(service, service)


def names(services: Iterable[str], most: int = MOST_NAMED) -> str:
    """Services as a list of a few, and how many more."""
    return some([service_name(one) for one in services], most)


def some(listed: Sequence[str], most: int = MOST_NAMED) -> str:
    """The first few of a list, and how many more."""
    more = len(listed) - most
    return ", ".join(listed[:most]) + (f" (+{more})" if more > 0 else "")
