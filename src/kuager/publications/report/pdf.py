"""A report as PDF by WeasyPrint: tagged (PDF/UA-1), with fonts of our own, asking nothing of a network.

Browsers do not know what ``templates/report/pdf.css`` says: fonts of our own, and feet of sheets.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from kuager.errors import KuagerError, message

_FONTS = "kuager-font:"
_BASE = "kuager-site:/"
_PACKAGE = Path(str(resources.files("kuager.publications")))


def available() -> bool:
    """Whether this machine can make PDFs."""
    try:
        import weasyprint  # noqa: F401, PLC0415
    except (ImportError, OSError):
        return False
    return True


def pdf_of(html: str, pictures: Mapping[str, bytes]) -> bytes:
    """The PDF of a report.

    Args:
        html: the report.
        pictures: the files to which it refers, by the end of their address.

    Raises:
        KuagerError: WeasyPrint or a library of the system that it needs is missing.
    """
    try:
        import weasyprint  # noqa: PLC0415 - an extra, and heavy
    except (ImportError, OSError) as error:
        raise KuagerError(
            message("No PDF can be made: WeasyPrint, or the library Pango that it needs, is not installed."),
            meaning=message("The same report is there as HTML; any browser prints it."),
            remedy=message(
                "Run: pip install 'kuager[pdf]'. On Debian also: "
                "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0."
            ),
        ) from error

    class Own(weasyprint.URLFetcher):  # type: ignore[misc] # WeasyPrint has no types
        """Gives out the report's own pictures and fonts and asks nobody for anything."""

        def fetch(
            self,
            url: str,
            headers: object = None,  # noqa: ARG002 - as its class has it
        ) -> Any:
            name = url.rpartition("/")[2]
            data = _font(name) if url.startswith(_FONTS) else pictures[name]
            kind = "font/ttf" if url.startswith(_FONTS) else "image/png"
            return weasyprint.urls.URLFetcherResponse(url, data, {"Content-Type": kind})

    fetcher, shaping = Own(fail_on_errors=True), weasyprint.text.fonts.FontConfiguration()
    own = (_PACKAGE / "templates" / "report" / "pdf.css").read_text("utf-8")
    style = weasyprint.CSS(string=own, base_url=_BASE, url_fetcher=fetcher, font_config=shaping)
    document = weasyprint.HTML(string=html, base_url=_BASE, url_fetcher=fetcher)
    return bytes(document.write_pdf(stylesheets=[style], font_config=shaping, pdf_variant="pdf/ua-1"))


def _font(name: str) -> bytes:
    return (_PACKAGE / "static" / "fonts" / name).read_bytes()
