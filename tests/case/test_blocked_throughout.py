"""Sites that were blocked before anybody measured them, on one network, with hardly a site to compare them with."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from tests.case.kazakh_measurements import SERVER, START, web

from kuager.case.adding import add_bytes
from kuager.case.detecting import Detected, detect_case
from kuager.case.folder import Case, new_case
from kuager.case.settings import Settings
from kuager.case.views import case_view, episode_views
from kuager.publications.site.home import render_home
from kuager.publications.terminal import nothing_found, timeline
from kuager.publications.wording.sentence import sentence, title

DAYS = 30
NETWORK = "AS9198"
WORDS = "already so on 18 December 2021"


def case_of(folder: Path, shares: dict[str, float]) -> Case:
    """A case in which so large a share of the measurements of each site is kept away, on all days alike."""
    random = np.random.default_rng(3)
    rows = []
    for day in range(DAYS):
        for site, share in shares.items():
            for second in random.integers(0, 86_400, 2).tolist():
                shut = bool(random.random() < share)
                moment = START + timedelta(days=day, seconds=second)
                rows.append(web(moment, NETWORK, site, int(random.integers(1 << 60)), blocked=shut))
    return case_with(folder, rows)


def case_with(folder: Path, rows: Sequence[Mapping[str, object]]) -> Case:
    case = new_case(folder, Settings("", ("KZ",), START, START + timedelta(days=DAYS), ("en",)))
    add_bytes(case, "\n".join(map(json.dumps, rows)).encode(), "ooni.jsonl", "ooni", None)
    return case


def down(record: dict[str, Any]) -> dict[str, Any]:
    """The same measurement if the control had not reached the site either."""
    gone = {"status": False, "failure": "generic_timeout_error"}
    control = {"tcp_connect": {f"{SERVER}:443": gone}, "http_request": {"failure": "generic_timeout_error"}}
    keys = record["test_keys"]
    return record | {"test_keys": keys | {"control": keys["control"] | control, "blocking": None, "accessible": None}}


def said(rendered: object) -> str:
    console = Console(width=1_000, file=io.StringIO(), record=True)
    console.print(rendered)
    return console.export_text()


@pytest.mark.parametrize("shares", [{"orda.kz": 1.0}, {"orda.kz": 1.0, "kaztag.kz": 1.0, "zakon.kz": 0.0}])
def test_what_a_control_reached_and_nobody_here_is_blocked_though_its_beginning_is_not_known(
    tmp_path: Path, shares: dict[str, float]
) -> None:
    case = case_of(tmp_path / "kz", shares)
    found = detect_case(case)
    (view,) = episode_views(case, found, "en")
    assert {one.service for one in view.episode.blocked} == {site for site, share in shares.items() if share}
    assert all(one.already for one in view.episode.blocked)
    assert WORDS in " ".join(sentence(view).split())
    assert "since" not in title(view).replace("seen since", "")
    shown = " ".join(said(timeline(view, 1_000)).split())
    assert "already on 18 December 2021" in shown
    assert "it is not known when it began" in shown


def test_a_site_that_fails_for_two_of_five_all_the_time_is_no_news(tmp_path: Path) -> None:
    case = case_of(tmp_path / "kz", {"orda.kz": 0.4, "zakon.kz": 0.3})
    found = detect_case(case)
    assert found.episodes == ()
    assert_said(case, found, f"In {2 * 2 * DAYS} measurements of sites and services no blocking and no slowing")


def test_a_case_without_series_does_not_say_that_nothing_was_measured(tmp_path: Path) -> None:
    case = case_of(tmp_path / "kz", {"orda.kz": 0.0})
    assert_said(case, detect_case(case), "of whole networks nothing can be said")


def test_a_site_that_is_down_for_everybody_most_of_the_time_is_not_blocked_when_the_control_is_lucky(
    tmp_path: Path,
) -> None:
    rows = []
    for number in range(6 * DAYS):
        moment = START + timedelta(hours=4 * number)
        record: dict[str, Any] = dict(web(moment, NETWORK, "down.kz", number, blocked=15 <= number // 6 < 25))
        rows.append(down(record) if 15 <= number // 6 < 25 and number % 4 else record)
        rows.append(dict(web(moment, NETWORK, "zakon.kz", 1_000 + number, blocked=False)))
    case = case_with(tmp_path / "kz", rows)
    found = detect_case(case)
    assert found.episodes == ()
    assert_said(case, found, "down.kz worked for nobody in 45 of 84 measurements of days on which it was often down")


def test_days_on_which_a_blocked_site_was_only_found_down_were_measured(tmp_path: Path) -> None:
    rows = []
    for number in range(4 * DAYS):
        moment = START + timedelta(hours=6 * number)
        record: dict[str, Any] = dict(web(moment, NETWORK, "orda.kz", number, blocked=10 <= number // 4 < 25))
        rows.append(down(record) if number // 4 == 17 else record)
        rows.append(dict(web(moment, NETWORK, "zakon.kz", 1_000 + number, blocked=False)))
    case = case_with(tmp_path / "kz", rows)
    (episode,) = detect_case(case).episodes
    assert [(one.service, one.days_measured, one.days_without) for one in episode.blocked] == [("orda.kz", 15, 0)]


def assert_said(case: Case, found: Detected, words: str) -> None:
    view = case_view(case, found, "en")
    for shown in (said(nothing_found(view, 1_000)), render_home(view)):
        assert words in " ".join(shown.split())
        assert "Nothing was measured at all" not in shown
