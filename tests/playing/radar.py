"""Cloudflare Radar's API as the test server plays it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from math import cos, pi

from tests.serving import Asked, Reply

_STEPS = {"1h": timedelta(hours=1), "1d": timedelta(days=1)}


def answer(asked: Asked) -> Reply:
    """An answer to a time series or a list of findings, in Radar's own shape; a refusal without a token."""
    if not asked.headers.get("Authorization", "").startswith("Bearer "):
        return _refused(10_000, "Authentication error", 403)
    start, end = (datetime.fromisoformat(asked.query[name]) for name in ("dateStart", "dateEnd"))
    if end <= start or end > datetime.now(UTC) + timedelta(days=1):
        return _refused(1001, "dateEnd: Invalid date range", 400)
    path = asked.path.partition("/radar/")[2]
    if path in {"netflows/timeseries", "http/timeseries"}:
        return _answered(_series(asked, start, end))
    first = int(asked.query["offset"])
    if path == "annotations/outages":
        return _answered({"annotations": _outages(asked, start)[first:][: int(asked.query["limit"])]})
    if path == "traffic_anomalies":
        return _answered({"trafficAnomalies": _anomalies(asked, start)[first:][: int(asked.query["limit"])]})
    return _refused(1002, "No such route", 404)


def _series(asked: Asked, start: datetime, end: datetime) -> dict[str, object]:
    step = _STEPS[asked.query["aggInterval"]]
    times = [start + index * step for index in range(-(-(end - start) // step))]
    return {
        "meta": {
            "aggInterval": {"1h": "ONE_HOUR", "1d": "ONE_DAY"}[asked.query["aggInterval"]],
            "dateRange": [{"startTime": _written(start), "endTime": _written(end)}],
            "lastUpdated": _written(end),
            "normalization": asked.query["normalization"],
            "confidenceInfo": {"level": 5, "annotations": []},
            "units": [{"name": "*", "value": "bytes"}],
        },
        asked.query["name"]: {
            "timestamps": [_written(moment) for moment in times],
            "values": [f"{0.75 + 0.25 * cos(2 * pi * (moment.hour - 15) / 24):.6f}" for moment in times],
        },
    }


def _outages(asked: Asked, start: datetime) -> list[dict[str, object]]:
    if "location" not in asked.query:
        return []
    country = asked.query["location"]
    return [
        {
            "id": "17",
            "dataSource": "ALL",
            "description": "Networks were cut off during protests",
            "scope": None,
            "startDate": _written(start + timedelta(days=3, hours=10, minutes=30)),
            "endDate": _written(start + timedelta(days=8, hours=6)),
            "locations": [country],
            "asns": [],
            "eventType": "OUTAGE",
            "linkedUrl": "https://news.example/cut-off",
            "locationsDetails": [{"name": "A country", "code": country}],
            "asnsDetails": [],
            "outage": {"outageCause": "GOVERNMENT_DIRECTED", "outageType": "NATIONWIDE"},
        }
    ]


def _anomalies(asked: Asked, start: datetime) -> list[dict[str, object]]:
    begun = _written(start + timedelta(days=3, hours=10))
    if "location" in asked.query:
        about: dict[str, object] = {
            "type": "LOCATION",
            "locationDetails": {"code": asked.query["location"], "name": ""},
        }
    else:
        about = {"type": "AS", "asnDetails": {"asn": asked.query["asn"], "name": ""}}
    found = {"uuid": "55a57f33", "status": "VERIFIED", "startDate": begun, "visibleInDataSources": ["NET", "HTTP"]}
    return [found | about]


def _answered(result: dict[str, object]) -> Reply:
    return Reply(json.dumps({"success": True, "errors": [], "result": result}).encode())


def _refused(code: int, said: str, status: int) -> Reply:
    errors = [{"code": code, "message": said}]
    return Reply(json.dumps({"success": False, "errors": errors, "messages": [], "result": None}).encode(), status)


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
