"""What each step of a case enters into its log: everything that was received, derived, published and taken back.

Entering is idempotent: what the log says already is not said again, so that a step that was killed is made good by the
next one. A claim points to a *statement* (``evidence/claims/<sha256>.json``) that says from what, how and by which code
its subjects were derived.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from kuager.case.derivation import Derivation
from kuager.case.log import CaseLog, Entry, method, now
from kuager.case.received import DOCUMENTARY, UNREAD, Received
from kuager.evidence.durable import write_new
from kuager.evidence.leaves import Beacon, Claim, CustodyEvent, Document, Event, Gap, Leaf, Observation, Retraction
from kuager.evidence.objects import sha256
from kuager.evidence.statements import Statement

COLLECTOR, CURATOR = "collector", "curator"
"""Who held the bytes first: the program that asked for them, or a person who added a file. Roles, never names."""

TABLE, VERDICTS, EPISODE, STANDING, PUBLICATION = "table", "verdicts", "episode", "standing", "publication"
"""What claims are about."""


class Proving:
    """The log of a case, and the statements that its claims point to.

    Args:
        evidence: the folder of the case's evidence.
        case: the name of the case.
    """

    def __init__(self, evidence: Path, case: str) -> None:
        self.log = CaseLog(evidence / "log", case)
        self.statements = evidence / "claims"

    def received(self, records: Iterable[Received]) -> None:
        """Enter what was received and is not in the log yet.

        What no codec could read was entered as what it was taken for, before it was read.
        """
        known, objects = set(), set()
        for entry in self.log.entries():
            if isinstance(entry.leaf, Observation | Document):
                known.add(_reading(entry.leaf))
                objects.add((entry.leaf.object, entry.leaf.place))
        fresh: dict[tuple[str, ...], Leaf] = {}
        for record in records:
            leaf = _received(record)
            if record.kind != UNREAD or (record.object, record.place) not in objects:
                fresh.setdefault(_reading(leaf), leaf)
        self.log.append(*(leaf for reading, leaf in fresh.items() if reading not in known))

    def entered(self, record: Received) -> bool:
        """Whether the log says that this was received; it cannot forget it any more."""
        wanted = _reading(_received(record))
        return any(
            isinstance(entry.leaf, Observation | Document) and _reading(entry.leaf) == wanted
            for entry in self.log.entries()
        )

    def derived(
        self,
        about: str,
        derivation: Derivation,
        outputs: Mapping[str, str],
        events: Mapping[str, Event] | None = None,
        subjects: Mapping[str, str] | None = None,
    ) -> None:
        """Enter what was derived, where it is not what was claimed last.

        Args:
            about: what the claims are about, such as ``TABLE``.
            derivation: from what and how.
            outputs: the SHA-256 of each result by the name of the thing.
            events: when what is claimed happened, by the name of the thing.
            subjects: what the results are called in the statement, where that is not the name of the thing.
        """
        latest = self.latest(about)
        fresh = {
            name: output
            for name, output in outputs.items()
            if name not in latest or _claimed(latest[name]).output != f"sha256:{output}"
        }
        if not fresh:
            return
        statement = Statement(
            subjects={(subjects or {}).get(name, name): output for name, output in fresh.items()},
            name=derivation.name,
            code=derivation.code,
            parameters=dict(derivation.parameters),
            inputs=tuple(derivation.inputs),
        ).encode()
        digest = sha256(statement)
        write_new(self.statements / f"{digest}.json", statement)
        self.log.append(
            *(
                Claim(
                    about=about,
                    name=name,
                    statement=f"sha256:{digest}",
                    output=f"sha256:{output}",
                    known=now(),
                    event=(events or {}).get(name),
                    replaces=(latest[name].hash,) if name in latest else (),
                )
                for name, output in fresh.items()
            )
        )

    def retracted(self, about: str, standing: Collection[str], reason: str) -> None:
        """Take back the claims about things that stand no more. They stay in the log."""
        self.log.append(
            *(
                Retraction(retracts=entry.hash, name=name, reason=reason, known=now())
                for name, entry in self.latest(about).items()
                if name not in standing
            )
        )

    def latest(self, about: str) -> dict[str, Entry]:
        """The newest claim about each thing, by its name; none about what was taken back since."""
        taken_back = {entry.leaf.retracts for entry in self.log.entries() if isinstance(entry.leaf, Retraction)}
        newest = {
            entry.leaf.name: entry
            for entry in self.log.entries()
            if isinstance(entry.leaf, Claim) and entry.leaf.about == about
        }
        return {name: entry for name, entry in newest.items() if entry.hash not in taken_back}

    def named(self, claim: Claim) -> str:
        """What the result of a claim is called in its statement, such as an episode with its version.

        Raises:
            ProofRefused: the statement is none, or does not speak of that result.
        """
        output = claim.output.removeprefix("sha256:")
        statement = Statement.parse((self.statements / f"{claim.statement.removeprefix('sha256:')}.json").read_bytes())
        names = [name for name, digest in statement.subjects.items() if digest == output]
        return next((name for name in names if name.startswith(claim.name)), claim.name)

    def happened(self, event: str, what: str = "", beacon: Beacon | None = None) -> None:
        """Enter that something was done with the evidence."""
        self.log.append(CustodyEvent(event=event, known=now(), method=method(), what=what, beacon=beacon))

    def gap(self, start: str, end: str, reason: str) -> None:
        """Enter that our own collector was not running."""
        self.log.append(Gap(start=start, end=end, reason=reason, known=now()))


def _received(record: Received) -> Observation | Document:
    custodian = COLLECTOR if record.source else CURATOR
    if record.kind in DOCUMENTARY:
        return Document(
            object=record.object,
            size=record.size,
            media=record.kind,
            received=record.received,
            known=now(),
            method=method(),
            custodian=custodian,
            place=record.place,
        )
    return Observation(
        object=record.object,
        size=record.size,
        media=record.kind,
        received=record.received,
        known=now(),
        method=method(),
        custodian=custodian,
        place=record.place,
        signal=record.signal,
        source=record.source,
        url=record.url,
    )


def _reading(leaf: Observation | Document) -> tuple[str, ...]:
    """What is read, and as what: the same bytes read the same way twice are one thing."""
    signal = leaf.signal if isinstance(leaf, Observation) else ""
    return leaf.object, leaf.media, leaf.place, signal


def _claimed(entry: Entry) -> Claim:
    assert isinstance(entry.leaf, Claim)  # noqa: S101 - latest() gives claims only
    return entry.leaf
