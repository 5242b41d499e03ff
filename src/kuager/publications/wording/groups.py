"""Kinds of sites in a reader's words: how many of those that were measured became blocked together, when and where."""

from __future__ import annotations

from collections.abc import Sequence

from kuager.episodes.groups import without_a_kind
from kuager.errors import message
from kuager.model.services import Blocking, GroupBlocking
from kuager.model.sites import NEWS
from kuager.model.time import Instant
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.service_names import names, some

MOST_TOLD = 6
"""More groups would bury what a terminal shows; all of them stand in the files."""

_GROUPS = {
    NEWS: message("news media"),
    "HUMR": message("human rights"),
    "POLR": message("political criticism"),
    "GRP": message("social networks"),
    "COMT": message("communication tools"),
    "MMED": message("media sharing"),
    "ANON": message("circumvention tools"),
    "COMM": message("shops and services"),
    "ECON": message("economics and banks"),
    "PUBH": message("public health"),
    "CULTR": message("culture and education"),
    "GOVT": message("government"),
    "SRCH": message("search engines"),
    "HOST": message("hosting"),
}
"""Categories of the Citizen Lab's test lists; one that is not here is shown by its code."""


def group_name(code: str, translation: Translation) -> str:
    """A category in words; its code where it has no words here, and nothing where there is none."""
    return translation.gettext(_GROUPS.get(code, code)) if code else ""


def of_groups(
    groups: Sequence[GroupBlocking], blocked: Sequence[Blocking], translation: Translation
) -> tuple[str, ...]:
    """Each group of sites that became blocked together, of all that was blocked, in a few sentences."""
    return tuple(" ".join(_sentences(one, without_a_kind(one, blocked), translation)) for one in groups)


def _sentences(one: GroupBlocking, unlisted: Sequence[str], translation: Translation) -> list[str]:
    where = one.network or some(one.networks) or translation.gettext(message("networks that are not known"))
    template = message(
        "{group}, {network}: {blocked} of {measured} measured sites became blocked within days of each other, "
        "{days}: {names}."
    )
    said = [
        translation.gettext(
            template,
            group=_capital(group_name(one.group, translation)),
            network=where,
            blocked=translation.number(len(one.services)),
            measured=translation.number(len(one.measured)),
            days=_days(one.first_seen, translation),
            names=names(one.services),
        )
    ]
    if unlisted:
        said.append(
            translation.ngettext(
                "{n} more site became blocked then, of which no list says of what kind it is: {names}.",
                "{n} more sites became blocked then, of which no list says of what kind they are: {names}.",
                len(unlisted),
                names=names(unlisted),
            )
        )
    if one.last_seen is None:
        said.append(translation.gettext(message("Not all of them were reachable again when the data end.")))
    else:
        template = message("All of them were reachable again; they were last seen blocked {days}.")
        said.append(translation.gettext(template, days=_days(one.last_seen, translation)))
    if count := len(one.not_observable):
        said.append(
            translation.ngettext(
                "{n} more site of that kind was not measured then, or too seldom: {names}.",
                "{n} more sites of that kind were not measured then, or too seldom: {names}.",
                count,
                names=names(one.not_observable),
            )
        )
    said.append(
        translation.gettext(
            message("Chance alone would bring as many beginnings together in {chance} of cases at most."),
            chance=translation.at_most(one.chance),
        )
    )
    return said


def _days(bounds: Instant, translation: Translation) -> str:
    return clock.days(bounds.earliest.date(), bounds.latest.date(), translation.locale)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
