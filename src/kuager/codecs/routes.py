"""Prefixes, AS paths and changes of routes, as rows of ``model.tables.UPDATES``; shared by whoever hears BGP.

An element of a path is a number, or a list of numbers where routes were aggregated: an AS_SET (RFC 4271, section 4.3).
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from kuager.model.tables import UPDATES

LARGEST_AS_NUMBER = 2**32 - 1
LONGEST_PATH = 1_000
_LONGEST_PREFIX = 60

Element = int | list[int]


@lru_cache(maxsize=1 << 16)  # a day of changes names the same prefixes again and again
def prefix_of(written: str) -> str | None:
    """A prefix in its one spelling (RFC 5952 for IPv6); None if it is none."""
    if "/" not in written or len(written) > _LONGEST_PREFIX:
        return None
    try:
        return str(ipaddress.ip_network(written.strip(), strict=False))
    except ValueError:
        return None


def network_of(element: Element) -> str:
    """The network of an element of a path; empty for a set of several, or for the number that nobody has."""
    numbers = [element] if isinstance(element, int) else element
    return f"AS{numbers[0]}" if len(numbers) == 1 and 0 < numbers[0] <= LARGEST_AS_NUMBER else ""


def path_text(elements: list[Element]) -> str:
    """The path with blanks between, a set in braces."""
    return " ".join(str(one) if isinstance(one, int) else "{" + ",".join(map(str, one)) + "}" for one in elements)


@dataclass(slots=True)
class Changes:
    """Changes of routes so far, by column."""

    times: list[int] = field(default_factory=list)
    collectors: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)

    def add(self, time: int, collector: str, action: str, prefix: str, path: str, origin: str) -> None:
        """One more change; ``time`` is in milliseconds since the epoch."""
        self.times.append(time)
        self.collectors.append(collector)
        self.actions.append(action)
        self.prefixes.append(prefix)
        self.paths.append(path)
        self.origins.append(origin)

    def table(self, source: str, peers: list[str]) -> Any:
        """Arrow table ``UPDATES`` [n] in order of time, of changes that these peers told."""
        times = np.array(self.times, dtype=np.int64)
        columns = {
            "source": [source] * len(self.times),
            "collector": self.collectors,
            "time": times,
            "peer": peers,
            "action": self.actions,
            "prefix": self.prefixes,
            "path": self.paths,
            "origin": self.origins,
        }
        arrays = [pa.array(columns[wanted.name]).cast(wanted.type) for wanted in UPDATES]
        return pa.table(arrays, schema=UPDATES).take(pa.array(np.argsort(times, kind="stable")))
