"""What each command prints when it has done its work."""

from __future__ import annotations

import json
from datetime import datetime

import msgspec
import numpy as np
from rich.table import Table
from rich.text import Text

from kuager.case.adding import Added
from kuager.case.detecting import Detected
from kuager.case.folder import Case
from kuager.case.history import histories, known_at
from kuager.case.signing import log_key
from kuager.case.views import case_view, episode_views, views_as_of
from kuager.cli.reader import progress, results, say
from kuager.errors import message
from kuager.evidence.keys.public_key import fingerprint
from kuager.evidence.log.folder import LogFolder
from kuager.model.episodes import Event
from kuager.model.series import Series
from kuager.model.time import format_utc, from_epoch
from kuager.model.words import Access
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.records.episode import case_record
from kuager.publications.terminal import nothing_found, timeline
from kuager.publications.wording.history import retracted_lines

MOST_EVENTS = 20
"""More than this would hide what follows."""


def tell_of_new_key(case: Case, translation: Translation) -> None:
    """Say once, on stderr, that a key was made that signs from now on: a fingerprint is worth most when it is new."""
    log = case.proving.log
    if log.new_key:
        template = message("A key was made that signs what cases log. Publish its fingerprint elsewhere: {fingerprint}")
        told = translation.gettext(template, fingerprint=fingerprint(log_key(LogFolder(log.folder)).public))
        progress.print(Text(told), soft_wrap=True)


def made(case: Case, translation: Translation) -> str:
    """That a case is there, and what to do next."""
    return translation.gettext(
        message("Made the case {case}: {places}, {start} to {end}. Next: kuager add {case} FILE --as KIND"),
        case=str(case.path),
        places=", ".join(case.settings.places),
        start=format_utc(case.settings.start),
        end=format_utc(case.settings.end),
    )


def print_added(added: Added, name: str, translation: Translation, *, as_json: bool) -> None:
    """What a file held, and what a reader should know of how it was read."""
    remarks = [translation.note(remark) for remark in added.remarks]
    if as_json:
        series = [_series_record(one) for one in added.series]
        rows = {kind: found.num_rows for kind, found in added.content.decoded.tables.items()}
        record = {"object": f"sha256:{added.digest}", "new": added.new, "series": series, "rows": rows}
        _print_json({**record, "measurements": added.content.measurements, "remarks": remarks})
        return
    sealed = message("Sealed {file} as sha256:{digest}")
    again = message("{file} is in the case already, as sha256:{digest}")
    say(translation.gettext(sealed if added.new else again, file=name, digest=added.digest))
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for title in (message("signal"), message("place"), message("first, UTC"), message("last, UTC"), message("step")):
        table.add_column(translation.gettext(title), overflow="fold")
    table.add_column(translation.gettext(message("values")), justify="right")
    table.add_column(translation.gettext(message("missing")), justify="right")
    for one in added.series:
        measured = int(np.isfinite(one.values).sum())
        first, last = (f"{from_epoch(int(one.times[i])):%Y-%m-%d %H:%M}" if one.times.size else "" for i in (0, -1))
        step = f"{one.step_s // 60} min"
        place = one.place if one.access is Access.MIXED else f"{one.place} {one.access.value}"
        row = (one.signal, place, first, last, step, str(measured), str(one.values.size - measured))
        table.add_row(*(Text(cell) for cell in row))
    if added.series:
        results.print(table)
    for kind, found in added.content.decoded.tables.items():
        say(translation.gettext(message("Rows of {table}: {count}"), table=kind, count=found.num_rows))
    if added.content.measurements:
        say(translation.gettext(message("Measurements: {count}"), count=added.content.measurements))
    for remark in remarks:
        say(f"• {remark}")
    if added.merged.revised:
        template = message("{count} values differ from those of an earlier file; the later file counts.")
        say(f"• {translation.gettext(template, count=added.merged.revised)}")


def print_detected(case: Case, found: Detected, translation: Translation, *, as_json: bool) -> None:
    """How many events and episodes there are, and which versions are new."""
    if as_json:
        events = [_event_record(event) for event in found.events]
        _print_json({**case_record(case.name, found.episodes), "events": events, "new": list(found.new)})
        return
    inside = [event for event in found.events if _touches(case, event)]
    say(
        translation.gettext(
            message("Events in single signals: {events}. Episodes: {episodes}. New versions: {new}."),
            events=len(inside),
            episodes=len(found.episodes),
            new=", ".join(found.new) or "–",
        )
    )
    for event in inside[:MOST_EVENTS]:
        say(f"  {_event_line(event, translation)}")
    if len(inside) > MOST_EVENTS:
        more = translation.gettext(message("  and {count} more: --json lists all."), count=len(inside) - MOST_EVENTS)
        say(more)
    for episode in found.episodes:
        say(f"  {episode.id}.v{episode.version}  {episode.level.value}  {format_utc(episode.start)}")
    say(translation.gettext(message("Next: kuager show {case}"), case=str(case.path)))


def _event_line(event: Event, translation: Translation) -> str:
    """Which signal fell where, from when to when, how deep and how probably."""
    access = "" if event.access is Access.MIXED else f" {event.access.value}"
    end = format_utc(event.end.best) if event.end is not None else "…"
    depth = translation.share(event.depth)
    when = f"{format_utc(event.start.best)} – {end}"
    return f"{event.signal} {event.place}{access}  {when}  −{depth}  p {translation.probability(event.probability)}"


def print_story(case: Case, found: Detected, translation: Translation, *, as_json: bool) -> None:
    """The timeline of every episode, or what was measured where nothing was found."""
    known = histories(case)
    if as_json:
        _print_json(case_record(case.name, found.episodes, known))
        return
    if not found.episodes:
        results.print(nothing_found(case_view(case, found, translation.code), results.width))
    for view in episode_views(case, found, translation.code):
        results.print(timeline(view, results.width))
    for line in retracted_lines(known, translation):
        say(line)


def print_as_of(case: Case, moment: datetime, translation: Translation, *, as_json: bool) -> None:
    """What was known of a case at a moment."""
    found, known = known_at(case, moment), histories(case, moment)
    if as_json:
        _print_json({**case_record(case.name, found.episodes, known), "as_of": format_utc(moment)})
        return
    template = message("What was known of {case} by {moment}:")
    say(translation.gettext(template, case=case.name, moment=clock.utc(moment, translation.locale)), style="bold")
    if not found.episodes:
        say(translation.gettext(message("No episode had been found.")))
    for view in views_as_of(case, found, translation.code, moment):
        results.print(timeline(view, results.width))
    for line in retracted_lines(known, translation):
        say(line)


def _touches(case: Case, event: Event) -> bool:
    return event.start.best < case.settings.end and (event.end is None or event.end.best > case.settings.start)


def _series_record(one: Series) -> dict[str, object]:
    return {
        "signal": one.signal,
        "place": one.place,
        "access": one.access.value,
        "scale": one.scale.value,
        "window": one.window,
        "step_s": one.step_s,
        "values": int(np.isfinite(one.values).sum()),
        "missing": int(np.isnan(one.values).sum()),
    }


def _event_record(event: Event) -> dict[str, object]:
    record: dict[str, object] = msgspec.to_builtins(event)
    return record


def _print_json(record: object) -> None:
    results.file.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
