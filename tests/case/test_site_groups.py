"""Kinds of sites as groups in a case: from sealed measurements to what the page, the terminal and programs get."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from tests.case.kazakh_measurements import NETWORKS, START, web

from kuager.case.adding import add_bytes
from kuager.case.detecting import Detected, detect_case, standing
from kuager.case.folder import Case, new_case
from kuager.case.publishing import publish_case
from kuager.case.settings import Settings
from kuager.case.views import episode_views
from kuager.model.services import GroupBlocking
from kuager.publications.records.episode import case_record
from kuager.publications.terminal import timeline

DAYS = 33
WATCHED = tuple(sorted(NETWORKS[:2]))
BEGINS = {"orda.kz": 15, "kaztag.kz": 15, "vlast.kz": 16, "azattyq.org": 15}
OPEN = ("tengrinews.kz", "zakon.kz")
NEVER = ("newtimes.kz", "ratel.kz")
"""The register of the place names ``www.kaztag.kz`` as well: that is ``kaztag.kz``, which was measured."""
BANKS = ("kaspi.kz", "halykbank.kz", "bcc.kz")
LIST = "url,category_code,category_description,date_added,source,notes\n" + "".join(
    f"https://{site}/,{code},,,,\n"
    for code, sites in (("NEWS", (*BEGINS, *OPEN, *NEVER)), ("ECON", BANKS))
    for site in sites
)


def measured(networks: tuple[str, ...], *, blocked_on: tuple[str, ...]) -> str:
    random = np.random.default_rng(7)
    rows = []
    for day in range(DAYS):
        for network in networks:
            for site in (*BEGINS, *OPEN, *BANKS):
                for second in random.integers(0, 86_400, random.poisson(2.0)).tolist():
                    moment = START + timedelta(days=day, seconds=second)
                    shut = network in blocked_on and day >= BEGINS.get(site, DAYS)
                    rows.append(web(moment, network, site, int(random.integers(1 << 60)), blocked=shut))
    return "\n".join(map(json.dumps, rows))


def case_of(folder: Path, networks: tuple[str, ...], *, blocked_on: tuple[str, ...]) -> Case:
    case = new_case(folder, Settings("", ("KZ",), START, START + timedelta(days=DAYS), ("en",)))
    add_bytes(case, measured(networks, blocked_on=blocked_on).encode(), "ooni.jsonl", "ooni", None)
    add_bytes(case, LIST.encode(), "list.csv", "site-list", "KZ")
    return case


@pytest.fixture(scope="module")
def two_networks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Detected]:
    case = case_of(tmp_path_factory.mktemp("groups") / "kz", WATCHED, blocked_on=WATCHED)
    return case, detect_case(case)


def groups(found: Detected) -> list[GroupBlocking]:
    return [group for episode in found.episodes for group in episode.groups]


def test_news_sites_that_became_blocked_together_are_a_group_on_all_networks_and_on_each(
    two_networks: tuple[Case, Detected],
) -> None:
    found = groups(two_networks[1])
    assert [(one.group, one.network) for one in found] == [("NEWS", ""), *(("NEWS", one) for one in WATCHED)]
    for one in found:
        assert sorted(one.services) == sorted(BEGINS)
        assert one.measured == tuple(sorted((*BEGINS, *OPEN)))
        assert one.not_observable == NEVER
        assert one.networks == ((one.network,) if one.network else WATCHED)
        assert one.first_seen.earliest <= START + timedelta(days=15, hours=23)
        assert START + timedelta(days=15) <= one.first_seen.best < START + timedelta(days=17)
        assert one.first_seen.latest < START + timedelta(days=19)
        assert one.last_seen is None
        assert (one.days[-1].blocked, one.days[-1].reachable, one.days[-1].not_observable) == (4, 2, 2)
        assert one.days[0].blocked < 4


def test_the_terminal_the_page_the_file_and_programs_get_the_group(two_networks: tuple[Case, Detected]) -> None:
    case, found = two_networks
    console = Console(width=100, record=True, file=io.StringIO())
    for view in episode_views(case, found, "en"):
        console.print(timeline(view, 100))
    publish_case(case)
    pages = "".join(path.read_text() for path in (case.public / "en" / "episode").rglob("index.html"))
    words = " ".join(console.export_text().split())
    for text in (words, pages.replace("\u00a0", " ")):
        assert "News media, AS9198: 4 of 6 measured sites became blocked within days of each other" in text
        assert "2 more sites of that kind were not measured then, or too seldom: newtimes.kz, ratel.kz" in text
    rows = list(csv.DictReader((case.public / "data" / "site-groups.csv").open()))
    assert [(row["network"], row["blocked"], row["measured"], row["not_measured"]) for row in rows] == [
        (network, "4", "6", "2") for network in ("", *WATCHED)
    ]
    record = json.loads(json.dumps(case_record(case.name, standing(case).episodes)))
    assert [one["network"] for episode in record["episodes"] for one in episode["groups"]] == ["", *WATCHED]


def test_what_nothing_happened_to_is_no_group_and_one_network_is_told_once(tmp_path: Path) -> None:
    assert groups(detect_case(case_of(tmp_path / "quiet", NETWORKS[:1], blocked_on=()))) == []
    (one,) = groups(detect_case(case_of(tmp_path / "one", NETWORKS[:1], blocked_on=NETWORKS[:1])))
    assert one.network == NETWORKS[0]
    (other,) = groups(detect_case(case_of(tmp_path / "of-two", WATCHED, blocked_on=WATCHED[:1])))
    assert other.network == WATCHED[0]
