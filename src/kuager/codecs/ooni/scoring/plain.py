"""Scores of tests of one connection, of speed, and of a browser."""

from __future__ import annotations

from kuager.codecs.ooni.record import Record
from kuager.codecs.ooni.record_tests import BrowserWeb, Dash, TcpConnection
from kuager.codecs.ooni.scoring.scores import Scores, unusable

_NOT_CONNECTED = ("generic_timeout_error", "connection_refused_error", "connect_error", "tcp_timed_out_error")
_NOT_STREAMED = (
    "connection_aborted",
    "json_parse_error",
    "eof_error",
    "json_processing_error",
    "http_request_failed",
    "connect_error",
    "generic_timeout_error",
    "broken_pipe",
    "connection_refused",
)


def score_tcp_connect(record: Record, keys: TcpConnection | None) -> Scores:
    """How a connection ended; an unknown end weighs more than a known failure."""
    if not record.input:
        return unusable()
    ended = keys.connection if keys is not None else None
    if ended == "success":
        return Scores()
    return Scores(0.8 if ended in _NOT_CONNECTED else 1.0)


def score_dash(keys: Dash | None) -> Scores:
    """A video that did not come is never blocking; without any results the measurement failed."""
    keys = keys or Dash()
    if keys == Dash():
        return unusable()
    failure = keys.failure
    if not isinstance(failure, str):
        return Scores()
    if failure in _NOT_STREAMED or "ssl_error" in failure:
        return Scores(0.1, accuracy=0.0)
    return Scores(accuracy=0.0, msg="Probe error")


def score_browser_web(keys: BrowserWeb | None) -> Scores:
    """Whether a browser loaded the page."""
    keys = keys or BrowserWeb()
    name, took = keys.browser_name, keys.load_time_ms
    scores = Scores(extra={"browser_name": "" if name is None else name, "load_time_ms": 0 if took is None else took})
    if keys.result == "error":
        scores.blocking_general = 1.0
    elif keys.result != "ok":
        scores.accuracy = 0.0
    return scores
