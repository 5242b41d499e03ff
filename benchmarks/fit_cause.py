"""Learn how the timing of ordered outages differs from that of others, and write ``src/kuager/episodes/cause.toml``.

Run from the root of the repository: ``python benchmarks/fit_cause.py``. It reads the curated list of Bischof et al.
(SIGCOMM 2023), ``labels/ioda_curated_events.csv`` below ``KUAGER_DATA`` or ``../shared/data``; the list itself is no
part of the project. It needs scikit-learn, which nothing else does.

Weights are learnt from outages of whole countries. They are judged by five-fold cross-validation in which a country is
either learnt from or judged, never both. Both classes weigh the same while learning, and within each class a country
weighs as the square root of its rows, for one country has most of the orders; the share of the list that was ordered is
put back as the prior. The strength of the ridge is scikit-learn's default and was not chosen by any result.
"""

from __future__ import annotations

import csv
import math
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pycountry
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from kuager.episodes.cause import RESOLUTION_S, SUSPECTED_AT, Timing, timing, transformed
from kuager.evaluation.scores import calibration_error
from kuager.model.places import find, zones
from kuager.model.time import to_epoch

DATA = Path(os.environ.get("KUAGER_DATA", Path(__file__).parents[2] / "shared" / "data"))
LIST = DATA / "labels" / "ioda_curated_events.csv"
TARGET = Path(__file__).parents[1] / "src" / "kuager" / "episodes" / "cause.toml"

ORDERED = frozenset({"Government-Ordered", "Exams"})
FOLDS = 5
PUBLISHED = "0.934, 0.871, 0.056"
"""AUC, average precision and Brier score that were measured before on the whole list, 863 rows of which 159 ordered."""

_CODES = {
    "Antigua & Barbuda": "AG",
    "Bonaire, Sint Eustatius and Saba": "BQ",
    "Bonaire/Sint Eustatius/Saba": "BQ",
    "Curacao": "CW",
    "Democratic Republic of (DRC)": "CD",
    "Kyrgyz Republic (Kyrgyzstan)": "KG",
    "Macedonia": "MK",
    "Reunion": "RE",
    "Russian Federation": "RU",
    "Saint Martin": "MF",
    "Swaziland": "SZ",
    "United States of America (USA)": "US",
}
"""Names of the list that the register of countries does not know."""

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Outage:
    """A row of the list with possible times; ``where`` is the country with its region or network."""

    scope: str
    country: str
    where: tuple[str, str]
    zone: str
    start: int
    end: int
    cause: str
    seen: tuple[bool, bool, bool]

    @property
    def ordered(self) -> bool:
        """Whether the list gives an order as the cause."""
        return self.cause in ORDERED


def read() -> tuple[list[Outage], int, int]:
    """The outages, how many rows end before they begin, and how many end as they begin."""
    with LIST.open(newline="", encoding="utf-8") as file:
        rows = [{name: (value or "").strip() for name, value in row.items()} for row in csv.DictReader(file)]
    found, backwards, empty = [], 0, 0
    for row in rows:
        begin, end = datetime.fromisoformat(row["begin_utc"]), datetime.fromisoformat(row["end_utc"])
        if end <= begin:
            backwards, empty = backwards + (end < begin), empty + (end == begin)
            continue
        country = _CODES.get(row["country"]) or pycountry.countries.lookup(row["country"]).alpha_2
        found.append(
            Outage(
                scope=row["scope"],
                country=country,
                where=(country, row["scope_detail"]),
                zone=zones(find(country), begin.date())[0],
                start=to_epoch(begin),
                end=to_epoch(end),
                cause=row["cause"],
                seen=(_true(row["bgp_visible"]), _true(row["ap_visible"]), _true(row["ibr_visible"])),
            )
        )
    return found, backwards, empty


def _true(text: str) -> bool:
    return text.lower() == "true"


def timings(outages: Sequence[Outage], *, length: bool = True, recurrence: bool = True) -> list[Timing]:
    """The timing of each as if only so much of it were known."""
    starts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one in outages:
        starts[one.where].append(one.start)
    told = []
    for one in outages:
        when = timing(
            one.start,
            resolution_s=RESOLUTION_S,
            end=one.end if length else None,
            earlier=starts[one.where] if recurrence else None,
            zone=one.zone,
        )
        if when is not None:
            told.append(when)
    return told


