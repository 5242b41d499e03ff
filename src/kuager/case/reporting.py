"""A report of one episode of a case as a file of its own: a PDF, or HTML for print with its picture inside."""

from __future__ import annotations

from base64 import b64encode

from kuager.case.detecting import standing
from kuager.case.folder import Case
from kuager.case.safe import safe_view
from kuager.errors import UsageError, message
from kuager.publications.charts.figures import overview
from kuager.publications.charts.png import painted
from kuager.publications.report.files import printout
from kuager.publications.report.pdf import pdf_of
from kuager.publications.report.presets import preset
from kuager.publications.view import EpisodeView


def report_of(case: Case, kind: str, episode: str, language: str, *, html: bool) -> bytes:
    """The report of an episode, of which the rules of publication leave out the same as on its page.

    Args:
        case: where the episode stands.
        kind: the name of a preset.
        episode: its id; empty for the only one.
        language: one of those of the case.
        html: HTML instead of a PDF.

    Raises:
        UsageError: there is no such preset, episode or language.
        KuagerError: no PDF can be made on this machine.
    """
    chosen = preset(kind)
    view = chosen_episode(safe_view(case, standing(case), language).episodes, episode)
    sheet = printout(view, chosen)
    pictures = {}
    for path in sheet.pictures:
        folder, _, name = path.rpartition("/")
        pictures[name] = painted(overview(view, folder).sketches[path])
    if not html:
        return pdf_of(sheet.html, pictures)
    text = sheet.html
    for path, data in zip(sheet.pictures, pictures.values(), strict=True):
        inside = f"data:image/png;base64,{b64encode(data).decode()}"
        text = text.replace(f'src="../../episode/{path.partition("/episode/")[2]}"', f'src="{inside}"')
    return text.replace("img-src 'self'", "img-src data:").encode()


def chosen_episode(views: tuple[EpisodeView, ...], episode: str) -> EpisodeView:
    """The episode of a name, or the only one where none is given.

    Raises:
        UsageError: there is none, or several.
    """
    named = [one for one in views if one.episode.id == episode or not episode]
    if len(named) == 1:
        return named[0]
    ids = ", ".join(one.episode.id for one in views)
    if not views:
        raise UsageError(message("This case has no episode to report on."))
    if episode:
        raise UsageError(
            message("This case has no episode “{id}”."), remedy=message("Choose from {ids}."), id=episode, ids=ids
        )
    raise UsageError(
        message("This case has {count} episodes."),
        remedy=message("Name one with --episode: {ids}."),
        count=len(views),
        ids=ids,
    )
