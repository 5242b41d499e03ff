"""A case with secrets planted in it: a region, a network, a probe, a finding on few measurements; all of it drawn."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from tests.case.kazakh_measurements import BACK, CUT, END, NETWORKS, PROBE, START, measurements, web

from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case
from kuager.case.documents import add_record
from kuager.case.folder import Case, new_case, open_case
from kuager.case.founding import founding_bytes
from kuager.case.publication_settings import Publication
from kuager.case.settings import Settings, to_toml
from kuager.model.time import format_utc, from_epoch

REGION, NETWORK, RARE = "KZ-39", "AS29355", "rare.kz"
"""Kostanay and Kcell; a site of which a finding rests on few measurements."""
SHOWN = "KZ-71"
NAMES_OF_SECRETS = {
    "region's code": re.compile(r"KZ-39|kz-39", re.IGNORECASE),
    "region's name": re.compile(r"kostana|костана|қостана", re.IGNORECASE),
    "network": re.compile(r"(?<![0-9a-f.])(?:AS)?29355(?![0-9a-f])", re.IGNORECASE),
    "probe": re.compile(re.escape(PROBE)),
}


def secret_case(folder: Path) -> Case:
    """The case in two languages, with everything found in it."""
    case = new_case(folder, Settings("", ("KZ",), START, END, ("en", "ru")))
    lines = [json.dumps(one) for one in measurements(cut=False)]
    lines += [json.dumps(one) for one in _rare()]
    add_bytes(case, "\n".join(lines).encode(), f"{PROBE}.jsonl", "ooni", None)
    add_bytes(case, _series().encode(), f"{REGION}.csv", "series", None)
    add_record(case, founding_bytes(), "record.toml")
    detect_case(case)
    return case


def with_rules(case: Case, publication: Publication) -> Case:
    """The case as its owner would have it after editing ``case.toml``."""
    opened = open_case(case.path)
    settings = replace(opened.settings, publication=publication)
    (case.path / "case.toml").write_bytes(to_toml(settings))
    return open_case(case.path)


def _rare() -> list[dict[str, object]]:
    """A site that was open for two weeks and then blocked in seven measurements of three days."""
    found = []
    for day in range(14):
        moment = START + timedelta(days=day, hours=3)
        found += [
            web(moment + timedelta(hours=at), NETWORKS[0], RARE, 9000 + 10 * day + at, blocked=False) for at in (0, 6)
        ]
    for number in range(7):
        moment = START + timedelta(days=16 + number // 3, hours=4 * (number % 3))
        found.append(web(moment, NETWORKS[0], RARE, 9500 + number, blocked=True))
    return found


def _series() -> str:
    random = np.random.default_rng(7)
    rows = ["time,place,signal,value"]
    places = ("KZ", REGION, SHOWN, NETWORK)
    for moment in range(int(START.timestamp()), int(END.timestamp()), 3600):
        lost = CUT.timestamp() <= moment < BACK.timestamp()
        for place in places:
            for signal in ("ioda.ping-slash24", "ioda.merit-nt"):
                value = 1000 * (1 + 0.01 * random.standard_normal()) * (0.02 if lost else 1.0)
                rows.append(f"{format_utc(from_epoch(moment))},{place},{signal},{value:.1f}")
    return "\n".join(rows)
