"""RIPEstat's Data API as the test server plays it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

from tests.serving import Asked, Reply

_STEPS = {"5m": 300, "1h": 3600, "1d": 86_400, "1w": 604_800}


def answer(asked: Asked) -> Reply:
    """An answer of RIPEstat in its own shape, whole over the window that was asked for."""
    call = asked.path.split("/")[-2]
    if call not in _PLAYED:
        return Reply(b"", 404)
    envelope = {
        "messages": [],
        "see_also": [],
        "version": "1.0",
        "data_call_name": call,
        "data_call_status": "supported",
        "cached": False,
        "status": "ok",
        "status_code": 200,
        "time": datetime.now(UTC).replace(tzinfo=None).isoformat(),
        "data": _PLAYED[call](asked.query),
    }
    return Reply(json.dumps(envelope).encode())


def _stats(query: dict[str, str]) -> dict[str, object]:
    """Rows of up to twelve samples that say the same, as RIPEstat joins neighbours; both ends are counted in."""
    step, last = _STEPS[query["resolution"]], _seconds(query["endtime"])
    rows = []
    for start in range(_seconds(query["starttime"]), last + 1, 12 * step):
        period = {"starttime": _written(start), "endtime": _written(min(start + 11 * step, last))}
        rows.append(
            {
                "timeline": [period],
                "v4_prefixes_ris": 2300 + start // step % 5,
                "v6_prefixes_ris": 120,
                "asns_ris": 150,
                "v4_prefixes_stats": -1,
                "v6_prefixes_stats": -1,
                "asns_stats": 204,
                "stats_date": _written(start),
            }
        )
    return {**_window(query), "resource": query["resource"], "resolution": query["resolution"], "stats": rows}


def _asns(query: dict[str, str]) -> dict[str, object]:
    country: dict[str, object] = {"resource": query["resource"], "stats": {"registered": 3, "routed": 2}}
    if query.get("lod") == "1":
        country |= {"routed": "{AsnSingle(9198), AsnSingle(29355)}", "non_routed": "{AsnSingle(5434)}"}
    return {"resource": [query["resource"]], "query_time": query["query_time"], "countries": [country]}


def _history(query: dict[str, str]) -> dict[str, object]:
    timeline = {**{name: query[name] for name in ("starttime", "endtime")}, "full_peers_seeing": 371.67}
    prefixes = [{"prefix": "192.0.2.0/24", "timelines": [timeline]}]
    number = query["resource"].removeprefix("AS")
    return {**_window(query), "resource": number, "by_origin": [{"origin": number, "prefixes": prefixes}]}


def _updates(query: dict[str, str]) -> dict[str, object]:
    """A route that goes at noon of the first day and comes back a minute later."""
    noon = _seconds(query["starttime"]) + 43_200
    collector = int(query["rrcs"].split(",")[0])
    attributes = {"source_id": f"{collector:02d}-198.51.100.239", "target_prefix": "192.0.2.0/24"}
    path = [64496, int(query["resource"].removeprefix("AS"))]
    updates = [
        {"seq": 1, "timestamp": _written(noon), "type": "W", "attrs": attributes},
        {"seq": 2, "timestamp": _written(noon + 60), "type": "A", "attrs": {**attributes, "path": path}},
    ]
    return {**_window(query), "resource": query["resource"], "nr_updates": len(updates), "updates": updates}


_PLAYED: dict[str, Callable[[dict[str, str]], dict[str, object]]] = {
    "country-resource-stats": _stats,
    "country-asns": _asns,
    "routing-history": _history,
    "bgp-updates": _updates,
}


def _window(query: dict[str, str]) -> dict[str, object]:
    return {f"query_{name}": query[name] for name in ("starttime", "endtime")}


def _seconds(written: str) -> int:
    return int(datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp())


def _written(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"
