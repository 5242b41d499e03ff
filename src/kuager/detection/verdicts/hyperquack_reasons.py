"""The sentences of verdicts on Hyperquack's measurements, for people who never heard of it."""

from __future__ import annotations

from kuager.errors import message

EXPECTED = message("The server gave its ordinary answer each time that this name was sent to it (tries: {count}).")

CONTROLS_FAILED = message("The server did not answer harmless names as it should either, so it shows nothing.")
NOTHING_SENT = message("No request for this name is recorded, so nothing can be said.")
OUR_TROUBLE = message("The measuring machine itself was in trouble in every try, so nothing can be said.")
NEVER_REACHED = message("The server could not be reached in any try, and no harmless name was tried: it may be off.")

BLOCKPAGE = message("A page came back that is known as a block page, {name} (tries: {count} of {of}).")
FALSE_POSITIVE = message("A page came back that only looks like a block page, {name} (tries: {count} of {of}).")
TRUSTED_HOST = message(
    "The server belongs to {name}, which answers in its own way for its sites (tries: {count} of {of})."
)
INJECTED = message("A web page came back from a server that has none: somebody else sent it (tries: {count} of {of}).")
RESET = message("The connection was cut as soon as the name had been sent (tries: {count} of {of}).")
SILENCE = message("Nothing came back any more once the name had been sent (tries: {count} of {of}).")
HANDSHAKE = message("The encrypted connection failed when this name was asked for (tries: {count} of {of}).")
CUT_SHORT = message("The connection was closed before the answer was whole (tries: {count} of {of}).")
UNREACHED = message("No connection to the server came about (tries: {count} of {of}).")
OTHER_CERTIFICATE = message(
    "The server showed another certificate for this name, as servers of many sites do (tries: {count} of {of})."
)
OTHER_PAGE = message(
    "Another page than usual came back, as many servers do: alone that is no sign of blocking (tries: {count} of {of})."
)
OTHER_ANSWER = message(
    "Another answer than usual came back, with nothing in it that is known of block pages (tries: {count} of {of})."
)
UNKNOWN = message("Something went wrong that has no known meaning (tries: {count} of {of}).")

SOME_WENT_WELL = message("The ordinary answer came too, which speaks against a block (tries: {count} of {of}).")
ONE_TRY = message("There was a single try, which may have failed by accident.")
CONTROLS_FINE = message("Harmless names sent to the same server got the ordinary answer.")
CONTROLS_UNKNOWN = message("Nothing is recorded of harmless names, so the server may have been out of order.")
STATEFUL = message("For a while after this name a harmless one failed too, as filters do that punish who asks.")
NO_SIGNATURES = message("No list of known block pages was given, so the page was compared with nothing.")
