"""Pictures as telephones make them: with position, device, time, thumbnail, comments and more in every corner."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

SECRETS = (b"Samsung SM-S911B", b"2022:01:05 16:04:11", b"Aru's phone", b"serial-R5CT", b"43.2380", b"Almaty flat 12")
"""Texts that stand in the files that are made here and must stand in nothing made of them."""
_ASCII, _SHORT, _LONG, _RATIONAL = 2, 3, 4, 5


@dataclass(frozen=True)
class _Entry:
    tag: int
    kind: int
    count: int
    data: bytes


def drawn(width: int, height: int) -> Image.Image:
    """A picture whose top left quarter is red."""
    image = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    image.paste((220, 20, 20), (0, 0, width // 2, height // 2))
    return image


def jpeg_of(image: Image.Image, *, orientation: int = 1) -> bytes:
    """JPEG with EXIF (device, time, GPS, thumbnail), XMP, IPTC-like trailer, ICC profile, comment and density."""
    out = BytesIO()
    image.save(
        out,
        "JPEG",
        quality=93,
        exif=b"Exif\0\0" + _exif(orientation, _thumbnail(image)),
        comment=SECRETS[2],
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        xmp=b"<x:xmpmeta>" + SECRETS[5] + b"</x:xmpmeta>",
        dpi=(72, 71),
    )
    return out.getvalue() + b"MotionPhoto_Data" + SECRETS[3]


def png_of(image: Image.Image) -> bytes:
    """PNG with text, compressed text, time, EXIF and bytes after its end."""
    info = PngInfo()
    info.add_text("Author", SECRETS[2].decode())
    info.add_itxt("Place", SECRETS[5].decode())
    out = BytesIO()
    image.save(out, "PNG", pnginfo=info, exif=b"Exif\0\0" + _exif(1, _thumbnail(image)), dpi=(131, 131))
    return out.getvalue() + SECRETS[3]


def _thumbnail(image: Image.Image) -> bytes:
    small, out = image.copy(), BytesIO()
    small.thumbnail((160, 160))
    small.save(out, "JPEG", comment=SECRETS[2])
    return out.getvalue()


def _exif(orientation: int, thumbnail: bytes) -> bytes:
    """TIFF 6.0 and EXIF 2.3 by hand, since Pillow writes no thumbnails."""
    degrees = struct.pack("<6I", 43, 1, 14, 1, 1680, 100)
    position = [_Entry(1, _ASCII, 2, b"N\0"), _Entry(2, _RATIONAL, 3, degrees), _Entry(3, _ASCII, 2, b"E\0")]
    main = [
        _text(0x010E, SECRETS[4]),
        _text(0x0110, SECRETS[0]),
        _Entry(0x0112, _SHORT, 1, struct.pack("<H", orientation)),
        _text(0x0132, SECRETS[1]),
    ]
    gps_at = 8 + len(_directory([*main, _Entry(0x8825, _LONG, 1, bytes(4))], 8, 0))
    second_at = gps_at + len(_directory(position, gps_at, 0))
    second = [_Entry(0x0103, _SHORT, 1, b"\6\0"), _Entry(0x0202, _LONG, 1, struct.pack("<I", len(thumbnail)))]
    thumbnail_at = second_at + len(_directory([*second, _Entry(0x0201, _LONG, 1, bytes(4))], second_at, 0))
    second.insert(1, _Entry(0x0201, _LONG, 1, struct.pack("<I", thumbnail_at)))
    main.append(_Entry(0x8825, _LONG, 1, struct.pack("<I", gps_at)))
    directories = _directory(main, 8, second_at) + _directory(position, gps_at, 0) + _directory(second, second_at, 0)
    return b"II*\0\x08\0\0\0" + directories + thumbnail


def _text(tag: int, text: bytes) -> _Entry:
    return _Entry(tag, _ASCII, len(text) + 1, text + b"\0")


def _directory(entries: list[_Entry], at: int, following: int) -> bytes:
    fixed, beyond = struct.pack("<H", len(entries)), b""
    beyond_at = at + 2 + 12 * len(entries) + 4
    for entry in entries:
        value = entry.data.ljust(4, b"\0")
        if len(entry.data) > 4:
            value = struct.pack("<I", beyond_at + len(beyond))
            beyond += entry.data + b"\0" * (len(entry.data) % 2)
        fixed += struct.pack("<HHI", entry.tag, entry.kind, entry.count) + value
    return fixed + struct.pack("<I", following) + beyond
