"""The tests of OONI that Kuager knows, and how each is called in the API and in names of files.

Source: the ``nettests`` of OONI's specification. Another test is no error: its measurements are kept, its counts are
not made into a series, for nobody said what such a series would mean.
"""

from __future__ import annotations

SOURCE_ID = "ooni"

TESTS = (
    "web_connectivity",
    "telegram",
    "whatsapp",
    "facebook_messenger",
    "signal",
    "tor",
    "psiphon",
    "ndt",
    "dash",
    "torsf",
    "vanilla_tor",
    "riseupvpn",
    "openvpn",
    "stunreachability",
    "dnscheck",
    "urlgetter",
    "echcheck",
    "browser_web",
    "tcp_connect",
    "http_requests",
    "http_invalid_request_line",
    "http_header_field_manipulation",
)
"""Names as the API writes them; those of most use in a shutdown stand first."""

NOT_SAID = "measurements"
"""In place of a test, for an answer that does not say which tests it counted: ``ooni.measurements``."""

COUNTS = ("anomaly", "confirmed", "failure", "ok")
"""What OONI divides the measurements of a day into; the four together are all of them."""

SHORT_NAMES = {test.replace("_", ""): test for test in TESTS}
"""``webconnectivity``, as in names of files and of measurements, to ``web_connectivity``."""
