"""Kinds of sites on one network, on all together, and beside sites of which nobody says what kind they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from kuager.episodes.groups import groups_of, without_a_kind
from kuager.episodes.sightings import Measured, Seen, Sightings
from kuager.model.services import Blocking
from kuager.model.time import Instant, to_epoch

START = datetime(2022, 1, 1, tzinfo=UTC)
DAYS = 50
HERE, THERE = "AS9198", "AS29355"
SITES = ("kaztag.kz", "orda.kz")


def blocking(service: str, day: int = 20, *, network: str = HERE, group: str = "NEWS", already: bool = False) -> Seen:
    since = START + timedelta(days=day)
    row = Blocking(
        source="ooni",
        service=service,
        group=group,
        network=network,
        layer="tls",
        methods=("tls.timeout",),
        first_seen=Instant(since - timedelta(days=1), since, since),
        last_seen=None,
        last_measured=START + timedelta(days=DAYS),
        already=already,
        share=0.9,
        share_low=0.8,
        share_high=1.0,
        base=0.0,
        probability=1.0,
        measurements=20,
        blocked=20,
        days_measured=20,
        days_without=0,
    )
    nothing = np.empty(0, dtype=np.int64)
    return Seen(row, nothing, nothing, nothing)


def measured(service: str, network: str, every: int) -> Measured:
    days = to_epoch(START) // 86_400 + np.arange(0, DAYS, every, dtype=np.int64)
    return Measured("ooni", network, service, "NEWS", days, 3 * days.size)


def found(every_here: int) -> Sightings:
    """Measured on every so many days where they are blocked, and on every day where they are not."""
    rows = [measured(site, network, every) for site in SITES for network, every in ((HERE, every_here), (THERE, 1))]
    return Sightings(measured=tuple(rows), listed={"NEWS": SITES})


def test_what_all_networks_together_show_of_one_of_them_is_told_once() -> None:
    end = to_epoch(START + timedelta(days=DAYS))
    seen = [blocking(site) for site in SITES]
    (often,) = groups_of(found(1), seen, end)
    assert (often.network, often.networks, often.services) == (HERE, (HERE,), SITES)
    (seldom,) = groups_of(found(2), seen, end)  # too few days there to tell it from chance, not so on all together
    assert (seldom.network, seldom.networks, seldom.services) == ("", (HERE,), SITES)


def test_sites_without_a_kind_that_became_blocked_with_a_group_are_named_beside_it() -> None:
    (group,) = groups_of(found(1), [blocking(site) for site in SITES], to_epoch(START + timedelta(days=DAYS)))
    with_it = [blocking("vlast.kz", 21, group=""), blocking("www.azattyq.org", group="")]
    not_with_it = [
        blocking("late.kz", 30, group=""),
        blocking("there.kz", network=THERE, group=""),
        blocking("always.kz", group="", already=True),
        blocking("telegram", group=""),
        blocking("bank.kz", group="ECON"),
        blocking("orda.kz"),
    ]
    assert without_a_kind(group, [one.row for one in (*with_it, *not_with_it)]) == ("azattyq.org", "vlast.kz")
