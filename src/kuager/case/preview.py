"""What would become public, before anything does: files, places, sources, addresses, and what is held back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from kuager.accountability.canaries import Missed
from kuager.case.canaries import unseen
from kuager.case.detecting import standing
from kuager.case.folder import Case
from kuager.case.painting import Progress
from kuager.case.preview_rows import ToldRows, told_rows
from kuager.case.publishing import Changes, changes_of, files_of, quiet, safe_views, told_until
from kuager.model.signals import Source
from kuager.publications.site.places import countries, networks, networks_named
from kuager.publications.view import CaseView, EpisodeView, HeldBack
from kuager.sources import registry

_ADDRESS = re.compile(rb"https?://[^\s\"'<>()\\,;&]+")
_NAME_OF_A_VOCABULARY = re.compile(rb"xmlns(?::\w+)?\s*=\s*\"[^\"]*\"")
_BINARY = frozenset({".png", ".pdf"})


@dataclass(frozen=True, slots=True)
class Sort:
    """Files of one sort, by the end of their names; ``size`` in bytes."""

    ending: str
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a publication would make public.

    Attributes:
        sorts: the files, the largest sort first.
        changes: against what is public now.
        episodes: ids.
        places: codes of countries and regions that are named.
        networks: codes of networks that are named.
        sources: those whose data are shown.
        held_back: what is not shown.
        addresses: every address of the web that stands in a file, sorted.
        told: rows, notices, roles, documents, opened fields.
        overdue: canaries that would be told as overdue, which the files above do not say yet.
    """

    sorts: tuple[Sort, ...]
    changes: Changes
    episodes: tuple[str, ...]
    places: tuple[str, ...]
    networks: tuple[str, ...]
    sources: tuple[Source, ...]
    held_back: HeldBack
    addresses: tuple[str, ...]
    told: ToldRows
    overdue: tuple[Missed, ...]


def preview_case(case: Case, *, now: datetime | None = None, tell: Progress = quiet) -> Preview:
    """What ``publish_case`` would make public now. Nothing is written.

    Args:
        case: what would be published.
        now: the moment from which the delay of publication counts; the clock's when left out.
        tell: is told how many pictures are painted.

    Raises:
        CaseError: nothing has been detected yet.
        UsageError: the rules of safety leave nothing to publish.
    """
    until = told_until(case, now or datetime.now(UTC))
    views = safe_views(case, standing(case), until)
    files = files_of(case, views, until, tell, remember=False)
    view = next(iter(views.values()))
    named = sorted({code for one in views.values() for code in _named(one)})
    return Preview(
        sorts=_sorts(files),
        changes=changes_of(case.public, files),
        episodes=tuple(one.episode.id for one in view.episodes),
        places=tuple(code for code in named if not code.startswith("AS")),
        networks=tuple(code for code in named if code.startswith("AS")),
        sources=_sources(view),
        held_back=view.held_back,
        addresses=tuple(sorted(_addresses(files))),
        told=told_rows(view, files, case.public),
        overdue=unseen(case),
    )


def _sorts(files: Mapping[str, bytes]) -> tuple[Sort, ...]:
    counts, sizes = Counter[str](), Counter[str]()
    for path, data in files.items():
        ending = PurePosixPath(path).suffix.removeprefix(".")
        counts[ending] += 1
        sizes[ending] += len(data)
    return tuple(Sort(ending, counts[ending], size) for ending, size in sorted(sizes.items(), key=lambda one: -one[1]))


def _named(view: CaseView) -> Iterable[str]:
    yield from view.places
    yield from countries(view)
    yield from networks(view)
    for one in view.episodes:
        yield from _in_episode(one)
    yield from (one.place for one in view.measured)
    yield from (one.place for one in view.alone)
    yield from (one.place for one in view.opinions)


def _in_episode(view: EpisodeView) -> Iterable[str]:
    episode = view.episode
    yield episode.place
    yield from networks_named(view)
    yield from (one.place for one in episode.signals)
    yield from (trace.series.place for trace in view.traces)
    yield from (place for phase in episode.phases for place in phase.places)
    if episode.scope is not None:
        yield from (part.place for division in episode.scope.divisions for part in division.parts)


def _sources(view: CaseView) -> tuple[Source, ...]:
    signals = {one.signal for episode in view.episodes for one in episode.episode.signals}
    signals |= {name for episode in view.episodes for name in episode.episode.service_signals}
    signals |= {one.signal for one in view.measured} | {one.signal for one in view.alone}
    found = [registry.signal(name).source for name in signals]
    named = {one.source for one in view.collected} | {one.source for one in view.opinions}
    found += [registry.SOURCES[name] for name in named]
    return tuple(sorted({one.id: one for one in found}.values(), key=lambda one: one.id))


def _addresses(files: Mapping[str, bytes]) -> set[str]:
    """Every address of the web in files that people and programs read; names of XML vocabularies are none."""
    found: set[str] = set()
    for path, data in files.items():
        if PurePosixPath(path).suffix not in _BINARY:
            text = _NAME_OF_A_VOCABULARY.sub(b"", data)
            found |= {one.decode("utf-8", "replace").rstrip(".:") for one in _ADDRESS.findall(text)}
    return found
