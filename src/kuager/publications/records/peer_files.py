"""The operators of each episode side by side, for programs: ``data/<episode>/peers.csv``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from kuager.accountability.dossier import Account, Dossier
from kuager.accountability.peers import Finding, Peer, peers
from kuager.publications.records.episode import SIMULATED
from kuager.publications.records.table import listed, table, time

_HEAD = (
    "question",
    "operator",
    "answer",
    "earliest",
    "latest",
    "least_hours",
    "most_hours",
    "measured",
    "row",
    "searched",
    "notice",
)


def peers_path(episode: str) -> str:
    """Where the table of an episode lies below ``public/``."""
    return f"data/{episode}/peers.csv"


def peer_files(dossier: Dossier) -> dict[str, bytes]:
    """A table for each episode, by path below ``public/``."""
    return {peers_path(one.episode.id): peers_csv(one, dossier) for one in dossier.accounts}


def peers_csv(account: Account, dossier: Dossier) -> bytes:
    """A row for each point or question and each operator: every operator has the same ones."""
    notice = SIMULATED if account.episode.simulated else ""
    found = peers(account, dossier)
    return table(_HEAD, [(*row, notice) for one in found for row in _rows(one)])


def _rows(peer: Peer) -> Iterator[tuple[object, ...]]:
    for one in peer.findings:
        least, most = (_hours(length) for length in one.lag) if one.lag is not None else (None, None)
        earliest, latest = (one.between.earliest, one.between.latest) if one.between is not None else (None, None)
        answer = "; ".join(one.names) or one.state.value
        searched = listed(one.searched)
        yield (
            one.asked.value,
            peer.operator,
            answer,
            time(earliest),
            time(latest),
            least,
            most,
            _measured(one),
            one.row,
            searched,
        )
    for answered in peer.answers:
        yield (answered.check.id, peer.operator, answered.answer.value, *[None] * 7)


def _measured(one: Finding) -> str:
    if one.between is None or one.row:
        return ""
    return "networks" if one.of_network else "overall"


def _hours(length: timedelta) -> float:
    return round(length / timedelta(hours=1), 2)
