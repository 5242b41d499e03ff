"""What every section of a pack is told from: one episode, its account, its exhibits, the reader's language."""

from __future__ import annotations

from functools import cached_property

from kuager.accountability.dossier import Account, Dossier
from kuager.accountability.rows.row import Row as RegisterRow
from kuager.publications.dossiers import dossier_of
from kuager.publications.language import Translation
from kuager.publications.pack.exhibits import Exhibits
from kuager.publications.pack.held import Held
from kuager.publications.pack.presets import Preset
from kuager.publications.pack.sentences import Cell
from kuager.publications.view import EpisodeView
from kuager.publications.wording.conduct import Conduct
from kuager.publications.wording.register_rows import Speaker, Told


class Context:
    """The same for all sections of one pack."""

    def __init__(self, held: Held, preset: Preset) -> None:
        self.held, self.preset = held, preset
        self.view: EpisodeView = held.view
        self.translation: Translation = held.view.about.translation

    @cached_property
    def dossier(self) -> Dossier:
        """All that is known of the conduct around the case."""
        return dossier_of(self.held.case)

    @cached_property
    def account(self) -> Account:
        """The episode held to account."""
        return next(one for one in self.dossier.accounts if one.episode.id == self.view.episode.id)

    @cached_property
    def speaker(self) -> Speaker:
        """Tells rows."""
        case = self.held.case
        return Speaker(self.translation, case.operators, self.dossier, case.about.window[0].date())

    @cached_property
    def conduct(self) -> Conduct:
        """Tells the account."""
        return Conduct(self.account, self.speaker, self.held.case.about.window[1])

    @cached_property
    def exhibits(self) -> Exhibits:
        """All exhibits, numbered."""
        return Exhibits(self.held, self.dossier.library.citations.values(), law=self.preset.law)

    def gettext(self, template: str, **facts: object) -> str:
        """A sentence in the reader's language."""
        return self.translation.gettext(template, **facts)

    def cell(self, told: Told, below: str = "") -> Cell:
        """Words of a row, which may be in another language than the pack."""
        return Cell(told.text, below, told.language)

    def said_by(self, row: RegisterRow) -> str:
        """Who says what a row tells: the authors of what it cites."""
        return ", ".join(dict.fromkeys(one.by for one in self.speaker.cited(row.sources)))
