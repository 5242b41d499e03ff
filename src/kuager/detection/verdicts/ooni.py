"""Our verdict on a measurement of OONI, beside OONI's own flags, which stay as its rules set them.

``scores`` are what OONI's rules give (``codecs.ooni.scoring``), with the fingerprints that were found; ``pages`` the
kinds of pages whose marks were found (``doubts.PAGE_MARKS``), which are searched for in the same pass. A verdict can
differ from the flags either way; the known reasons are in the documentation of accuracy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from kuager.codecs.ooni import record_tests as tests
from kuager.codecs.ooni.record import Record, Web
from kuager.detection.verdicts import apps, middleboxes, speed, tor
from kuager.detection.verdicts.doubts import RENTED, doubt_of_clock, doubt_of_probe, received_at, started_at
from kuager.detection.verdicts.judged import Judged
from kuager.detection.verdicts.known import SETTLED, Sign
from kuager.detection.verdicts.steps import Step, mute, row
from kuager.detection.verdicts.web import About, judge_web
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.verdicts import Flags, Layer, Verdict, VerdictKind

LEAST_ACCURACY = 0.5
"""Below this OONI discards what a measurement says."""
NOT_JUDGED = mute(Layer.HTTP, 0.2, 0.2, message("There are no rules for verdicts on this test."))
NO_RESULTS = mute(Layer.HTTP, 0.2, 0.2, message("The record holds no results."))
DISCARDED = Note(
    message("OONI's rules discard such a measurement, for its program was wrong or its results are broken."), {}
)
LOADED = row(Layer.HTTP, 0.05, 0.02, message("A browser loaded the page."))
NOT_LOADED = mute(Layer.HTTP, 0.4, 0.2, message("A browser could not load the page; there is no control."))


class Scored(Protocol):
    """What is taken from a score."""

    @property
    def accuracy(self) -> float | None:
        """0 where OONI discards the measurement; None or 1 where it does not."""

    @property
    def fingerprints(self) -> Sequence[Sign]:
        """What was found of block pages and of their addresses."""

    @property
    def flags(self) -> Flags:
        """OONI's flags."""


def judge(record: Record, scores: Scored, pages: frozenset[str] = frozenset()) -> Judged:
    """The verdict on a measurement.

    Args:
        record: with its results in the class of its test.
        scores: of the same record.
        pages: ``PageKind`` of each mark that was found in its pages.
    """
    place = record.probe_cc or ""
    flags = scores.flags
    started, received = started_at(record.measurement_start_time), received_at(record.measurement_uid)
    keys = record.test_keys
    if isinstance(keys, Web):
        step = judge_web(keys, About(place, scores.fingerprints, pages, started, received))
    else:
        step = _of_test(keys, scores, flags)
    doubt = doubt_of_clock(started, received) or doubt_of_probe(place, str(record.probe_asn))
    if doubt is not None and not (doubt.template == RENTED and step.masses.blocked >= SETTLED):
        return Judged(Verdict(VerdictKind.FAILED, None, step.masses, (doubt, *step.notes)), flags, "")
    return Judged(step.verdict(), flags, step.method if step.kind is VerdictKind.BLOCKED else "")


def _of_test(keys: object, scores: Scored, flags: Flags) -> Step:
    if isinstance(keys, tests.HeaderFields):
        step = middleboxes.judge_header_fields(keys, flagged=flags.anomaly is True)
    elif type(keys) in _JUDGES:
        step = _JUDGES[type(keys)](keys)
    else:
        return NOT_JUDGED if keys else NO_RESULTS
    discarded = scores.accuracy is not None and scores.accuracy < LEAST_ACCURACY
    if discarded and step.kind is not VerdictKind.FAILED:
        return Step(step.masses, VerdictKind.FAILED, step.layer, "", (DISCARDED, *step.notes))
    return step


def _judge_browser(keys: tests.BrowserWeb) -> Step:
    return {"ok": LOADED, "error": NOT_LOADED}.get(str(keys.result), NO_RESULTS)


_JUDGES: Mapping[type, Callable[[Any], Step]] = MappingProxyType(
    {
        tests.Telegram: apps.judge_telegram,
        tests.WhatsApp: apps.judge_whatsapp,
        tests.FacebookMessenger: apps.judge_messenger,
        tests.Signal: apps.judge_signal,
        tests.Tor: tor.judge_tor,
        tests.VanillaTor: tor.judge_vanilla_tor,
        tests.TorSnowflake: tor.judge_snowflake,
        tests.Psiphon: tor.judge_psiphon,
        tests.OpenVpn: tor.judge_openvpn,
        tests.RiseupVpn: tor.judge_riseupvpn,
        tests.Meek: tor.judge_meek,
        tests.Stun: tor.judge_stun,
        tests.RequestLine: middleboxes.judge_request_line,
        tests.Dash: speed.judge_speed,
        tests.Ndt: speed.judge_speed,
        tests.BrowserWeb: _judge_browser,
    }
)
