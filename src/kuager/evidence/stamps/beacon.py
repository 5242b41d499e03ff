"""Not before: values that nobody could know before they were published. An entry that holds one is not older.

drand: a network of independent parties signs the number of each round together; the randomness of a round is the
SHA-256 of that signature (drand documentation, "Security model"), and a round's time follows from the chain's beginning
and period. Offline and without curve arithmetic this much can be checked: that the times belong to the chain's name,
which is a hash over them and over the network's key, and that randomness and signature belong together. That the
signature is the network's (BLS12-381) is for drand's own programs to say; keep the answer beside the entry for that.

Bitcoin: the hash of a block's header, see ``bitcoin.py``; the entry is not older than the block.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import httpx
import msgspec

from kuager.errors import EvidenceError, ProofRefused, message
from kuager.evidence.leaves import Beacon
from kuager.evidence.stamps.asking import connection, exchange
from kuager.evidence.stamps.bitcoin import BlockHeader
from kuager.evidence.stamps.finding import Unchecked
from kuager.model.notes import Note

DRAND, BITCOIN = "drand", "bitcoin"
_LARGEST_ANSWER = 16 * 1024
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)
_DEFAULT_BEACON = "default"
_HASH = re.compile("[0-9a-f]{64}")

_Hex = Annotated[str, msgspec.Meta(pattern="^(?:[0-9a-f]{2})*$", max_length=1000)]
_Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
_Number = Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class _Round(msgspec.Struct, frozen=True):
    """What a relay answers to ``/{chain}/public/{round}``."""

    round: _Number
    randomness: _Hash
    signature: _Hex


class _Metadata(msgspec.Struct, frozen=True):
    beacon_id: Annotated[str, msgspec.Meta(max_length=200)] = msgspec.field(name="beaconID", default=_DEFAULT_BEACON)


class _Information(msgspec.Struct, frozen=True):
    """What a relay answers to ``/{chain}/info``."""

    public_key: _Hex
    period: Annotated[int, msgspec.Meta(ge=1, lt=2**32)]
    genesis_time: _Number
    hash: _Hash
    group_hash: _Hex = msgspec.field(name="groupHash")
    metadata: _Metadata = _Metadata()


_Told = TypeVar("_Told", _Round, _Information)


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of rounds: its hash, which is its name, the time of its first round (Unix), seconds between rounds."""

    hash: str
    genesis: int
    period: int

    @classmethod
    def parse(cls, information: bytes) -> Chain:
        """Read what a relay says of a chain, and check that the chain's hash covers it.

        Raises:
            ProofRefused: it is not of that form, or the hash is another.
        """
        told = _decoded(information, _Information)
        name = told.metadata.beacon_id
        digest = hashlib.sha256(
            told.period.to_bytes(4, "big")
            + told.genesis_time.to_bytes(8, "big")
            + bytes.fromhex(told.public_key)
            + bytes.fromhex(told.group_hash)
            + (b"" if name == _DEFAULT_BEACON else name.encode())
        ).hexdigest()
        if digest != told.hash:
            raise _refused()
        return cls(told.hash, told.genesis_time, told.period)

    def time_of(self, number: int) -> datetime:
        """When a round is published; not before that can anybody know its randomness.

        Raises:
            ProofRefused: no such round can be.
        """
        since = (number - 1) * self.period
        if number < 1 or since > (_LATEST - datetime.fromtimestamp(self.genesis, UTC)).total_seconds():
            raise _refused()
        return datetime.fromtimestamp(self.genesis, UTC) + timedelta(seconds=since)


QUICKNET = Chain("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", 1692803367, 3)
"""The League of Entropy's chain with a round every three seconds."""
LEAGUE = Chain("8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce", 1595431050, 30)
"""The League of Entropy's first chain, with a round every thirty seconds."""
_KNOWN = {chain.hash: chain for chain in (QUICKNET, LEAGUE)}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A value for an entry, when it was published, and the answer or header it was read from, to be kept."""

    beacon: Beacon
    time: datetime
    source: bytes


def drand_round(answer: bytes, chain: Chain) -> Drawn:
    """Read a relay's answer.

    Raises:
        ProofRefused: it is none, or randomness and signature do not belong together.
    """
    told = _decoded(answer, _Round)
    if not told.signature or hashlib.sha256(bytes.fromhex(told.signature)).hexdigest() != told.randomness:
        raise _refused()
    return Drawn(Beacon(DRAND, chain.hash, told.round, told.randomness), chain.time_of(told.round), answer)


def bitcoin_block(header: bytes, height: int) -> Drawn:
    """The hash of a block at a height, which is as others say: a header does not hold it.

    Raises:
        ProofRefused: it is no header.
    """
    block = BlockHeader.parse(header)
    return Drawn(Beacon(BITCOIN, "", height, block.hash), block.time, header)


def latest_round(relay: str, chain: Chain = QUICKNET) -> Drawn | None:
    """The newest round of a chain from a relay at this address; None when there is none to be had, as offline."""
    with connection() as http:
        try:
            request = http.build_request("GET", f"{relay.rstrip('/')}/{chain.hash}/public/latest")
            return drand_round(exchange(http, request, relay, _LARGEST_ANSWER), chain)
        except (EvidenceError, httpx.InvalidURL):
            return None


def not_before(beacon: Beacon) -> datetime | Unchecked:
    """From when on an entry with this value can be, if the value is what the network published.

    Raises:
        ProofRefused: it is no such value.
    """
    if not _HASH.fullmatch(beacon.randomness):
        raise _refused()
    if beacon.kind == DRAND and beacon.chain in _KNOWN:
        return _KNOWN[beacon.chain].time_of(beacon.round)
    return Unchecked(
        Note(
            message("Not checked: {kind} {round} must be looked up to tell from when it is."),
            {"kind": beacon.kind, "round": str(beacon.round)},
        )
    )


def check(beacon: Beacon, source: bytes, chain: Chain = QUICKNET) -> datetime:
    """From when on an entry with this value can be, by the answer or header that was kept.

    Raises:
        ProofRefused: what was kept is something else.
    """
    drawn = bitcoin_block(source, beacon.round) if beacon.kind == BITCOIN else drand_round(source, chain)
    if drawn.beacon != beacon:
        raise _refused()
    return drawn.time


def _decoded(data: bytes, kind: type[_Told]) -> _Told:
    if len(data) > _LARGEST_ANSWER:
        raise _refused()
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _refused() from error


def _refused() -> ProofRefused:
    return ProofRefused(
        message("A value that should show that an entry is not older is not what it should be."),
        meaning=message("It proves nothing of the time before which the entry cannot have been made."),
    )
