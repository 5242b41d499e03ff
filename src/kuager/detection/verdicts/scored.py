"""Verdicts on measurements of which only OONI's scores are at hand, not the measurement: weaker, and they say so.

The masses follow how often each conclusion of the probe holds by the known reports of false ones: a page that differs
is weak evidence, a failed lookup or connection better evidence, a known page or address of a filter nearly proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kuager.codecs.ooni.record import Record
from kuager.codecs.ooni.scoring import Scored
from kuager.detection.verdicts.doubts import doubt_of_clock, doubt_of_probe, received_at, started_at
from kuager.detection.verdicts.judged import Judged
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.verdicts import Flags, Layer, Masses, Verdict, VerdictKind

_ONLY_SCORES = Note(message("Only OONI's scores are at hand, so the measurement itself was not looked at."), {})
_FAILED = Verdict(
    VerdictKind.FAILED,
    None,
    Masses(0.2, 0.2, 0.6),
    (Note(message("OONI's rules call the measurement failed."), {}), _ONLY_SCORES),
)
_OK = Verdict(
    VerdictKind.OK,
    None,
    Masses(0.05, 0.05, 0.9),
    (Note(message("OONI's rules found nothing unusual."), {}), _ONLY_SCORES),
)


def _blocked(layer: Layer | None, masses: Masses, sentence: str) -> Verdict:
    return Verdict(VerdictKind.BLOCKED, layer, masses, (Note(sentence, {}), _ONLY_SCORES))


_KNOWN_ADDRESS = _blocked(
    Layer.DNS,
    Masses(0.95, 0.0, 0.05),
    message("OONI confirmed the block: the name was answered with an address that is known to lead to blocked pages."),
)
_KNOWN_PAGE = _blocked(
    Layer.HTTP, Masses(0.95, 0.0, 0.05), message("OONI confirmed the block: the page is known as a block page.")
)
_FOUND: Mapping[str, tuple[Verdict, str]] = MappingProxyType(
    {
        "dns": (
            _blocked(
                Layer.DNS,
                Masses(0.6, 0.15, 0.25),
                message("The probe concluded that the name was answered wrongly."),
            ),
            "dns.answer",
        ),
        "tcp_ip": (
            _blocked(
                Layer.TCP, Masses(0.6, 0.15, 0.25), message("The probe concluded that connections were kept away.")
            ),
            "tcp.failure",
        ),
        "http-failure": (
            _blocked(Layer.HTTP, Masses(0.55, 0.2, 0.25), message("The probe concluded that the page was kept away.")),
            "http.failure",
        ),
        "http-diff": (
            Verdict(
                VerdictKind.OK,
                None,
                Masses(0.4, 0.05, 0.55),
                (
                    Note(message("The probe got another page than the control, which alone is weak evidence."), {}),
                    _ONLY_SCORES,
                ),
            ),
            "",
        ),
    }
)
_UNUSUAL = _blocked(
    None, Masses(0.55, 0.2, 0.25), message("OONI's rules call the measurement unusual; they do not say at which step.")
)

_OFTEN_UNUSUAL = frozenset({"facebook_messenger", "tor", "torsf", "vanilla_tor", "psiphon", "riseupvpn", "openvpn"})
_OFTEN = Verdict(
    VerdictKind.FAILED,
    None,
    Masses(0.4, 0.2, 0.4),
    (
        Note(message("OONI's rules call the measurement unusual, as they often do where nothing is blocked."), {}),
        _ONLY_SCORES,
    ),
)
_OF_MACHINES = frozenset({"http_header_field_manipulation", "http_invalid_request_line"})
_MACHINE = Verdict(
    VerdictKind.OK,
    None,
    Masses(0.2, 0.0, 0.8),
    (Note(message("A machine on the way changes what is sent, which alone blocks nothing."), {}), _ONLY_SCORES),
)


def judge_scores(record: Record, scored: Scored | None) -> Judged:
    """The verdict on a row that OONI has scored.

    Args:
        record: the row; it has no results.
        scored: its scores; None where they are missing, so that only the flags of the row are left.
    """
    flags = scored.flags if scored is not None else _flags_of(record)
    place = record.probe_cc or ""
    verdict, method = _found(record.test_name or "", scored, flags)
    doubt = doubt_of_clock(
        started_at(record.measurement_start_time), received_at(record.measurement_uid)
    ) or doubt_of_probe(place, str(record.probe_asn))
    if doubt is not None:
        return Judged(Verdict(VerdictKind.FAILED, None, verdict.masses, (doubt, *verdict.reasons)), flags, "")
    return Judged(verdict, flags, method)


def _found(test: str, scored: Scored | None, flags: Flags) -> tuple[Verdict, str]:
    if flags.confirmed:
        named = scored is not None and any(one.location_found == "dns" for one in scored.fingerprints)
        return (_KNOWN_ADDRESS, "dns.known") if named else (_KNOWN_PAGE, "http.blockpage")
    if flags.failed or flags.anomaly is None:
        return _FAILED, ""
    if flags.anomaly and test in _OF_MACHINES:
        return _MACHINE, ""
    if flags.anomaly:
        analysis = scored.scores.analysis if scored is not None else None
        concluded = analysis.get("blocking_type") if isinstance(analysis, dict) else None
        return _FOUND.get(str(concluded), (_OFTEN if test in _OFTEN_UNUSUAL else _UNUSUAL, ""))
    return _OK, ""


def _flags_of(record: Record) -> Flags:
    failed = record.failure if record.msm_failure is None else record.msm_failure
    return Flags(record.anomaly, record.confirmed, failed)
