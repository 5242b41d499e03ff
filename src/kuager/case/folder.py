"""A case on disk: where its parts lie, how one is made and opened.

case.toml                     what the case is about
evidence/objects/sha256/…     raw bytes exactly as received
evidence/received/*.json      what was received when, in order, one record each
evidence/derivations/*.json   what was derived from what
evidence/log/…                the transparency log; evidence/claims/*.json what its claims say
evidence/private/…            what sources entrusted who must stay unknown; open to its owner only
observations/*.parquet        decoded series and their coverage; disposable
episodes/<id>.v<n>.json       every version of every episode; current.json names those that stand
public/…                      what is published
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kuager.case.derivation import DerivationStore
from kuager.case.entrusted import Entrusted
from kuager.case.lock import held_for_writing
from kuager.case.proving import Proving
from kuager.case.received import ReceivedRecords
from kuager.case.settings import Settings, from_toml, to_toml
from kuager.errors import CaseError, CaseExists, CaseMissing, message
from kuager.evidence.durable import TEMPORARY, replace, sync_folder
from kuager.evidence.objects import ObjectStore
from kuager.observations.store import ObservationStore
from kuager.observations.tables import TableStore

SETTINGS_FILE = "case.toml"
OPERATORS_FILE = "operators.toml"
BEFORE = ".public-before"
"""Where the published folder stands aside for the moment in which a new one takes its place."""


class Case:
    """An existing case folder. Opening one reads nothing but its settings."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path = path
        self.settings = settings
        self.objects = ObjectStore(path / "evidence" / "objects")
        self.derivations = DerivationStore(path / "evidence" / "derivations")
        self.records = ReceivedRecords(path / "evidence" / "received")
        self.observations = ObservationStore(path / "observations")
        self.tables = TableStore(path / "observations")
        self.proving = Proving(path / "evidence", self.name)
        self.entrusted = Entrusted(path / "evidence" / "private", settings.contributions)

    @property
    def name(self) -> str:
        """The folder's own name, which is the case's name."""
        return self.path.resolve().name

    @property
    def episodes(self) -> Path:
        """Where versions of episodes lie."""
        return self.path / "episodes"

    @property
    def public(self) -> Path:
        """Where the published files lie."""
        return self.path / "public"

    @property
    def manifests(self) -> Path:
        """Where the list of every publication lies, by its SHA-256."""
        return self.path / "evidence" / "published"

    @contextmanager
    def writing(self, purpose: str) -> Iterator[None]:
        """Hold the case while writing to it; makes good what a killed writer left half-made, and signs the log.

        Batches of contributions that are due are entered by whoever comes next. When that is says nothing of when a
        contribution came: each interval has its batch, also when nobody came.
        """
        with held_for_writing(self.path / ".lock", purpose):
            before = self.path / BEFORE
            if before.exists() and not self.public.exists():
                before.rename(self.public)
            shutil.rmtree(before, ignore_errors=True)
            for leftover in self.path.rglob(f"{TEMPORARY}*"):
                if self.entrusted.folder in leftover.parents:
                    continue  # somebody may be receiving now, and what is private is overwritten, not only removed
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
            with self.proving.log.writing():
                self.proving.received(self.records.all())
                if self.entrusted.begun:
                    self.entrusted.catch_up(self.proving.log, int(time.time()))
                yield


def new_case(path: Path, settings: Settings) -> Case:
    """Make a case folder; it appears whole or not at all. An empty folder, or one with operators only, becomes a case.

    Raises:
        CaseExists: something is there already.
        CaseError: the folder above cannot be written to.
    """
    if _is_bare(path):
        replace(path / SETTINGS_FILE, to_toml(settings))
        return Case(path, settings)
    if path.exists():
        raise CaseExists(
            message("“{path}” exists already."),
            remedy=message("Choose another name, or go on with it: kuager add {path} FILE --as KIND."),
            path=str(path),
        )
    temporary = path.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir()
        replace(temporary / SETTINGS_FILE, to_toml(settings))
        temporary.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise CaseError(
            message("“{path}” cannot be made: {reason}."),
            remedy=message("Choose a folder in which you may write."),
            path=str(path),
            reason=error.strerror or type(error).__name__,
        ) from error
    return Case(path, settings)


def _is_bare(path: Path) -> bool:
    """Whether a folder holds nothing but what somebody may put there before there is a case."""
    return path.is_dir() and {one.name for one in path.iterdir()} <= {OPERATORS_FILE}


def continued_case(path: Path, settings: Settings) -> Case:
    """The case in that folder when it is about the same places and window, so that work goes on; else a new one.

    Raises:
        CaseExists: something else is there.
    """
    if (path / SETTINGS_FILE).is_file():
        there = open_case(path)
        if (there.settings.places, there.settings.window) == (settings.places, settings.window):
            return there
    return new_case(path, settings)


def open_case(path: Path) -> Case:
    """Open a case folder.

    Raises:
        CaseMissing: the folder is not there or holds no case.
        CaseDamaged: its settings cannot be read.
    """
    settings = path / SETTINGS_FILE
    if not settings.is_file():
        raise CaseMissing(
            message("“{path}” holds no case."),
            remedy=message("Make one: kuager new {path} --place KZ --from 2022-01-02 --to 2022-01-12."),
            path=str(path),
        )
    return Case(path, from_toml(settings.read_bytes()))
