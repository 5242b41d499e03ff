"""The table ``[publication]`` of ``case.toml``: where a case is published, and what is left out for safety.

address = "https://example.org/kz/"     where the site will be found; feeds then hold whole addresses
delay_hours = 24                        nothing later than a day before publishing is told
least_measurements = 20                 rows on fewer measurements by people are only counted
withheld = ["KZ-75", "AS29355"]         regions and networks of which nothing is published
withheld_roles = ["editor"]             roles of people that are not told
non_commercial = "leave-out"            pass on no values whose licence forbids commercial use ("mark" otherwise)
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from kuager.errors import CaseDamaged, UsageError, message
from kuager.evidence.objects import sha256
from kuager.model.places import Country, find
from kuager.publications.safety.rules import Rules

_LONGEST_DELAY, _HIGHEST_FLOOR = 24 * 366, 1_000_000
_MARK, _LEAVE_OUT = "mark", "leave-out"
_KNOWN = frozenset({"address", "delay_hours", "least_measurements", "withheld", "withheld_roles", "non_commercial"})


@dataclass(frozen=True, slots=True)
class Publication:
    """How a case is published: the table ``[publication]``.

    Attributes:
        address: where the site will be found, ``https://…/``; empty when it is not said.
        rules: what is left out of it.
    """

    address: str = ""
    rules: Rules = field(default_factory=Rules)


def publication_of(table: object) -> Publication:
    """Read the table.

    Raises:
        CaseDamaged: a value is not what it should be, or there is one that Kuager does not know: a rule that was
            misspelt would protect nobody.
    """
    if not isinstance(table, dict):
        raise _damaged(message("In case.toml [publication] is no table."))
    unknown = sorted(set(table) - _KNOWN)
    if unknown:
        raise _damaged(
            message("In case.toml [publication] holds “{name}”, which Kuager does not know."), name=unknown[0]
        )
    usual = Rules()
    return Publication(
        _address(table.get("address", "")),
        Rules(
            least_measurements=_number("least_measurements", table, usual.least_measurements, _HIGHEST_FLOOR),
            delay_hours=_number("delay_hours", table, usual.delay_hours, _LONGEST_DELAY),
            withheld=_withheld(table.get("withheld", [])),
            withheld_roles=_roles(table.get("withheld_roles", [])),
            leave_out_non_commercial=_non_commercial(table.get("non_commercial", _MARK)),
        ),
    )


def publication_lines(publication: Publication) -> list[str]:
    """The lines of the table, only those that differ from what is usual; none where nothing does."""
    rules, usual = publication.rules, Rules()
    lines = [f"address = {json.dumps(publication.address)}"] if publication.address else []
    if rules.delay_hours != usual.delay_hours:
        lines.append(f"delay_hours = {rules.delay_hours}")
    if rules.least_measurements != usual.least_measurements:
        lines.append(f"least_measurements = {rules.least_measurements}")
    if rules.withheld:
        lines.append(f"withheld = {json.dumps(sorted(rules.withheld))}")
    if rules.withheld_roles:
        lines.append(f"withheld_roles = {json.dumps(sorted(rules.withheld_roles), ensure_ascii=False)}")
    if rules.leave_out_non_commercial:
        lines.append(f'non_commercial = "{_LEAVE_OUT}"')
    return ["", "[publication]", *lines] if lines else []


def rules_hash(publication: Publication) -> str:
    """Names the rules by which something was published; empty for the usual ones."""
    lines = publication_lines(publication)
    return sha256("\n".join(lines).encode()) if lines else ""


def _number(name: str, table: dict[str, object], usual: int, most: int) -> int:
    value = table.get(name, usual)
    if type(value) is not int or not 0 <= value <= most:
        raise _damaged(message("In case.toml {name} must be a whole number from 0 to {most}."), name=name, most=most)
    return value


def _address(value: object) -> str:
    if value == "":
        return ""
    if isinstance(value, str) and value.isascii() and value.isprintable() and " " not in value and value.endswith("/"):
        try:
            parts = urlsplit(value)
        except ValueError:
            parts = None
        whole = parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname)
        if whole and parts is not None and parts.username is None and not (parts.query or parts.fragment):
            return value
    raise _damaged(
        message("In case.toml address must be that of a web site and end in a slash, such as https://example.org/kz/.")
    )


def _withheld(value: object) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _damaged(message("In case.toml withheld must be a list of codes of regions and networks."))
    codes = set()
    for one in value:
        try:
            place = find(one)
        except UsageError as error:
            if not (len(one) > 3 and one[2] == "-" and one[:2].isalpha() and one.isascii()):
                raise _damaged(
                    message("In case.toml withheld names “{place}”, which is no place."), place=one
                ) from error
            codes.add(one.upper())  # a region of a country whose regions are not in the register
            continue
        if isinstance(place, Country):
            raise _damaged(
                message("In case.toml withheld names a country, “{place}”; it is for regions and networks."), place=one
            )
        codes.add(place.code)
    return frozenset(codes)


def _roles(value: object) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and any(map(str.isalnum, one)) for one in value):
        raise _damaged(message("In case.toml withheld_roles must be a list of roles, each in words."))
    return frozenset(value)


def _non_commercial(value: object) -> bool:
    if value not in (_MARK, _LEAVE_OUT):
        raise _damaged(message("In case.toml non_commercial must be “mark” or “leave-out”."))
    return value == _LEAVE_OUT


def _damaged(template: str, **facts: object) -> CaseDamaged:
    return CaseDamaged(
        template,
        meaning=message("Nothing is published while it is not clear what must be left out."),
        remedy=message("Mend the table [publication]; docs/safety.md shows what belongs in it."),
        **facts,
    )
