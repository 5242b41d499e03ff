"""Every report of a case by its path below ``public/``."""

from __future__ import annotations

from collections.abc import Mapping

from kuager.publications.pictures import File, Printout
from kuager.publications.report.pages import list_path, picture_path, render_list, render_report, report_path
from kuager.publications.report.presets import PRESETS, Preset
from kuager.publications.report.summary import text_message, text_summary
from kuager.publications.view import CaseView, EpisodeView

PRINTED = "journalist"
"""The report that is published as PDF, too; the others are printed when somebody asks for them (``kuager report``)."""


def report_files(views: Mapping[str, CaseView], *, pdfs: bool) -> dict[str, File]:
    """The reports of every episode in every language, with their short forms and the page that lists them.

    Args:
        views: the case by language.
        pdfs: whether PDFs can be made here.
    """
    files: dict[str, File] = {}
    for language, view in views.items():
        files[list_path(language)] = render_list(view, PRINTED if pdfs else "").encode()
        for one in view.episodes:
            for kind in PRESETS:
                html = render_report(one, kind)
                files[report_path(language, one.episode.id, f"{kind.name}.html")] = html.encode()
                if pdfs and kind.name == PRINTED:
                    files[report_path(language, one.episode.id, f"{kind.name}.pdf")] = printout(one, kind)
            files[report_path(language, one.episode.id, "summary.txt")] = text_summary(one).encode()
            files[report_path(language, one.episode.id, "sms.txt")] = f"{text_message(one)}\n".encode()
    return files


def printout(view: EpisodeView, kind: Preset) -> Printout:
    """A report to be made a PDF."""
    return Printout(render_report(view, kind), (picture_path(view),) if view.traces else ())
