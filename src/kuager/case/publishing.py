"""From the standing episodes of a case to plain files that work from a web server, a mirror or a USB stick.

    public/<language>/index.html                    the episodes of the case
    public/<language>/{episode,country,network}/    a page each, an episode's pictures beside it
    public/data/<id>/                               the values and the record of an episode, for programs
    public/index.html                               leads to the first language
    public/MANIFEST.sha256                          every other file, checked with `sha256sum -c`

All of it is made of what the safety gate lets through (``kuager.publications.safety``). The folder is written beside
the old one and then takes its place, so that readers see one publication or the other; files that did not change are
the same files in both. The same case gives the same bytes.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kuager.accountability.canaries import Missed
from kuager.case.canaries import look_for_canaries
from kuager.case.derivation import Derivation
from kuager.case.detecting import Detected, standing
from kuager.case.examining import examine
from kuager.case.folder import BEFORE, Case
from kuager.case.painting import Painter, Progress
from kuager.case.proving import PUBLICATION
from kuager.case.publication_settings import rules_hash
from kuager.case.published_demands import FOLDER as DEMANDS
from kuager.case.published_demands import demand_files
from kuager.case.published_proofs import SUFFIXES, proof_files
from kuager.case.published_stamps import stamped_objects
from kuager.case.reading import up_to_date_tables
from kuager.case.verdicts import up_to_date_verdicts
from kuager.case.versions import standing_hash
from kuager.case.views import case_view
from kuager.evidence.durable import TEMPORARY, sync_folder, together, write_new
from kuager.evidence.objects import sha256
from kuager.model.time import format_utc
from kuager.publications.dossiers import dossier_of
from kuager.publications.feeds.files import feed_files
from kuager.publications.pictures import File
from kuager.publications.records.denouncements import DENOUNCEMENTS, denouncements_csv
from kuager.publications.records.english import in_english
from kuager.publications.records.files import record_files
from kuager.publications.records.package import PACKAGE, data_package
from kuager.publications.report.files import report_files
from kuager.publications.report.pdf import available
from kuager.publications.safety.gate import made_safe
from kuager.publications.site.pages import site_files
from kuager.publications.view import CaseView

MANIFEST = "MANIFEST.sha256"
NOT_DERIVED = (*SUFFIXES, ".pdf", DENOUNCEMENTS)
"""Ends of files that do not follow from the case alone: proofs need the log's key, PDFs the machine's text shaping.

