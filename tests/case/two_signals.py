"""A small case whose two signals fall together, as files that may be added one after the other: drawn, not measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from tests.case.kazakh_measurements import web

from kuager.case.folder import Case, new_case
from kuager.case.settings import Settings
from kuager.model.time import format_utc, from_epoch, parse_utc

START, END = parse_utc("2022-01-01"), parse_utc("2022-01-20", end_of_day=True)
CUT, BACK = parse_utc("2022-01-12T06:00Z"), parse_utc("2022-01-13T12:00Z")
LATER = parse_utc("2022-01-14T00:00Z")
"""Until then the correction says that it lasted."""

SIGNALS = ("ioda.bgp", "ioda.ping-slash24")
Span = tuple[datetime, datetime]


def small_case(folder: Path, languages: tuple[str, ...] = ("en",)) -> Case:
    """A case about Kazakhstan that holds nothing yet."""
    return new_case(folder, Settings("", ("KZ",), START, END, languages))


def series(*lost: Span, seed: int = 1, signals: Sequence[str] = SIGNALS) -> bytes:
    """A series file of hourly values, of which a fiftieth is left while something is lost."""
    random = np.random.default_rng(seed)
    lines = ["time,place,signal,value"]
    for moment in range(int(START.timestamp()), int(END.timestamp()), 3600):
        left = 0.02 if any(start.timestamp() <= moment < end.timestamp() for start, end in lost) else 1.0
        for signal in signals:
            value = 1000.0 * left * (1.0 + 0.01 * random.standard_normal())
            lines.append(f"{format_utc(from_epoch(moment))},KZ,{signal},{value:.1f}")
    return ("\n".join(lines) + "\n").encode()


def measurements() -> bytes:
    """A few tests of a site in OONI's own shape."""
    moments = [CUT - timedelta(days=day) for day in range(1, 6)]
    tests = [web(moment, "AS9198", "kaztag.kz", number, blocked=False) for number, moment in enumerate(moments)]
    return "\n".join(json.dumps(one) for one in tests).encode()
