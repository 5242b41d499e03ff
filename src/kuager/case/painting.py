"""Painting what is published: on every core, and never again what the last publication holds already.

Which picture came of which sketch stands in ``observations/_pictures.json``, which may be thrown away. A picture is
taken from the last publication only when its bytes have the hash that stands there.
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
from kuager.publications.pictures import File, Sketch

FEW = 6
"""So many pictures are sooner painted here than by others, who must be started first."""

Progress = Callable[[int, int], None]
"""Is told how many pictures are painted, and of how many."""


class Painter:
    """Paints the sketches of a case."""

    def __init__(self, case: Case) -> None:
        """Look at what is known of a case's pictures."""
        self._record = case.path / "observations" / "_pictures.json"
        self._public = case.public

    def paint(self, files: Mapping[str, File], tell: Progress) -> dict[str, bytes]:
        """The bytes of every file by its path."""
        ready = {path: file for path, file in files.items() if not isinstance(file, Sketch)}
        sketches = {path: file for path, file in files.items() if isinstance(file, Sketch)}
        names = {path: _name(sketch) for path, sketch in sketches.items()}
        painted = self._standing(names)
        missing = {name: sketches[path] for path, name in names.items() if name not in painted}
        for count, (name, picture) in enumerate(_paint(missing), start=1):
            painted[name] = picture
            tell(count, len(missing))
        if missing:
            known = {name: (path, sha256(painted[name])) for path, name in names.items()}
            replace(self._record, msgspec.json.encode(known))
        return {path: ready[path] if path in ready else painted[names[path]] for path in files}

    def _standing(self, names: Mapping[str, str]) -> dict[str, bytes]:
        """The pictures that the last publication holds, by the name of their sketch."""
        try:
            known = msgspec.json.decode(self._record.read_bytes(), type=dict[str, tuple[str, str]])
        except (OSError, msgspec.MsgspecError):
            return {}
        found = {}
        for name in set(names.values()) & known.keys():
            path, digest = known[name]
            try:
                data = (self._public / path).read_bytes()
            except OSError:
                continue
            if sha256(data) == digest:
                found[name] = data
        return found


def _name(sketch: Sketch) -> str:
    """What a picture depends on: its drawing, its size, and the program that paints."""
    return sha256(f"{code_version()} {sketch.zoom} {sketch.svg}".encode())


def _paint(missing: Mapping[str, Sketch]) -> Iterator[tuple[str, bytes]]:
    """Each picture with the name of its sketch, in any order."""
    texts = {name: one.svg.encode() for name, one in missing.items() if one.zoom is None}
    yield from texts.items()
    rest = {name: (one.svg, one.zoom) for name, one in missing.items() if one.zoom is not None}
    cores = len(os.sched_getaffinity(0))
    if len(rest) <= FEW or cores == 1:
        yield from ((name, rasterise(svg, zoom)) for name, (svg, zoom) in rest.items())
        return
    with pool(cores, rasterise.__module__) as executor:
        svgs, zooms = zip(*rest.values(), strict=True)
        yield from zip(rest, executor.map(rasterise, svgs, zooms, chunksize=2), strict=True)
