"""What a reader should be told of rows of OONI's measurements: which lack something, and whose clock was wrong.

OONI itself discards what was begun, by the probe's clock, more than an hour after it was received, or more than 365
days before. The rows are kept here, for the time of receipt is known; where only its day is, the benefit of the doubt
is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kuager.codecs.ooni.row import OLD_UID
from kuager.codecs.ooni.tests import TESTS
from kuager.errors import message

_OTHER_TESTS = message(
    "Measurements of tests whose results Kuager does not read, so that only the fact of them is kept: {count}."
)
_NO_RESULTS = message("Measurements that came without results: {count}.")
_CLOCK = message(
    "Measurements that began, by the probe's own clock, more than an hour after OONI received them or more than a year "
    "before: {count}."
)
_NO_TIME = message("Measurements without a time that could be read: {count}.")
_NO_PLACE = message("Measurements that do not say in which country they were made: {count}.")

REMARKS = (_OTHER_TESTS, _NO_RESULTS, _CLOCK, _NO_TIME, _NO_PLACE)
"""The templates, in the order in which they are told; each has the field ``count``."""

_KNOWN_TESTS = pa.array(list(TESTS))
_ONE_HOUR, _ONE_DAY, _ONE_YEAR = (pa.scalar(timedelta(hours=hours), pa.duration("ms")) for hours in (1, 24, 365 * 24))


def remarkable(batch: Any) -> Mapping[str, int]:
    """How many rows of a record batch each of ``REMARKS`` is true of."""
    bare = pc.equal(batch["details"], "{}")
    known = pc.is_in(batch["test"], _KNOWN_TESTS)
    start, received = batch["start"], batch["received"]
    day_only = pc.starts_with(batch["uid"], OLD_UID)
    latest = pc.if_else(day_only, pc.add(received, _ONE_DAY), received)
    off = pc.or_(pc.greater(pc.subtract(start, latest), _ONE_HOUR), pc.greater(pc.subtract(received, start), _ONE_YEAR))
    return {
        _OTHER_TESTS: _count(pc.invert(known)),
        _NO_RESULTS: _count(pc.and_(known, bare)),
        _CLOCK: _count(off),
        _NO_TIME: _count(pc.and_(pc.is_null(start), pc.is_null(received))),
        _NO_PLACE: _count(pc.equal(batch["place"], "")),
    }


def _count(flags: Any) -> int:
    return int(pc.sum(flags).as_py() or 0)
