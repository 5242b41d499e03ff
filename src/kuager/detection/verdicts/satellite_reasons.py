"""The sentences of verdicts on Satellite's measurements, for people who never heard of it."""

from __future__ import annotations

from kuager.errors import message

SAME_SITE = message("The resolver's answer leads to the same site as that of resolvers to be trusted.")
SAME_NETWORK = message("The resolver's answer lies in the same network as that of resolvers to be trusted.")

RESOLVER_FAILED = message("The resolver did not answer for harmless names either, so it shows nothing.")
RESOLVER_CLOSED = message("The resolver let nobody ask it anything just then, so it shows nothing of this name.")
NO_COMPARISON = message("No resolver to be trusted knew the name at that time, so there is nothing to compare with.")
CONTROLS_UNTAGGED = message(
    "Nothing but the addresses is known of the answers of resolvers to be trusted, so other addresses prove nothing."
)
NOT_READ = message("What the resolver answered was not recorded in a way that can be read.")

BOGON = message("The resolver gave an address that no site on the internet can have, as filters do.")
NO_SUCH_NAME = message("The resolver says that the name does not exist, and resolvers to be trusted know it.")
SERVER_FAILURE = message(
    "The resolver says that it failed to find the name, and resolvers to be trusted find it; faults do that too."
)
REFUSED = message("The resolver refuses to answer for this name, though it answers for harmless ones.")
EMPTY = message("The resolver gave an answer without any address, and resolvers to be trusted give some.")
SILENCE = message("The resolver stayed silent for this name, though it answers for harmless ones (tries: {count}).")
ELSEWHERE = message(
    "The resolver's answer leads somewhere else than those of resolvers to be trusted: neither address, certificate, "
    "page nor network are the same."
)
DELIVERY_NETWORK = message(
    "The resolver's answer is another one, but in a network that delivers sites from many places ({name}): that is "
    "ordinary."
)
NOBODY_KNOWS = message("The resolver's answer is another address, of which nobody knows what is behind it.")
EXCLUDED = message("The source itself sets this result aside as probably no interference.")
CONTROLS_UNKNOWN = message("Nothing is recorded of harmless names, so the resolver may have been out of order.")
