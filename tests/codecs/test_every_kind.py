"""Whatever bytes come: every kind gives rows or a clear refusal, in bounded memory, and never any other error."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import registry
from kuager.codecs.decoded import Decoded
from kuager.errors import CodecError

EVERY = (*registry.KINDS, *registry.MEASUREMENT_KINDS)
RECORDED = sorted(path for path in (Path(__file__).parents[1] / "sources" / "recorded").rglob("*") if path.is_file())

MEMORY = 1_500 * 2**20
"""Of address space, of which the libraries alone take a third."""


def read(kind: str, data: bytes) -> None:
    """Read to the end; a refusal must help."""
    try:
        if kind in registry.MEASUREMENT_KINDS:
            measurements = registry.MEASUREMENT_KINDS[kind]([data[:7], data[7:]])
            for _ in measurements:
                pass
            answer = Decoded(remarks=measurements.remarks)
        else:
            answer = registry.decode(kind, data, "KZ")
    except CodecError as refused:
        answering.helpful(refused)
        said = refused.diagnostics()
        assert "{" not in said.happened.replace(repr(data), "")[:20]
    else:
        answering.sound(answer)


@settings(deadline=None, max_examples=60)
@given(data=st.binary(max_size=2_000))
@pytest.mark.parametrize("kind", EVERY)
def test_arbitrary_bytes(kind: str, data: bytes) -> None:
    read(kind, data)


@settings(deadline=None, max_examples=25)
@given(data=st.data())
@pytest.mark.parametrize("kind", EVERY)
def test_answers_of_all_sources_damaged_at_random(kind: str, data: st.DataObject) -> None:
    """Whole answers, of this kind or another, with bytes changed, removed or said twice."""
    good = data.draw(st.sampled_from(RECORDED)).read_bytes()[:20_000]
    at = data.draw(st.integers(0, max(0, len(good) - 1)))
    upto = data.draw(st.integers(at, min(len(good), at + 200)))
    put = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from([b"", b"null", b"-1", b"1e999", b"[]", b'"'])))
    read(kind, good[:at] + put + good[upto:])
    read(kind, gzip.compress(good[:at] + good[at:upto] * 2 + good[upto:]))


def bombs() -> dict[str, bytes]:
    """Small files that would be enormous, or endless, to whoever believes them."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", bytes(400 * 2**20))
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    return {
        "gzip of zeros": gzip.compress(bytes(200 * 2**20), 1),
        "gzip of empty objects": gzip.compress(b"{}\n" * (10 * 2**20), 1),
        "gzip of gzip": gzip.compress(gzip.compress(bytes(64 * 2**20), 1)),
        "zip of zeros": archive.getvalue(),
        "brackets": b"[" * 3_000_000,
        "objects in objects": b'{"data":' * 500_000,
        "one number": b"9" * 3_000_000,
        "numbers": b'{"data":[' + b"1e999," * 1_000_000 + b"1]}",
        "columns": b"a," * 500_000 + b"a\n" + b"1," * 500_000 + b"1\n",
        "entities": f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY e0 "x">{entities}]><l>&e11;</l>'.encode(),
        "links": b"<title>Index of /rrc00/2022.01</title>" + b"<a href=" * 500_000,
    }


@pytest.mark.slow
def test_bombs_do_no_harm(tmp_path: Path) -> None:
    for name, data in bombs().items():
        (tmp_path / name).write_bytes(data)
    program = f"""
        import resource, sys, time
        from pathlib import Path
        sys.path.insert(0, {str(Path(__file__).parents[2])!r})
        from tests.codecs.test_every_kind import EVERY, read
        resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
        for file in sorted(Path({str(tmp_path)!r}).iterdir()):
            for kind in EVERY:
                begun = time.monotonic()
                read(kind, file.read_bytes())
                if time.monotonic() - begun > 30:
                    sys.exit(f"{{kind}} took too long for {{file.name}}")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stderr[-2000:]
