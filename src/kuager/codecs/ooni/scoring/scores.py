"""The scores that OONI gives to a measurement, and the three flags that follow from them.

A member that OONI leaves out is UNSET, so that both are equal as JSON; a missing ``accuracy`` counts as 1. Where OONI's
own code breaks on a record, so that it is stored nowhere, the score here has the accuracy 0. Source: ooni/backend,
``fastpath/core.py``; OONI's reading of the flags: an anomaly has ``blocking_general`` above 0.5, a failure an
``accuracy`` below 0.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from kuager.codecs.fingerprints import Fingerprint
from kuager.model.verdicts import Flags

_ANOMALY_ABOVE = _FAILURE_BELOW = 0.5
Figure = float | UnsetType


class Seen(msgspec.Struct, frozen=True, gc=False):
    """A fingerprint as scores name it."""

    name: str
    scope: str
    location_found: str
    confidence_no_fp: int = 0
    expected_countries: tuple[str, ...] = ()


class Scores(msgspec.Struct, gc=False):
    """Where a measurement saw blocking, from 0; ``blocking_general`` may exceed 1."""

    blocking_general: Figure = 0.0
    blocking_global: Figure = 0.0
    blocking_country: Figure = 0.0
    blocking_isp: Figure = 0.0
    blocking_local: Figure = 0.0
    accuracy: Figure = UNSET
    confirmed: bool | UnsetType = UNSET
    fingerprints: tuple[Seen, ...] | UnsetType = UNSET
    analysis: Mapping[str, object] | UnsetType = UNSET
    extra: Mapping[str, object] | UnsetType = UNSET
    msg: str | UnsetType = UNSET
    total_tampering: bool | UnsetType = UNSET


class TelegramScores(Scores, gc=False):
    """Scores with the counts of telegram."""

    web_failure: object = None
    accessible_endpoints: int = 0
    unreachable_endpoints: int = 0
    http_success_cnt: int = 0
    http_failure_cnt: int = 0


class FacebookScores(Scores, gc=False):
    """Scores with what of facebook_messenger was amiss, as the probe said it."""

    facebook_b_api_dns_consistent: bool | UnsetType = UNSET
    facebook_b_api_reachable: bool | UnsetType = UNSET
    facebook_b_graph_dns_consistent: bool | UnsetType = UNSET
    facebook_b_graph_reachable: bool | UnsetType = UNSET
    facebook_edge_dns_consistent: bool | UnsetType = UNSET
    facebook_edge_reachable: bool | UnsetType = UNSET
    facebook_external_cdn_dns_consistent: bool | UnsetType = UNSET
    facebook_external_cdn_reachable: bool | UnsetType = UNSET
    facebook_scontent_cdn_dns_consistent: bool | UnsetType = UNSET
    facebook_scontent_cdn_reachable: bool | UnsetType = UNSET
    facebook_star_dns_consistent: bool | UnsetType = UNSET
    facebook_star_reachable: bool | UnsetType = UNSET
    facebook_stun_dns_consistent: bool | UnsetType = UNSET
    facebook_tcp_blocking: bool | UnsetType = UNSET
    facebook_dns_blocking: bool | UnsetType = UNSET


class Scored(msgspec.Struct, frozen=True, gc=False):
    """A scored measurement.

    Attributes:
        scores: OONI's.
        fingerprints: all that were found, those in headers too, which OONI's scores do not count.
        pages: kinds of the marks that were found in its pages.
    """

    scores: Scores
    fingerprints: Sequence[Fingerprint | Seen] = ()
    pages: frozenset[str] = frozenset()

    @property
    def accuracy(self) -> float | None:
        """Below 0.5 OONI calls the measurement failed; None where it has nothing against it."""
        accuracy = self.scores.accuracy
        return None if accuracy is UNSET else accuracy

    @property
    def flags(self) -> Flags:
        """OONI's flags."""
        return flags(self.scores)


def flags(scores: Scores) -> Flags:
    """The flags that follow from scores."""
    general, accuracy = scores.blocking_general, scores.accuracy
    return Flags(
        anomaly=general is not UNSET and general > _ANOMALY_ABOVE,
        confirmed=scores.confirmed is True,
        failed=accuracy is not UNSET and accuracy < _FAILURE_BELOW,
    )


def unusable() -> Scores:
    """The scores of a measurement that says nothing."""
    return Scores(accuracy=0.0)


def not_scored() -> Scores:
    """The scores of tests for which OONI gives none: not even zeros."""
    return Scores(UNSET, UNSET, UNSET, UNSET, UNSET)


def name_fingerprints(scores: Scores, found: Sequence[Fingerprint], country: str | None) -> None:
    """Set ``fingerprints``, ``confirmed`` and the place of blocking by what was found.

    Confirmed is what is found in a country where it is expected, and whatever has the scope of a country or of a
    provider, wherever it is found.
    """
    if not found:
        return
    scores.fingerprints = tuple(
        Seen(one.name, one.scope, one.location_found, one.confidence_no_fp, one.expected_countries) for one in found
    )
    here = (country or "ZZ").upper()
    for one in found:
        if one.scope in ("isp", "nat") or (here != "ZZ" and here in one.expected_countries):
            scores.confirmed = True
            match one.scope:
                case "nat":
                    scores.blocking_country = 1.0
                case "isp":
                    scores.blocking_isp = 1.0
                case "inst":
                    scores.blocking_local = 1.0
                case _:
                    scores.blocking_general = 1.0
