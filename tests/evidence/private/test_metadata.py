"""What is made public of a file: its pixels or its words."""

from __future__ import annotations

import hashlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.evidence.private.photographs import SECRETS, drawn, jpeg_of, png_of

from kuager.errors import EvidenceError
from kuager.evidence.private.metadata import LONGEST_SIDE, PICTURE, TEXT, derivative, picture, text

RED = (220, 20, 20)


def segments(jpeg: bytes) -> list[tuple[int, bytes]]:
    """Markers and contents of a JPEG up to its scan (ITU-T T.81, annex B)."""
    found, at = [], 2
    while True:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4])
        found.append((marker, jpeg[at + 4 : at + 2 + length]))
        at += 2 + length
        if marker == 0xDA:
            return found


def _files() -> dict[str, bytes]:
    image = drawn(640, 480)
    made = {"jpeg": jpeg_of(image), "png": png_of(image)}
    for name in ("WEBP", "TIFF"):
        out = BytesIO()
        opened = Image.open(BytesIO(made["jpeg"]))
        image.save(out, name, exif=opened.getexif(), icc_profile=opened.info["icc_profile"])
        made[name.lower()] = out.getvalue()
    return made


def test_the_files_of_these_tests_hold_what_must_not_come_out() -> None:
    data = jpeg_of(drawn(640, 480))
    with Image.open(BytesIO(data)) as opened:
        exif = opened.getexif()
        assert exif.get_ifd(0x8825)[2] == (43.0, 14.0, 16.8)
        assert exif[0x0110] == SECRETS[0].decode()
        assert {"icc_profile", "comment", "xmp", "exif", "dpi"} <= opened.info.keys()
    assert data.count(b"\xff\xd8\xff") == 2, "the picture and its thumbnail"
    for secret in SECRETS:
        assert secret in data


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff"])
def test_nothing_but_pixels_comes_out_of_a_picture(kind: str) -> None:
    data = picture(_files()[kind])
    for secret in (*SECRETS, b"Exif", b"http", b"ICC", b"Adobe", b"xmp", b"Samsung", b"Pillow", b"GPS"):
        assert secret not in data
    assert data.count(b"\xff\xd8\xff") == 1
    assert data.endswith(b"\xff\xd9")
    assert [marker for marker, _ in segments(data)] == [0xE0, 0xDB, 0xDB, 0xC0, 0xC4, 0xC4, 0xC4, 0xC4, 0xDA]
    assert segments(data)[0][1] == b"JFIF\0\1\1\0\0\1\0\1\0\0", "no density of its own, no thumbnail"
    with Image.open(BytesIO(data)) as opened:
        assert opened.size == (640, 480)
        assert not opened.getexif()
        red = opened.convert("RGB").getpixel((100, 100))
        assert isinstance(red, tuple)
        assert all(abs(one - other) < 12 for one, other in zip(red, RED, strict=True))


@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (1, 1)), (6, (1, 0)), (8, (0, 1))])
def test_a_picture_is_turned_as_its_orientation_says(orientation: int, corner: tuple[int, int]) -> None:
    with Image.open(BytesIO(picture(jpeg_of(drawn(400, 200), orientation=orientation)))) as opened:
        assert opened.size == ((400, 200) if orientation in (1, 3) else (200, 400))
        at = tuple(side // 8 if not far else side * 7 // 8 for side, far in zip(opened.size, corner, strict=True))
        red = opened.convert("RGB").getpixel((at[0], at[1]))
        assert isinstance(red, tuple)
        assert red[0] > 180
        assert red[1] < 60


def test_sensors_of_different_size_give_pictures_of_one_size() -> None:
    sizes = {Image.open(BytesIO(picture(jpeg_of(drawn(*size))))).size for size in ((2400, 1800), (3264, 2448))}
    assert sizes == {(LONGEST_SIDE, 1536)}


def test_what_lies_hidden_under_transparency_is_gone() -> None:
    hidden = drawn(200, 100)
    hidden.putalpha(0)
    out = BytesIO()
    hidden.save(out, "PNG")
    with Image.open(BytesIO(picture(out.getvalue()))) as opened:
        assert opened.convert("L").getextrema() == (255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_pictures_of_every_usual_kind_of_colour_are_read(mode: str) -> None:
    out = BytesIO()
    drawn(80, 60).convert(mode).save(out, "PNG")
    with Image.open(BytesIO(picture(out.getvalue()))) as opened:
        assert (opened.format, opened.mode, opened.size) == ("JPEG", "RGB", (80, 60))


def test_what_a_telephone_adds_to_a_jpeg_is_left_out() -> None:
    out = BytesIO()
    drawn(64, 48).save(out, "MPO", save_all=True, append_images=[drawn(32, 24)])
    with Image.open(BytesIO(picture(out.getvalue()))) as opened:
        assert (opened.format, opened.size) == ("JPEG", (64, 48))


@pytest.mark.parametrize("kind", ["TIFF", "PNG", "WEBP"])
def test_several_pictures_in_one_file_are_refused(kind: str) -> None:
    out = BytesIO()
    drawn(64, 48).save(out, kind, save_all=True, append_images=[Image.new("RGB", (64, 48), "blue")])
    with pytest.raises(EvidenceError, match="several pictures"):
        picture(out.getvalue())


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    out = BytesIO()
    Image.new("1", (9_000, 9_000)).save(out, "PNG")
    with pytest.raises(EvidenceError, match="more pixels"):
        picture(out.getvalue())


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(_files())), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6), st.data()
)
def test_a_damaged_picture_gives_pixels_or_a_refusal(
    kind: str, changes: list[tuple[float, int]], data: st.DataObject
) -> None:
    file = bytearray(SMALL[kind])
    for place, byte in changes:
        file[int(place * (len(file) - 1))] = byte
    cut = data.draw(st.integers(0, len(file)) | st.just(len(file)))
    try:
        made = derivative(bytes(file[:cut]), bytes(32))
    except EvidenceError:
        return
    assert made.how == TEXT or not any(secret in made.data for secret in SECRETS)


