"""Answers of OONI's API, told apart by what they hold: counts, a list of measurements, or a single one.

Counts (``/api/v1/aggregation``, JSON or CSV) become series, measurements (``/api/v1/measurements`` and
``/api/v1/measurement_meta``, and rows of OONI's table of them, one a line) become rows. Measurements themselves, with
their ``test_keys``, are read as kind ``ooni``. An answer of counts names neither place nor test unless they were asked
for as axes, so the place is given beside it and the test by the kind: ``ooni-aggregation:web_connectivity``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from kuager.codecs import piece
from kuager.codecs.decoded import Decoded
from kuager.codecs.ooni import aggregation as ooni_aggregation
from kuager.codecs.ooni import listed as ooni_list
from kuager.codecs.ooni.answer import not_an_answer, read_envelope, refused_by_ooni
from kuager.codecs.ooni.listed import Page
from kuager.codecs.ooni.names import TESTS
from kuager.codecs.text import refusal, text_of
from kuager.errors import message


def decode(data: bytes, place: str = "", test: str = "") -> Decoded:
    """The series or the measurements of one answer.

    Args:
        data: the answer: JSON, CSV, or JSON with one measurement a line, that also compressed with gzip.
        place: the code of the place for counts that name none.
        test: the test that was asked for, as in ``TESTS``; empty when the answer names it or nobody knows.

    Raises:
        UsageError: the place is needed and is not a code.
        CodecError: the bytes are no such answer, or OONI answered with an error.
    """
    if data.startswith(piece.GZIP):
        return ooni_list.decode_lines(piece.lines(data))
    text = text_of(data).strip()
    if not text.startswith(("{", "[")):
        return ooni_aggregation.decode_table(data, place, test)
    first, _, rest = text.partition("\n")
    if rest and ooni_list.is_row(first.encode()):
        return ooni_list.decode_lines(line for line in text.encode().split(b"\n") if line.strip())
    answer = read_envelope(text)
    if answer.complaint is not None and not answer.holds_data:
        raise refused_by_ooni(answer.complaint)
    if bytes(answer.result):
        return ooni_aggregation.decode_result(answer.result, place, test)
    if bytes(answer.results):
        return ooni_list.decode_results(answer.results)
    if bytes(answer.test_keys):
        raise refusal(
            message("A measurement itself was given as {file}, not an answer of OONI's API about measurements."),
            remedy=message("Add it with --as ooni."),
        )
    return ooni_list.decode_one(text.encode())


KINDS: Mapping[str, partial[Decoded]] = MappingProxyType(
    {"ooni-api": partial(decode, test="")} | {f"ooni-aggregation:{test}": partial(decode, test=test) for test in TESTS}
)
"""The kinds of files that this codec reads, each taking the bytes and the place."""


def page_of(data: bytes) -> Page:
    """Where a page of a list of measurements leads.

    Raises:
        CodecError: it is no such page.
    """
    answer = read_envelope(text_of(data))
    if not (bytes(answer.metadata) and bytes(answer.results)):
        raise not_an_answer("no list of measurements")
    return ooni_list.page_of(answer.metadata, answer.results)
