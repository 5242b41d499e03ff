"""For which forum a pack is: which sections it has and in which order. The facts are the same in all of them."""

from __future__ import annotations

from dataclasses import dataclass

from kuager.errors import UsageError, message


@dataclass(frozen=True, slots=True)
class Preset:
    """One kind of pack.

    Attributes:
        name: in commands.
        title: on the cover.
        sections: by name, in order; ``exhibits``, ``certification`` and ``hashes`` are in each of them.
        checks: the questions about the state that are answered; none leaves out the tests of the state.
        of_operators: whether the questions about operators are answered, and what their subscribers lost is told.
        laws: whether the versions of laws are told.
        instruments: whether the instruments behind the questions are told in full.
    """

    name: str
    title: str
    sections: tuple[str, ...]
    checks: tuple[str, ...] = ()
    of_operators: bool = False
    laws: bool = False
    instruments: bool = False

    @property
    def law(self) -> bool:
        """Whether the pack asks legal questions at all."""
        return bool(self.checks) or self.of_operators


_K = tuple(f"K{number:02d}" for number in range(1, 17))
_LAST = ("exhibits", "certification", "hashes")

PRESETS = (
    Preset(
        "constitutional",
        message("For a constitutional court"),
        ("chronology", "legal", "who", "limits", "method", *_LAST),
        checks=(*_K[:9], "K16"),
        laws=True,
    ),
    Preset(
        "human-rights",
        message("For a human rights body"),
        ("chronology", "who", "legal", "limits", "method", *_LAST),
        checks=_K,
        of_operators=True,
        laws=True,
        instruments=True,
    ),
    Preset(
        "civil",
        message("For a civil court: subscribers against an operator"),
        ("legal", "chronology", "who", "limits", "method", *_LAST),
        of_operators=True,
    ),
    Preset(
        "expert",
        message("For an expert: measurements and method"),
        ("method", "who", "chronology", "limits", *_LAST),
    ),
)


def preset(name: str) -> Preset:
    """A preset by its name.

    Raises:
        UsageError: there is none of that name.
    """
    for one in PRESETS:
        if one.name == name:
            return one
    raise UsageError(
        message("There is no pack for “{name}”."),
        remedy=message("Choose from {names}."),
        name=name,
        names=", ".join(one.name for one in PRESETS),
    )
