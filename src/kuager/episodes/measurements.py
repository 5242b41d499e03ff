"""What is said of measurements that tell neither blocked nor open, as sentences that count them.

Each counts measurements by people: whoever shows one looks at ``COUNTED`` and says nothing of too few.
"""

from __future__ import annotations

from kuager.detection.flagged import BY_FLAG
from kuager.detection.verdicts.doubts import CLOCK, KNOWN_FROM_ELSEWHERE, RENTED
from kuager.detection.verdicts.ooni import DISCARDED, NO_RESULTS, NOT_JUDGED
from kuager.detection.verdicts.web import CONTROL_FAILED
from kuager.errors import message

REASONS = {
    CLOCK: message("Not judged, for the probe's clock was wrong or the measurement came in a year late: {count}."),
    RENTED: message(
        "Not judged, for the probe's network sells servers or tunnels and does not speak for people of the place: "
        "{count}."
    ),
    KNOWN_FROM_ELSEWHERE: message(
        "Not judged, for what came back is known from another country, where the probe may have been: {count}."
    ),
    DISCARDED.template: message(
        "Not judged, for OONI's rules discard results of that program or in that state: {count}."
    ),
    CONTROL_FAILED.template: message("Not judged, for the control failed and nothing could be compared: {count}."),
    NO_RESULTS.notes[0].template: message("Not judged, for the record holds no results: {count}."),
    NOT_JUDGED.notes[0].template: message("Not judged, for there are no rules for that test: {count}."),
    BY_FLAG: message(
        "Not judged, for only the source's own flags are known, and they do not say whether it worked: {count}."
    ),
}
"""By the sentence of a verdict what is said of all measurements with it, those first that make others idle."""
DOWN = message("Neither blocked nor open, for the site or service worked for nobody then: {count}.")
UNDECIDED = message("Not judged, for the results do not decide between blocked, broken and open: {count}.")
NAMELESS = message("Not judged, for what was tested is an address or a private name, and no public site: {count}.")
ALL = message("Of {all} measurements of sites and services of this place {count} say neither blocked nor open.")
OTHERS = message("Other reasons, which stand on the list of episodes: {count}.")
UNSTABLE = message(
    "{service} worked for nobody in {down} of {all} measurements of days on which it was often down: by as much less "
    "is what failed there in the others taken for blocking."
)
COUNTED = frozenset({*REASONS.values(), DOWN, UNDECIDED, NAMELESS, ALL, OTHERS, UNSTABLE})
"""All of them; their facts ``count``, ``all`` and ``down`` are numbers of measurements."""
