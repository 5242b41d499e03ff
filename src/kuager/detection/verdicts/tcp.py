"""Whether connections to the addresses came about: the first row that fits.

One address that answers is enough: browsers try them all, and a single one that fails is a matter of routes
(ooni/probe#2456). Failures of IPv6 count only where there is nothing else, since many homes have it in name alone.
"""

from __future__ import annotations

from kuager.codecs.ooni.record import TcpConnect
from kuager.detection.verdicts.failures import CLOSED, OTHER, REFUSED, RESET, TIMEOUT, UNREACHABLE, way
from kuager.detection.verdicts.scene import Hop, endpoint, fetches, is_bogon
from kuager.detection.verdicts.steps import Step, mute, row
from kuager.errors import message
from kuager.model.verdicts import Layer

_TCP = Layer.TCP
_ELSEWHERE = {
    TIMEOUT: (0.8, message("No address of the site answered a connection; elsewhere one did.")),
    REFUSED: (0.75, message("Connections to the site were refused; elsewhere one was accepted.")),
    RESET: (0.85, message("Connections to the site were cut while they were being made; elsewhere one was not.")),
    CLOSED: (0.75, message("Connections to the site were closed at once; elsewhere one was not.")),
    UNREACHABLE: (0.55, message("The probe's network said that there is no way to the site; elsewhere there is one.")),
    OTHER: (0.6, message("Connections to the site failed; elsewhere one did not.")),
}

CONNECTED = row(_TCP, 0.02, 0.0, message("A connection to the site came about."))
SOME = row(_TCP, 0.15, 0.0, message("Some addresses of the site could not be reached, but others could, so it works."))
IPV6_ALONE = mute(_TCP, 0.2, 0.1, message("Only addresses of IPv6 were tried, which does not work on every link."))
FAILED = {
    name: row(_TCP, blocked, 0.95 - blocked, template, f"tcp.{name}")
    for name, (blocked, template) in _ELSEWHERE.items()
}
DOWN = row(_TCP, 0.08, 0.9, message("No address of the site answered a connection, and none did elsewhere."))
UNCOMPARED = mute(
    _TCP, 0.45, 0.45, message("No address of the site answered a connection; whether one does elsewhere is not known.")
)
OTHERS_ELSEWHERE = mute(
    _TCP,
    0.4,
    0.25,
    message("No address that was answered could be reached, here or elsewhere, but the site has others."),
)
ON_THE_WAY = {
    name: row(
        _TCP,
        0.7,
        0.25,
        message("The page leads on to a site that could not be reached; elsewhere it was found."),
        f"tcp.{name}",
    )
    for name in _ELSEWHERE
}
OTHER_PORT = row(
    _TCP,
    0.6,
    0.1,
    message("The site answered on one port, but not on another that answers elsewhere."),
    "tcp.timeout",
)


def judge_tcp(hop: Hop) -> Step | None:
    """What the connections say; None if none was tried."""
    usable = [one for one in hop.connects if one.status is not None and not is_bogon(one.ip or "")]
    over = [one for one in usable if fetches(one.tags)] or usable
    if not over:
        return None
    failed = [one for one in over if not one.status or not one.status.success]
    if len(failed) < len(over):
        return _beside(hop, usable) or (SOME if _of_four(failed) else CONNECTED)
    of_four = _of_four(failed)
    if not of_four:
        return DOWN if _elsewhere(hop, failed) is False else IPV6_ALONE
    return _failed(hop, of_four)


def _failed(hop: Hop, failed: list[TcpConnect]) -> Step:
    how = way(next((one.status.failure for one in failed if one.status and one.status.failure), ""))
    elsewhere = _elsewhere(hop, failed)
    if elsewhere is None and hop.control is None and hop.page_elsewhere:
        return ON_THE_WAY[how]
    if elsewhere is None:
        elsewhere = hop.page_elsewhere
    if elsewhere is None:
        return UNCOMPARED
    if not elsewhere:
        return OTHERS_ELSEWHERE if hop.page_elsewhere else DOWN
    return FAILED[how]


def _beside(hop: Hop, tried: list[TcpConnect]) -> Step | None:
    """Whether another port than that of the page is kept away, where the control could connect to it."""
    others = _of_four([one for one in tried if not fetches(one.tags)])
    if not others or any(one.status and one.status.success for one in others):
        return None
    return OTHER_PORT if _elsewhere(hop, others) else None


def _elsewhere(hop: Hop, tried: list[TcpConnect]) -> bool | None:
    """Whether the control could connect to one of the same addresses; None if it tried none of them."""
    known = (hop.control.tcp_connect if hop.control else None) or {}
    found = [known[name] for name in map(endpoint, tried) if name in known]
    if not found:
        return None
    return any(one.status if one.status is not None else one.failure is None for one in found)


def _of_four(tried: list[TcpConnect]) -> list[TcpConnect]:
    """Those to addresses of IPv4."""
    return [one for one in tried if ":" not in (one.ip or "")]
