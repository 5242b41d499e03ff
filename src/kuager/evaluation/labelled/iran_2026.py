"""Iran, January 2026, in IODA's own export: a national shutdown; routes stayed announced, Google came back early."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kuager.codecs.ioda import export
from kuager.episodes.findings import Examined
from kuager.episodes.fuse import Cluster, episode_clusters
from kuager.evaluation.labelled.documented import Case, documented, labels, moment
from kuager.evaluation.labelled.examining import examined, trusted
from kuager.evaluation.labelled.judgement import Judgement, absent, clock, described, holds_moment
from kuager.evaluation.shapes import DAY_S

NAME = "Iran, January 2026"
NETWORKS = ("ioda.bgp", "ioda.ping-slash24")


def judge(folder: Path) -> list[Judgement]:
    """What is claimed of it; see :func:`kuager.evaluation.labelled.judge`."""
    file = folder / "ioda" / "iran-2026-01-dashboard-export.csv"
    if missing := absent(NAME, "one episode", [file, labels(folder)]):
        return missing
    case = documented(folder, "IR-2026-01")
    every = [examined(one) for one in export.decode(file.read_bytes(), case.country).series]
    found = episode_clusters(every)
    return [
        _episodes(case, found),
        _onset(case, found),
        _end(case, found),
        _order(case, every),
        _routes(case, every),
        _google(case, every),
        _before(case, every),
    ]


def _main(case: Case, found: Sequence[Cluster]) -> Cluster | None:
    start = moment(case.start).earliest
    return next((one for one in found if one.start.earliest <= start < one.last), None)


def _episodes(case: Case, found: Sequence[Cluster]) -> Judgement:
    told = [f"{clock(one.first)} to {clock(one.last)} by {', '.join(sorted(one.groups))}" for one in found]
    return Judgement(
        f"{NAME}: episodes",
        "one, and none in December",
        "; ".join(told) or "none",
        holds=len(found) == 1 and _main(case, found) is not None,
    )


def _onset(case: Case, found: Sequence[Cluster]) -> Judgement:
    wanted = moment(case.start)
    main = _main(case, found)
    return Judgement(
        f"{NAME}: onset",
        clock(wanted.earliest),
        f"{clock(main.start.earliest)} to {clock(main.start.latest)}" if main else "no episode",
        holds=main is not None and holds_moment(main.start, wanted.earliest, wanted.latest),
    )


def _end(case: Case, found: Sequence[Cluster]) -> Judgement:
    wanted = moment(case.end)
    main = _main(case, found)
    end = main.end if main else None
    return Judgement(
        f"{NAME}: end",
        f"{clock(wanted.earliest)} to {clock(wanted.latest)}",
        f"{clock(end.earliest)} to {clock(end.latest)}" if end else "none",
        holds=end is not None and wanted.earliest <= end.best < wanted.latest,
    )


def _order(case: Case, every: Sequence[Examined]) -> Judgement:
    """Every signal that fell did so between the first documented fall and the time by which all had fallen."""
    first, last = moment(case.start).earliest, moment(case.full_by).latest
    starts = {
        one.signal.id: finding.start
        for one in every
        for finding in trusted(one.detection)
        if finding.start.earliest <= last and finding.start.latest >= first
    }
    told = [f"{name} {clock(edge.best)}" for name, edge in sorted(starts.items(), key=lambda pair: pair[1].best)]
    networks = "ioda.ping-slash24"
    leads = networks in starts and all(starts[networks].best <= edge.best for edge in starts.values())
    return Judgement(
        f"{NAME}: which signal fell when",
        f"probing first, others by {clock(last)}",
        "; ".join(told) or "none",
        holds=leads and len(starts) > 1,
        remark="A signal that has no value at that time, as the telescope, cannot be among them.",
    )


def _routes(case: Case, every: Sequence[Examined]) -> Judgement:
    """The documents say that routes stayed announced: whoever reads BGP alone would call it over."""
    first, last = moment(case.start).earliest, moment(case.end).latest
    (routes,) = (one for one in every if one.signal.id == "ioda.bgp")
    events = routes.detection.findings  # improbable ones too: nothing may be hidden that speaks against the claim
    inside = [one for one in events if one.start.best < last and (one.end is None or one.end.best > first)]
    lost = sum((one.end.best if one.end else last) - one.start.best for one in inside)
    told = "; ".join(map(described, inside)) or "never"
    return Judgement(
        f"{NAME}: routes",
        "stay announced for most of it",
        f"low for {lost / 3600:.1f} of {(last - first) / 3600:.0f} hours: {told}",
        holds=lost < (last - first) / 4,
    )


def _google(case: Case, every: Sequence[Examined]) -> Judgement:
    back = moment(case.google_search_restored)
    (google,) = (one for one in every if one.signal.id == "ioda.gtr-norm")
    ends = [f.end for f in trusted(google.detection) if f.end is not None and f.end.best > moment(case.start).earliest]
    return Judgement(
        f"{NAME}: Google's return",
        f"within a day of {clock(back.earliest)}, while probing stays low",
        "; ".join(clock(end.best) for end in ends) or "none",
        holds=any(back.earliest - DAY_S <= end.best <= back.latest + DAY_S for end in ends),
    )


def _before(case: Case, every: Sequence[Examined]) -> Judgement:
    first = moment(case.start).earliest - DAY_S
    early = [(one, f) for one in every for f in trusted(one.detection) if f.start.best < first]
    of_networks = [one for one, _ in early if one.signal.id in NETWORKS]
    return Judgement(
        f"{NAME}: the weeks before",
        "no event of networks",
        "; ".join(f"{one.signal.id} {described(finding)}" for one, finding in early) or "no event",
        holds=not of_networks,
        remark="Events of other signals alone make no episode.",
    )
