"""Tools around blocks: tor, vanilla_tor, torsf, psiphon, openvpn, riseupvpn, meek_fronted_requests_test, and
stunreachability.

None of these tests has a control, and all fail often where nothing is blocked: of vanilla_tor 7 to 26 per cent and of
torsf 50 to 69 per cent on ordinary days in three countries without blocks of Tor (2023 and 2024). A single one is
therefore never strong; it is the share over days that tells.
"""

from __future__ import annotations

from kuager.codecs.ooni.record_tests import Meek, OpenVpn, Psiphon, RiseupVpn, Stun, Tor, TorSnowflake, VanillaTor
from kuager.detection.verdicts.steps import Step, kind_of, masses, mute, row
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.verdicts import Layer

WORKED = row(Layer.TCP, 0.02, 0.02, message("The tool connected."))
NOTHING = mute(Layer.TCP, 0.2, 0.2, message("The record does not say whether the tool connected."))
TOR_STUCK = row(
    Layer.TCP,
    0.6,
    0.1,
    message("Tor did not get through to its network, which happens without a block, too."),
    "tcp.tor",
)
TOR_SLOW = mute(Layer.TCP, 0.35, 0.1, message("Tor got through to its network in part and then ran out of time."))
SNOWFLAKE = mute(
    Layer.TCP,
    0.3,
    0.2,
    message("Tor with Snowflake did not get through, as in half of such tests where nothing is blocked."),
)
PSIPHON = row(Layer.TCP, 0.6, 0.1, message("Psiphon did not get through to its network."), "tcp.psiphon")
TUNNEL = mute(Layer.TCP, 0.45, 0.25, message("The tunnel did not come about; its server may have been down."))
FRONT = mute(
    Layer.HTTP,
    0.4,
    0.4,
    message("The service behind a front did not answer, as nowhere since providers closed such fronts in 2018."),
)
STUN = mute(Layer.TCP, 0.45, 0.2, message("The server that tells calls their address did not answer."))
_RELAYS = message("Relays and authorities of Tor that did not answer: {failed} of {count}.")
_FAR = 50
"""Per cent of Tor's start after which a relay has been talked to for long."""


def judge_tor(keys: Tor) -> Step:
    """The share of relays, bridges and authorities that did not answer."""
    if not isinstance(keys.targets, dict):
        return NOTHING
    failures = [one.failure for one in keys.targets.values() if one.failure is None or isinstance(one.failure, str)]
    if not failures:
        return NOTHING
    failed = sum(one is not None for one in failures)
    share = failed / len(failures)
    note = Note(_RELAYS, {"failed": str(failed), "count": str(len(failures))})
    found = masses(0.02 + 0.68 * share * share, 0.02 + 0.08 * share)
    return Step(found, kind_of(found), Layer.TCP, "tcp.tor", (note,))


def judge_vanilla_tor(keys: VanillaTor) -> Step:
    """Tor as it is started by people."""
    progress = keys.tor_progress if isinstance(keys.tor_progress, (int, float)) else None
    if keys.success or (progress is not None and progress >= 100):
        return WORKED
    if progress is None and keys.success is None and keys.failure is None:
        return NOTHING
    return TOR_SLOW if progress is not None and progress >= _FAR else TOR_STUCK


def judge_snowflake(keys: TorSnowflake) -> Step:
    """Tor through Snowflake."""
    if keys.failure is None:
        return WORKED if keys.bootstrap_time or keys.success else NOTHING
    return SNOWFLAKE


def judge_psiphon(keys: Psiphon) -> Step:
    """Psiphon; a start in no time at all is a broken record."""
    if keys.failure is None:
        return WORKED if isinstance(keys.bootstrap_time, (int, float)) and keys.bootstrap_time > 0 else NOTHING
    return PSIPHON


def judge_openvpn(keys: OpenVpn) -> Step:
    """One server of a provider."""
    if keys.success is True:
        return WORKED
    return TUNNEL if keys.success is False else NOTHING


def judge_riseupvpn(keys: RiseupVpn) -> Step:
    """RiseupVPN; its test has been wrong for years, so that OONI scores it no more (ooni/backend#745)."""
    if keys.api_status == "ok" and keys.ca_cert_status and not keys.failing_gateways:
        return WORKED
    return TUNNEL if keys.api_status is not None or keys.ca_cert_status is not None else NOTHING


def judge_meek(keys: Meek) -> Step:
    """A hidden service behind a front."""
    if keys.success is True:
        return WORKED
    return FRONT if keys.success is False else NOTHING


def judge_stun(keys: Stun) -> Step:
    """A server that calls need."""
    return WORKED if keys.failure is None else STUN
