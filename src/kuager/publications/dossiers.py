"""The dossier of a case from its view: what pages, records and feeds about conduct have in common."""

from __future__ import annotations

from kuager.accountability.dossier import Dossier, dossier
from kuager.publications.site.places import countries
from kuager.publications.view import CaseView


def dossier_of(view: CaseView) -> Dossier:
    """The dossier of what may be shown."""
    return dossier(
        view.registers,
        view.record,
        [one.episode for one in view.episodes],
        view.operators,
        view.listed,
        countries(view),
        view.about.window,
        view.about.known,
        view.notices,
    )
