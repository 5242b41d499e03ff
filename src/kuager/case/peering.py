"""The operators of one episode side by side, as somebody asks for them: a table, one HTML file, or CSV."""

from __future__ import annotations

from dataclasses import dataclass

from kuager.accountability.peers import peers
from kuager.case.detecting import standing
from kuager.case.folder import Case
from kuager.case.reporting import chosen_episode
from kuager.case.safe import safe_view
from kuager.errors import message
from kuager.publications.dossiers import dossier_of
from kuager.publications.records.peer_files import peers_csv
from kuager.publications.report.loose import loose
from kuager.publications.wording import sentence
from kuager.publications.wording.conduct import Conduct
from kuager.publications.wording.peers import PeerTable, peer_table
from kuager.publications.wording.register_rows import Speaker


@dataclass(frozen=True, slots=True)
class Peers:
    """The operators of an episode in the three forms, and whether its signals are simulated."""

    title: str
    simulated: bool
    tables: tuple[PeerTable, ...]
    csv: bytes
    html: bytes


def peers_of(case: Case, episode: str, language: str, columns: int) -> Peers:
    """The operators of an episode.

    Args:
        case: where the episode stands.
        episode: its id; empty for the only one.
        language: one of those of the case.
        columns: at most so many operators side by side.

    Raises:
        UsageError: there is no such episode or language.
    """
    view = safe_view(case, standing(case), language)
    chosen = chosen_episode(view.episodes, episode)
    dossier = dossier_of(view)
    account = next(one for one in dossier.accounts if one.episode.id == chosen.episode.id)
    speaker = Speaker(view.about.translation, view.operators, dossier, view.about.window[0].date())
    told, found = Conduct(account, speaker, view.about.window[1]), peers(account, dossier)
    tables = tuple(peer_table(found[first : first + columns], told) for first in range(0, len(found), columns))
    title = view.about.translation.gettext(message("The operators side by side: {title}"), title=sentence.title(chosen))
    page = loose("peers.html", view.about, title=title, simulated=account.episode.simulated, parts=tables)
    return Peers(title, account.episode.simulated, tables, peers_csv(account, dossier), page.encode())
