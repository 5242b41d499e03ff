"""``kuager publish``: writing the pages, or only saying what would become public."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from kuager.case.folder import Case, open_case
from kuager.case.painting import Progress
from kuager.case.preview import Preview, preview_case
from kuager.case.publishing import Published, publish_case
from kuager.cli import reader
from kuager.cli.reader import progress, results, say
from kuager.errors import message
from kuager.model.time import format_utc
from kuager.publications.language import Translation
from kuager.publications.licences import terms
from kuager.publications.wording.field_words import REGISTER
from kuager.publications.wording.held_back import held_back_lines

KILOBYTE = 1000
MOST_NAMED = 12
"""Codes of one line; --json has all."""


def publish(case: Path, *, dry_run: bool, as_json: bool) -> None:
    """Publish a case, or say what that would make public."""
    opened = open_case(case)
    translation = reader.translation()
    if dry_run:
        with _painting(message("Looking at what would become public…")) as tell:
            found = preview_case(opened, tell=tell)
        if as_json:
            _print_json(preview_record(found))
        else:
            _print_preview(found, translation)
        return
    published = written(opened)
    if as_json:
        _print_json(published_record(published))
    else:
        print_published(published, translation)


def written(case: Case) -> Published:
    """Publish a case and show on stderr how far that has come."""
    with _painting(message("Writing pages…")) as tell:
        return publish_case(case, tell=tell)


def print_published(published: Published, translation: Translation) -> None:
    """What was written, and where to look."""
    template = message("Wrote {written} of {count} files, {gone} removed. Open {address}")
    say(
        translation.gettext(
            template,
            written=len(published.changes.new) + len(published.changes.changed),
            count=published.files,
            gone=len(published.changes.gone),
            address=str(published.address),
        )
    )
    for one in published.overdue:
        say(translation.note(one.notice))


def published_record(published: Published) -> dict[str, object]:
    """For programs: counts, and the file to open."""
    changes = published.changes
    return {
        "files": published.files,
        "new": len(changes.new),
        "changed": len(changes.changed),
        "unchanged": len(changes.unchanged),
        "gone": len(changes.gone),
        "address": str(published.address),
        "canaries_overdue": [one.last for one in published.overdue],
    }


def preview_record(found: Preview) -> dict[str, object]:
    """For programs: everything that would become public, by path below ``public/``."""
    held, changes = found.held_back, found.changes
    return {
        "files": [{"ending": one.ending, "files": one.files, "bytes": one.size} for one in found.sorts],
        "new": list(changes.new),
        "changed": list(changes.changed),
        "unchanged": list(changes.unchanged),
        "gone": list(changes.gone),
        "episodes": list(found.episodes),
        "places": list(found.places),
        "networks": list(found.networks),
        "sources": [
            {"id": one.id, "name": one.name, "licence": one.licence, "non_commercial": one.non_commercial}
            for one in found.sources
        ],
        "held_back": {
            "rows": held.rows,
            "least_measurements": held.least,
            "places": held.places,
            "episodes": held.episodes,
            "until": format_utc(held.until) if held.until is not None else None,
            "sources": list(held.sources),
        },
        "addresses": list(found.addresses),
        "rows": dict(found.told.rows),
        "new_rows": list(found.told.new),
        "notices": dict(found.told.notices),
        "roles": list(found.told.roles),
        "operators": list(found.told.operators),
        "documents": list(found.told.documents),
        "opened": list(found.told.opened),
        "canaries_overdue": [one.last for one in found.overdue],
    }


def _print_preview(found: Preview, translation: Translation) -> None:
    say(translation.gettext(message("Nothing was written. This would become public:")), style="bold")
    for sort in found.sorts:
        say(f"  {sort.ending:<8} {sort.files:>5}  {translation.number(round(sort.size / KILOBYTE, 1)):>10} kB")
    changes = found.changes
    template = message("Files: {new} new, {changed} changed, {same} as they are, {gone} removed.")
    counts = {name: len(getattr(changes, name)) for name in ("new", "changed", "gone")}
    say(translation.gettext(template, **counts, same=len(changes.unchanged)))
    for template, names in (
        (message("Episodes: {names}."), found.episodes),
        (message("Places named: {names}."), found.places),
        (message("Networks named: {names}."), found.networks),
    ):
        say(translation.gettext(template, names=_some(names)))
    say(translation.gettext(message("Sources:")))
    for source in found.sources:
        say(f"  {translation.gettext(source.name)} ({terms(source, translation)})")
    _print_told(found, translation)
    for one in found.overdue:
        say(translation.note(one.notice))
    say(translation.gettext(message("Held back:")))
    for line in held_back_lines(found.held_back, translation) or [translation.gettext(message("nothing"))]:
        say(f"  {line}")
    hosts = sorted({urlsplit(one).netloc for one in found.addresses})
    say(translation.gettext(message("Addresses that pages and files name: {count}, at {names}."), **_at(found, hosts)))


def _print_told(found: Preview, translation: Translation) -> None:
    """What people said and judged; nothing where the case holds nothing of that."""
    told = found.told
    if told.rows:
        say(translation.gettext(message("Rows of registers:")))
    for name, count in told.rows.items():
        say(f"  {translation.gettext(REGISTER[name])}: {translation.number(count)}")
    for template, names in (
        (message("Rows that were not public before: {names}."), told.new),
        (message("Roles of people named: {names}."), told.roles),
        (message("Operators named: {names}."), told.operators),
        (message("Documents cited: {names}."), told.documents),
        (message("Files of fields of the demand log that were opened: {names}."), told.opened),
    ):
        if names:
            say(translation.gettext(template, names=_some(names)))
    for name, sentence in told.notices:
        say(f"  {name}: {sentence}")


def _at(found: Preview, hosts: list[str]) -> dict[str, object]:
    return {"count": len(found.addresses), "names": _some(hosts)}


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = f" (+{len(every) - MOST_NAMED})" if len(every) > MOST_NAMED else ""
    return (", ".join(every[:MOST_NAMED]) or "–") + more


@contextmanager
def _painting(what: str) -> Iterator[Progress]:
    """Show on stderr what is done and how many pictures are painted."""
    translation = reader.translation()
    with progress.status(translation.gettext(what)) as status:

        def tell(done: int, of: int) -> None:
            status.update(translation.gettext(message("Painting {done} of {of}…"), done=done, of=of))

        yield tell


def _print_json(record: object) -> None:
    results.file.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
