"""One measurement of OONI: its envelope, and its results in the type of its test.

``{"test_name": "web_connectivity", "probe_cc": "KZ", "probe_asn": "AS9198", "measurement_start_time": "2022-01-05
10:30:00", "measurement_uid": …, "test_keys": {…}, …}``. Probes of ten years wrote them, so any field may be missing,
null or of another type: a record that does not fit is read a second time, field by field, without those that do not.
Fields that could lead to a volunteer (``probe_ip``, ``resolver_ip``, ``report_id``, ``client_resolver``, names of
networks) are not read at all. Source: OONI's data format df-000-base, and records of each generation.
"""

from __future__ import annotations

from functools import cache
from typing import TypeVar, cast

import msgspec

from kuager.codecs.ooni.tests import TESTS, Results

Kind = TypeVar("Kind", bound=msgspec.Struct)


class Annotations(msgspec.Struct, gc=False):
    """What the app says of the phone that it runs on; of this only whether the link is mobile."""

    network_type: str | None = None


class Envelope(msgspec.Struct, gc=False):
    """What a measurement of any test says of itself; the flags stand only in rows that OONI has scored."""

    test_name: str | None = None
    test_version: str | None = None
    software_name: str | None = None
    software_version: str | None = None
    measurement_uid: str | None = None
    measurement_start_time: str | None = None
    probe_cc: str | None = None
    probe_asn: str | int | None = None
    input: str | list[str] | None = None
    annotations: Annotations | None = None
    anomaly: bool | None = None
    confirmed: bool | None = None
    failure: bool | None = None
    msm_failure: bool | None = None


class Measurement(Envelope, gc=False):
    """A measurement of a test whose results are read; it is decoded with the class of its own test in their place."""

    test_keys: Results | None = None


class _Undecided(Envelope, gc=False):
    test_keys: msgspec.Raw = msgspec.Raw(b"null")


class Reader:
    """Reads measurements one after the other; most files hold one test only, so the last one is the best guess.

    Attributes:
        odd: measurements of which some fields were of another type than OONI's and were left out.
    """

    def __init__(self) -> None:
        self.odd = 0
        self._kind: type[Results] | None = None

    def read(self, line: memoryview) -> Envelope:
        """The measurement in a line; an envelope without ``test_name`` is none.

        Raises:
            ValueError: it is not a JSON object (``msgspec.DecodeError`` is one, too).
            RecursionError: it is nested too deeply.
        """
        try:
            found = _decoder(self._kind).decode(line)
            kind = TESTS.get(found.test_name or "")
            if kind is not self._kind:
                self._kind = kind
                found = _decoder(kind).decode(line)
        except msgspec.ValidationError:
            return self._without_misfits(line)
        return found

    def _without_misfits(self, line: memoryview) -> Envelope:
        envelope, misfits = _fitting(_Undecided, line)
        kind = TESTS.get(envelope.test_name or "")
        if kind is None:
            found: Envelope = envelope
        else:
            keys, more = _results(kind, envelope.test_keys)
            misfits += more
            values = {name: getattr(envelope, name) for name in Envelope.__struct_fields__}
            found = Measurement(**values, test_keys=keys)
        self.odd += misfits > 0
        return found


@cache
def _decoder(kind: type[Results] | None) -> msgspec.json.Decoder[Envelope]:
    if kind is None:
        return msgspec.json.Decoder(Envelope)
    fields = [("test_keys", kind | None, None)]
    measurement = msgspec.defstruct(kind.__name__ + "Measurement", fields, bases=(Measurement,), gc=False)
    return msgspec.json.Decoder(cast("type[Envelope]", measurement))


def _results(kind: type[Results], keys: msgspec.Raw) -> tuple[Results | None, int]:
    """The results without the fields that do not fit, and how many those were; none if they are no object."""
    try:
        return (None, 0) if bytes(keys) == b"null" else _fitting(kind, keys)
    except msgspec.ValidationError:
        return None, 1


def _fitting(kind: type[Kind], data: memoryview | msgspec.Raw) -> tuple[Kind, int]:
    """The object in its type without the fields that do not fit, and how many those were.

    Raises:
        ValueError: it is not an object.
    """
    raw = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    values: dict[str, object] = {}
    misfits = 0
    for field in msgspec.structs.fields(kind):
        if field.encode_name in raw:
            try:
                values[field.name] = msgspec.json.decode(raw[field.encode_name], type=field.type)
            except msgspec.ValidationError:
                misfits += 1
    return kind(**values), misfits
