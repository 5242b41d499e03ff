"""Google's Transparency Report, traffic to its products by country: answers of the site's own, unofficial API.

``)]}'`` and then ``[["tr.atsr",[[1719784800000,[[null,51.9738]]],…]]]``: times in milliseconds since the epoch, UTC;
a value is the last number of its list, and a sample may be null, empty or ``[[value]]``. Google normalises the values
in a way that it does not publish, so a series is relative: it is compared only with itself, and carries its window,
which is from its first sample to the end of its last. The step grows with the range asked for.

The answer names neither the country nor the product. The country is given beside the file; the product is in the kind
(``google-traffic:GMAIL``), and a file of kind ``google-traffic`` is of a product that is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import numpy as np

from kuager.codecs import json_text
from kuager.codecs.cells import LEAVE_EMPTY, between_seconds, first_impossible, refuse_implausible
from kuager.codecs.codes import place_code
from kuager.codecs.decoded import Decoded
from kuager.codecs.ioda.signals import window_name
from kuager.codecs.samples import common_step, in_order, remarks_on_order
from kuager.codecs.text import FETCH_AGAIN, excerpt, refusal, text_of
from kuager.errors import CodecError, UsageError, message
from kuager.model.notes import Note
from kuager.model.series import Series, Times, Values
from kuager.model.time import format_utc, from_epoch
from kuager.model.words import Access, Scale

PRODUCTS = {
    "ALL": 1,
    "BLOGGER": 2,
    "BOOKS": 3,
    "DOCS": 4,
    "EARTH": 5,
    "GMAIL": 6,
    "GROUPS": 7,
    "IMAGES": 8,
    "MAPS": 9,
    "ORKUT": 11,
    "PICASA": 12,
    "SITES": 14,
    "SPREADSHEETS": 15,
    "TRANSLATE": 16,
    "VIDEOS": 18,
    "WEB_SEARCH": 19,
    "YOUTUBE": 21,
}
"""Google's numbers of its products, as Jigsaw's net-analysis lists them."""

UNIT = "share of traffic, normalised by Google"

_GUARD = ")]}'"
_NAME = "tr.atsr"
_Reading = list[list[float | None] | None] | float | None
_Sample = list[_Reading]
_Answer = list[list[str | list[_Sample | None] | None] | None]


def decode(data: bytes, place: str, product: str = "") -> Decoded:
    """The series of one answer.

    Args:
        data: the answer, with or without its guard.
        place: the code of the country asked for.
        product: a key of ``PRODUCTS``; empty when it is not known.

    Raises:
        UsageError: the place is not a country.
        CodecError: the bytes are no such answer.
    """
    code = place_code(place)
    if code is None or len(code) != 2:
        raise UsageError(
            message("“{place}” is not the code of a country, and Google's answer does not name its own."),
            remedy=message("Give a country such as KZ."),
            place=excerpt(place),
        )
    signal = f"google.{product.lower()}" if product else "google.traffic"
    samples = _samples(_body(data))
    if not samples:
        return Decoded(
            remarks=(Note(message("Google answered, but had no values of {signal} for {place}."), _of(signal, code)),)
        )
    series, remarks = _series(samples, signal, code)
    if not product:
        remarks.append(Note(message("The file does not say of which product it is; it is kept as google.traffic."), {}))
    return Decoded((series,), tuple(remarks))


KINDS: Mapping[str, partial[Decoded]] = MappingProxyType(
    {"google-traffic": partial(decode, product="")}
    | {f"google-traffic:{product}": partial(decode, product=product) for product in PRODUCTS}
)
"""The kinds of files that this codec reads, each taking the bytes and the place."""


def _of(signal: str, place: str) -> dict[str, str]:
    return {"signal": signal, "place": place}


def _body(data: bytes) -> str:
    """The JSON behind the guard.

    Google may answer with nothing at all, or with the guard alone. That tells a failure from a country without values
    as little as silence does, so it is no answer: it is told, and asked for again.
    """
    body = text_of(data).lstrip().removeprefix(_GUARD).strip()
    if body in {"", "null", "[]"}:
        raise refusal(message("Google answered with nothing (in {file})."), remedy=message("Ask again later."))
    return body


def _samples(body: str) -> list[tuple[float, float | None]]:
    """Every sample: milliseconds and the value, None where there is none."""
    answer = json_text.read_whole(body, _Answer, _not_an_answer, ends=("]",))
    found: list[tuple[float, float | None]] = []
    for part in answer:
        if not part:
            continue
        if part[0] != _NAME or any(isinstance(one, str) for one in part[1:]):
            raise _not_an_answer(f"a list that does not begin with {_NAME}")
        for samples in part[1:]:
            found.extend(_sample(one) for one in samples or () if one and not isinstance(one, str))
    return found


def _sample(sample: _Sample) -> tuple[float, float | None]:
    moment, *readings = sample
    if isinstance(moment, list) or moment is None or len(readings) > 1:
        raise _not_an_answer("a sample that is not a time and a list")
    reading = readings[0] if readings else None
    if not reading:
        return moment, None
    if not isinstance(reading, list) or len(reading) > 1:
        raise _not_an_answer("a sample with several values")
    numbers = reading[0] or []
    if len(numbers) > 2 or (len(numbers) == 2 and numbers[0] is not None):
        raise _not_an_answer("a value that is not one number")
    return moment, numbers[-1] if numbers else None


def _series(samples: list[tuple[float, float | None]], signal: str, place: str) -> tuple[Series, list[Note]]:
    lines = np.arange(1, len(samples) + 1, dtype=np.int64)
    milliseconds = np.array([moment for moment, _ in samples], dtype=np.float64)
    refuse_implausible(milliseconds / 1000.0, lines)  # type: ignore[arg-type]  # huge ones do not fit whole numbers
    odd = milliseconds % 1000.0 != 0.0
    if odd.any():
        first = int(np.argmax(odd))
        raise between_seconds(repr(samples[first][0]), int(lines[first]))
    values = np.array([np.nan if value is None else value for _, value in samples], dtype=np.float64)
    ordered = in_order((milliseconds / 1000.0).astype(np.int64), values, lines, signal)
    _refuse_impossible(ordered.times, ordered.values, signal, place)
    remarks = list(remarks_on_order(ordered.moved, ordered.repeated))
    if np.isnan(ordered.values).all():
        remarks.append(Note(message("Google answered, but had no values of {signal} for {place}."), _of(signal, place)))
    step_s = common_step(ordered.times)
    window = window_name(int(ordered.times[0]), int(ordered.times[-1]) + step_s)
    return Series(
        signal, place, Access.MIXED, Scale.RELATIVE, window, step_s, ordered.times, ordered.values, UNIT
    ), remarks


def _refuse_impossible(times: Times, values: Values, signal: str, place: str) -> None:
    index = first_impossible(values)
    if index is not None:
        raise refusal(
            message("The series {signal} of {place} in {file} has the value {value} at {time}."),
            meaning=message("A share of traffic is neither less than zero nor infinite."),
            remedy=LEAVE_EMPTY,
            value=f"{values[index]:g}",
            time=format_utc(from_epoch(int(times[index]))),
            **_of(signal, place),
        )


def _not_an_answer(detail: str) -> CodecError:
    return refusal(
        message("The content of {file} is not an answer of Google's traffic report."),
        meaning=message("The reader of JSON says: {detail}."),
        remedy=FETCH_AGAIN,
        detail=excerpt(detail, 160),
    )
