"""Episodes as lists of links: those of a whole country first, those of its regions and networks below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kuager.publications.site import addresses
from kuager.publications.view import EpisodeView
from kuager.publications.wording import sentence
from kuager.publications.words import LEVEL_SHAPE


@dataclass(frozen=True, slots=True)
class Listed:
    """A link to an episode: the shape of its level, its title, and how long, how sure and whether it is over."""

    address: str
    shape: str
    title: str
    line: str
    status: str


def listed(views: Sequence[EpisodeView]) -> tuple[list[Listed], list[Listed]]:
    """The episodes of countries, and those of parts of countries; what goes on first, then the newest."""
    ordered = sorted(views, key=lambda one: (not one.episode.ongoing, -one.episode.start.timestamp(), one.episode.id))
    whole = [_listed(one) for one in ordered if len(one.episode.place) == 2]
    parts = [_listed(one) for one in ordered if len(one.episode.place) > 2]
    return whole, parts


def _listed(view: EpisodeView) -> Listed:
    return Listed(
        address=addresses.episode(view.about.language, view.episode.id),
        shape=LEVEL_SHAPE[view.episode.level],
        title=sentence.title(view),
        line=sentence.one_line(view),
        status=sentence.status(view.episode, view.about.translation),
    )
