"""Verdicts on Hyperquack's measurements: a name is sent to a server abroad whose ordinary answer is known.

The server has nothing to do with the name, so whatever else comes back was put there by somebody in between, or is a
whim of that server. Two things tell them apart: controls (the same request with a harmless name) and repetition (a name
that fails is tried up to five times). The target itself is never contacted: whether it is down cannot be seen.

How much one kind of interference weighs stands in ``hyperquack_signs``; the order follows VanderSloot et
al., *Quack* (USENIX Security 2018), and Raman et al., *FilterMap* (NDSS 2020): resets and silence right after the name
are telling, and a page that merely differs is what delivery networks and virtual hosts do all the time.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

from kuager.codecs.censoredplanet.hyperquack import (
    FirstLine,
    SecondLine,
    Tries,
    Try,
    first_tries,
    outcome,
    second_tries,
)
from kuager.codecs.censoredplanet.page import page_of
from kuager.codecs.censoredplanet.signatures import Signatures
from kuager.detection.verdicts import hyperquack_reasons as reasons
from kuager.detection.verdicts.hyperquack_signs import OURS, Sign, sign_of
from kuager.detection.verdicts.judged import Judged
from kuager.model.notes import Note
from kuager.model.verdicts import Flags, Layer, Masses, Verdict, VerdictKind

LEAST_BLOCKED = 0.5
"""What is blocked with a smaller probability is not called blocked."""
ONE_TRY = 0.7
"""A single failure weighs that much of a repeated one."""
NO_CONTROLS = 0.7
"""Without a control nobody knows whether the server was in order."""
LITTLE_KNOWN = Masses(blocked=0.1, down=0.0, ok=0.9)
"""Of a measurement that failed."""


def first_judged(line: FirstLine, protocol: str, signatures: Signatures | None = None) -> Judged:
    """The verdict on a line of the first generation.

    Args:
        line: as it was read.
        protocol: echo, discard, http or https; empty where the file does not show it.
        signatures: of pages; None when there are none to compare with.
    """
    flags = Flags(anomaly=line.blocked, failed=line.fail_sanity)
    return _judged(first_tries(line), protocol, flags, signatures, stateful=bool(line.stateful_block))


def second_judged(line: SecondLine, signatures: Signatures | None = None) -> Judged:
    """The verdict on a line of the second generation; arguments as of ``first_judged``."""
    flags = Flags(anomaly=line.anomaly, failed=line.controls_failed)
    protocol = line.service.lower()
    return _judged(second_tries(line), protocol, flags, signatures, stateful=bool(line.stateful_block))


def _judged(tries: Tries, protocol: str, flags: Flags, signatures: Signatures | None, *, stateful: bool) -> Judged:
    matching = cache(signatures.match) if signatures else None
    own = [(sign_of(one, protocol, matching), one) for one in tries.own]
    signs = [sign for sign, _ in own if sign is not None]
    flags = Flags(anomaly=flags.anomaly, confirmed=_confirmed(signs), failed=flags.failed)
    broken = _broken(tries, signs, protocol, failed=flags.failed)
    if broken:
        return Judged(Verdict(VerdictKind.FAILED, None, LITTLE_KNOWN, (Note(broken, {}),)), flags, "")
    found = [sign for sign in signs if sign.reason]
    if not found:
        note = Note(reasons.EXPECTED, {"count": str(len(signs))})
        return Judged(_verdict(0.02 if _controlled(tries, flags) else 0.05, None, (note,)), flags, "")
    blocked, notes = _weighed(signs, found, tries, flags, stateful=stateful and _held_back(tries, protocol))
    if signatures is None and any(_has_page(one) for one in tries.own):
        notes.append(Note(reasons.NO_SIGNATURES, {}))
    main = _by_weight(found)[0][0]
    verdict = _verdict(blocked, main.layer, tuple(notes))
    return Judged(verdict, flags, main.method if verdict.kind is VerdictKind.BLOCKED else "")


def _verdict(blocked: float, layer: Layer | None, notes: tuple[Note, ...]) -> Verdict:
    masses = Masses(blocked=blocked, down=0.0, ok=1.0 - blocked)
    if blocked < LEAST_BLOCKED:
        return Verdict(VerdictKind.OK, None, masses, notes)
    return Verdict(VerdictKind.BLOCKED, layer, masses, notes)


def _confirmed(signs: list[Sign]) -> bool | None:
    """Whether a known block page came back; False if a page came back that is known to be none; else None."""
    if any(sign.reason == reasons.BLOCKPAGE for sign in signs):
        return True
    return False if any(sign.reason == reasons.FALSE_POSITIVE for sign in signs) else None


def _broken(tries: Tries, signs: list[Sign], protocol: str, *, failed: bool | None) -> str:
    """Why nothing can be said; empty if something can."""
    if failed:
        return reasons.CONTROLS_FAILED
    if not tries.own:
        return reasons.NOTHING_SENT
    if not signs:
        return reasons.OUR_TROUBLE
    counted = [one for one in tries.controls if _outcome(one, protocol) not in OURS]
    if counted and not any(one.matches for one in counted):
        return reasons.CONTROLS_FAILED
    unreached = all(sign.reason == reasons.UNREACHED for sign in signs)
    return reasons.NEVER_REACHED if unreached and failed is None and not counted else ""


def _controlled(tries: Tries, flags: Flags) -> bool:
    return flags.failed is False or any(one.matches for one in tries.controls)


def _weighed(
    signs: list[Sign], found: list[Sign], tries: Tries, flags: Flags, *, stateful: bool
) -> tuple[float, list[Note]]:
    """The probability that somebody interfered, and why: the mean over all tries, less where some went well."""
    share = len(found) / len(signs)
    blocked = sum(sign.blocked for sign in found) / len(signs) * share
    known = any(sign.reason == reasons.BLOCKPAGE for sign in found)
    notes = [
        Note(sign.reason, {"count": str(count), "of": str(len(signs)), "name": sign.name})
        for sign, count in _by_weight(found)
    ]
    if len(found) < len(signs):
        notes.append(Note(reasons.SOME_WENT_WELL, {"count": str(len(signs) - len(found)), "of": str(len(signs))}))
    if len(signs) == 1 and not known:
        blocked *= ONE_TRY
        notes.append(Note(reasons.ONE_TRY, {}))
    if _controlled(tries, flags):
        notes.append(Note(reasons.CONTROLS_FINE, {}))
    elif not known:
        blocked *= NO_CONTROLS
        notes.append(Note(reasons.CONTROLS_UNKNOWN, {}))
    if stateful and blocked >= LEAST_BLOCKED:
        blocked = 1.0 - (1.0 - blocked) / 2
        notes.append(Note(reasons.STATEFUL, {}))
    return blocked, notes


def _by_weight(found: list[Sign]) -> list[tuple[Sign, int]]:
    """The different signs and how often each was seen, the weightiest over all tries first."""
    return sorted(Counter(found).items(), key=lambda counted: -counted[0].blocked * counted[1])


def _held_back(tries: Tries, protocol: str) -> bool:
    """Whether a harmless name failed too, for a reason that is not the measuring machine's own."""
    return any(not one.matches and _outcome(one, protocol) not in OURS for one in tries.controls)


def _outcome(one: Try, protocol: str) -> str:
    return outcome(one.error, protocol, matches=one.matches)


def _has_page(one: Try) -> bool:
    return not one.matches and bool(page_of(one.received).text)
