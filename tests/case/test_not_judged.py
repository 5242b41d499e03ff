"""What measurements of sites could not tell is counted and said, with why, wherever a case is read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from rich.console import Console
from tests.case.kazakh_measurements import NETWORKS, PROBE, START, web

from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case
from kuager.case.folder import Case, new_case
from kuager.case.publication_settings import Publication
from kuager.case.publishing import publish_case
from kuager.case.settings import Settings
from kuager.case.views import case_view
from kuager.publications.safety.rules import Rules
from kuager.publications.terminal import nothing_found

DAYS = 9
OPEN = ("tengrinews.kz", "vlast.kz", "zakon.kz")


def measurements(*, blocked: bool) -> Iterator[str]:
    """Those that tell, twenty-seven of each site; and six of a rented network, a wrong clock, a lost control."""
    table = resources.files("kuager.model").joinpath("data", "rented-networks.csv").read_text()
    rented = f"AS{next(csv.DictReader(io.StringIO(table)))['asn']}"
    for number in range(3 * DAYS):
        moment = START + timedelta(hours=8 * number)
        yield json.dumps(web(moment, NETWORKS[0], "orda.kz", number, blocked=blocked and number > 9))
        for order, site in enumerate(OPEN, start=1):
            yield json.dumps(web(moment, NETWORKS[0], site, 1000 * order + number, blocked=False))
    for number in range(100, 102):
        yield json.dumps(web(START + timedelta(days=1), rented, "orda.kz", number, blocked=False))
    late = web(START + timedelta(days=2), NETWORKS[0], "orda.kz", 200, blocked=False)
    yield json.dumps(late | {"measurement_start_time": "2019-01-01 00:00:00"})
    for number in range(300, 303):
        alone: dict[str, Any] = dict(web(START + timedelta(days=3), NETWORKS[0], "orda.kz", number, blocked=True))
        lost: dict[str, Any] = {
            "control": {},
            "control_failure": "generic_timeout_error",
            "blocking": None,
            "accessible": None,
        }
        yield json.dumps(alone | {"test_keys": alone["test_keys"] | lost})
    yield "{no measurement\n"


def case_of(folder: Path, *, blocked: bool) -> Case:
    told = Publication(rules=Rules(least_measurements=1))
    settings = Settings("", ("KZ",), START, START + timedelta(days=DAYS), ("en",), publication=told)
    case = new_case(folder, settings)
    add_bytes(case, "\n".join(measurements(blocked=blocked)).encode(), "ooni.jsonl", "ooni", None)
    return case


def test_an_episode_says_how_many_of_its_place_were_not_judged_and_why(tmp_path: Path) -> None:
    (episode,) = detect_case(case_of(tmp_path / "kz", blocked=True)).episodes
    said = [note.template.format(**note.facts) for note in episode.unknowns]
    assert "Of 114 measurements of sites and services of this place 6 say neither blocked nor open." in said
    for words in ("the control failed and nothing could be compared: 3.", "does not speak for people of the place: 2."):
        assert sum(words in one for one in said) == 1, words
    assert "Other reasons, which stand on the list of episodes: 1." in said
    assert not any("clock was wrong" in one or "were passed over" in one for one in said)


def test_the_list_of_episodes_names_the_place_and_says_all_of_it(tmp_path: Path) -> None:
    case = case_of(tmp_path / "kz", blocked=True)
    detect_case(case)
    publish_case(case)
    page = (case.public / "en" / "index.html").read_text()
    assert "<dt>Kazakhstan</dt>" in page
    for words in ("clock was wrong", "sells servers or tunnels", "the control failed", "were passed over"):
        assert page.count(words) == 1, words


def test_where_nothing_was_found_the_terminal_and_the_list_of_episodes_say_it(tmp_path: Path) -> None:
    case = case_of(tmp_path / "kz", blocked=False)
    found = detect_case(case)
    assert found.episodes == ()
    publish_case(case)
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(nothing_found(case_view(case, found, "en"), 200))
    page = (case.public / "en" / "index.html").read_text()
    for text in (console.export_text(), page):
        assert "6 say neither blocked nor open" in text
        assert "Not judged, for the control failed and nothing could be compared: 3." in text
        assert "Lines that are not whole measurements and were passed over: 1." in text


def test_addresses_and_private_names_that_somebody_typed_in_are_counted_and_told_nowhere(tmp_path: Path) -> None:
    """The address is the probe's own, as it is in its record: a volunteer who tests a device at home."""
    typed = (f"http://{PROBE}:8080/", "http://192.168.1.1/admin", "https://nas.local/", "https://<b>.kz/")
    lines = []
    for number in range(60):
        moment = START + timedelta(days=number // 4, hours=number % 4)
        record = web(moment, NETWORKS[0], f"{number % 4}.kz", number, blocked=True)
        lines.append(json.dumps(record | {"input": typed[number % 4], "probe_ip": PROBE}))
    case = new_case(tmp_path / "kz", Settings("", ("KZ",), START, START + timedelta(days=20), ("en", "ru")))
    add_bytes(case, "\n".join(lines).encode(), "ooni.jsonl", "ooni", None)
    assert detect_case(case).episodes == ()
    publish_case(case)
    kept = [path for part in ("public", "episodes") for path in (case.path / part).rglob("*") if path.is_file()]
    told = "".join(path.read_text("utf-8", errors="replace") for path in kept)
    assert not any(name in told for name in (PROBE, "192.168.1.1", "nas.local"))
    assert "an address or a private name, and no public site" in told
