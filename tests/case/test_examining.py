"""What a case searches for losses, and what it takes for a failure of who measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kuager.case.adding import add_file
from kuager.case.examining import examine
from kuager.case.folder import Case, new_case
from kuager.case.settings import Settings
from kuager.episodes.findings import Examined
from kuager.model.series import Values
from kuager.model.time import format_utc, from_epoch, parse_utc, to_epoch
from kuager.model.words import Scale

START = parse_utc("2026-01-01")
HALF_HOUR = 1_800
SAMPLES = 20 * 48
COUNTRIES = ("AM", "AZ", "BY", "GE", "IR", "KG", "KZ", "MD", "TJ", "TM", "UA", "UZ")


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return new_case(tmp_path / "case", Settings("", COUNTRIES, START, parse_utc("2026-01-20", end_of_day=True)))


def add(case: Case, tmp_path: Path, step_s: int, **columns: Values) -> None:
    """A series file of columns named ``signal_with_dots__PLACE``."""
    lines = ["time,place,signal,value"]
    for name, values in columns.items():
        signal, place = name.replace("_dot_", ".").split("__")
        for number, value in enumerate(values.tolist()):
            lines.append(f"{format_utc(from_epoch(to_epoch(START) + step_s * number))},{place},{signal},{value!r}")
    file = tmp_path / "series.csv"
    file.write_text("\n".join(lines) + "\n")
    add_file(case, file, "series", None)


def drawn(number: int, size: int = SAMPLES) -> Values:
    values: Values = 1000.0 + 10.0 * np.random.default_rng(number).standard_normal(size)
    return values


def by_place(found: list[Examined]) -> dict[str, Examined]:
    return {one.series.place: one for one in found}


def test_searches_for_vpns_are_kept_as_shares_of_their_window_and_are_searched_for_rises(
    case: Case, tmp_path: Path
) -> None:
    searched = np.full(40, 2.0)
    searched[20:26] = 90.0
    searched[33:36] = 0.0
    add(case, tmp_path, 86_400, trends_dot_vpn__KZ=searched)
    ((kept, _),) = list(case.observations.series())
    assert (kept.signal, kept.scale) == ("trends.vpn", Scale.RELATIVE)
    assert kept.window == "2026-01-01T00:00:00Z/2026-02-09T00:00:00Z"
    (one,) = examine(case)
    assert [(rise.first, rise.last) for rise in one.detection.findings] == [(20, 26)]


def test_where_a_source_falls_in_many_countries_only_the_one_that_lost_more_is_observed(
    case: Case, tmp_path: Path
) -> None:
    columns = {f"ioda_dot_bgp__{place}": drawn(number) for number, place in enumerate(COUNTRIES)}
    for values in columns.values():
        values[400:410] *= 0.6
    columns["ioda_dot_bgp__KZ"][395:415] *= 0.05
    add(case, tmp_path, HALF_HOUR, **columns)
    found = by_place(examine(case))
    (cut,) = found["KZ"].detection.findings
    assert (cut.first, cut.last) == (395, 415)
    assert found["KZ"].detection.observed.all()
    for place in set(COUNTRIES) - {"KZ"}:
        assert np.flatnonzero(~found[place].detection.observed).tolist() == list(range(400, 410))
        assert not found[place].detection.findings


@pytest.mark.parametrize(("left", "observed"), [((0.6, 0.6, 0.6), False), ((0.6, 0.3, 0.8), True)])
def test_of_a_few_countries_the_same_share_lost_is_the_source_and_another_is_theirs(
    case: Case, tmp_path: Path, left: tuple[float, ...], observed: bool
) -> None:
    columns = {f"ioda_dot_bgp__{place}": drawn(number) for number, place in enumerate(COUNTRIES[:3])}
    for values, share in zip(columns.values(), left, strict=True):
        values[400:410] *= share
    add(case, tmp_path, HALF_HOUR, **columns)
    for one in examine(case):
        assert bool(one.detection.observed[400:410].all()) is observed


def test_three_series_of_one_source_that_stand_still_at_once_are_not_observed(case: Case, tmp_path: Path) -> None:
    columns = {f"ioda_dot_{name}__KZ": drawn(number) for number, name in enumerate(("bgp", "gtr", "merit-nt"))}
    for values in columns.values():
        values[400:406] = values[400]
    columns["ioda_dot_bgp__UZ"] = drawn(9)
    add(case, tmp_path, HALF_HOUR, **columns)
    for one in examine(case):
        stood = np.flatnonzero(~one.detection.observed).tolist()
        assert stood == (list(range(401, 406)) if one.series.place == "KZ" else [])


def test_a_network_whose_count_never_changes_is_observed_throughout(case: Case, tmp_path: Path) -> None:
    count = np.full(SAMPLES, 12.0)
    count[500:520] = 0.0
    add(case, tmp_path, HALF_HOUR, ioda_dot_bgp__AS9198=count)
    (one,) = examine(case)
    assert one.detection.observed.all()
    (cut,) = one.detection.findings
    assert (cut.first, cut.last) == (500, 520)


def test_a_cut_to_nothing_for_most_of_the_window_is_a_loss_and_no_stuck_sensor(case: Case, tmp_path: Path) -> None:
    cut = drawn(5)
    cut[5 * 48 : 18 * 48] = 0.0
    add(case, tmp_path, HALF_HOUR, ioda_dot_bgp__KZ=cut)
    (kept,) = examine(case)
    (loss,) = kept.detection.findings
    assert (loss.first, loss.last) == (5 * 48, 18 * 48)
    assert loss.probability > 0.9
    assert kept.detection.observed.all()
