"""Painting and printing what is published: on every core, and never again what the last publication holds already.

Which file came of which sketch stands in ``observations/_pictures.json``, which may be thrown away. A file is taken
from the last publication only when its bytes have the hash that stands there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

import msgspec

from kuager.case.derivation import code_version
from kuager.case.folder import Case
from kuager.engine.processes import pool
from kuager.evidence.durable import replace
from kuager.evidence.objects import sha256
from kuager.publications.charts.png import rasterise
from kuager.publications.pictures import File, Printout, Sketch
from kuager.publications.report.pdf import pdf_of

FEW = 6
"""So many files are sooner made here than by others, who must be started first."""

Progress = Callable[[int, int], None]
"""Is told how many files are made, and of how many."""
Work = tuple[Callable[..., bytes], tuple[object, ...]]
"""A function at the top of its module, and what it is called with."""


class Painter:
    """Makes the files of a case that take time."""

    def __init__(self, case: Case) -> None:
        """Look at what is known of the files that the last publication holds."""
        self._record = case.path / "observations" / "_pictures.json"
        self._public = case.public
        self._version = code_version()

    def paint(self, files: Mapping[str, File], tell: Progress, *, remember: bool = True) -> dict[str, bytes]:
        """The bytes of every file by its path: pictures first, then what shows them.

        Args:
            files: those that are ready, and those that are to be made.
            tell: is told how many are made.
            remember: note what came of what for the next time; nothing else is ever written here.
        """
        known = self._known()
        sketches = {path: one for path, one in files.items() if isinstance(one, Sketch)}
        names = {path: self._name(one.svg, one.zoom) for path, one in sketches.items()}
        made = self._made(names, {path: _painting(one) for path, one in sketches.items()}, known, tell)
        prints = {path: one for path, one in files.items() if isinstance(one, Printout)}
        later = {path: self._name(one.html, *(names[shown] for shown in one.pictures)) for path, one in prints.items()}
        pictures = {
            path: {shown.rpartition("/")[2]: made[shown] for shown in one.pictures} for path, one in prints.items()
        }
        work: dict[str, Work] = {path: (pdf_of, (one.html, pictures[path])) for path, one in prints.items()}
        made |= self._made(later, work, known, tell)
        found = {name: (path, sha256(made[path])) for path, name in (names | later).items()}
        if remember and found != known:
            replace(self._record, msgspec.json.encode(found))
        return {path: made[path] if path in made else _ready(file) for path, file in files.items()}

    def _made(
        self,
        names: Mapping[str, str],
        work: Mapping[str, Work],
        known: Mapping[str, tuple[str, str]],
        tell: Progress,
    ) -> dict[str, bytes]:
        """The bytes by path, of which those that go by the same name are made once."""
        by_name = {name: data for name in set(names.values()) if (data := self._standing(known.get(name))) is not None}
        missing = {name: work[path] for path, name in names.items() if name not in by_name}
        for count, (name, data) in enumerate(_do(missing), start=1):
            by_name[name] = data
            tell(count, len(missing))
        return {path: by_name[name] for path, name in names.items()}

    def _name(self, *of: object) -> str:
        """What a file depends on: what it is made from, and the program that makes it."""
        return sha256("\n".join(str(one) for one in (self._version, *of)).encode())

    def _known(self) -> dict[str, tuple[str, str]]:
        try:
            return msgspec.json.decode(self._record.read_bytes(), type=dict[str, tuple[str, str]])
        except (OSError, msgspec.MsgspecError):
            return {}

    def _standing(self, known: tuple[str, str] | None) -> bytes | None:
        """A file of the last publication, when its bytes are those that were made then."""
        if known is None:
            return None
        try:
            data = (self._public / known[0]).read_bytes()
        except OSError:
            return None
        return data if sha256(data) == known[1] else None


def _ready(file: File) -> bytes:
    assert isinstance(file, bytes)  # noqa: S101 - everything else was made
    return file


def _painting(sketch: Sketch) -> Work:
    return (str.encode, (sketch.svg,)) if sketch.zoom is None else (rasterise, (sketch.svg, sketch.zoom))


def _do(missing: Mapping[str, Work]) -> Iterator[tuple[str, bytes]]:
    """Each file with its name."""
    quick = {name: one for name, one in missing.items() if one[0] is str.encode}
    slow = {name: one for name, one in missing.items() if name not in quick}
    yield from ((name, _done(one)) for name, one in quick.items())
    cores = len(os.sched_getaffinity(0))
    if len(slow) <= FEW or cores == 1:
        yield from ((name, _done(one)) for name, one in slow.items())
        return
    with pool(cores, __name__) as executor:
        yield from zip(slow, executor.map(_done, slow.values(), chunksize=2), strict=True)


def _done(work: Work) -> bytes:
    function, given = work
    return function(*given)
