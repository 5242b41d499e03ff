"""The page of a network: whose it is, whom it reaches, and what each episode of the case says of it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from kuager.errors import message
from kuager.model import places
from kuager.model.scope import Part
from kuager.publications import clock
from kuager.publications.site import addresses
from kuager.publications.site.places import country_of, networks_named, pages_of_places
from kuager.publications.site.rendering import render
from kuager.publications.view import CaseView, EpisodeView
from kuager.publications.wording import sentence, services, tables
from kuager.publications.wording.networks import footer, holder, network_rows, owner_lines, states
from kuager.publications.wording.parts import PART, PART_SHAPE, REACHED

LEAST_SHARE = 0.0005
"""Of the addresses of a country: less is a customer abroad."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one episode says of a network: a link to it, a sentence of its state, and of its single services."""

    address: str
    title: str
    shape: str
    lines: tuple[str, ...]


def render_network(view: CaseView, code: str, pages: Container[str] = ()) -> str:
    """The page of one network of a case; of the others, ``pages``, it links to its operator's where there is one."""
    about, translation = view.about, view.about.translation
    on = about.window[0].date()
    rows = network_rows(places.find(code), on, view.operators)
    row = rows[0]
    country = country_of(code)
    operator_page = addresses.operator(about.language, row.operator.id) if row.operator else ""
    return render(
        "network.html",
        about,
        addresses.network(about.language, code),
        title=places.name(places.find(code), about.language, on),
        simulated=view.holds_simulated,
        code=code,
        holder=holder(row),
        operator=row.operator.called(translation.code) if row.operator else "",
        operator_page=operator_page if operator_page in pages else "",
        access=translation.gettext(REACHED[row.access]),
        shares=[
            (
                places.name(places.find(one.facts.country), about.language, on),
                translation.share(one.facts.share),
                translation.number(one.facts.addresses or 0),
            )
            for one in rows
            if one.facts.country and one.facts.share is not None and one.facts.share >= LEAST_SHARE
        ],
        owners=tuple(owner_lines(rows, on, translation)),
        states=states(row, on, translation),
        country=(pages_of_places(view).get(country, ""), places.name(places.find(country), about.language, on))
        if country
        else None,
        said=[_said(one, code) for one in view.episodes if code in networks_named(one)],
        sources=footer(on, translation),
        day=clock.day(on, translation.locale),
    )


def _said(view: EpisodeView, code: str) -> Said:
    episode = view.episode
    part = _part(view, code)
    lines = [_of_part(part, view)] if part is not None else []
    if episode.place == code:
        lines.append(sentence.sentence(view))
    lines += [
        line
        for phase, line in zip(
            [one for one in episode.phases if not one.is_of_everything], services.lead(view), strict=True
        )
        if code in phase.networks
    ]
    return Said(
        address=addresses.episode(view.about.language, episode.id),
        title=sentence.title(view),
        shape=PART_SHAPE[part.state] if part is not None else "",
        lines=tuple(lines),
    )


def _part(view: EpisodeView, code: str) -> Part | None:
    divisions = view.episode.scope.divisions if view.episode.scope is not None else ()
    return next((part for division in divisions for part in division.parts if part.place == code), None)


def _of_part(part: Part, view: EpisodeView) -> str:
    translation = view.about.translation
    if part.since is None or part.depth is None:
        return translation.gettext(
            message("As a part of this episode: {state}."), state=translation.gettext(PART[part.state])
        )
    start = tables.moment(part.since, view)
    if part.until is None:
        template = message("It lost {depth} of what was expected, from {start}, and was still down when the data end.")
        return translation.gettext(template, depth=translation.share(part.depth), start=start.utc)
    template = message("It lost {depth} of what was expected, from {start} to {end}.")
    return translation.gettext(
        template, depth=translation.share(part.depth), start=start.utc, end=tables.moment(part.until, view).utc
    )
