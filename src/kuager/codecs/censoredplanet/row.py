"""One row of ``measurements`` from a line of Censored Planet, and what must not get into it.

Who measured for Censored Planet does not know it: a vantage point is somebody's server or resolver, perhaps a router at
home. Its address, and every other address in the text of an error, is left out.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from kuager.codecs.codes import place_code
from kuager.codecs.text import excerpt

SOURCE_ID = "censoredplanet"

_GO_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?"
    r" ?(?:Z|([+-][0-9]{2}):?([0-9]{2}))(?: .{0,80})?"
)
"""RFC 3339 with nanoseconds, or what Go prints of a time: ``2021-10-20 14:51:41.221546144 -0400 EDT m=+13.5``."""

_FIRST_YEAR, _LAST_YEAR = 1970, 2099
_ADDRESS = re.compile(
    r"\[?(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?<![0-9a-z])(?:[0-9a-f]{1,4}:|:):?[0-9a-f:.]*[0-9a-f:](?:%\w{1,16})?)"
    r"\]?(?::[0-9]{1,5})?",
    re.IGNORECASE,
)
"""An address of IPv4 or IPv6 and its port; rather a clock's time too many than an address too few."""

_HIDDEN = "<address>"
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,20}://", re.IGNORECASE)
_END_OF_HOST = re.compile(r"[/?#]")
_USER = re.compile(r"\s*(?:[a-z][a-z0-9+.-]{0,20}://)?(?P<user>[^/?#]*@)", re.IGNORECASE)
"""Up to the last sign that parts a user's name and password from a host (RFC 3986, section 3.2.1)."""
_PORT = re.compile(r":[0-9]{0,5}$")
_LONGEST_INPUT = 2_000


def identity(*, test: str, start: datetime | None, country: str, name: str) -> dict[str, Any]:
    """What was measured, when and where; ``country`` is kept only if it has the shape of a country's code."""
    place = place_code(country) if len(country) == 2 else None
    return {
        "source": SOURCE_ID,
        "uid": "",
        "test": test,
        "start": start,
        "received": None,
        "place": place or "",
        "network": "",
        "access": "unknown",
        "input": without_user(name[:_LONGEST_INPUT]),
        "domain": host(name),
    }


def row(
    of: dict[str, Any], *, version: str, anomaly: bool | None, failed: bool | None, details: dict[str, Any]
) -> dict[str, Any]:
    """A row of ``measurements`` from what ``identity`` gives; empty details are left out."""
    return of | {
        "test_version": version,
        "software": "",
        "anomaly": anomaly,
        "confirmed": None,
        "failed": failed,
        "details": json.dumps({key: value for key, value in details.items() if value not in (None, "", [], {})}),
    }


def moment(text: str | None) -> datetime | None:
    """The time that a text names, to the millisecond; None if it names none between 1970 and 2099."""
    matched = _GO_TIME.fullmatch(text) if text and len(text) < 160 else None
    if matched is None:
        return None
    zone = f"{matched[4]}:{matched[5]}" if matched[4] else "+00:00"
    milliseconds = (matched[3] or "").ljust(3, "0")[:3]
    try:
        found = datetime.fromisoformat(f"{matched[1]}T{matched[2]}.{milliseconds}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def host(name: str) -> str:
    """The host of a name, an address of a page, or a name with a path; in small letters."""
    bare = _END_OF_HOST.split(_SCHEME.sub("", name.strip()[:_LONGEST_INPUT], count=1), maxsplit=1)[0]
    return _PORT.sub("", bare.rpartition("@")[2]).lower().rstrip(".")


def without_user(name: str) -> str:
    """An address of a page without the user's name and password in it, which are nobody's affair; the rest stays."""
    found = _USER.match(name) if "@" in name else None
    return name if found is None else name[: found.start("user")] + name[found.end("user") :]


def without_addresses(text: str, vantage: str = "") -> str:
    """A short excerpt of a text with every address in it hidden, and the vantage point however it is written."""
    hidden = _ADDRESS.sub(_HIDDEN, text[:600])
    return excerpt(hidden.replace(vantage, _HIDDEN) if vantage else hidden, 120)