def table(told: Sequence[Timing]) -> tuple[tuple[str, ...], Floats]:
    """Names of the features and their transformed values, float64 [n, features]."""
    names = tuple(told[0].values())
    return names, np.array([[transformed(name, one.values()[name]) for name in names] for one in told])


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Weights of the features as given, and the log-odds where they are all zero."""

    weights: Floats
    intercept: float

    def chances(self, features: Floats) -> Floats:
        """Probabilities, float64 [n]."""
        return np.asarray(1.0 / (1.0 + np.exp(-(features @ self.weights + self.intercept))))


def fit(features: Floats, ordered: Bools, groups: Sequence[str], prior: float) -> Fit:
    """The logistic regression with both classes in balance, moved to the prior."""
    rows = Counter(zip(groups, ordered.tolist(), strict=True))
    weights = np.array([rows[pair] ** -0.5 for pair in zip(groups, ordered.tolist(), strict=True)])
    for truth in (False, True):
        weights[ordered == truth] *= len(ordered) / 2 / weights[ordered == truth].sum()
    scale = StandardScaler().fit(features, sample_weight=weights)
    model = LogisticRegression(max_iter=2_000).fit(scale.transform(features), ordered, sample_weight=weights)
    raw = np.asarray(model.coef_[0] / scale.scale_, dtype=np.float64)
    log_prior = math.log(prior / (1 - prior))
    return Fit(raw, float(model.intercept_[0] - raw @ scale.mean_) + log_prior)


def judged(features: Floats, ordered: Bools, groups: Sequence[str], prior: float) -> Floats:
    """Probabilities of each row by weights that were learnt without its country, float64 [n]."""
    chances = np.zeros(len(ordered))
    countries = np.array(groups)
    for known, held_out in GroupKFold(FOLDS).split(features, ordered, countries):
        fitted = fit(features[known], ordered[known], countries[known].tolist(), prior)
        chances[held_out] = fitted.chances(features[held_out])
    return chances


def figures(chances: Floats, ordered: Bools) -> dict[str, float]:
    """How good probabilities are."""
    return {
        "auc": float(roc_auc_score(ordered, chances)),
        "average_precision": float(average_precision_score(ordered, chances)),
        "brier": float(brier_score_loss(ordered, chances)),
        "calibration_error": calibration_error(chances, ordered),
    }


def reliability(chances: Floats, ordered: Bools) -> list[tuple[float, float, int, float, float]]:
    """Per fifth of the scale: from, to, how many, mean probability, share that was ordered."""
    found = []
    for low in np.arange(0.0, 1.0, 0.2):
        inside = (chances >= low) & (chances < low + 0.2)
        if inside.any():
            found.append((low, low + 0.2, int(inside.sum()), chances[inside].mean(), ordered[inside].mean()))
    return found


def everything(outages: Sequence[Outage], features: Floats) -> Floats:
    """The features that ship and those that were tried beside them: time of day, weekday, end on the hour, signals."""
    more = []
    for one in outages:
        begin = datetime.fromtimestamp(one.start, ZoneInfo(one.zone))
        end = datetime.fromtimestamp(one.end, ZoneInfo(one.zone))
        turn = 2 * math.pi * (begin.hour + begin.minute / 60) / 24
        more.append(
            [math.cos(turn), math.sin(turn), float(begin.weekday() >= 5), float(end.minute < 10), *map(float, one.seen)]
        )
    return np.column_stack([features, np.array(more)])


def line(name: str, found: dict[str, float]) -> str:
    """One row of the printed table."""
    return f"{name:52} " + "  ".join(f"{key} {value:.3f}" for key, value in found.items())


def main() -> None:
    """Learn, judge, write."""
    outages, backwards, empty = read()
    whole = [one for one in outages if one.scope == "Country"]
    ordered = np.array([one.ordered for one in whole])
    groups = [one.country for one in whole]
    prior = float(ordered.mean())
    per_country = Counter(one.country for one in whole if one.ordered)
    most, most_rows = per_country.most_common(1)[0]
    print(
        f"{len(outages)} rows with possible times; left out: {backwards} end before they begin, {empty} as they begin"
    )
    print(f"{len(whole)} of whole countries, {len(set(groups))} countries, {int(ordered.sum())} ordered")
    print(f"ordered by country: {dict(per_country)}; without a stated cause: {sum(not one.cause for one in whole)}")

    lines = [
        "# Written by benchmarks/fit_cause.py from the list of Bischof et al., SIGCOMM 2023 (half of its countries).",
        "# Weights multiply cause.transformed(feature) minus its mean. Figures are those of countries left out.",
        "",
        "[list]",
        f"outages = {len(whole)}",
        f"ordered = {int(ordered.sum())}",
        f"countries = {len(set(groups))}",
        f"countries_with_orders = {len(per_country)}",
        f"largest_share_of_orders = {most_rows / ordered.sum():.4f}",
        f"left_out_because_they_end_before_they_begin = {backwards}",
        f"left_out_because_they_end_as_they_begin = {empty}",
    ]
    for length, recurrence in product((True, False), repeat=2):
        told = timings(whole, length=length, recurrence=recurrence)
        names, features = table(told)
        lines += section(told[0].known, names, features, ordered, groups, prior)
    lines += compare(whole, ordered, groups, prior, most)
    recurring(outages)
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"written: {TARGET.name}")


def section(
    name: str,
    names: Sequence[str],
    features: Floats,
    ordered: Bools,
    groups: Sequence[str],
    prior: float,
) -> list[str]:
    """The lines of one set of weights, learnt from all countries and judged in those left out."""
    chances = judged(features, ordered, groups, prior)
    found = figures(chances, ordered)
    print(line(name, found))
    fitted = fit(features, ordered, groups, prior)
    means = features.mean(axis=0)
    base = {"brier_of_base_rate": float(ordered.mean() * (1 - ordered.mean()))}
    return [
        "",
        f'[models."{name}"]',
        f"intercept = {fitted.intercept + float(fitted.weights @ means):.6f}",
        f'[models."{name}".weights]',
        *(f"{feature} = {weight:.6f}" for feature, weight in zip(names, fitted.weights, strict=True)),
        f'[models."{name}".means]',
        *(f"{feature} = {mean:.6f}" for feature, mean in zip(names, means, strict=True)),
        f'[models."{name}".figures]',
        *(f"{key} = {value:.4f}" for key, value in {**found, **base}.items()),
        "reliability = [ # from, to, rows, mean probability, share ordered",
        *(
            f"  [{low:.1f}, {high:.1f}, {rows}, {mean:.3f}, {share:.3f}],"
            for low, high, rows, mean, share in reliability(chances, ordered)
        ),
        "]",
    ]


def compare(whole: Sequence[Outage], ordered: Bools, groups: Sequence[str], prior: float, most: str) -> list[str]:
    """What else was tried, and what the figures of the first set of weights rest on, as lines of the file."""
    told = timings(whole)
    _, features = table(told)
    chances = judged(features, ordered, groups, prior)
    own = fit(features, ordered, groups, prior).chances(features)
    elsewhere = np.array([one.country != most for one in whole])
    stated = np.array([one.ordered or one.cause not in {"", "Unknown"} for one in whole])
    more = judged(everything(whole, features), ordered, groups, prior)
    rows = {
        "with time of day, weekday, end on the hour, signals": figures(more, ordered),
        f"without {most}": figures(chances[elsewhere], ordered[elsewhere]),
        "rows with a stated cause only": figures(chances[stated], ordered[stated]),
        "judged where it learnt, too good": figures(own, ordered),
    }
    print(f"measured before on the whole list (AUC, average precision, Brier): {PUBLISHED}")
    print(f"Brier of the base rate {prior:.3f}: {prior * (1 - prior):.3f}")
    for name, found in rows.items():
        print(line(name, found))
    for low, high, count, mean, share in reliability(chances, ordered):
        print(f"  probability {low:.1f} to {high:.1f}: {count:4} rows, mean {mean:.3f}, ordered {share:.3f}")
    named = np.array([one.same_clock > 0 for one in told]) & (own >= SUSPECTED_AT)
    counts = {"ordered": int((named & ordered).sum()), "others": int((named & ~ordered).sum())}
    print(f"suspected where it learnt: {counts}")
    return [
        "",
        "[suspected_where_it_learnt]",
        *(f"{key} = {value}" for key, value in counts.items()),
        *(
            text
            for name, found in rows.items()
            for text in ("", f'[compared."{name}"]', *(f"{key} = {value:.4f}" for key, value in found.items()))
        ),
    ]


def recurring(outages: Sequence[Outage]) -> None:
    """How many outages came back at the same clock time, in each scope."""
    for scope in ("Country", "Region", "AS"):
        rows = [one for one in outages if one.scope == scope]
        again = [one.same_clock > 0 for one in timings(rows)]
        hit = Counter(one.ordered for one, same in zip(rows, again, strict=True) if same)
        print(
            f"{scope}: at the same clock time within four days: {hit[True]} of {sum(one.ordered for one in rows)} "
            f"ordered, {hit[False]} of {sum(not one.ordered for one in rows)} others"
        )


if __name__ == "__main__":
    main()
