"""The tables of an evaluation as sheets, for the terminal and for the page; both show the same cells.

Headings are those of a scientific protocol and stay in English. What could not be computed is a dash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kuager.errors import UsageError, message
from kuager.evaluation.blocking_sheet import blocking_sheet
from kuager.evaluation.goals import goals
from kuager.evaluation.outcome import EdgeRow, FusedRow, Interval, Mistake, Outcome, ScoreRow
from kuager.evaluation.sheet import NONE, Sheet
from kuager.evaluation.throttling_sheet import throttling_sheet
from kuager.model.time import format_utc

BEGIN = "<!-- kuager evaluate: begin -->"
END = "<!-- kuager evaluate: end -->"

_SCORES = (
    "true",
    "found",
    "P",
    "R",
    "F1",
    "F1 .8",
    "P any",
    "R any",
    "FA/month",
    "onset",
    "end",
    "merge, split",
    "restorations",
)


def sheets(outcome: Outcome) -> Iterator[Sheet]:
    """Every table that has rows."""
    drawn = (
        _goals(outcome),
        _scores("Single series", _EXPLAINED["single"], outcome.headline),
        _scores("By kind and step", "Events that could be seen, all generators.", outcome.by_series),
        _by_event(outcome.by_event),
        _calibration(outcome),
        _empty(outcome),
        _scores("Sources that fail", _EXPLAINED["sensors"], outcome.sensors),
        _fused(outcome.fused),
        _online(outcome),
        throttling_sheet(outcome.throttling),
        blocking_sheet(outcome.blocking),
        _cases(outcome),
    )
    return (sheet for sheet in drawn if sheet.rows)


def markdown(outcome: Outcome) -> str:
    """The whole report as Markdown, ending in a line break."""
    seeds = "sealed seeds" if outcome.sealed else "tuning seeds: a quick look, not the figures to quote"
    drawn = ", ".join(f"{one.worlds} of “{one.part}” ({one.seed})" for one in outcome.seeds)
    lines = [f"Written by `{outcome.command}`, {seeds}. Worlds drawn, with their seeds: {drawn}."]
    for sheet in sheets(outcome):
        lines += ["", f"### {sheet.title}", "", sheet.explained, ""]
        lines.append(_line(sheet.heads))
        lines.append("|" + "---|" * len(sheet.heads))
        lines += [_line(row) for row in sheet.rows]
    lines += ["", _mistakes(outcome.mistakes)]
    lines += [f"* {note.template.format(**note.facts)}" for note in outcome.remarks]
    return "\n".join(lines) + "\n"


def around_tables(page: str) -> tuple[str, str]:
    """What stands before and after the place of the tables in a page.

    Raises:
        UsageError: the page has no such place.
    """
    before, begun, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise UsageError(
            message("The page has no place for the tables."),
            remedy=message("Put the lines {begin} and {end} where they shall stand."),
            begin=BEGIN,
            end=END,
        )
    return before, after


def rewritten(page: str, outcome: Outcome) -> str:
    """A page with the part between the two markers replaced by the report; raises as ``around_tables``."""
    before, after = around_tables(page)
    return f"{before}{BEGIN}\n{markdown(outcome)}{END}{after}"


_EXPLAINED = {
    "goals": (
        "What was set as a goal before the detector was written. “Visible” and “two kinds” are events that could be "
        "seen; “worlds”, “bootstrap”, “second”, “failing” and “cases” are ways of drawing; see docs/accuracy.md."
    ),
    "single": (
        "A true and a found event match one to one when they share half of their union (F1 .8: eight tenths; any: any "
        "overlap). “Visible” are events with a whole sample inside, half of their samples measured, a depth of 5 % and "
        "an oracle's signal-to-noise ratio of 5; beside them, every event. FA/month are findings that touch no true "
        "event, per series and 30 days. Onset and end: p50, p90 and signed bias in steps of the series. Restorations: "
        "windows of an hour and more between visible pieces of a cut, found as such."
    ),
    "event": "Recall only, of events that could be seen: what is found wrongly belongs to no sort of event.",
    "calibration": (
        "Over everything detection found, probable or not; true when most of it lies in true events. In brackets 95 % "
        "intervals, drawn over places."
    ),
    "empty": (
        "Months of places in which no series has a true event, counted from the truth. The last column is the "
        "precision that the same recall and false alarms give at one event in ten months."
    ),
    "sensors": (
        "One signal in at least twelve places; the whole source fails now and then in the manner named. FA/month as "
        "above."
    ),
    "fused": (
        "Episodes of places; columns as above, onset and end in minutes. Two kinds: only what two kinds of signals or "
        "more could have seen. Access: mobile, fixed or both, told right among matches. Scope: exactly the parts of "
        "the country that were hit."
    ),
    "online": "Total outages of at least an hour in series of five minutes: share told within so many minutes.",
}


def _goals(outcome: Outcome) -> Sheet:
    cells = (
        (one.what, one.asked, _share(one.reached, one.digits), "yes" if one.holds else "no") for one in goals(outcome)
    )
    return Sheet("Goals", _EXPLAINED["goals"], ("", "asked", "reached", "holds"), tuple(cells))


def _scores(title: str, explained: str, rows: Sequence[ScoreRow]) -> Sheet:
    return Sheet(title, explained, ("", *_SCORES), tuple(_score_cells(row) for row in rows))


def _score_cells(row: ScoreRow) -> tuple[str, ...]:
    shares = (row.precision, row.recall, row.f1, row.f1_strict, row.precision_any, row.recall_any)
    return (
        row.name,
        str(row.true),
        str(row.found),
        *(_share(share) for share in shares),
        _share(row.false_alarms_per_month, 4),
        _edge(row.onset),
        _edge(row.end),
        f"{row.merges}, {row.splits}",
        f"{row.restorations_found} of {row.restorations}",
    )


def _by_event(rows: Sequence[ScoreRow]) -> Sheet:
    heads = ("", "true", "R", "R any", "onset", "end", "merge, split")
    cells = (
        (
            row.name,
            str(row.true),
            _share(row.recall),
            _share(row.recall_any),
            _edge(row.onset),
            _edge(row.end),
            f"{row.merges}, {row.splits}",
        )
        for row in rows
    )
    return Sheet("By length, depth and form", _EXPLAINED["event"], heads, tuple(cells))


def _calibration(outcome: Outcome) -> Sheet:
    heads = ("", "candidates", "true", "Brier", "of base rate", "log loss", "ECE")
    cells = (
        (
            row.name,
            str(row.candidates),
            _share(row.true_share),
            _interval(row.brier),
            _share(row.brier_of_base_rate, 4),
            _interval(row.log_loss),
            _interval(row.calibration_error),
        )
        for row in outcome.calibration
    )
    return Sheet("Probabilities", _EXPLAINED["calibration"], heads, tuple(cells))


def _empty(outcome: Outcome) -> Sheet:
    heads = ("", "months", "empty", "share", "events/month of a series", "P", "P at one in ten months")
    cells = (
        (
            row.generator,
            str(row.place_months),
            str(row.empty),
            _share(row.share),
            _share(row.events_per_series_month),
            _share(row.precision),
            _share(row.precision_at_tenth),
        )
        for row in outcome.empty
    )
    return Sheet("Empty months", _EXPLAINED["empty"], heads, tuple(cells))


def _fused(rows: Sequence[FusedRow]) -> Sheet:
    heads = ("", "true", "found", "P", "R", "F1", "false/month", "restorations", "access", "scope", "onset", "end")
    cells = (
        (
            row.name,
            str(row.true),
            str(row.found),
            *(_share(share) for share in (row.precision, row.recall, row.f1)),
            _share(row.false_episodes_per_month, 4),
            f"{row.restorations_found} of {row.restorations}",
            f"{row.access_right} of {row.access_of}",
            f"{row.scope_right} of {row.scope_of}",
            _edge(row.onset),
            _edge(row.end),
        )
        for row in rows
    )
    return Sheet("Episodes", _EXPLAINED["fused"], heads, tuple(cells))


def _online(outcome: Outcome) -> Sheet:
    minutes = tuple(outcome.online[0].within) if outcome.online else ()
    cells = (
        (
            row.name,
            str(row.outages),
            *(_share(share) for share in row.within.values()),
            _share(row.false_alarms_per_month, 4),
        )
        for row in outcome.online
    )
    heads = ("", "outages", *(f"{one} min" for one in minutes), "FA/month")
    return Sheet("Live", _EXPLAINED["online"], heads, tuple(cells))


def _cases(outcome: Outcome) -> Sheet:
    heads = ("case", "documented", "found", "holds", "remark")
    cells = (
        (row.name, row.wanted, row.found, ("yes" if row.holds else "no") if row.judged else "no data", row.remark)
        for row in outcome.cases
    )
    return Sheet("Documented cases", "Real series of events that are documented elsewhere.", heads, tuple(cells))


MISTAKE_HEADS = ("", "world", "series", "from, to (UTC)", "depth", "p", "why")


def mistake_cells(one: Mistake) -> tuple[str, ...]:
    """A miss or a false alarm as the cells of a row, in the order of ``MISTAKE_HEADS``."""
    series = " ".join(part for part in (one.signal, one.place, one.access) if part)
    step = f", {one.kind}, {one.step_s} s" if one.step_s else ", episode"
    return (
        one.what if one.counted else f"{one.what} (not visible)",
        f"{one.generator} {one.seed}/{one.world}",
        series + step,
        f"{format_utc(one.start)[:16]} {format_utc(one.end)[:16]}",
        f"{one.depth:.2f}",
        NONE if one.probability is None else f"{one.probability:.2f}",
        one.why,
    )


def _mistakes(listed: Sequence[Mistake]) -> str:
    missed = sum(one.what == "missed" and one.counted for one in listed)
    false = sum(one.what == "false" for one in listed)
    unseen = len(listed) - missed - false
    return (
        f"Mistakes: {missed} missed that could be seen, {false} found that match nothing, {unseen} missed that nobody "
        "could have seen; `--json` lists each with its world, seed, series, times and why."
    )


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _share(value: float | None, digits: int = 3) -> str:
    return NONE if value is None else f"{value:.{digits}f}"


def _edge(edge: EdgeRow) -> str:
    if edge.p50 is None or edge.p90 is None or edge.bias is None:
        return NONE
    return f"{edge.p50:.1f}, {edge.p90:.1f}, {edge.bias:+.1f}"


def _interval(one: Interval) -> str:
    return f"{one.value:.4f} ({one.low:.4f} to {one.high:.4f})"
