"""The traffic of Google's Transparency Report as the test server plays it."""

from __future__ import annotations

import json
from math import cos, pi

from tests.serving import Asked, Reply

_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000


def answer(asked: Asked) -> Reply:
    """A value for every sample, the step growing with the range; ranges of less than a day are refused."""
    if not asked.path.endswith("/fraction"):
        return Reply(b"", 404)
    start, end = int(asked.query["start"]), int(asked.query["end"])
    if end - start < _DAY_MS:
        return Reply(b"", 400)
    step = (2 if end - start <= 31 * _DAY_MS else 3) * _HOUR_MS
    samples = [
        [moment, [[None, round(50 + 20 * cos(2 * pi * (moment % _DAY_MS) / _DAY_MS), 4)]]]
        for moment in range(start, end, step)
    ]
    return Reply(b")]}'\n\n" + json.dumps([["tr.atsr", samples]]).encode())
