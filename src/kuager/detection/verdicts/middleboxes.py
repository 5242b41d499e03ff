"""Machines in between that change plain requests: http_header_field_manipulation and http_invalid_request_line.

The probe speaks to OONI's own server, which tells what arrived. That something was changed shows a proxy, which may be
a filter, a cache or an antivirus; it keeps nothing away, so the verdict is ``ok`` and the reason says what was seen.
"""

from __future__ import annotations

from kuager.codecs.ooni.record_tests import Echoed, HeaderFields, RequestLine
from kuager.detection.verdicts.steps import Step, mute, row
from kuager.errors import message
from kuager.model.verdicts import Layer

UNCHANGED = row(Layer.HTTP, 0.01, 0.0, message("Plain requests arrived as they were sent."))
CHANGED = row(
    Layer.HTTP,
    0.1,
    0.0,
    message("A machine in between changed plain requests on their way, as proxies and filters do."),
)
ANSWERED = row(
    Layer.HTTP, 0.15, 0.0, message("A machine in between answered broken requests itself, as proxies and filters do.")
)
NOTHING = mute(Layer.HTTP, 0.1, 0.1, message("No request came back, so nothing can be compared."))


def judge_header_fields(keys: HeaderFields, *, flagged: bool) -> Step:
    """What became of a header written in odd letters.

    Args:
        keys: the results.
        flagged: whether OONI's score found that the header was changed; it compares what was sent and what arrived.
    """
    if not any(isinstance(one.response, Echoed) and one.response.body for one in keys.requests or ()):
        return NOTHING
    said = keys.tampering
    told = said is not None and any(
        one is True
        for one in (said.header_field_name, said.header_field_number, said.request_line_capitalization, said.total)
    )
    return CHANGED if flagged or told else UNCHANGED


def judge_request_line(keys: RequestLine) -> Step:
    """What became of requests that no server understands; an echo that comes back otherwise was touched."""
    if not isinstance(keys.sent, list) or not isinstance(keys.received, list) or not keys.sent:
        return NOTHING
    pairs = list(zip(keys.sent, keys.received, strict=False))
    if not any(isinstance(came, str) and came for _, came in pairs):
        return NOTHING
    return ANSWERED if any(came and sent != came for sent, came in pairs) else UNCHANGED
