"""What tests of sources share: days in words, and a collection from sources that are played."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from tests.cli.conftest import program
from tests.playing import everything, settings
from tests.serving import Answering, Reply, serving


def day(text: str) -> int:
    """The seconds of a moment in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def collected(
    folder: Path, source: str, answering: Answering = everything, faults: dict[str, Reply] | None = None
) -> dict[str, tuple[str, str]]:
    """Status and reason of each of eleven days of a case of Kazakhstan, after one source was asked.

    Args:
        folder: where the case and the settings are made.
        source: its id.
        answering: the server that all sources are played by.
        faults: what it answers instead, once, by path.
    """
    run = program(folder)
    file = folder / ".config" / "kuager" / "settings.toml"
    file.parent.mkdir(parents=True)
    with serving(answering) as server:
        server.faults.update({path: [reply] for path, reply in (faults or {}).items()})
        file.write_text(settings(server.address))
        run("new", "case", "--place", "KZ", "--from", "2022-01-02", "--to", "2022-01-12")
        done = run("collect", "case", "--source", source, "--json")
    assert done.returncode == 0, done.stderr
    rows = [row for row in json.loads(done.stdout)["coverage"] if row["source"] == source]
    assert len(rows) == 11
    return {row["day"]: (row["status"], row["reason"]) for row in rows}
