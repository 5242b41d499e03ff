"""From the standing episodes of a case to plain files that work from a web server, a mirror or a USB stick.

    public/<language>/index.html                    the episodes of the case
    public/<language>/episode/<id>/index.html       one self-contained page per episode, its pictures beside it
    public/data/<id>/                               the values and the record of an episode, for programs
    public/data/{collected,opinions}.csv            what each source gave for each day; what other observers found
    public/index.html                               leads to the first language
    public/MANIFEST.sha256                          every other file, checked with `sha256sum -c`

The folder is written beside the old one and then takes its place, so that readers see one publication or the other. The
same case gives the same bytes.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from kuager.case.derivation import Derivation
from kuager.case.detecting import Detected, standing
from kuager.case.examining import examine
from kuager.case.folder import BEFORE, Case
from kuager.case.proving import PUBLICATION
from kuager.case.versions import standing_hash
from kuager.case.views import case_view
from kuager.evidence.durable import TEMPORARY, replace, sync_folder, write_new
from kuager.evidence.objects import sha256
from kuager.publications.charts.png import painted
from kuager.publications.records.files import case_files, data_files
from kuager.publications.site.pages import site_files

MANIFEST = "MANIFEST.sha256"


@dataclass(frozen=True, slots=True)
class Published:
    """How many files there are, and the one to open."""

    files: int
    address: Path


def publish_case(case: Case) -> Published:
    """Write the pages of the standing episodes in every language of the case.

    Raises:
        CaseError: nothing has been detected yet.
    """
    with case.writing("publish"):
        found = standing(case)
        files = published_files(case, found)
        digest = sha256(files[MANIFEST])
        _exchange(case.public, files)
        inputs = [standing_hash(case), *(record.digest for record in case.records.all())]
        parameters = {"languages": list(case.settings.languages), "title": case.settings.title}
        derivation = Derivation("publish", parameters, inputs)
        case.derivations.record(derivation, digest)
        write_new(case.manifests / digest, files[MANIFEST])
        case.proving.derived(PUBLICATION, derivation, {MANIFEST: digest})
    return Published(len(files), _address(case, found))


def published_files(case: Case, found: Detected) -> dict[str, bytes]:
    """Every file below ``public/`` by its path, the list of them and their hashes among them."""
    examined = examine(case)
    views = {language: case_view(case, found, language, examined) for language in case.settings.languages}
    files = {path: painted(file) for path, file in site_files(views).items()}
    for view in views.values():
        files |= case_files(view)
        for episode in view.episodes:
            files |= data_files(episode)
    files[MANIFEST] = "".join(f"{sha256(data)}  {path}\n" for path, data in sorted(files.items())).encode()
    return files


def _exchange(public: Path, files: dict[str, bytes]) -> None:
    """Write a whole folder and let it take the place of the old one."""
    fresh = public.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    for path, data in files.items():
        replace(fresh / path, data)
    before = public.parent / BEFORE
    if public.exists():
        public.rename(before)
    fresh.rename(public)
    sync_folder(public.parent)
    shutil.rmtree(before, ignore_errors=True)


def _address(case: Case, found: Detected) -> Path:
    language = case.public / case.settings.languages[0]
    if len(found.episodes) == 1:
        return language / "episode" / found.episodes[0].id / "index.html"
    return language / "index.html"