Stamps come later than what they vouch for, so that the list of denouncements says more of them over time.
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a publication changes of the one before it, by path below ``public/``."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """How many files there are, what changed, the one to open, and canaries that are told as overdue from now on."""

    files: int
    changes: Changes
    address: Path
    overdue: tuple[Missed, ...] = ()


def quiet(done: int, of: int) -> None:
    """Tells nobody how far it has come."""


def publish_case(case: Case, *, now: datetime | None = None, tell: Progress = quiet) -> Published:
    """Write the pages of the standing episodes in every language of the case.

    Args:
        case: what is published.
        now: the moment from which the delay of publication counts; the clock's when left out.
        tell: is told how many pictures are painted.

    Raises:
        CaseError: nothing has been detected yet.
        UsageError: the rules of safety leave nothing to publish.
    """
    with case.writing("publish"):
        found = standing(case)
        overdue = look_for_canaries(case)
        up_to_date_tables(case)  # they may be thrown away, and without them a page would have no chart and not say so
        up_to_date_verdicts(case)
        until = told_until(case, now or datetime.now(UTC))
        files = published_files(case, found, until, tell)
        digest = sha256(files[MANIFEST])
        changes = changes_of(case.public, files)
        _exchange(case.public, files, changes)
        inputs = [standing_hash(case), *(record.digest for record in case.records.all())]
        parameters: dict[str, str | int | Sequence[str]] = {
            "languages": list(case.settings.languages),
            "title": case.settings.title,
        }
        if until is not None:
            parameters["until"] = format_utc(until)
        if rules := rules_hash(case.settings.publication):
            parameters["rules"] = rules
        derivation = Derivation("publish", parameters, inputs)
        case.derivations.record(derivation, digest)
        write_new(case.manifests / digest, files[MANIFEST])
        case.proving.derived(PUBLICATION, derivation, {MANIFEST: digest})
    return Published(len(files), changes, _address(case, found), overdue)


def told_until(case: Case, now: datetime) -> datetime | None:
    """The moment after which nothing is told, a whole hour; None where there is no delay."""
    hours = case.settings.publication.rules.delay_hours
    if not hours:
        return None
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours)


def safe_views(case: Case, found: Detected, until: datetime | None) -> dict[str, CaseView]:
    """What may be shown of a case in each of its languages."""
    examined = examine(case)
    rules = case.settings.publication.rules
    return {
        language: made_safe(case_view(case, found, language, examined), rules, until)
        for language in case.settings.languages
    }


def published_files(
    case: Case, found: Detected, until: datetime | None = None, tell: Progress = quiet
) -> dict[str, bytes]:
    """Every file below ``public/`` by its path, the list of them and their hashes among them."""
    return files_of(case, safe_views(case, found, until), until, tell)


def files_of(
    case: Case,
    views: Mapping[str, CaseView],
    until: datetime | None,
    tell: Progress = quiet,
    *,
    remember: bool = True,
) -> dict[str, bytes]:
    """The files of what the gate let through, by path below ``public/``; nothing of them is written.

    Args:
        case: whose log and pictures these are.
        views: by language, safe.
        until: nothing later is told; None where there is no delay.
        tell: is told how many pictures are painted.
        remember: note for the next time which picture came of which sketch.
    """
    sketched: dict[str, File] = {**site_files(views), **record_files(views)}
    sketched |= feed_files(views)
    sketched |= report_files(views, pdfs=available())
    first = next(iter(views.values()))
    sketched |= proof_files(case, [one.episode.id for one in first.episodes], first.histories, until)
    files = Painter(case).paint(sketched, tell, remember=remember)
    view = in_english(views)
    files[PACKAGE] = data_package(view, files)
    files[DENOUNCEMENTS] = denouncements_csv(dossier_of(view), view.logged, stamped_objects(case))
    files |= demand_files(case)
    files[MANIFEST] = "".join(f"{sha256(data)}  {path}\n" for path, data in sorted(files.items())).encode()
    return files


def derived_part(manifest: bytes) -> bytes:
    """The lines of a manifest about files that anyone derives again from the same case."""
    ends, opened = tuple(end.encode() for end in NOT_DERIVED), f"  {DEMANDS}".encode()
    return b"".join(
        line for line in manifest.splitlines(keepends=True) if not line.rstrip().endswith(ends) and opened not in line
    )


def changes_of(public: Path, files: Mapping[str, bytes]) -> Changes:
    """What would change if these files took the place of what is public."""
    before = {path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()}
    new, changed, unchanged = [], [], []
    for path, data in files.items():
        if path not in before:
            new.append(path)
        elif (public / path).stat().st_size == len(data) and (public / path).read_bytes() == data:
            unchanged.append(path)
        else:
            changed.append(path)
    return Changes(tuple(new), tuple(changed), tuple(unchanged), tuple(sorted(before - files.keys())))


def _exchange(public: Path, files: Mapping[str, bytes], changes: Changes) -> None:
    """Write a whole folder and let it take the place of the old one; what did not change is not written again."""
    fresh = public.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    same = set(changes.unchanged)
    with together(public.parent):
        for path, data in files.items():
            (fresh / path).parent.mkdir(parents=True, exist_ok=True)
            if path not in same or not _linked(public / path, fresh / path):
                (fresh / path).write_bytes(data)
    before = public.parent / BEFORE
    if public.exists():
        public.rename(before)
    fresh.rename(public)
    sync_folder(public.parent)
    shutil.rmtree(before, ignore_errors=True)


def _linked(old: Path, new: Path) -> bool:
    """Let a file stand in the new folder, too, as the same file; not every file system can."""
    try:
        os.link(old, new)
    except OSError:
        return False
    return True


def _address(case: Case, found: Detected) -> Path:
    language = case.public / case.settings.languages[0]
    if len(found.episodes) == 1 and (page := language / "episode" / found.episodes[0].id / "index.html").is_file():
        return page
    return language / "index.html"
