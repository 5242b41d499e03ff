"""Fit how the events of many signals are weighed together and write ``src/kuager/episodes/fusion.toml``.

Run from the root of the repository: ``python -m benchmarks.fit_fusion``. Worlds for fitting and for judging have
different seeds. The script prints what fusion does on worlds that were held out beside simpler rules on the same ones,
and writes its own figures into the file, so that whoever reads the weights reads how good they are.

What an episode must reach, one half, is not fitted: more likely than not. Nor is the most that rising signals may
weigh: no simulated world knows how people search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from benchmarks.fusion_cases import HOUR_S, MONTH_S, FusedCase, cases
from benchmarks.fusion_rules import chained, either, independent, of_one, vote
from benchmarks.logistic import fit_signed

from kuager.episodes.agreement import Core
from kuager.episodes.fuse import candidates, clusters, episode_clusters
from kuager.episodes.phases import phases
from kuager.episodes.voices import Place
from kuager.episodes.weigh import FEATURES, fitted
from kuager.evaluation import fused_cases
from kuager.evaluation.plans import Simulation
from kuager.evaluation.protocol import TRAINING_SEEDS, Part
from kuager.evaluation.scores import Interval, Scored, brier, calibration_error, iou, match_events, score_events
from kuager.evaluation.worlds import worlds
from kuager.model.words import PhaseKind

TRAINING_SEED, TEST_SEED = 11, 1
WORLDS, CASES = 40, 60
PROCESSES = 2
TARGET = Path(__file__).parents[1] / "src" / "kuager" / "episodes" / "fusion.toml"
THRESHOLD = 0.5
RISING_AT_MOST = 1.0
BRIEF_S = 900
FORMS = ("as drawn", "varied")
FUSION, CHAINED = "fusion", "rule before"

Rows = list[tuple[tuple[float, ...], bool]]


@dataclass(frozen=True)
class Judged:
    """One case under every rule: what each found, and what became of the probabilities and of the windows."""

    truth: tuple[Interval, ...]
    happened: tuple[Interval, ...]
    witnesses: tuple[int, ...]
    watched_s: float
    found: dict[str, list[Interval]]
    forecasts: list[tuple[float, bool]]
    independent: list[tuple[float, bool]]
    windows: list[bool]


def training() -> Iterator[Simulation]:
    """Worlds as they are, and cases in which single sources dip alone far more often than anything is lost."""
    yield from worlds(TRAINING_SEED, WORLDS)
    yield from fused_cases.cases(TRAINING_SEEDS[Part.CASES], CASES)


def rows_of(simulation: Simulation) -> Rows:
    """Every candidate of a world: its features, and whether most of its core lies in what happened."""
    return [
        (one.features(), _inside(case, one.core))
        for both in cases(simulation, TRAINING_SEED)
        for case in both
        for one in candidates(Place(case.examined))
    ]


def judge(simulation: Simulation) -> list[tuple[Judged, Judged]]:
    """Every place of a world in both of its forms, under every rule."""
    return [(_judged(drawn), _judged(varied)) for drawn, varied in cases(simulation, TEST_SEED)]


def _judged(case: FusedCase) -> Judged:
    episodes = episode_clusters(case.examined)
    every = clusters(case.examined)
    restored = [
        (float(piece.start), float(piece.end))
        for one in episodes
        for piece in phases(one, case.examined)
        if piece.kind is PhaseKind.RESTORATION
    ]
    groups = sorted({one.signal.independence for one in case.examined if not one.rises})
    outcomes = [_inside(case, Core(one.first, one.last, 1.0, one.sightings[0].examined.series.access)) for one in every]
    found: dict[str, list[Interval]] = {
        FUSION: [(one.first, one.last) for one in episodes],
        CHAINED: chained(case),
        "2 of n vote": vote(case),
        "OR": either(case),
        **{f"only {group}": of_one(case, group) for group in groups},
    }
    return Judged(
        truth=case.truth,
        happened=case.happened,
        witnesses=case.witnesses,
        watched_s=case.watched_s,
        found=found,
        forecasts=list(zip([one.probability for one in every], outcomes, strict=True)),
        independent=list(zip([independent(one.sightings) for one in every], outcomes, strict=True)),
        windows=[
            bool(match_events([window], restored))
            for window in case.restorations
            if any(one.first < window[0] and window[1] < one.last for one in episodes)
        ],
    )


def _inside(case: FusedCase, core: Core) -> bool:
    inside = sum(max(0.0, min(core.end, end) - max(core.start, start)) for start, end in case.happened)
    return inside > core.length_s / 2


def figures(judged: Sequence[Judged], rule: str) -> dict[str, float]:
    """What a rule does: recall of all, of what two groups could see, of the brief; precision; false ones per month."""
    pairs = [(one, {match.truth for match in match_events(one.truth, one.found.get(rule, []))}) for one in judged]
    scores = score_events([Scored(one.truth, tuple(one.found.get(rule, [])), one.watched_s) for one in judged])

    def recall(wanted: Iterable[tuple[bool, bool]]) -> float:
        hits = [hit for want, hit in wanted if want]
        return float(np.mean(hits)) if hits else float("nan")

    def of(asked: str) -> Iterator[tuple[bool, bool]]:
        for one, matched in pairs:
            for index, (interval, witnesses) in enumerate(zip(one.truth, one.witnesses, strict=True)):
                two, brief = witnesses > 1, interval[1] - interval[0] <= BRIEF_S
                wanted = {"two": two, "brief": two and brief, "one": witnesses > 0}[asked]
                yield wanted, index in matched

    untouched = sum(
        all(iou(found, real) == 0 for real in o.happened) for o in judged for found in o.found.get(rule, [])
    )
    return {
        "true": scores.true,
        "found": scores.found,
        "precision": scores.precision,
        "recall_two": recall(of("two")),
        "recall_one": recall(of("one")),
        "recall_all": scores.recall,
        "recall_brief": recall(of("brief")),
        "false_per_month": untouched / (sum(one.watched_s for one in judged) / MONTH_S),
        "onset_p50_min": scores.onset.p50 / 60,
        "onset_p90_min": scores.onset.p90 / 60,
    }


def table(judged: Sequence[Judged]) -> str:
    """The rules beside each other; of the single groups the one with the best F1 comes first."""
    names = list(dict.fromkeys(name for one in judged for name in one.found))
    singles = [name for name in names if name.startswith("only ")]
    best = max(singles, key=lambda name: _f1(judged, name))
    lines = ["| rule | found | precision | recall, two see | recall, all | <= 15 min | false / month | onset min |"]
    lines.append("|---|---|---|---|---|---|---|---|")
    for name in (best, "OR", "2 of n vote", CHAINED, FUSION):
        f = figures(judged, name)
        rates = f"{f['precision']:.3f} | {f['recall_two']:.3f} | {f['recall_all']:.3f} | {f['recall_brief']:.3f}"
        onset = f"{f['onset_p50_min']:.0f}, {f['onset_p90_min']:.0f}"
        lines.append(f"| {name} | {f['found']:.0f} | {rates} | {f['false_per_month']:.4f} | {onset} |")
    return "\n".join(lines)


def _f1(judged: Sequence[Judged], name: str) -> float:
    f1 = score_events([Scored(one.truth, tuple(one.found.get(name, [])), one.watched_s) for one in judged]).f1
    return f1 if np.isfinite(f1) else 0.0


def of_probabilities(forecasts: Sequence[tuple[float, bool]]) -> dict[str, float]:
    """How good some probabilities are."""
    chances, true = [chance for chance, _ in forecasts], [outcome for _, outcome in forecasts]
    return {"clusters": len(true), "brier": brier(chances, true), "calibration_error": calibration_error(chances, true)}


def main() -> None:
    """Fit, write, judge, write again with the figures."""
    with Pool(PROCESSES) as pool:
        rows = [row for world in pool.imap(rows_of, training()) for row in world]
    features, true = zip(*rows, strict=True)
    intercept, weights = fit_signed(np.array(features), np.array(true), FEATURES, {"rising": RISING_AT_MOST})
    lines = [
        "# Written by benchmarks/fit_fusion.py. The weights multiply Candidate.features of weigh.py.",
        "# Simulated worlds, one author for simulator and fusion: expect real cases to be harder.",
        f"intercept = {intercept:.6f}",
        f"threshold = {THRESHOLD}",
        "",
        "[weights]",
        *(f"{name} = {weight:.6f}" for name, weight in weights.items()),
        "",
        "[fitted]",
        f"training_seed = {TRAINING_SEED}",
        f"test_seed = {TEST_SEED}",
        f"worlds = {WORLDS}",
        f"cases = {CASES}",
        f"training_candidates = {len(true)}",
        f"training_true_share = {np.mean(true):.4f}",
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    fitted.cache_clear()
    with Pool(PROCESSES) as pool:  # a new pool: its processes read the weights just written
        judged = [both for world in pool.imap(judge, worlds(TEST_SEED, WORLDS)) for both in world]
    for name, cases_of_form in zip(FORMS, zip(*judged, strict=True), strict=True):
        lines += ["", *_report(name, cases_of_form)]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _report(name: str, judged: Sequence[Judged]) -> Iterator[str]:
    """Print one form's table and give its figures as lines of TOML."""
    windows = [hit for one in judged for hit in one.windows]
    mine = of_probabilities([pair for one in judged for pair in one.forecasts])
    before = of_probabilities([pair for one in judged for pair in one.independent])
    print(f"\nCases {name}: {len(judged)} places, {WORLDS} worlds, seed {TEST_SEED}\n\n{table(judged)}\n")
    print(f"probabilities, fused: {mine}\nprobabilities, as if independent: {before}")
    print(f"restoration windows of {HOUR_S} s and more inside episodes: {sum(windows)} of {len(windows)} found")
    yield f"[fitted.{name.replace(' ', '_')}]"
    for key, value in {**figures(judged, FUSION), **mine}.items():
        yield f"{key} = {value:.4f}"
    yield f"restoration_windows = {len(windows)}"
    yield f"restoration_windows_found = {sum(windows)}"


if __name__ == "__main__":
    main()
