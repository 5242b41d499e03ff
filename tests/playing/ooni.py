"""OONI's API as the test server plays it: counts per day, and lists of measurements of more than one page."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from tests.serving import Asked, Reply

LISTED = 1_200
"""Measurements in every list, evenly over its time: more than one page of what may be asked at once."""

REPORT = "20220105T100000Z_webconnectivity_KZ_9198_n1_ReportOfSomebody1"


def answer(asked: Asked) -> Reply:
    """Counts and lists for whatever is asked, complete for every day that has begun."""
    if asked.path.endswith("/api/v1/aggregation"):
        return _json({"v": 0, "dimension_count": 1, "db_stats": {}, "result": _counts(asked.query)})
    if asked.path.endswith("/api/v1/measurements"):
        return _json(_page(asked.query))
    return Reply(b"", 404)


def _counts(query: dict[str, str]) -> list[dict[str, object]]:
    day, until = (datetime.fromisoformat(query[name]).replace(tzinfo=UTC) for name in ("since", "until"))
    rows: list[dict[str, object]] = []
    while day < min(until, datetime.now(UTC)):
        many = 100 + day.toordinal() % 7
        row = {"anomaly_count": 5, "confirmed_count": 2, "failure_count": 3, "ok_count": many - 10}
        rows.append({**row, "measurement_count": many, "measurement_start_day": f"{day:%Y-%m-%d}"})
        day += timedelta(days=1)
    return rows


def _page(query: dict[str, str]) -> dict[str, object]:
    since, until = (datetime.fromisoformat(query[name]) for name in ("since", "until"))
    offset, limit = int(query.get("offset", "0")), int(query["limit"])
    step = (min(until, datetime.now(UTC)) - since) / LISTED
    numbers = range(offset, min(offset + limit, LISTED))
    further = {**query, "offset": str(offset + limit)}
    next_url = f"https://api.ooni.io/api/v1/measurements?{urlencode(further)}" if offset + limit < LISTED else None
    domain = query.get("domain", "example.org").split(",")[0]
    network = query.get("probe_asn", "AS9198")
    return {
        "metadata": {"count": -1, "current_page": offset // limit + 1, "limit": limit, "next_url": next_url},
        "results": [_row(since + step * (number + 1), number, domain, network) for number in numbers],
    }


def _row(start: datetime, number: int, domain: str, network: str) -> dict[str, object]:
    uid = f"{start:%Y%m%d%H%M%S}.{number:06}_KZ_webconnectivity_{number:016x}"
    return {
        "anomaly": True,
        "confirmed": False,
        "failure": False,
        "input": f"https://{domain}/",
        "probe_asn": network,
        "probe_cc": "KZ",
        "report_id": REPORT,
        "scores": {"blocking_general": 1.0, "analysis": {"blocking_type": "http-failure"}},
        "test_name": "web_connectivity",
        "measurement_url": f"https://api.ooni.io/api/v1/raw_measurement?report_id={REPORT}",
        "measurement_start_time": f"{start:%Y-%m-%dT%H:%M:%S}.000000Z",
        "measurement_uid": uid,
        "verification_status": "verified",
    }


def _json(body: object) -> Reply:
    return Reply(json.dumps(body).encode(), headers={"X-RateLimit-Remaining": "9"})
