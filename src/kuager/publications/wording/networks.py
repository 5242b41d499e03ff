"""The networks of a place as rows for people and programs: who holds them, whose they were on a day, how large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kuager.errors import UsageError, message
from kuager.model import networks, places
from kuager.model.networks import NetworkFacts, Origin
from kuager.model.operators import HeldNetwork, Operator, operators
from kuager.model.places import Country, Network, Place
from kuager.model.words import Access
from kuager.publications.language import Translation

ACCESS = {
    Access.MOBILE: message("mobile"),
    Access.FIXED: message("fixed"),
    Access.MIXED: message("mobile and fixed"),
    Access.UNKNOWN: message("unknown"),
}

NO_USERS = message("A share of addresses is no share of users: mobile networks put many people behind one address.")
OF_ADDRESSES = message("Addresses as of {month}: {source}, {licence}.")
OF_OWNERS = message("States as owners as of {year}: {source}, {licence}. None named is no proof that there is none.")
OF_OPERATORS = message("Operators and access on {day}: the register of Kuager and your own operators.toml.")
MAJORITY = message("{state}, majority")
PER_CENT = message("{state}, {share}")
OWNED = message("{operator}: {owner} ({source})")
OWNED_SINCE = message("{operator}: {owner}, since {day} ({source})")


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """A network in one country, with the operator whose it was on the day; null where nobody is known."""

    facts: NetworkFacts
    operator: Operator | None
    held: HeldNetwork | None

    @property
    def access(self) -> Access:
        """How people reached it; unknown unless the register of operators says it."""
        if self.operator is None or self.held is None:
            return Access.UNKNOWN
        return self.operator.access if self.held.access is None else self.held.access


def network_rows(place: Place, on: date, among: Sequence[Operator]) -> tuple[NetworkRow, ...]:
    """The networks of a country, the largest first, or what is known of one network in each country.

    Args:
        place: a country or a network.
        on: the day on which a network was its operator's.
        among: all operators known.

    Raises:
        UsageError: the place is a region; addresses are not known by region.
    """
    holders = {held.asn: (one, held) for one in reversed(among) for held in one.networks if held.held(on)}
    if isinstance(place, Network):
        known = networks.facts(place.asn) or (_nowhere(place.asn),)
        return tuple(_row(one, holders) for one in known)
    if not isinstance(place, Country):
        raise UsageError(
            message("Networks are known by country, not by region."),
            remedy=message("Use the code of the country, {code}."),
            code=place.country,
        )
    known = networks.networks_of(place.code)
    there = {one.asn for one in known}
    further = [held.asn for one in operators(place.code, on, among) for held in one.networks if held.asn not in there]
    return tuple(_row(one, holders) for one in (*known, *(_nowhere(asn) for asn in dict.fromkeys(further))))


def holder(row: NetworkRow) -> str:
    """The registered name: as the register of addresses has it, else as that of networks made by hand."""
    by_hand = networks.registered().get(row.facts.asn)
    return row.facts.name or (by_hand.holder if by_hand else "")


def owner_lines(rows: Iterable[NetworkRow], on: date, translation: Translation) -> Iterator[str]:
    """Who owned the operators of these networks on the day, a sentence for each of whom it is known."""
    for one in dict.fromkeys(row.operator for row in rows if row.operator is not None):
        if owner := one.owner_on(on):
            template = OWNED if one.owner_since is None else OWNED_SINCE
            day = one.owner_since.isoformat() if one.owner_since else ""
            called = one.called(translation.code)
            yield translation.gettext(template, operator=called, owner=owner, day=day, source=one.source)


def states(row: NetworkRow, on: date, translation: Translation) -> str:
    """The states that own a network, majorities first, each with its share where one is stated."""
    told = []
    for owner in row.facts.owners:
        state = places.name(places.find(owner.country), translation.code, on)
        if owner.share is None:
            told.append(translation.gettext(MAJORITY, state=state))
        else:
            share = translation.fine_share(owner.share / 100)
            told.append(translation.gettext(PER_CENT, state=state, share=share))
    return "; ".join(dict.fromkeys(told))


def footer(on: date, translation: Translation) -> tuple[str, ...]:
    """Where the figures come from, under which licence, and what they do not say."""
    addresses, owners = networks.origins()
    return (
        translation.gettext(NO_USERS),
        translation.gettext(OF_ADDRESSES, month=addresses.as_of, source=addresses.source, licence=addresses.licence),
        translation.gettext(OF_OWNERS, year=owners.as_of, source=owners.source, licence=owners.licence),
        translation.gettext(OF_OPERATORS, day=on.isoformat()),
    )


def record(place: Place, on: date, rows: Iterable[NetworkRow]) -> dict[str, object]:
    """Everything for a program to read; names of operators in English, what is not known null."""
    addresses, owners = networks.origins()
    return {
        "place": place.code,
        "on": on.isoformat(),
        "networks": [_record(row, on) for row in rows],
        "sources": {"addresses": _origin(addresses), "state_owners": _origin(owners)},
        "note": NO_USERS,
    }


def _nowhere(asn: int) -> NetworkFacts:
    """A network without an address in the register."""
    known = networks.facts(asn)
    return NetworkFacts(asn, "", "", None, None, known[0].owners if known else ())


def _row(facts: NetworkFacts, holders: dict[int, tuple[Operator, HeldNetwork]]) -> NetworkRow:
    operator, held = holders.get(facts.asn, (None, None))
    return NetworkRow(facts, operator, held)


def _record(row: NetworkRow, on: date) -> dict[str, object]:
    operator, held = row.operator, row.held
    since = operator.owner_since if operator else None
    return {
        "network": row.facts.code,
        "holder": holder(row),
        "country": row.facts.country or None,
        "addresses": row.facts.addresses,
        "share": row.facts.share,
        "operator": operator.id if operator else None,
        "operator_name": operator.name.en if operator else None,
        "operator_source": operator.source if operator else None,
        "access": row.access.value,
        "since": held.since.isoformat() if held and held.since else None,
        "until": held.until.isoformat() if held and held.until else None,
        "owner": (operator.owner_on(on) or None) if operator else None,
        "owner_since": since.isoformat() if since else None,
        "state_owners": [
            {
                "country": one.country,
                "share": None if one.share is None else one.share / 100,
                "majority": one.majority,
                "group": one.group,
                "source": one.source,
                "url": one.url,
            }
            for one in row.facts.owners
        ],
    }


def _origin(origin: Origin) -> dict[str, str]:
    return {"source": origin.source, "licence": origin.licence, "as_of": origin.as_of}
