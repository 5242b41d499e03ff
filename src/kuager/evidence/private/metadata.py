"""What may be made public of a file from a source: its picture or its words, and nothing that came along with them.

A picture (JPEG, PNG, WebP, TIFF) is decoded to pixels, turned as its orientation says, laid on white, reduced to at
most 2,048 pixels a side and written anew as JPEG with fixed settings: position, device, times, thumbnail, colour
profile, comments, hidden pixels, what follows the end of the file and the format itself are gone, because nothing but
pixels is carried over. A text is decoded and written as UTF-8 with its spelling made uniform. Everything else is
refused; a PDF too: it holds pictures with metadata of their own, old versions, names in fonts and text under
blackened lines.

What cannot be taken out is what the picture shows, the noise of the sensor (weakened where the picture was reduced),
and the choice of words. A person must look at it before it is published.
"""

from __future__ import annotations

import hashlib
import re
import struct
import unicodedata
import warnings
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, ImageOps

from kuager.errors import EvidenceError, message
from kuager.evidence.private.strict import to_digest

LARGEST_FILE, _LARGEST_TEXT = 2**28, 2**23
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 2_048
"""Readable for a photographed page (A4 at 175 dots to the inch), and less than the sensors that it would tell apart."""
QUALITY = 90

PICTURE, TEXT = "pixels-as-jpeg/v1", "uniform-text/v1"
"""How a derivative was made."""

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
_SEVERAL = {"PNG", "WEBP", "TIFF"}
"""Formats whose further frames are pictures of their own; those that phones add to a JPEG are aids to the first one."""
_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr"}
_MAGIC = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF....WEBP|II\*\0|MM\0\*", re.DOTALL)
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    EOFError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    Image.DecompressionBombError,
)
"""What Pillow raises on pictures that are damaged."""

_KEPT_SIGNS = set("\u200c\u200d\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that are not seen but that Persian, Arabic, Hebrew or Indian scripts are wrong without."""
_VARIANTS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0d\U000e0100-\U000e01ef]")
"""Variation selectors but those of emoji: they can number copies of a text without being seen."""
_OTHER_TEXTS = re.compile(
    r"\A\s*(?:\{\\rtf|<|%!PS|BEGIN:V|From )|%PDF-"
    r"|^(?:Received|Return-Path|Message-ID|MIME-Version|Content-Type|X-[\w-]{1,40}):",
    re.IGNORECASE | re.MULTILINE,
)
"""RTF, HTML and other XML, PostScript, cards and calendars, mails, PDF after other bytes."""
_BEGINNING = 8_192
_LINE_ENDS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Derivative:
    """A file that can be made public, and the sealed original that it was made from.

    Attributes:
        original: the salted commitment to the original's SHA-256 (:attr:`Sealed.disclosure`), 32 bytes.
        data: the file.
        how: :data:`PICTURE` or :data:`TEXT`.
    """

    original: bytes
    data: bytes = field(repr=False)
    how: str

    def claim(self, batch: str) -> dict[str, str]:
        """That this was derived from that, for the log, in the batch that began at that time."""
        return {
            "type": "derivative/v1",
            "original": to_digest(self.original),
            "derivative": to_digest(hashlib.sha256(self.data).digest()),
            "how": self.how,
            "batch": batch,
        }


def derivative(data: bytes, original: bytes) -> Derivative:
    """What can be made public of a file; its kind is read from its bytes, never from its name.

    Args:
        data: the file.
        original: the commitment under which it is sealed.

    Raises:
        EvidenceError: it is neither a picture nor a text that can be read whole, or it is too large.
    """
    if len(data) > LARGEST_FILE:
        raise _refused(message("The file is too large to be made public."))
    if data.startswith(b"%PDF"):
        raise _refused(
            message("A PDF cannot be freed of all that could tell who made it."),
            remedy=message("Make a picture of each page that matters, look at it, and add the pictures."),
        )
    if _MAGIC.match(data):
        return Derivative(original, picture(data), PICTURE)
    return Derivative(original, text(data), TEXT)


def picture(data: bytes) -> bytes:
    """The pixels of a picture as a JPEG without metadata.

    Raises:
        EvidenceError: it is damaged, has several pictures, too many pixels, or a kind of colour that is not read.
    """
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _refused(message("The picture has more pixels than are read."))
            if opened.format in _SEVERAL and _has_second(opened):
                raise _refused(message("The file holds several pictures."), remedy=message("Add each by itself."))
            if opened.mode not in _MODES:
                raise _refused(message("The colours of the picture are of a kind that is not read."))
            ImageOps.exif_transpose(opened, in_place=True)
            pixels = _on_white(opened)
    except _UNREADABLE as error:
        raise _refused(message("The picture is damaged.")) from error
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    # a new image from the bare bytes: no attribute of the old one can come along
    bare = Image.frombytes("RGB", pixels.size, pixels.tobytes())
    out = BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, subsampling="4:4:4", optimize=False, progressive=False)
    return out.getvalue()


def text(data: bytes) -> bytes:
    """The words of a plain text in uniform spelling: UTF-8 without a mark, NFC, LF, no space before the end of a line.

    Signs that nobody sees are left out where no script needs them, and every kind of space is the ordinary one: both
    can mark a copy.

    Raises:
        EvidenceError: it is not a text in UTF-8, or UTF-16 with its mark, or holds what a plain text does not.
    """
    if len(data) > _LARGEST_TEXT:
        raise _refused(message("The text is too large to be made public."))
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        words = unicodedata.normalize("NFC", _VARIANTS.sub("", data.decode(encoding)))
    except UnicodeDecodeError as error:
        raise _no_text() from error
    if _OTHER_TEXTS.search(words[:_BEGINNING]):
        raise _refused(message("The text is of a kind that carries more than its words, such as a mail or a web page."))
    lines = _LINE_ENDS.split(words)
    uniform = "\n".join("".join(_sign(sign) for sign in line).rstrip(" \t") for line in lines).strip("\n")
    return f"{uniform}\n".encode()


def _sign(sign: str) -> str:
    match unicodedata.category(sign):
        case "Zs":
            return " "
        case "Cf":
            return sign if sign in _KEPT_SIGNS else ""
        case "Cc" | "Co" | "Cs" if sign != "\t":
            raise _no_text()
    return sign


def _has_second(opened: Image.Image) -> bool:
    """Asked for by itself: to count all of them could take as long as whoever made the file likes."""
    try:
        opened.seek(1)
    except EOFError:
        return False
    finally:
        opened.seek(0)
    return True


def _on_white(opened: Image.Image) -> Image.Image:
    """RGB; what is transparent shows white, and not what was hidden under it."""
    if opened.has_transparency_data:
        layer, page = opened.convert("RGBA"), Image.new("RGB", opened.size, "white")
        page.paste(layer, mask=layer)
        return page
    return opened.convert("RGB")


def _no_text() -> EvidenceError:
    return _refused(message("The file is neither a JPEG, PNG, WebP or TIFF nor a plain text in UTF-8."))


def _refused(happened: str, remedy: str | None = None) -> EvidenceError:
    return EvidenceError(
        happened,
        meaning=message("Nothing is made public of it; its original can be sealed all the same."),
        remedy=remedy or message("Save it as JPEG or PNG, or its words as plain text in UTF-8, and add that."),
    )
