"""Arrow schemas of what sources say that is no series: one row per measurement, opinion, file, network, shutdown.

Columns never hold what could point at a person: no address of a client, no identifier of a report. What is not known is
null in columns that allow it and an empty string in the others; it is never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from kuager.model.schemas import TIME

MEASUREMENTS = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("uid", pa.string(), nullable=False),
        pa.field("test", pa.string(), nullable=False),
        pa.field("test_version", pa.string(), nullable=False),
        pa.field("software", pa.string(), nullable=False),
        pa.field("start", TIME),
        pa.field("received", TIME),
        pa.field("place", pa.string(), nullable=False),
        pa.field("network", pa.string(), nullable=False),
        pa.field("access", pa.string(), nullable=False),
        pa.field("input", pa.string(), nullable=False),
        pa.field("domain", pa.string(), nullable=False),
        pa.field("anomaly", pa.bool_()),
        pa.field("confirmed", pa.bool_()),
        pa.field("failed", pa.bool_()),
        pa.field("details", pa.string(), nullable=False),
    ]
)
"""One test result.

``source`` is ``ooni``, ``censoredplanet`` or ``mlab``; ``uid`` the source's public name of the result, empty when it
has none. ``start`` is by the clock of whoever measured, ``received`` by the clock of the server. ``place`` is a
country's code, ``network`` a code such as ``AS9198``. ``access`` is ``mobile`` only when the software says that it
measured over a mobile link, else ``unknown``. ``input`` is the address or name under test and ``domain`` its host.
``anomaly``, ``confirmed`` and ``failed`` are the source's own flags, null where it gives none. ``details`` is a JSON
object with the test's own main results under the source's own keys: enough to see why, never bodies, headers or
addresses of clients.
"""

OPINIONS = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("signal", pa.string(), nullable=False),
        pa.field("start", TIME, nullable=False),
        pa.field("end", TIME),
        pa.field("statement", pa.string(), nullable=False),
        pa.field("cause", pa.string(), nullable=False),
        pa.field("score", pa.float64()),
        pa.field("link", pa.string(), nullable=False),
    ]
)
"""What another observer published about a time and a place, as that observer's own finding.

``kind`` is a value of ``words.OpinionKind``. ``signal`` is our name of the signal it looked at (``ioda.bgp``), empty
for all or none. ``end`` is null while it lasts or where none is given; for a moment, such as an alert, it equals
``start``. ``statement`` and ``cause`` are the source's own words or codes (``critical: 40704 where 41355 was usual``,
``GOVERNMENT_DIRECTED``).
"""

FILES = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("collector", pa.string(), nullable=False),
        pa.field("content", pa.string(), nullable=False),
        pa.field("time", TIME, nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("size", pa.int64()),
    ]
)
"""Files that an archive lists. ``content`` is ``ribs``, ``updates`` or the name of a test; ``time`` the first moment
that the file covers; ``name`` its path in the archive; ``size`` bytes, null when the listing rounds or omits it."""

ENTITIES = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("code", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
    ]
)
"""What a source calls a place: its own ``type`` and ``code``, and our code of it, empty when we have none."""

NETWORKS = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("network", pa.string(), nullable=False),
        pa.field("time", TIME, nullable=False),
        pa.field("routed", pa.bool_()),
    ]
)
"""Networks registered in a country, and whether routes to them were seen at that time; null when it is not said."""

SHUTDOWNS = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("country", pa.string(), nullable=False),
        pa.field("start", pa.date32(), nullable=False),
        pa.field("end", pa.date32()),
        pa.field("days", pa.int32()),
        pa.field("row", pa.int32(), nullable=False),
        pa.field("fields", pa.string(), nullable=False),
    ]
)
"""Shutdowns as the coalition's register has them. ``days`` is recomputed from the dates, both included; null while one
of them is unknown. ``row`` counts from 1 in the file; ``fields`` is a JSON object of every column under its newest
name."""

UPDATES = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("collector", pa.string(), nullable=False),
        pa.field("time", TIME, nullable=False),
        pa.field("peer", pa.string(), nullable=False),
        pa.field("action", pa.string(), nullable=False),
        pa.field("prefix", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("origin", pa.string(), nullable=False),
    ]
)
"""Changes of routes. ``peer`` and ``origin`` are networks (``AS3333``). ``action`` is ``announce``, ``withdraw``,
``up`` or ``down``; the last two are of the session with the collector itself, which is no outage. ``path`` is the AS
path with blanks between."""

ROUTES = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("network", pa.string(), nullable=False),
        pa.field("prefix", pa.string(), nullable=False),
        pa.field("start", TIME, nullable=False),
        pa.field("end", TIME),
        pa.field("peers", pa.float64()),
    ]
)
"""Routes and when they were seen. ``network`` is the origin; ``end`` the last moment that the source counts in, null
when it does not say; ``peers`` how many peers with full tables saw it, a mean over that time."""

SITES = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("domain", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("added", pa.date32()),
        pa.field("note", pa.string(), nullable=False),
    ]
)
"""Sites worth testing, as a list names them. ``place`` is the country whose people need them, empty for a list for the
whole world; ``domain`` the host of ``url`` as it is looked up; ``category`` a code of the Citizen Lab (``NEWS``);
``added`` the day on which the list got it, null when it does not say."""

TABLES: Mapping[str, Any] = MappingProxyType(
    {
        "measurements": MEASUREMENTS,
        "opinions": OPINIONS,
        "files": FILES,
        "entities": ENTITIES,
        "networks": NETWORKS,
        "shutdowns": SHUTDOWNS,
        "updates": UPDATES,
        "routes": ROUTES,
        "sites": SITES,
    }
)
"""Every such table by name. In a case each has one more column, ``object``: the sealed bytes' sha256."""

LISTS = frozenset({"entities", "sites"})
"""Tables of things, not of what happened to them: a date in them is no day of which anything was seen."""
