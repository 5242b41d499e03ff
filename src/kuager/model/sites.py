"""Sites that people are kept from: those of a country that Kuager itself knows by name, each with who says so.

``data/sites-kz.csv`` holds the sites of the founding case in the format of the Citizen Lab's test lists (``url``,
``category_code``, ``category_description``, ``date_added``, ``source``, ``notes``). A messenger that was blocked is no
site: only what the record names by its address stands there. People add whole lists to their cases
(``kuager.codecs.site_list``).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

NEWS = "NEWS"
"""The category of news media in the codes of the Citizen Lab."""

_LONGEST_NAME = 253  # RFC 1035, section 2.3.4, as text without the root's dot
_NOT_PUBLIC = (
    *("alt", "arpa", "example", "internal", "invalid", "local", "localhost", "onion", "test"),
    *("corp", "home", "intranet", "lan", "private"),
)
"""Top-level domains of no public name: special-use names of IANA (RFC 6761, 6762, 7686, 9476; ``home.arpa``, RFC 8375),
``internal`` (ICANN, 2024), and those that networks at home and at work use though nobody gave them out (RFC 6762,
appendix G)."""
_ENDS_HOST = frozenset("/?#:\\")
_REMEMBERED = 65_536
_LISTS = {"KZ": "sites-kz.csv"}


@dataclass(frozen=True, slots=True)
class Site:
    """A site: the address to test, its host, the code of its category, who says so, and what was said."""

    url: str
    domain: str
    category: str
    source: str
    note: str


@cache
def sites(country: str) -> tuple[Site, ...]:
    """The sites of a country that Kuager knows, in the order of the register; none for most countries.

    Args:
        country: two letters of ISO 3166-1.
    """
    if country not in _LISTS:
        return ()
    text = resources.files("kuager.model").joinpath("data", _LISTS[country]).read_text("utf-8")
    return tuple(
        Site(row["url"], domain_of(row["url"]), row["category_code"], row["source"], row["notes"])
        for row in csv.DictReader(io.StringIO(text))
    )


def domain_of(url: str) -> str:
    """The host of an address on the web, in the form in which it is looked up: small letters, IDNA as ``xn--``.

    A host may be an IP literal; it comes out in its shortest spelling and without brackets.

    Raises:
        ValueError: it is no address of ``http`` or ``https`` with a host, holds a user's name, or its host can mean
            two names (IDNA of 2003 and of 2008 differ, as for ``ß``).
    """
    if not url.isprintable() or " " in url:  # urlsplit would leave some of these signs out
        raise ValueError("it holds a sign that no address has")
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or parts.port == 0 or "%" in host:
        raise ValueError("it is no address on the web")
    if "[" in parts.netloc:
        return str(IPv6Address(host))
    if host.replace(".", "").isdigit():
        return str(ip_address(host))
    name = host.removesuffix(".")
    if not name or len(name) > _LONGEST_NAME or "." not in name:
        raise ValueError("its host has no name")
    written = name.encode("idna")
    if not name.isascii() and written.decode("idna") != name:
        raise ValueError("its host can mean two names")
    labels = written.decode("ascii").split(".")
    if len(written) > _LONGEST_NAME or not all(_is_label(label) for label in labels) or labels[-1].isdigit():
        raise ValueError("its host is no name")
    return ".".join(labels)


@lru_cache(maxsize=_REMEMBERED)
def is_public_name(host: str) -> bool:
    """Whether a host, as it stands in an address, is a name of the public internet: no address, no name at home.

    An address may be anybody's, also that of whoever measured; private names say what stands in somebody's own network.
    """
    try:
        name = domain_of(f"https://{host}/")
    except ValueError:
        return False
    return _ENDS_HOST.isdisjoint(host) and not _is_literal(name) and name.rpartition(".")[2] not in _NOT_PUBLIC


def _is_literal(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_label(label: str) -> bool:
    """Letters, digits, hyphens and the underscores that some hosts have, though RFC 952 knows none."""
    kept = label.replace("-", "").replace("_", "")
    return label.isascii() and kept.isalnum() and not label.startswith("-") and not label.endswith("-")
