"""Running a program that Kuager does not bring: without a shell, in a folder of its own, for a bounded time.

The program sees an empty home and none of the user's settings; it reads nothing from the terminal. Only where it is to
ask over the network does it get the user's proxies and certificates.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kuager.errors import ProofRefused, message

_LONGEST_S = 30.0
_LARGEST_OUTPUT = 1 << 20
_OF_THE_NETWORK = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended (0 is well) and what it printed."""

    code: int
    output: str


def find(program: str) -> Path | None:
    """Where a program lies: on the search path or, for those that come with Python packages, beside the interpreter."""
    found = shutil.which(program) or shutil.which(program, path=str(Path(sys.executable).parent))
    return Path(found).absolute() if found else None


def run(
    program: Path, arguments: Sequence[str], folder: Path, *, network: bool = False, longest_s: float = _LONGEST_S
) -> Outcome:
    """Run a program in ``folder``, which is its home for the time.

    Raises:
        ProofRefused: it did not end in time, or printed more than an answer can be.
    """
    printed = folder / ".printed"
    with printed.open("wb") as sink:
        try:
            done = subprocess.run(  # noqa: S603 - a found program, arguments of our own, no shell
                [str(program), *arguments],
                cwd=folder,
                env=_surroundings(folder, network),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                timeout=longest_s,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _refused(program) from error
    with printed.open("rb") as source:
        output = source.read(_LARGEST_OUTPUT + 1)
    if len(output) > _LARGEST_OUTPUT:
        raise _refused(program)
    return Outcome(done.returncode, output.decode("utf-8", "replace"))


def _surroundings(folder: Path, network: bool) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if network and name.lower() in _OF_THE_NETWORK}
    return {
        **mine,
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "OPENSSL_CONF": os.devnull,
    }


def _refused(program: Path) -> ProofRefused:
    return ProofRefused(
        message("The program {program} did not come to an end with a proof that it was given."),
        meaning=message("A proof of a usual size takes it less than a second; this one proves nothing."),
        program=program.name,
    )
