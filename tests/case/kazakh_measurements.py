"""Measurements in OONI's own shape as they might have come from Kazakhstan in January 2022: drawn, not measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from kuager.case.adding import add_bytes
from kuager.case.folder import Case, new_case
from kuager.case.settings import Settings
from kuager.model.time import format_utc, from_epoch, parse_utc

START, END = parse_utc("2021-12-18"), parse_utc("2022-01-20")
BLOCKED_FROM, SLOW_FROM = parse_utc("2022-01-02"), parse_utc("2022-01-02T12:00Z")
CUT, BACK = parse_utc("2022-01-05T11:00Z"), parse_utc("2022-01-11T02:00Z")
NETWORKS = ("AS9198", "AS29355", "AS48503")
SLOWED = "AS29355"
BLOCKED = ("kaztag.kz", "orda.kz")
SITES = (*BLOCKED, "tengrinews.kz", "zakon.kz", "example.org")
PROBE = "203.0.113.7"
"""An address that a careless record might hold."""
SERVER = "93.184.216.34"


def case_of(folder: Path, *, cut: bool) -> Case:
    """A case with such measurements; with ``cut`` also two series that fall, and no measurement while they do."""
    case = new_case(folder, Settings("", ("KZ",), START, END, ("en",)))
    lines = (json.dumps(one) for one in measurements(cut=cut))
    add_bytes(case, "\n".join(lines).encode(), "ooni.jsonl", "ooni", None)
    if cut:
        add_bytes(case, series().encode(), "series.csv", "series", None)
    return case


def measurements(*, cut: bool) -> Iterator[dict[str, object]]:
    random = np.random.default_rng(2022)
    day = START
    while day < END:
        for network in NETWORKS:
            for site in SITES:
                for moment in _moments(random, day, 3.0, cut=cut):
                    blocked = site in BLOCKED and moment >= BLOCKED_FROM
                    yield web(moment, network, site, int(random.integers(1 << 60)), blocked=blocked)
            for moment in _moments(random, day, 5.0, cut=cut):
                slow = network == SLOWED and SLOW_FROM <= moment < CUT
                speed = float(np.exp(random.normal(np.log(800 if slow else 15_000), 0.4)))
                yield speed_test(moment, network, int(random.integers(1 << 60)), speed)
        day += timedelta(days=1)


def _moments(random: np.random.Generator, day: datetime, mean: float, *, cut: bool) -> Iterator[datetime]:
    for second in random.integers(0, 86_400, random.poisson(mean)).tolist():
        moment = day + timedelta(seconds=second)
        if not (cut and CUT <= moment < BACK):
            yield moment


def web(moment: datetime, network: str, site: str, number: int, *, blocked: bool) -> dict[str, object]:
    """A test of a site that the control reached: kept away, the handshake ends in a timeout."""
    failure = "generic_timeout_error" if blocked else None
    reached = {"status": True, "failure": None}
    results: dict[str, object] = {
        "blocking": "http-failure" if blocked else False,
        "accessible": not blocked,
        "dns_consistency": "consistent",
        "http_experiment_failure": failure,
        "queries": [{"hostname": site, "failure": None, "answers": [{"answer_type": "A", "ipv4": SERVER}]}],
        "tcp_connect": [{"ip": SERVER, "port": 443, "status": {"success": True, "failure": None}}],
        "tls_handshakes": [
            {
                "server_name": site,
                "address": f"{SERVER}:443",
                "failure": failure,
                "t0": 0.2,
                "t": 10.2 if blocked else 0.3,
            }
        ],
        "requests": [
            {
                "failure": failure,
                "request": {"url": f"https://{site}/"},
                "response": {"code": 0 if blocked else 200, "headers": {}},
            }
        ],
        "control": {
            "tcp_connect": {f"{SERVER}:443": reached},
            "http_request": {"body_length": 1000, "failure": None, "status_code": 200, "headers": {}},
            "dns": {"addrs": [SERVER], "failure": None},
        },
        "client_resolver": PROBE,
    }
    return _record(moment, network, "web_connectivity", number, f"https://{site}/", results)


def speed_test(moment: datetime, network: str, number: int, speed: float) -> dict[str, object]:
    summary = {"download": speed, "upload": speed / 3, "min_rtt": 60.0, "ping": 70.0, "retransmit_rate": 0.01}
    return _record(moment, network, "ndt", number, None, {"protocol": 7, "failure": None, "summary": summary})


def _record(
    moment: datetime, network: str, test: str, number: int, tested: str | None, results: dict[str, object]
) -> dict[str, object]:
    short = test.replace("_", "")
    return {
        "measurement_uid": f"{moment:%Y%m%d%H%M%S}.000001_KZ_{short}_{number:016x}",
        "report_id": f"{moment:%Y%m%dT%H%M%SZ}_{short}_KZ_{network[2:]}_n1_0123456789abcdef",
        "test_name": test,
        "measurement_start_time": f"{moment:%Y-%m-%d %H:%M:%S}",
        "probe_cc": "KZ",
        "probe_asn": network,
        "probe_ip": PROBE,
        "input": tested,
        "annotations": {"network_type": "mobile"},
        "msm_failure": False,
        "test_keys": results,
    }


def series() -> str:
    random = np.random.default_rng(5)
    lines = ["time,place,signal,value"]
    for moment in range(int(START.timestamp()), int(END.timestamp()), 3600):
        lost = CUT.timestamp() <= moment < BACK.timestamp()
        for signal in ("ioda.ping-slash24", "ioda.merit-nt"):
            value = 1000 * (1 + 0.01 * random.standard_normal()) * (0.02 if lost else 1.0)
            lines.append(f"{format_utc(from_epoch(moment))},KZ,{signal},{value:.1f}")
    return "\n".join(lines)
