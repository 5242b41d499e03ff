"""Series in which nothing is documented to have happened: whatever is found there is a false alarm.

The border of Ukraine and Russia in December 2021 (latency, searched for rises), Canada, France and the world in a week
of November 2022, devices' shares in South Africa in the same week, and Tonga in April 2022, whose published times are
those of January.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kuager.codecs import radar
from kuager.detection import Detection
from kuager.evaluation.labelled.examining import examined, months, risen, trusted
from kuager.evaluation.labelled.judgement import Judgement, absent, described
from kuager.evaluation.labelled.reading import latency
from kuager.model.series import Series
from kuager.model.words import SignalKind

NAME = "Quiet places"
_FAULT_OF_THE_TIMES_S = 90 * 86_400
"""The file of Tonga's April carries the times of January: 90 days are missing in them, as its name says."""

_BORDER = Path("regional", "ukraine-border-2022-01-quiet.csv")
_COUNTRIES = (("UKR", "Ukraine"), ("RUS", "Russia"))
_APRIL = Path("cloudflare", "tonga_2022-04-14_18_netflows_hourly_TIMESTAMPS_ARE_JANUARY_add_90_days.csv")
_WEEK = (
    ("Canada", "CA", Path("cloudflare", "canada_2022-11_netflows_hourly.csv")),
    ("France", "FR", Path("cloudflare", "france_2022-11_netflows_hourly.csv")),
    # the world is no place that a series can have; which one stands there changes nothing
    ("the world", "ZZ", Path("cloudflare", "global_2022-11-04_11_netflows_hourly.csv")),
    ("South Africa, desktop", "ZA", Path("cloudflare", "za_desktop_share_2022-11_hourly.csv")),
    ("South Africa, mobile", "ZA", Path("cloudflare", "za_mobile_share_2022-11_hourly.csv")),
)


def judge(folder: Path) -> list[Judgement]:
    """What is claimed of them; see :func:`kuager.evaluation.labelled.judge`."""
    return [
        *_border(folder / _BORDER),
        *_flows("November 2022", [(name, place, folder / file, 0) for name, place, file in _WEEK]),
        *_flows("Tonga, April 2022", [("Tonga", "TO", folder / _APRIL, _FAULT_OF_THE_TIMES_S)]),
    ]


def _border(file: Path) -> list[Judgement]:
    name = f"{NAME}: border of Ukraine and Russia"
    if missing := absent(name, "nothing", [file]):
        return missing
    series = {
        f"{region}, {country}": one for code, country in _COUNTRIES for region, one in latency(file, code).items()
    }
    return [_counted(name, {place: (one, risen(one, SignalKind.RTT)) for place, one in series.items()})]


def _flows(when: str, files: list[tuple[str, str, Path, int]]) -> list[Judgement]:
    name = f"{NAME}: {when}"
    if missing := absent(name, "nothing", [file for _, _, file, _ in files]):
        return missing
    found = {}
    for label, place, file, late_s in files:
        (read,) = radar.decode(file.read_bytes(), place, "netflows").series
        series = replace(read, times=read.times + late_s)
        found[label] = (series, examined(series).detection)
    return [_counted(name, found)]


def _counted(name: str, found: dict[str, tuple[Series, Detection]]) -> Judgement:
    alarms = [f"{place} {described(one)}" for place, (_, detection) in found.items() for one in trusted(detection)]
    watched = sum(months(series) for series, _ in found.values())
    below = sum(len(detection.findings) for _, detection in found.values()) - len(alarms)
    return Judgement(
        name,
        f"nothing in {len(found)} series",
        f"{len(alarms)} false alarms in {watched:.1f} place-months, {len(alarms) / watched:.2f} a month",
        holds=not alarms,
        remark="; ".join(alarms) or f"Less probable than even: {below}.",
    )
