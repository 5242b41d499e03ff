"""Tables of Tor Metrics as the test server plays them."""

from __future__ import annotations

from datetime import date, timedelta

from tests.serving import Asked, Reply

_COMMENTS = "#\n# The Tor Project\n#\n# Country codes are those of ISO 3166-1 in small letters.\n"
_HEADERS = {
    "userstats-relay-country.csv": "date,country,users,lower,upper,frac",
    "userstats-bridge-country.csv": "date,country,users,frac",
}


def answer(asked: Asked) -> Reply:
    """A row for every day asked for, the last one included; bounds are empty on every second day."""
    name = asked.path.rpartition("/")[2]
    if name not in _HEADERS:
        return Reply(b"", 404)
    first, last = (date.fromisoformat(asked.query[bound]) for bound in ("start", "end"))
    rows = [_HEADERS[name]]
    for days in range((last - first).days + 1):
        row = [(first + timedelta(days=days)).isoformat(), asked.query["country"], str(5200 + days % 7)]
        if "relay" in name:
            row += ["", ""] if days % 2 else ["4100", "6900"]
        rows.append(",".join([*row, "87"]))
    return Reply((_COMMENTS + "\n".join(rows) + "\n").encode())
