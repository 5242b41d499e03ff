"""The archive of RouteViews as the test server plays it: the index page of a month of a collector."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.playing.ris import of_month, page
from tests.serving import Asked, Reply

_FOLDER = re.compile(r"/routeviews/((?:[a-z0-9.-]+/)?bgpdata/(\d{4})\.(\d\d)/(RIBS|UPDATES))/$")
_NAMES = {"RIBS": ("rib", timedelta(hours=2)), "UPDATES": ("updates", timedelta(minutes=15))}


def answer(asked: Asked) -> Reply:
    """Every file of the month until now: all routes every two hours, changes every quarter of an hour."""
    folder = _FOLDER.search(asked.path)
    if folder is None:
        return Reply(b"", 404)
    name, every = _NAMES[folder[4]]
    moments = of_month(int(folder[2]), int(folder[3]), every)
    return Reply(page(folder[1], [f"{name}.{moment:%Y%m%d.%H%M}.bz2" for moment in moments]))
