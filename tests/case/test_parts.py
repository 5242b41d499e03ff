"""A case that holds networks of a country: what they make together, and whose they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case, standing
from kuager.case.folder import Case, new_case
from kuager.case.publishing import publish_case
from kuager.case.settings import Settings
from kuager.errors import CaseError
from kuager.model.episodes import Episode
from kuager.model.scope import Division
from kuager.model.time import format_utc, from_epoch, parse_utc
from kuager.publications.records.episode import case_record

START, END = parse_utc("2022-01-01"), parse_utc("2022-01-21")
CUT, BACK = parse_utc("2022-01-15"), parse_utc("2022-01-17")
HIT, SPARED = ("AS9198", "AS29355"), ("AS21299", "AS48503")
OWN_OPERATORS = """
[[operators]]
id = "own"
name = { en = "Own" }
country = "KZ"
access = "mobile"
source = "a test"
networks = [{ asn = 9198 }]
"""


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = new_case(tmp_path / "kz", Settings("", ("KZ",), START, END))
    moments = range(int(START.timestamp()), int(END.timestamp()), 3600)
    lines = ["time,place,signal,value"]
    for place in (*HIT, *SPARED):
        random = np.random.default_rng(int(place[2:]))
        for moment in moments:
            lost = place in HIT and CUT.timestamp() <= moment < BACK.timestamp()
            value = 1000 * (1 + 0.01 * random.standard_normal()) * (0.02 if lost else 1.0)
            lines.append(f"{format_utc(from_epoch(moment))},{place},ioda.ping-slash24,{value:.1f}")
    add_bytes(made, "\n".join(lines).encode(), "networks.csv", "series", None)
    return made


def country(episodes: tuple[Episode, ...]) -> Episode:
    return next(one for one in episodes if one.place == "KZ")


def networks(episode: Episode) -> Division:
    assert episode.scope is not None
    return episode.scope.divisions[0]


def test_networks_make_an_episode_of_the_country_that_is_kept_shown_and_published(case: Case) -> None:
    found = country(detect_case(case).episodes)
    assert found.scope is not None
    assert found.scope.rolled_up
    assert (found.start, found.end) == (CUT, BACK)
    assert country(standing(case).episodes) == found
    (record,) = json.loads(json.dumps(case_record("kz", [found])))["episodes"]
    assert record["scope"]["rolled_up"] is True
    states = {part["place"]: part["state"] for part in record["scope"]["divisions"][0]["parts"]}
    assert {place: states[place] for place in (*HIT, *SPARED)} == {
        **dict.fromkeys(HIT, "hit"),
        **dict.fromkeys(SPARED, "spared"),
    }
    publish_case(case)
    page = (case.public / "en" / "episode" / found.id / "index.html").read_text("utf-8")
    assert "Put together from its networks, of which 2 fell at about the same time." in page
    assert "Addresses are not users" in page
    assert "(AS9198)" in page


def test_operators_of_the_case_decide_what_is_mobile_and_make_it_stale(case: Case) -> None:
    before = networks(country(detect_case(case).episodes))
    (case.path / "operators.toml").write_text(OWN_OPERATORS)
    with pytest.raises(CaseError, match="has changed since"):
        standing(case)
    after = networks(country(detect_case(case).episodes))
    assert before.mobile is not None
    assert after.mobile is not None
    assert not before.mobile_only
    assert {one.operator for one in after.operators} >= {"Own", "Kcell"}
    assert after.mobile.down > before.mobile.down
