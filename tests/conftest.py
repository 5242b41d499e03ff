"""What all tests share: where the real data lies."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest


def pytest_configure() -> None:
    """Let programs that tests start hear Ctrl-C, also where whoever started the tests made them deaf to it.

    Keys that tests make lie in a folder of their own, never among those of whoever runs the tests.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["KUAGER_KEYS"] = str(Path(tempfile.mkdtemp(prefix="kuager-test-keys-")) / "keys")


def pytest_unconfigure() -> None:
    """Take the keys of tests away."""
    shutil.rmtree(Path(os.environ["KUAGER_KEYS"]).parent, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what is quick first; the order is kept otherwise."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name cases of bytes by their order: packed bytes hold the clock's time, and every process must see one name."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data, ``KUAGER_DATA`` or ``../shared/data``; without it the test is skipped, loudly."""
    folder = Path(os.environ.get("KUAGER_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("REAL DATA ABSENT: set KUAGER_DATA to the folder that holds ioda/, facts/ and the others")
    return folder


@pytest.fixture(scope="session")
def iran_export(shared_data: Path) -> Path:
    """IODA's dashboard export for Iran, 1 December 2025 to 29 January 2026."""
    return shared_data / "ioda" / "iran-2026-01-dashboard-export.csv"
