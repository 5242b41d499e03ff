"""Cloudflare Radar: time series of its API as JSON or CSV, and its findings (``radar.opinions``).

Values are normalised to the highest one of the request (``MIN0_MAX``, 0 to 1) and are given here as per cent of it; the
same instant has another value in another window, so such a series is relative and carries the window's name. The answer
does not say which endpoint it came from; the kind of the file does: ``radar:netflows``, ``radar:http``, ``radar:bgp``.
A file of kind ``radar`` is read as netflows, with a remark. A series named by the code of a place (``name=KZ`` in the
request) is of that place, any other of the place given beside the file. Changes of routes (``/bgp/timeseries``) cannot
be normalised: they are counts of messages, and most of their answers do not say so.

CSV has a pair of columns ``<Name> timestamps,<Name> values`` per series, or ``timestamp_utc,value``; it says nothing of
normalisation. Values up to 1 are read as shares of the maximum; larger ones can only be per cent of something that the
file does not name (such as the devices' shares) and become ``radar.share``, which is no measure of traffic.

Cloudflare's notes on its own data are honoured: samples inside an incident of its pipeline, and samples that it only
projected, become missing. So do samples that the window of the request, or the data by their last update, cover in
part. Notes on outages do not: they are about the world, not about the instrument. Source: Radar's documentation of
confidence levels and normalisation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from kuager.codecs.cells import LEAVE_EMPTY, numbers, zoned_times
from kuager.codecs.codes import place_code
from kuager.codecs.decoded import Decoded
from kuager.codecs.ioda.signals import RELATIVE_UNIT, window_name
from kuager.codecs.radar.answer import Meta, Serie, not_an_answer, read_part, read_result
from kuager.codecs.radar.notes import ENDPOINTS, honoured, inside, remarks_on_origin, window_of
from kuager.codecs.radar.opinions import is_opinions, opinions_of
from kuager.codecs.samples import common_step, in_order, remarks_on_order
from kuager.codecs.text import Lines, Strings, excerpt, read_table, refusal, text_of
from kuager.errors import UsageError, message
from kuager.model.notes import Note
from kuager.model.series import Series, Times, Values
from kuager.model.words import Access, Scale

_STEPS_S = {"15m": 900, "1h": 3600, "1d": 86_400, "1w": 604_800}
_STEPS_S |= {"FIFTEEN_MINUTES": 900, "ONE_HOUR": 3600, "ONE_DAY": 86_400, "ONE_WEEK": 604_800}
_MOST_SERIES = 50
"""Many more than the API gives at once; each is held against every note on the data."""

_ROUNDING = 1e-6
_NEARLY_FULL = 99.0
_TIMES, _VALUES = " timestamps", " values"
_PLAIN = ["timestamp_utc", "value"]


@dataclass(frozen=True, slots=True)
class _Part:
    """One series as written: its name, its times and values as text [n], and where they stand."""

    name: str
    times: Strings
    values: Strings
    lines: Lines


def decode(data: bytes, place: str = "", endpoint: str = "") -> Decoded:
    """The series or the findings of one answer.

    Args:
        data: the answer, JSON or CSV.
        place: the code of the place for series whose names do not say theirs.
        endpoint: a key of ``ENDPOINTS``, or empty when it is not known.

    Raises:
        UsageError: the place is needed and is not a code.
        CodecError: the bytes are no such answer, or Cloudflare answered with an error.
    """
    text = text_of(data)
    if not text.lstrip().startswith(("{", "[")):
        return _series(_columns(data), Meta(), place, endpoint)
    result = read_result(text)
    if is_opinions(result):
        return opinions_of(result)
    meta = read_part(result.pop("meta"), Meta) if "meta" in result else Meta()
    if len(result) > _MOST_SERIES:
        raise not_an_answer(f"{len(result)} series")
    return _series([_part(name, read_part(raw, Serie)) for name, raw in result.items()], meta, place, endpoint)


KINDS: Mapping[str, partial[Decoded]] = MappingProxyType(
    {"radar": partial(decode, endpoint="")}
    | {f"radar:{endpoint}": partial(decode, endpoint=endpoint) for endpoint in ENDPOINTS}
)
"""The kinds of files that this codec reads, each taking the bytes and the place."""


def _part(name: str, serie: Serie) -> _Part:
    if len(serie.timestamps) != len(serie.values):
        raise not_an_answer(f"{name}: {len(serie.timestamps)} timestamps, {len(serie.values)} values")
    written = [one if isinstance(one, str) else "" if one is None else repr(one) for one in serie.values]
    lines = np.arange(1, len(written) + 1, dtype=np.int64)
    return _Part(name, pa.array(serie.timestamps, pa.string()), pa.array(written, pa.string()), lines)


def _columns(data: bytes) -> list[_Part]:
    table = read_table(data)
    names = list(table.columns)
    pairs = [("", _PLAIN)] if names == _PLAIN else []
    for times, values in zip(names[::2], names[1::2], strict=False):
        if times.endswith(_TIMES) and values == times.removesuffix(_TIMES) + _VALUES:
            pairs.append((times.removesuffix(_TIMES), [times, values]))
    if len(pairs) * 2 != len(names):
        raise refusal(
            message("The columns of {file} ({columns}) are not those of Cloudflare Radar's CSV."),
            meaning=message("It has pairs of columns “… timestamps” and “… values”, or “timestamp_utc” and “value”."),
            remedy=message("Export it again from Radar with format=csv, or add our own series with --as series."),
            columns=excerpt(", ".join(names), 120),
        )
    parts = []
    for name, (times, values) in pairs:
        cells, written = table.columns[times].to_pylist(), table.columns[values].to_pylist()
        # series of unequal length end in pairs of empty cells; an empty value beside a time is a missing sample
        kept = np.array([bool(one.strip() or other.strip()) for one, other in zip(cells, written, strict=True)])
        mask = pa.array(kept)
        texts = [table.columns[one].filter(mask) for one in (times, values)]
        parts.append(_Part(name, texts[0], texts[1], table.lines[kept]))
    return parts


def _series(parts: list[_Part], meta: Meta, place: str, endpoint: str) -> Decoded:
    remarks: list[Note] = []
    found: dict[tuple[str, str, str, str], Series] = {}
    for index, (part, code) in enumerate(zip(parts, _places(parts, place), strict=True)):
        if not part.lines.size:
            remarks.append(Note(message("Cloudflare Radar has no values for {place}."), {"place": code}))
            continue
        one = _one(part, code, meta, window_of(meta, index, len(parts)), endpoint, remarks)
        if one is not None:
            there = found.setdefault(one.key, one)
            if not (
                np.array_equal(there.times, one.times) and np.array_equal(there.values, one.values, equal_nan=True)
            ):
                raise refusal(
                    message("{file} has two different series of {signal} for {place} in the same window."),
                    meaning=message("Kuager cannot know which of the two is right."),
                    remedy=message("Ask for one of them at a time."),
                    signal=one.signal,
                    place=code,
                )
    if not parts:
        remarks.append(Note(message("Cloudflare Radar answered, but had no series for this request."), {}))
    if found:
        read_as_traffic = not endpoint and any(one.signal == "radar.netflows" for one in found.values())
        together = sum(one.scale is Scale.RELATIVE for one in found.values())
        remarks.extend(remarks_on_origin(meta, together, read_as_traffic=read_as_traffic))
    return Decoded(tuple(found.values()), tuple(_once(remarks)))


def _once(remarks: list[Note]) -> Iterator[Note]:
    told: set[tuple[str, str]] = set()
    for remark in remarks:
        key = (remark.template, str(remark.facts))
        if key not in told:
            told.add(key)
            yield remark


def _places(parts: list[_Part], place: str) -> list[str]:
    """The place of each series: its own name if that is a code, else the one given; that for one series only."""
    named = [part.name if place_code(part.name) == part.name else "" for part in parts]
    if named.count("") > 1:
        raise refusal(
            message("{file} has several series, and their names ({names}) are not codes of places."),
            meaning=message("Kuager cannot know which series is of which place."),
            remedy=message("Ask for one place at a time, or name each series by its code with name=KZ."),
            names=excerpt(", ".join(part.name for part in parts), 120),
        )
    if "" not in named:
        return named
    code = place_code(place)
    if code is None:
        raise UsageError(
            message("“{place}” is not the code of a place, and the answer of Radar does not name its own."),
            remedy=message("Give a country such as KZ or a network such as AS9198."),
            place=excerpt(place),
        )
    return [name or code for name in named]


def _one(
    part: _Part, place: str, meta: Meta, asked: tuple[int, int] | None, endpoint: str, remarks: list[Note]
) -> Series | None:
    normalisation = meta.normalization or ""
    if normalisation not in {"", "MIN0_MAX", "RAW_VALUES", "PERCENTAGE"}:
        remarks.append(
            Note(
                message("Values normalised as “{normalization}” are no measure of traffic: skipped."),
                {"normalization": excerpt(normalisation)},
            )
        )
        return None
    signal = f"radar.{endpoint or 'netflows'}"
    ordered = in_order(zoned_times(part.times, part.lines).times, numbers(part.values, part.lines), part.lines, signal)
    remarks.extend(remarks_on_order(ordered.moved, ordered.repeated))
    times, values, step_s = ordered.times, ordered.values, _step(meta, ordered.times)
    if asked is not None:
        times, values = inside(times, values, step_s, asked, place, remarks)
    values = honoured(times, values, step_s, meta, endpoint or "netflows", remarks)
    largest = float(np.nanmax(values, initial=0.0))
    scale, unit, window = Scale.RELATIVE, RELATIVE_UNIT, ""
    if normalisation == "RAW_VALUES" or (endpoint == "bgp" and not normalisation and _are_counts(values)):
        named = (meta.units[0].value or "") if meta.units else ""
        scale, unit = Scale.ABSOLUTE, named or ("messages" if endpoint == "bgp" else "")
    elif normalisation == "PERCENTAGE" or (not normalisation and largest > 1 + _ROUNDING):
        _refuse_above(largest, 100.0)
        signal, scale, unit = "radar.share", Scale.ABSOLUTE, "per cent"
        remarks.append(_SHARE)
    else:
        _refuse_above(largest, 1.0)
        window = window_name(*(asked or (int(times[0]), int(times[-1]) + step_s)))
        values = values * 100.0
        remarks.extend(_on_maximum(largest * 100.0, place))
    return Series(signal, place, Access.MIXED, scale, window, step_s, times, values, unit)


def _are_counts(values: Values) -> bool:
    return bool(np.all(np.isnan(values) | (values == np.floor(values))))


_SHARE = Note(
    message(
        "The values exceed 1, so they are per cent of something that the file does not name, such as the share of a "
        "kind of device. They are kept as radar.share, which does not measure how much traffic there is."
    ),
    {},
)


def _refuse_above(largest: float, most: float) -> None:
    if largest > most + _ROUNDING:
        raise refusal(
            message("The value {value} in {file} is larger than {most}, the most that it can be."),
            meaning=message("Radar gives shares of the maximum, from 0 to 1, or per cent, from 0 to 100."),
            remedy=LEAVE_EMPTY,
            value=f"{largest:g}",
            most=f"{most:g}",
        )


def _on_maximum(largest: float, place: str) -> Iterator[Note]:
    if largest == 0.0:
        yield Note(
            message("Every value for {place} is zero or missing; nothing can be told from it."), {"place": place}
        )
    elif largest < _NEARLY_FULL:
        yield Note(
            message(
                "The largest value for {place} is {largest}, not 100: it was normalised together with another series "
                "or for a longer window. Its values are compared only with each other."
            ),
            {"place": place, "largest": f"{largest:g}"},
        )


def _step(meta: Meta, times: Times) -> int:
    """The declared step, unless the samples lie closer together or none was declared."""
    own, declared = common_step(times), _STEPS_S.get(meta.agg_interval or "")
    if declared is None or (times.size > 1 and own < declared):
        return own
    return declared
