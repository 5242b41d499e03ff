"""The archive of RIPE RIS as the test server plays it: the index page of a month of a collector."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tests.serving import Asked, Reply

_FOLDER = re.compile(r"/(rrc\d\d/(\d{4})\.(\d\d))/$")


def answer(asked: Asked) -> Reply:
    """Every file of the month until now: all routes every eight hours, changes every five minutes."""
    folder = _FOLDER.search(asked.path)
    if folder is None:
        return Reply(b"", 404)
    files = {"bview": timedelta(hours=8), "updates": timedelta(minutes=5)}
    names = [
        f"{name}.{moment:%Y%m%d.%H%M}.gz"
        for name, every in files.items()
        for moment in of_month(int(folder[2]), int(folder[3]), every)
    ]
    return Reply(page(folder[1], names))


def of_month(year: int, month: int, every: timedelta) -> list[datetime]:
    """The moments of a month that are over, at a step that divides a day."""
    begin = datetime(year, month, 1, tzinfo=UTC)
    end = min(datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC), datetime.now(UTC))
    return [begin + index * every for index in range(max(0, -(-(end - begin) // every)))]


def page(folder: str, names: list[str]) -> bytes:
    """The page that a web server makes of a folder."""
    links = "\n".join(f'<a href="{name}">{name}</a>  2022-01-05 12:05  4.5M' for name in names)
    title = f"Index of /{folder}"
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><pre>\n{links}\n</pre></body></html>".encode()
    )
