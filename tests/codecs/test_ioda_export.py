"""IODA's dashboard export: the real file for Iran, and small ones written here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kuager.codecs.decoded import Decoded
from kuager.codecs.ioda import export as ioda_export
from kuager.codecs.ioda.signals import UNITS
from kuager.errors import CodecError, UsageError
from kuager.model.series import Series
from kuager.model.time import from_epoch, parse_utc, to_epoch
from kuager.model.words import Scale
from kuager.sources.registry import SIGNALS

GOOGLE, TELESCOPE, BGP = '"Google (Search)"', '"Telescope (# Unique Source IPs)"', '"BGP (#Visible /24s)"'
PROBING, MOZILLA = '"Active Probing (#/24s Up)"', '"Mozilla (City Count)"'


def export(columns: list[str], *rows: str) -> bytes:
    return "\n".join([",".join(['"Time (UTC)"', *columns]), *rows]).encode()


def half_hours(cells: list[str]) -> list[str]:
    return [f'"2025-12-01 {index // 2:02d}:{index % 2 * 30:02d}:00",{cell}' for index, cell in enumerate(cells)]


def only(decoded: Decoded) -> Series:
    (series,) = decoded.series
    return series


def remarks(decoded: Decoded) -> str:
    return " ".join(note.template.format(**note.facts) for note in decoded.remarks)


def test_the_real_export_of_iran(iran_export: Path) -> None:
    decoded = ioda_export.decode(iran_export.read_bytes(), "ir")
    found = {
        one.signal: (one.step_s, one.times.size, int(np.count_nonzero(~np.isnan(one.values)))) for one in decoded.series
    }
    assert found == {
        "ioda.gtr-norm": (1800, 2864, 2862),
        "ioda.merit-nt": (1800, 2864, 2590),
        "ioda.bgp": (1800, 2864, 2857),
        "ioda.ping-slash24": (1800, 2864, 2862),
        "ioda.mozilla": (3600, 1432, 1416),
    }
    assert decoded.remarks == ()
    for one in decoded.series:
        assert one.place == "IR"
        assert one.scale is Scale.RELATIVE
        assert one.window == "2025-12-01T00:00:00Z/2026-01-29T15:30:00Z"
        assert one.unit == "per cent of the window's maximum"
        assert np.nanmax(one.values) == 100.0


def test_an_empty_telescope_is_missing_and_not_zero(iran_export: Path) -> None:
    decoded = ioda_export.decode(iran_export.read_bytes(), "IR")
    telescope = next(one for one in decoded.series if one.signal == "ioda.merit-nt")
    index = int(np.searchsorted(telescope.times, to_epoch(parse_utc("2026-01-08T19:00Z"))))
    assert telescope.times[index] == to_epoch(parse_utc("2026-01-08T19:00Z"))
    assert np.isnan(telescope.values[index])


def test_a_column_that_ends_early_is_missing_up_to_the_files_window(iran_export: Path) -> None:
    decoded = ioda_export.decode(iran_export.read_bytes(), "IR")
    mozilla = next(one for one in decoded.series if one.signal == "ioda.mozilla")
    assert from_epoch(int(mozilla.times[-1])) == parse_utc("2026-01-29T15:00Z")
    assert np.isnan(mozilla.values[-16:]).all()
    assert not np.isnan(mozilla.values[-17])


def test_columns_are_found_by_name_in_any_order() -> None:
    data = export([PROBING, GOOGLE], *half_hours(["100,50", ",100", "30,"]))
    probing, google = ioda_export.decode(data, "KZ").series
    assert probing.signal == "ioda.ping-slash24"
    np.testing.assert_array_equal(probing.values, [100, np.nan, 30])
    assert google.signal == "ioda.gtr-norm"
    np.testing.assert_array_equal(google.values, [50, 100, np.nan])


def test_an_hourly_column_keeps_its_own_gaps_and_loses_only_the_rows_between() -> None:
    cells = ["10", "", "20", "", "", "", "100", "", "40", "", "50", "", "", ""]
    mozilla = only(ioda_export.decode(export([MOZILLA], *half_hours(cells)), "KZ"))
    assert mozilla.step_s == 3600
    np.testing.assert_array_equal(mozilla.values, [10, 20, np.nan, 100, 40, 50, np.nan])
    assert (np.diff(mozilla.times) == 3600).all()


def test_a_value_between_the_hours_is_never_dropped() -> None:
    cells = ["10", "", "20", "", "30", "", "100", "", "40", "41", "50", ""]
    mozilla = only(ioda_export.decode(export([MOZILLA], *half_hours(cells)), "KZ"))
    assert mozilla.step_s == 3600
    np.testing.assert_array_equal(mozilla.values, [10, 20, 30, 100, 40, 41, 50])


def test_few_values_show_no_grid_of_their_own() -> None:
    cells = ["10", "", "", "", "20", "", "", "", "100", "", "", ""]
    bgp = only(ioda_export.decode(export([BGP], *half_hours(cells)), "KZ"))
    assert (bgp.step_s, bgp.times.size) == (1800, 12)


def test_counts_beyond_a_hundred_are_absolute_column_by_column() -> None:
    bgp, google = ioda_export.decode(export([BGP, GOOGLE], *half_hours(["40704,100", "41355,80"])), "IR").series
    assert (bgp.scale, bgp.window, bgp.unit) == (Scale.ABSOLUTE, "", "visible /24s")
    assert google.scale is Scale.RELATIVE
    assert google.window == "2025-12-01T00:00:00Z/2025-12-01T00:30:00Z"


def test_rounding_above_a_hundred_is_still_per_cent() -> None:
    bgp = only(ioda_export.decode(export([BGP], *half_hours(["100.00000000000001", "80"])), "IR"))
    assert bgp.scale is Scale.RELATIVE


def test_a_maximum_far_below_a_hundred_claims_less_and_says_so() -> None:
    decoded = ioda_export.decode(export([BGP], *half_hours(["40", "38"])), "TV")
    assert only(decoded).scale is Scale.RELATIVE
    assert "“BGP (#Visible /24s)” is 40, not 100" in remarks(decoded)


def test_an_empty_column_is_a_series_without_values_and_a_remark() -> None:
    decoded = ioda_export.decode(export([BGP, MOZILLA], *half_hours(["100,", "99,"])), "KZ")
    assert np.isnan(decoded.series[1].values).all()
    assert "“Mozilla (City Count)” is empty" in remarks(decoded)


def test_an_unknown_column_is_skipped_with_a_remark() -> None:
    decoded = ioda_export.decode(export([BGP, '"Upstream delay"'], *half_hours(["100,3", "99,-4"])), "KZ")
    assert [one.signal for one in decoded.series] == ["ioda.bgp"]
    assert "“Upstream delay” is not known" in remarks(decoded)


def test_rows_out_of_order_are_sorted_and_repeated_ones_dropped_with_a_remark() -> None:
    first, second, third = half_hours(["100", "90", "80"])
    decoded = ioda_export.decode(export([BGP], first, third, second, third), "KZ")
    np.testing.assert_array_equal(only(decoded).values, [100, 90, 80])
    assert "put in order of time: 1." in remarks(decoded)
    assert "repeated another one and were dropped: 1." in remarks(decoded)


def test_one_time_with_two_values_is_refused_with_both_lines() -> None:
    first, second = half_hours(["100", "90"])
    with pytest.raises(CodecError, match="Lines 3 and 4 of this file give BGP"):
        ioda_export.decode(export([BGP], first, second, second.replace("90", "91")), "KZ")


@pytest.mark.parametrize(
    ("time", "sentence"),
    [
        ("2025-12-01T00:30:00Z", "in line 3 of this file names a zone, although its column is in UTC"),
        ("2025-12-01 00:30:00+03:30", "in line 3 of this file names a zone, although its column is in UTC"),
        ("01.12.2025 00:30", "“01.12.2025 00:30” in line 3 of this file is not a time"),
        ("2025-02-30 00:30:00", "“2025-02-30 00:30:00” in line 3 of this file is not a time"),
        ("", "“” in line 3 of this file is not a time"),
    ],
)
def test_other_forms_of_time_are_refused(time: str, sentence: str) -> None:
    with pytest.raises(CodecError) as refused:
        ioda_export.decode(export([BGP], '"2025-12-01 00:00:00",100', f'"{time}",99'), "IR")
    assert sentence in str(refused.value)


def test_a_table_of_something_else_is_refused_with_its_columns() -> None:
    with pytest.raises(CodecError, match="time, place, signal, value"):
        ioda_export.decode(b"time,place,signal,value\n2022-01-05T10:30:00Z,KZ,a,1\n", "KZ")


def test_a_place_that_is_no_code_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="“Iran”"):
        ioda_export.decode(export([BGP], *half_hours(["100", "99"])), "Iran")


def test_units_are_those_of_the_registry_of_sources() -> None:
    registered = {name: SIGNALS[name].unit for name in UNITS if name in SIGNALS}
    assert registered
    assert registered == {name: unit for name, unit in UNITS.items() if name in SIGNALS}
