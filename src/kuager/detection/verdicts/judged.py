"""What every rule for a kind of measurement gives back."""

from __future__ import annotations

import msgspec

from kuager.model.verdicts import Flags, Verdict


class Judged(msgspec.Struct, frozen=True, gc=False):
    """A verdict, the source's own flags, and in one short word how the target was kept away (empty if it was not)."""

    verdict: Verdict
    flags: Flags
    method: str
