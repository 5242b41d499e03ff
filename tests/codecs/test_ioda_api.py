"""IODA's API v2, signals/raw, in every shape that its documentation and code name; findings: ``test_ioda_findings``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuager.codecs.decoded import Decoded
from kuager.codecs.ioda import api as ioda_api
from kuager.errors import CodecError
from kuager.model.words import Scale
from kuager.observations.store import ObservationStore

RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "ioda"
FROM, UNTIL = 1_641_340_800, 1_641_427_200  # 5 January 2022, a whole day


def series(datasource: str = "bgp", values: object = (10, 11, None), step: float = 300, **more: Any) -> dict[str, Any]:
    return {
        "entityType": "country",
        "entityCode": "KZ",
        "entityName": "Kazakhstan",
        "entityFqid": "geo.provider.AS.KZ",
        "datasource": datasource,
        "subtype": "",
        "from": FROM,
        "until": FROM + int(step) * len(values) if isinstance(values, list | tuple) else None,
        "step": step,
        "nativeStep": step,
        "values": values,
    } | more


def answer(*entities: list[dict[str, Any]], **more: Any) -> bytes:
    envelope = {
        "type": "signals",
        "metadata": {"requestTime": "2026-02-01T01:44:46+00:00", "responseTime": "2026-02-01T01:44:47+00:00"},
        "requestParameters": {"from": FROM, "until": UNTIL, "datasource": None, "sourceParams": None},
        "error": None,
        "perf": None,
        "data": list(entities),
        "copyright": "",
    }
    return json.dumps(envelope | more).encode()


def remarks(decoded: Decoded) -> str:
    return " ".join(note.template.format(**note.facts) for note in decoded.remarks)


def test_several_entities_and_sources_with_null_inside_and_at_the_end() -> None:
    data = answer(
        [series("bgp", [100, None, 102.5, None, None]), series("ping-slash24", [1, 2], 600)],
        [series("bgp", [7], entityType="asn", entityCode="9198", entityName="JSC Kazakhtelecom")],
    )
    decoded = ioda_api.decode(data)
    assert [(one.signal, one.place, one.step_s) for one in decoded.series] == [
        ("ioda.bgp", "KZ", 300),
        ("ioda.ping-slash24", "KZ", 600),
        ("ioda.bgp", "AS9198", 300),
    ]
    bgp = decoded.series[0]
    np.testing.assert_array_equal(bgp.values, [100, np.nan, 102.5, np.nan, np.nan])
    np.testing.assert_array_equal(bgp.times, FROM + 300 * np.arange(5))
    assert (bgp.scale, bgp.window, bgp.unit) == (Scale.ABSOLUTE, "", "visible /24s")
    assert decoded.remarks == ()


def test_a_series_of_nulls_is_a_series_without_values() -> None:
    (telescope,) = ioda_api.decode(answer([series("merit-nt", [None, None])])).series
    assert np.isnan(telescope.values).all()


def test_the_series_own_beginning_counts_and_not_the_requests() -> None:
    (bgp,) = ioda_api.decode(answer([series() | {"from": FROM - 900, "until": FROM}])).series
    assert bgp.times[0] == FROM - 900


def test_an_averaged_step_is_remarked() -> None:
    decoded = ioda_api.decode(answer([series("bgp", [1, 2, 3], 3600, nativeStep=300)]))
    assert decoded.series[0].step_s == 3600
    assert "IODA averaged ioda.bgp of KZ: one value every 3600 seconds instead of every 300" in remarks(decoded)


def test_an_end_that_does_not_fit_the_values_is_remarked() -> None:
    decoded = ioda_api.decode(answer([series("bgp", [1, 2, 3], until=FROM + 9000)]))
    assert "ends at 2022-01-05T02:30:00Z, but its values end at 2022-01-05T00:15:00Z" in remarks(decoded)


def test_loss_and_delay_are_taken_from_their_aggregates() -> None:
    loss = [[{"agg_values": {"loss_pct": 0.25, "probe_count": 900}}], None, [], [{"agg_values": None}]]
    delay = [[{"agg_values": {"median_latency": 80.5, "p90_latency": 200}}]]
    decoded = ioda_api.decode(answer([series("ping-slash24-loss", loss, 600), series("ping-slash24-latency", delay)]))
    np.testing.assert_array_equal(decoded.series[0].values, [0.25, np.nan, np.nan, np.nan])
    assert decoded.series[0].unit == "share of probes lost"
    np.testing.assert_array_equal(decoded.series[1].values, [80.5])


@pytest.mark.parametrize(
    ("datasource", "values"),
    [
        ("ping-slash24-loss", [[{"agg_values": {"loss_pct": 0.1}}, {"agg_values": {"loss_pct": 0.2}}]]),
        ("ping-slash24-loss", [[{"agg_values": {"loss_pct": 0.1}}], [{"agg_values": {"loss_pct": 2.5}}]]),
        ("ping-slash24-latency", [[{"agg_values": {"mean": 3}}]]),
        ("ping-slash24-latency", [3, 4]),
        ("gtr", [[1, 2], None]),
        ("bgp", [{"value": 3}]),
    ],
)
def test_lists_of_unknown_shape_are_skipped_with_a_remark(datasource: str, values: object) -> None:
    decoded = ioda_api.decode(answer([series(datasource, values), series("mozilla", [4])]))
    assert [one.signal for one in decoded.series] == ["ioda.mozilla"]
    assert f"The values of “{datasource}” for KZ have a shape that Kuager does not know" in remarks(decoded)


@pytest.mark.parametrize("datasource", ["gtr-sarima", "upstream-delay-penult-asns", "../../etc"])
def test_sources_that_are_no_measurements_of_ours_are_skipped_with_a_remark(datasource: str) -> None:
    decoded = ioda_api.decode(answer([series(datasource), series("bgp")]))
    assert [one.signal for one in decoded.series] == ["ioda.bgp"]
    assert f"“{datasource}” is not one that Kuager reads" in remarks(decoded)


@pytest.mark.parametrize(
    ("kind", "code", "name"), [("region", "4416", "Almaty"), ("continent", "AS", "Asia"), ("geoasn", "9198-KZ", "x")]
)
def test_entities_without_a_code_of_ours_are_skipped_with_one_remark(kind: str, code: str, name: str) -> None:
    entity = {"entityType": kind, "entityCode": code, "entityName": name}
    decoded = ioda_api.decode(answer([series("bgp") | entity, series("mozilla") | entity], [series("bgp")]))
    assert [one.place for one in decoded.series] == ["KZ"]
    assert len(decoded.remarks) == 1
    assert f"{name} ({kind} {code})" in remarks(decoded)


def test_normalised_traffic_is_relative_to_the_window_asked_for() -> None:
    (google,) = ioda_api.decode(answer([series("gtr-norm", [0.25, 1, None], 1800, subtype="BLENDED")])).series
    assert google.signal == "ioda.gtr-norm"
    assert (google.scale, google.unit) == (Scale.RELATIVE, "per cent of the window's maximum")
    assert google.window == "2022-01-05T00:00:00Z/2022-01-06T00:00:00Z"
    np.testing.assert_array_equal(google.values, [25, 100, np.nan])


def test_two_windows_of_normalised_traffic_are_never_mixed(tmp_path: Path) -> None:
    earlier = answer([series("gtr-norm", [0.5, 1.0, 0.25], 1800)])
    asked = {"from": FROM + 1800, "until": UNTIL + 1800}
    later = answer([series("gtr-norm", [0.4, 0.1, 1.0], 1800) | {"from": FROM + 1800}], requestParameters=asked)
    store = ObservationStore(tmp_path)
    store.rebuild([("a", ioda_api.decode(earlier).series[0]), ("b", ioda_api.decode(later).series[0])])
    kept = {back.window: back.values.tolist() for back, _ in store.series()}
    assert kept == {
        "2022-01-05T00:00:00Z/2022-01-06T00:00:00Z": [50, 100, 25],
        "2022-01-05T00:30:00Z/2022-01-06T00:30:00Z": [40, 10, 100],
    }


def test_mozillas_two_units_are_told() -> None:
    assert "per cent in its list of sources, and a count of cities" in remarks(
        ioda_api.decode(answer([series("mozilla", [12, 13], 3600)]))
    )


def test_regions_are_found_by_their_names_and_those_without_a_code_are_skipped() -> None:
    decoded = ioda_api.decode((RECORDED / "signals-regions.json").read_bytes())
    assert [(one.signal, one.place, one.values[0]) for one in decoded.series] == [
        ("ioda.bgp", "KZ-19", 310),
        ("ioda.ping-slash24", "KZ-19", 44),
        ("ioda.bgp", "KZ-75", 905),
    ]
    assert remarks(decoded) == "Bayqongyr (region 2078) has no code of a place in Kuager: its series were skipped."


def test_a_region_whose_country_is_not_said_needs_a_place_beside_it() -> None:
    almaty = {"entityType": "region", "entityCode": "2072", "entityName": "Almaty", "entityFqid": None}
    data = answer([series() | almaty])
    assert ioda_api.decode(data).series == ()
    assert ioda_api.decode(data, "KZ").series == ()
    assert [one.place for one in ioda_api.decode(data, "KZ-75").series] == ["KZ-75"]
    assert [one.place for one in ioda_api.decode(data, "KZ-19").series] == ["KZ-19"]


def test_normalised_traffic_that_is_per_cent_already_stays() -> None:
    (google,) = ioda_api.decode(answer([series("gtr-norm", [25, 100], 1800)])).series
    np.testing.assert_array_equal(google.values, [25, 100])


def test_products_of_google_are_signals_of_their_own() -> None:
    data = answer([series("gtr", [1], subtype="WEB_SEARCH"), series("gtr", [2], subtype="GMAIL")])
    assert [one.signal for one in ioda_api.decode(data).series] == ["ioda.gtr", "ioda.gtr.gmail"]


def test_a_product_that_is_no_name_is_skipped() -> None:
    decoded = ioda_api.decode(answer([series("gtr", [1], subtype="../x")]))
    assert decoded.series == ()
    assert "“../x”" in remarks(decoded)


def test_the_same_series_twice_is_one() -> None:
    assert len(ioda_api.decode(answer([series()], [series()])).series) == 1


@pytest.mark.parametrize(
    "other", [series(values=[10, 12, None]), series(values=[10, 11]), series() | {"from": FROM + 1}]
)
def test_two_series_that_contradict_are_refused(other: dict[str, Any]) -> None:
    with pytest.raises(CodecError, match=r"ioda\.bgp of KZ stands in this file twice"):
        ioda_api.decode(answer([series()], [other]))


@pytest.mark.parametrize("data", [None, []])
def test_an_error_of_iodas_is_told_in_its_words(data: object) -> None:
    with pytest.raises(CodecError, match="“invalid datasource xyz”"):
        ioda_api.decode(answer(data=data, error="invalid datasource xyz"))


def test_an_answer_without_series_is_empty_and_says_so() -> None:
    decoded = ioda_api.decode(answer([]))
    assert decoded.series == ()
    assert "had no series for this request" in remarks(decoded)


def test_a_series_without_values_is_remarked() -> None:
    decoded = ioda_api.decode(answer([series("gtr", [], 1800)]))
    assert decoded.series == ()
    assert "IODA has no values of ioda.gtr for KZ" in remarks(decoded)


@pytest.mark.parametrize(
    "changed",
    [{"step": 0}, {"step": -300}, {"step": 0.5}, {"step": None}, {"from": -1}, {"from": 1_641_340_800_000}],
)
def test_impossible_times_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(CodecError, match="impossible times"):
        ioda_api.decode(answer([series() | changed]))


@pytest.mark.parametrize("value", [-1, -0.5])
def test_negative_values_are_refused_with_their_time(value: float) -> None:
    with pytest.raises(CodecError, match="at 2022-01-05T00:05:00Z") as refused:
        ioda_api.decode(answer([series(values=[3, value])]))
    assert "RIPEstat" in refused.value.diagnostics().remedy


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"[]",
        b"17",
        b'{"data": 5}',
        answer([{"entityType": "country"}]),
        answer([series(values=["many"])]),
        answer([series(values=[True])]),
        answer([series(values="none")]),
        answer(type="outages.summary"),
        answer(type="topo.topo"),
        answer(data=None),
        b'{"data": [[' + b"[" * 100_000 + b"]" * 100_000 + b"]]}",
        answer([series()]).replace(b"[10, 11, null]", b"[" * 50_000 + b"]" * 50_000),
        answer([series()]).replace(b"[10, 11, null]", b"[1e999]"),
        answer([series()]).replace(b"[10, 11, null]", b"[" + b"9" * 5000 + b"]"),
        answer([series()]).replace(b"[10, 11, null]", b"[NaN, Infinity]"),
    ],
)
def test_other_json_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError, match="this file"):
        ioda_api.decode(data)


def test_an_answer_that_was_cut_off_is_named_as_that() -> None:
    with pytest.raises(CodecError) as refused:
        ioda_api.decode(answer([series()])[:-40])
    assert "looks cut off" in refused.value.diagnostics().meaning
