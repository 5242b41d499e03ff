"""From verdicts to days of permitted services, and which services may be named in them."""

from __future__ import annotations

import numpy as np

from kuager.case.blocked import Verdicts, whitelists
from kuager.detection.grid import DAY_S

SHUT, OPEN = tuple(f"{number:02}.kz" for number in range(12)), ("bank.kz", "gov.kz")
SELDOM = {"00.kz": (3, 7, 11, 15, 19), "bank.kz": (3,), "01.kz": ()}
"""Hours of those days at which services were measured that were measured seldom."""


def verdicts() -> Verdicts:
    """Twenty days, of which on three all but two services are blocked; some are measured on few of them."""
    rows = []
    for day in range(20):
        for service in (*SHUT, *OPEN):
            hours: tuple[int, ...] = (3, 13, 23)
            if 8 <= day < 11:
                hours = SELDOM.get(service, hours)
            if service == "00.kz" and day in (9, 10):  # five times, on one day only
                hours = ()
            if service == "01.kz" and day == 10:  # on one day, once
                hours = (5,)
            rows += [(day * DAY_S + hour * 3600, service, service in SHUT and 8 <= day < 11) for hour in hours]
    rows.sort()
    size = len(rows)
    closed = np.array([row[2] for row in rows])
    text = {
        name: np.full(size, value, dtype=np.dtype("U20"))
        for name, value in (
            ("networks", "AS1"),
            ("tests", "web"),
            ("layers", "tls"),
            ("methods", ""),
            ("sources", "ooni"),
        )
    }
    return Verdicts(
        times=np.array([row[0] for row in rows], dtype=np.int64),
        blocked=closed.astype(np.float64),
        usable=np.ones(size, dtype=np.bool_),
        closed=closed,
        down=np.zeros(size, dtype=np.bool_),
        services=np.array([row[1] for row in rows]),
        **text,
    )


def test_services_that_were_kept_away_are_named_where_they_were_measured_often_and_on_two_days() -> None:
    (found,) = whitelists(verdicts())
    assert (found.network, found.blocked, found.worked) == ("AS1", 12, 2)
    assert found.working == ("gov.kz",)  # the other one was measured three times
    assert found.kept_away == SHUT[2:]  # of the first two one was measured on one day, the other once
