"""In which format a document came, by the bytes that it begins with: page, paper, picture, archive of the web."""

from __future__ import annotations

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"WARC/", "application/warc"),
    (b"\x1f\x8b", "application/gzip"),
    (b"PK\x03\x04", "application/zip"),
)
_RIFF, _WEBP = b"RIFF", b"WEBP"
_HTML = (b"<!doctype html", b"<html")
BEGINNING = 1024
"""Bytes that are enough to tell."""


def media_type(beginning: bytes, name: str) -> str:
    """The media type; ``application/octet-stream`` where it is none of those that a browser or an archive shows.

    Args:
        beginning: the first ``BEGINNING`` bytes.
        name: of the file; tells a compressed archive of the web from other compressed files.
    """
    for signature, found in _SIGNATURES:
        if beginning.startswith(signature):
            lower = name.lower()
            if found == "application/gzip" and lower.endswith(".warc.gz"):
                return "application/warc"
            return "application/wacz" if found == "application/zip" and lower.endswith(".wacz") else found
    if beginning.startswith(_RIFF) and beginning[8:12] == _WEBP:
        return "image/webp"
    if beginning.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML):
        return "text/html"
    try:
        beginning.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(beginning) - 3:
            return "application/octet-stream"
    return "application/octet-stream" if b"\x00" in beginning else "text/plain"