SMALL = {
    "jpeg": jpeg_of(drawn(40, 30)),
    "png": png_of(drawn(40, 30)),
    "webp": _files()["webp"],
    "tiff": _files()["tiff"],
}


@pytest.mark.parametrize(
    ("given_text", "made"),
    [
        (b"\xef\xbb\xbfone\r\ntwo\rthree  \n\n", "one\ntwo\nthree\n"),
        ("\u0441\u0432\u0435\u0442 \u043f\u043e\u0433\u0430\u0441".encode("utf-16"), "свет погас\n"),
        ("и\u0306од".encode(), "йод\n"),
        ("a\u200bb\ufeffc\u2060d\u00ade\U000e0041f".encode(), "abcdef\n"),
        ("a\u00a0b\u2009c\u3000d".encode(), "a b c d\n"),
        ("x\ufe01y\U000e0101z".encode(), "xyz\n"),
        ("می\u200cخواهم".encode(), "می\u200cخواهم\n"),
        ("❤\ufe0f\tтаб".encode(), "❤\ufe0f\tтаб\n"),
        (b"", "\n"),
    ],
)
def test_a_text_keeps_its_words_and_loses_its_marks(given_text: bytes, made: str) -> None:
    assert text(given_text).decode() == made


@given(st.text(max_size=300))
def test_a_uniform_text_is_not_changed_again(words: str) -> None:
    try:
        once = text(words.encode("utf-8", "surrogatepass"))
    except EvidenceError:
        return
    assert text(once) == once


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"%PDF-1.7\n1 0 obj", "PDF"),
        (b"\n\n%PDF-1.4", "more than its words"),
        (b"{\\rtf1 {\\info{\\author Aru}}}", "more than its words"),
        (b"<html><meta name=author content=Aru>", "more than its words"),
        (b"<?xml version='1.0'?><svg/>", "more than its words"),
        (b"Subject: x\nReceived: from [10.0.0.1]\n\nHello", "more than its words"),
        (b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff", "neither a JPEG"),
        (b"PK\x03\x04\x14\x00\x08\x00", "neither a JPEG"),
        (b"\x00\x00\x00\x18ftypheic", "neither a JPEG"),
        (b"one\x00two", "neither a JPEG"),
        ("one\ue000two".encode(), "neither a JPEG"),
        ("один".encode("cp1251"), "neither a JPEG"),
        (b"\xff\xd8\xff\xe0", "damaged"),
        (b"x" * (2**23 + 1), "too large"),
    ],
)
def test_everything_else_is_refused_in_a_sentence(file: bytes, why: str) -> None:
    with pytest.raises(EvidenceError, match=why) as caught:
        derivative(file, bytes(32))
    assert caught.value.diagnostics().remedy


def test_a_derivative_names_its_original_by_commitment_only() -> None:
    original = jpeg_of(drawn(64, 48))
    made = derivative(original, b"\1" * 32)
    assert made.claim("2026-01-01T00:00:00Z") == {
        "type": "derivative/v1",
        "original": f"sha256:{'01' * 32}",
        "derivative": f"sha256:{hashlib.sha256(made.data).hexdigest()}",
        "how": PICTURE,
        "batch": "2026-01-01T00:00:00Z",
    }
    assert hashlib.sha256(original).hexdigest() not in str(made.claim("2026-01-01T00:00:00Z"))
    assert derivative(b"words", bytes(32)).how == TEXT
