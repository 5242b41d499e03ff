"""Answers of IODA's API v2: series (``signals/raw``), findings (``ioda.opinions``) and entities (``ioda.entities``).

The time of value i is the series' own ``from`` plus i times its ``step``, in UTC; ``null`` is a missing sample, at the
end one that is not in yet. Values are absolute but for ``gtr-norm``: there each is the share of the product's maximum
in the window asked for, 0 to 1, and is given here times 100, as in the dashboard's export. Forecasts
(``gtr-sarima``), sources that Kuager does not read (``upstream-delay-*``: which networks lie before one, and delays, of
which neither falls in an outage), and entities without a code of ours are skipped with a remark.

The shape of an answer stands in ``ioda.envelope`` and ``ioda.answer``. Source: the API's own code (InetIntel/ioda-api).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from kuager.codecs.cells import EARLIEST_S, LATEST_S, NEVER_NEGATIVE, first_impossible
from kuager.codecs.decoded import Decoded
from kuager.codecs.ioda.answer import AnswerSeries, UnknownShapeError, series_of, values_of
from kuager.codecs.ioda.entities import entities_of
from kuager.codecs.ioda.envelope import Answer, Holds, read_envelope
from kuager.codecs.ioda.opinions import opinions_of
from kuager.codecs.ioda.places import Named, places_of
from kuager.codecs.ioda.signals import RELATIVE_UNIT, UNITS, always_relative, window_name
from kuager.codecs.text import excerpt, refusal
from kuager.errors import CodecError, message
from kuager.model.notes import Note
from kuager.model.series import Series, Times, Values
from kuager.model.time import format_utc, from_epoch
from kuager.model.words import Access, Scale

_USUAL_PRODUCT = {"gtr": "WEB_SEARCH", "gtr-norm": "BLENDED"}
"""What the API gives of Google's traffic when no product is asked for; any other one is a signal of its own."""

_SHARE_ROUNDING = 1e-6
_MOZILLA = "ioda.mozilla"


def decode(data: bytes, place: str = "") -> Decoded:
    """What one answer says, in its order.

    Args:
        data: the answer.
        place: code of a place given beside it; its country counts for regions that do not name theirs, and if it is a
            region it decides between regions of the same name. Everything else says itself what it is about.

    Raises:
        CodecError: the bytes are no such answer, IODA answered with an error, or two of its series contradict.
    """
    answer = read_envelope(data)
    match answer.holds:
        case Holds.SIGNALS:
            decoded = _signals(answer, place)
        case Holds.ENTITIES:
            decoded = entities_of(answer, place)
        case Holds.ALERTS | Holds.EVENTS:
            decoded = opinions_of(answer, place)
    if not answer.error:
        return decoded
    told = Note(message("IODA sent data together with an error: “{answer}”."), {"answer": excerpt(answer.error, 200)})
    return replace(decoded, remarks=(told, *decoded.remarks))


def _signals(answer: Answer, place: str) -> Decoded:
    every = series_of(answer)
    places = places_of((given.named for given in every), answer.country, place)
    series: dict[tuple[str, str], Series] = {}
    remarks: list[Note] = []
    for given in every:
        found = _series(answer, given, places)
        if isinstance(found, Note):
            _add_once(remarks, found)
            continue
        _keep(series, found)
        for remark in _remarks(given, found):
            _add_once(remarks, remark)
    if not series and not remarks:
        remarks.append(Note(message("IODA answered, but had no series for this request."), {}))
    return Decoded(tuple(series.values()), tuple(remarks))


def _series(answer: Answer, given: AnswerSeries, places: Mapping[Named, str]) -> Series | Note:
    """The series, or why it was skipped."""
    place = places[given.named]
    if not place:
        return Note(
            message("{name} ({type} {code}) has no code of a place in Kuager: its series were skipped."),
            {
                "name": excerpt(given.entity_name or ""),
                "type": excerpt(given.entity_type),
                "code": excerpt(str(given.entity_code)),
            },
        )
    signal = _signal(given)
    if isinstance(signal, Note):
        return signal
    try:
        values = values_of(given)
    except UnknownShapeError:
        return Note(
            message("The values of “{datasource}” for {place} have a shape that Kuager does not know: skipped."),
            {"datasource": excerpt(given.datasource), "place": place},
        )
    if values.size == 0:
        return Note(message("IODA has no values of {signal} for {place}."), {"signal": signal, "place": place})
    step_s, times = _times(given, values.size, signal, place)
    relative = always_relative(signal)
    if relative:
        values = _per_cent(values)
    _refuse_impossible(times, values, signal, place)
    return Series(
        signal=signal,
        place=place,
        access=Access.MIXED,
        scale=Scale.RELATIVE if relative else Scale.ABSOLUTE,
        window=window_name(*(answer.window or (int(times[0]), int(times[-1]) + step_s))) if relative else "",
        step_s=step_s,
        times=times,
        values=values,
        unit=RELATIVE_UNIT if relative else UNITS[f"ioda.{given.datasource}"],
    )


