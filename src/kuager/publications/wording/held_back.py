"""What is not shown, and why: how much in numbers, and nothing that says of whom or where."""

from __future__ import annotations

from collections.abc import Iterator

from kuager.errors import message
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.view import HeldBack


def held_back_lines(held: HeldBack, translation: Translation) -> list[str]:
    """A sentence for each rule that held something back; none where everything is shown."""
    return list(_lines(held, translation))


def _lines(held: HeldBack, translation: Translation) -> Iterator[str]:
    if held.until is not None:
        template = message("Nothing later than {time} is told, for the safety of people who are online now.")
        yield translation.gettext(template, time=clock.utc(held.until, translation.locale))
    if held.places:
        yield translation.ngettext(
            "{n} region or network is withheld for the safety of people.",
            "{n} regions and networks are withheld for the safety of people.",
            held.places,
        )
    if held.rows:
        yield translation.ngettext(
            "{n} finding on a site or a service rests on fewer than {least} measurements by people and is not shown.",
            "{n} findings on sites and services rest on fewer than {least} measurements by people each and are not "
            "shown.",
            held.rows,
            least=held.least,
        )
    if held.episodes:
        yield translation.ngettext(
            "{n} episode is not shown: it began later, or rests on too few measurements.",
            "{n} episodes are not shown: they began later, or rest on too few measurements.",
            held.episodes,
        )
    if held.sources:
        template = message("Values of these sources are left out, for they may not be used commercially: {sources}.")
        names = ", ".join(sorted(translation.gettext(one) for one in held.sources))
        yield translation.gettext(template, sources=names)
