"""A demand log for tests: its recipients, its clock, and what an officer would say. Its keys are made for each run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pyrage import x25519

from kuager.case.contributing import enter_due
from kuager.case.demand_writing import add_demand
from kuager.case.folder import Case, new_case
from kuager.case.settings import Contributions, Settings
from kuager.model.time import parse_utc, to_epoch

NOW = datetime.now(UTC).replace(minute=20, second=0, microsecond=0) + timedelta(days=1)
"""After anything that a test logs by the clock of the machine, whatever the hour."""
LATER = NOW + timedelta(hours=1)
IDENTITIES = [x25519.Identity.generate() for _ in range(4)]
RECIPIENTS = tuple(str(one.to_public()) for one in IDENTITIES[:2])
STRANGERS = tuple(str(one.to_public()) for one in IDENTITIES[2:])
LAW = "Law on Communications, article 41-1"
SAID: dict[str, Any] = {
    "authority": "Committee of Test Authority",
    "office": "Head of the Ninth Room",
    "legal_basis": LAW,
    "kind": "cut",
    "places": ["KZ-75"],
    "networks": ["AS9198"],
    "services": ["all"],
    "received": "2022-01-05T10:30Z",
    "note": "It came by messenger at noon.",
}
FILE_NAME = "prikaz-kopiya-7731.pdf"
COPY = "%PDF by order of the room".encode("utf-16")
SECRETS = (str(SAID["authority"]), str(SAID["office"]), str(SAID["note"]), FILE_NAME, LAW)


def case_with_log(folder: Path) -> Case:
    """A case whose batches are of an hour and of four entries."""
    window = (parse_utc("2022-01-02"), parse_utc("2022-01-12"))
    return new_case(folder, Settings("", ("KZ",), *window, contributions=Contributions(1, 4)))


def identity_file(folder: Path, number: int) -> Path:
    """The identity of one of the recipients, or of one of the strangers."""
    path = folder / f"{number}.key"
    path.write_text(f"{IDENTITIES[number]}\n")
    return path


def added(case: Case, now: datetime = NOW, **said: Any) -> str:
    """The id of a demand that was added."""
    return add_demand(case, {**SAID, **said}, [], RECIPIENTS, now).demand


def enter_batch(case: Case, now: datetime) -> None:
    """Let the hour of a moment pass."""
    enter_due(case, to_epoch(now) // 3600 * 3600 + 3600)