def _signal(given: AnswerSeries) -> str | Note:
    signal = f"ioda.{given.datasource}"
    if signal not in UNITS and not always_relative(signal):
        return Note(
            message("IODA's source “{datasource}” is not one that Kuager reads: its series were skipped."),
            {"datasource": excerpt(given.datasource)},
        )
    usual = _USUAL_PRODUCT.get(given.datasource)
    product = (given.subtype or "").strip()
    if usual is None or product in {"", usual}:
        return signal
    if not product.replace("_", "").isalnum() or not product.isascii():
        return Note(
            message("The product “{product}” of IODA's source “{datasource}” is no name of a signal: skipped."),
            {"product": excerpt(product), "datasource": given.datasource},
        )
    return f"{signal}.{product.lower()}"


def _times(given: AnswerSeries, count: int, signal: str, place: str) -> tuple[int, Times]:
    step_s = given.step or 0
    last = given.start + (count - 1) * step_s
    if step_s <= 0 or step_s != int(step_s) or given.start < EARLIEST_S or last >= LATEST_S:
        raise refusal(
            message("The series {signal} of {place} in {file} has impossible times."),
            meaning=message("It begins at {start} and has {count} values, one every {step} seconds."),
            remedy=message("Ask IODA again; if the answer stays the same, tell its operators."),
            signal=signal,
            place=place,
            start=given.start,
            count=count,
            step=step_s,
        )
    whole = int(step_s)
    return whole, given.start + whole * np.arange(count, dtype=np.int64)


def _per_cent(shares: Values) -> Values:
    """Shares of a maximum as per cent of it; what exceeds 1 is per cent already."""
    present = shares[~np.isnan(shares)]
    return shares * 100.0 if present.size and present.max() <= 1.0 + _SHARE_ROUNDING else shares


def _refuse_impossible(times: Times, values: Values, signal: str, place: str) -> None:
    index = first_impossible(values)
    if index is not None:
        raise refusal(
            message("The series {signal} of {place} in {file} has the value {value} at {time}."),
            meaning=NEVER_NEGATIVE,
            remedy=message(
                "IODA writes null where nothing was measured; it is RIPEstat that writes -1. Check whose answer it is."
            ),
            signal=signal,
            place=place,
            value=f"{values[index]:g}",
            time=format_utc(from_epoch(int(times[index]))),
        )


def _keep(series: dict[tuple[str, str], Series], found: Series) -> None:
    """Add a series, or pass over one that is there already and the same."""
    there = series.setdefault((found.signal, found.place), found)
    alike = np.array_equal(there.times, found.times) and np.array_equal(there.values, found.values, equal_nan=True)
    if not alike:
        raise _contradiction(found)


def _contradiction(found: Series) -> CodecError:
    return refusal(
        message("The series {signal} of {place} stands in {file} twice, with different times or values."),
        meaning=message("Kuager cannot know which of the two is right."),
        remedy=message("Ask IODA for one of them at a time and add the answers separately."),
        signal=found.signal,
        place=found.place,
    )


def _remarks(given: AnswerSeries, found: Series) -> Iterator[Note]:
    if found.signal == _MOZILLA:
        yield Note(
            message(
                "IODA calls Mozilla's values per cent in its list of sources, and a count of cities in its export."
            ),
            {},
        )
    facts = {"signal": found.signal, "place": found.place, "step": str(found.step_s)}
    if given.native_step and found.step_s > given.native_step:
        yield Note(
            message("IODA averaged {signal} of {place}: one value every {step} seconds instead of every {native}."),
            {**facts, "native": f"{given.native_step:g}"},
        )
    end = int(found.times[-1]) + found.step_s
    if given.until is not None and abs(given.until - end) >= found.step_s:
        yield Note(
            message("IODA says that {signal} of {place} ends at {until}, but its values end at {end}."),
            {
                "signal": found.signal,
                "place": found.place,
                "until": _utc(given.until),
                "end": _utc(end),
            },
        )


def _utc(seconds: int) -> str:
    return format_utc(from_epoch(min(max(seconds, EARLIEST_S), LATEST_S)))


def _add_once(remarks: list[Note], remark: Note) -> None:
    if remark not in remarks:
        remarks.append(remark)
