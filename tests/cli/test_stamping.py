"""``kuager stamp`` with authorities, witnesses and a calendar on the loopback; some are down, old or named wrong."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.case.two_signals import BACK, CUT, LATER, series, small_case
from tests.cli.conftest import Inside
from tests.evidence.stamping import Answer, Authority, Server, answering, authority, calendar

from kuager.case.adding import add_bytes
from kuager.case.folder import Case, open_case
from kuager.case.signing import log_key
from kuager.evidence.cosignature import cosigned
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.note import COSIGNATURE, VerifierKey
from kuager.evidence.stamps import rfc3161
from kuager.evidence.witness.witness import Witness

NOBODY = "http://127.0.0.1:9"
"""An address where nobody answers: the port is that of a service which throws everything away, and is not there."""


@dataclass
class Witnessing:
    """Three witnesses that know the log; the third is down."""

    folder: Path
    keys: list[Ed25519PrivateKey] = field(default_factory=lambda: [Ed25519PrivateKey.generate() for _ in range(3)])
    logs: list[VerifierKey] = field(default_factory=list)
    servers: list[Server] = field(default_factory=list)

    @property
    def vkeys(self) -> list[VerifierKey]:
        return [VerifierKey.of(f"w{number}.example", COSIGNATURE, key) for number, key in enumerate(self.keys)]

    def policy(self, quorum: int = 2) -> str:
        addresses = [*(server.address for server in self.servers), NOBODY]
        lines = [f"witness w{number} {key.text} {addresses[number]}" for number, key in enumerate(self.vkeys)]
        return "\n".join([*lines, f"group enough {quorum} w0 w1 w2", "quorum enough"]) + "\n"

    def answer(self, number: int, path: str, body: bytes) -> Answer:
        if path != "/add-checkpoint":
            return Answer(b"", 404)
        witness = Witness(self.folder / str(number), f"w{number}.example", self.keys[number], self.logs)
        told = witness.answer(body, int(time.time()))
        return Answer(told.body, told.status, {"Content-Type": told.media_type})


@dataclass
class World:
    """A case with something in it, whoever vouches for it, and the settings that name them."""

    case: Case
    first: Authority
    second: Authority
    witnesses: Witnessing
    settings: Path

    def name(self, *, second: str = "/", policy: str | None = None, calendars: str = "") -> None:
        """Write the settings; ``second`` is the path at which the second authority is asked."""
        folder = self.settings.parent
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "w.policy").write_text(policy if policy is not None else self.witnesses.policy())
        lines = ["[proof]", 'policy = "w.policy"', *([f'calendars = ["{calendars}"]'] if calendars else [])]
        for name, one, path in (("first", self.first, "/"), ("second", self.second, second)):
            (folder / f"{name}.pem").write_bytes(one.roots)
            lines += ["[[proof.authorities]]", f'name = "{name}"', f'url = "{one.address}{path}"']
            lines += [f'roots = "{name}.pem"']
        self.settings.write_text("\n".join(lines) + "\n")

    @property
    def log(self) -> LogFolder:
        return LogFolder(self.case.proving.log.folder)

    def asked(self) -> list[int]:
        """How often each was asked."""
        return [len(one.asked) for one in (self.first, self.second)] + [
            len(one.asked) for one in self.witnesses.servers
        ]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Authority, Authority, Witnessing]]:
    """Two authorities and three witnesses, of which one is down."""
    folder = tmp_path_factory.mktemp("running")
    witnesses = Witnessing(folder / "witnesses")
    with (
        authority(folder / "1", name="First") as first,
        authority(folder / "2", name="Second") as second,
        answering(lambda path, body: witnesses.answer(0, path, body)) as one,
        answering(lambda path, body: witnesses.answer(1, path, body)) as other,
    ):
        witnesses.servers += [one, other]
        yield first, second, witnesses


@pytest.fixture
def world(tmp_path: Path, inside: Inside, running: tuple[Authority, Authority, Witnessing]) -> World:
    """``inside`` comes first: it says where keys and settings are."""
    del inside
    first, second, witnesses = running
    case = small_case(tmp_path / "kz")
    add_bytes(case, series((CUT, BACK)), "a.csv", "series", None)
    witnesses.logs[:] = [log_key(LogFolder(case.proving.log.folder))]
    made = World(case, first, second, witnesses, tmp_path / ".config" / "kuager" / "settings.toml")
    made.name()
    return made


def stamped(inside: Inside, *words: str) -> dict[str, Any]:
    code, answer, told = inside("stamp", "kz", "--json", *words)
    assert code == 0, told
    record: dict[str, Any] = json.loads(answer)
    return record


def times(record: dict[str, Any]) -> dict[str, bool]:
    """Who gave a time."""
    return {one["who"]: one["time"] is not None for one in record["vouched"]}


def test_witnesses_two_authorities_and_a_calendar_vouch(world: World, inside: Inside) -> None:
    with calendar() as calendars:
        world.name(calendars=calendars.address)
        record = stamped(inside)
    assert times(record) == {"w0": True, "w1": True, "w2": False, "first": True, "second": True, "bitcoin": False}
    assert (world.log.path / "stamps" / f"{world.log.signed_size}.bitcoin.ots").exists(), (
        "pending: it proves nothing yet"
    )
    assert (record["signed"], record["unsigned"], record["enough"]) == (world.log.signed_size, 0, True)
    note = world.log.checkpoint
    assert note is not None
    assert set(cosigned(note, world.witnesses.vkeys)) == set(world.witnesses.vkeys[:2])
    for name, one in (("first", world.first), ("second", world.second)):
        token = (world.log.path / "stamps" / f"{world.log.signed_size}.{name}.tsr").read_bytes()
        assert isinstance(rfc3161.verify(note.text, token, one.roots), rfc3161.Stamp)
    for one in record["vouched"]:
        if one["time"]:
            assert abs(datetime.fromisoformat(one["time"]).timestamp() - time.time()) < 60
    world.name()
    told = inside("stamp", "kz")[1]
    assert "not vouched for enough" not in told
    assert "cannot be reached" in told
    assert "nothing yet" in told


def test_what_was_given_is_not_asked_for_again_and_does_not_change(world: World, inside: Inside) -> None:
    before = stamped(inside)
    kept = {path.name: path.read_bytes() for path in (world.log.path / "stamps").iterdir()}
    note, asked = world.log.checkpoint, world.asked()
    time.sleep(1.1)  # a witness that cosigned again would have another time
    assert stamped(inside)["vouched"] == before["vouched"]
    assert {path.name: path.read_bytes() for path in (world.log.path / "stamps").iterdir()} == kept
    assert world.log.checkpoint == note
    assert world.asked()[:2] == asked[:2]


def test_an_authority_that_was_down_is_asked_later(world: World, inside: Inside) -> None:
    world.name(second="/down")
    record = stamped(inside)
    assert (times(record)["first"], times(record)["second"], record["enough"]) == (True, False, False)
    code, said, _ = inside("stamp", "kz")
    assert code == 0
    assert "second answered with HTTP 503" in said
    assert "not vouched for enough" in said
    asked = len(world.first.asked)
    world.name()
    record = stamped(inside)
    assert (times(record)["second"], record["enough"]) == (True, True)
    assert len(world.first.asked) == asked


def test_fewer_witnesses_than_the_policy_asks_are_not_enough(world: World, inside: Inside) -> None:
    world.name(policy=world.witnesses.policy(quorum=3))
    assert not stamped(inside)["enough"]


def test_offline_asks_nobody(world: World, inside: Inside) -> None:
    asked = world.asked()
    record = stamped(inside, "--offline")
    assert world.asked() == asked
    assert (record["signed"], record["unsigned"], record["enough"]) == (world.log.head.size, 0, False)
    assert not any(times(record).values())


def test_a_log_that_nobody_knows_is_stamped_but_not_cosigned(world: World, inside: Inside) -> None:
    world.witnesses.logs.clear()
    record = stamped(inside)
    assert times(record) == {"w0": False, "w1": False, "w2": False, "first": True, "second": True}
    assert not record["enough"]
    assert "does not know" in inside("stamp", "kz")[1]


def _goes_on(case: Case, seed: int = 2) -> None:
    add_bytes(open_case(case.path), series((CUT, LATER), seed=seed), f"{seed}.csv", "series", None)


@pytest.mark.parametrize("waiting", [False, True], ids=["all signed", "something to sign"])
def test_an_older_copy_is_refused_before_anything_is_signed(
    world: World, inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, waiting: bool
) -> None:
    stamped(inside)
    backup = tmp_path / "backup"
    shutil.copytree(world.case.path, backup)
    _goes_on(world.case)
    stamped(inside)
    if waiting:  # the key was away when the older copy was written to
        monkeypatch.setenv("KUAGER_KEYS", str(tmp_path / "kz" / "case.toml"))
        _goes_on(open_case(backup), seed=3)
        monkeypatch.delenv("KUAGER_KEYS")
    log = LogFolder(backup / "evidence" / "log")
    before = sorted(log.checkpoints), (log.path / "signed").read_bytes(), log.unsigned
    assert bool(log.unsigned) is waiting
    code, said, told = inside("stamp", "backup")
    assert (code, said) == (1, "")
    assert f"w0.example saw {world.log.signed_size} entries of this log; here" in told
    assert "older copy" in told
    assert (sorted(log.checkpoints), (log.path / "signed").read_bytes(), log.unsigned) == before
    assert inside("stamp", "kz")[0] == 0


def test_two_histories_are_noticed(world: World, inside: Inside, tmp_path: Path) -> None:
    stamped(inside)
    shutil.copytree(world.case.path, tmp_path / "other")
    _goes_on(world.case)
    _goes_on(open_case(tmp_path / "other"), seed=3)
    assert inside("stamp", "other", "--offline")[0] == 0, "nobody was asked"
    stamped(inside)
    stamps = sorted((tmp_path / "other" / "evidence" / "log" / "stamps").iterdir())
    code, said, told = inside("stamp", "other")
    assert (code, said) == (1, "")
    assert "There are two histories of this log" in " ".join(told.split())
    assert sorted((tmp_path / "other" / "evidence" / "log" / "stamps").iterdir()) == stamps, "nothing was stamped"


def test_a_witness_without_a_network(world: World, inside: Inside, tmp_path: Path) -> None:
    """The request and the answer travel as files; whoever carries them may bring them late."""
    code, said, told = inside("keys", "new", "--role", "witness", "--name", "w3.example", "--json")
    assert code == 0, told
    vkey = json.loads(said)["key"]["key"]
    world.name(policy=f"witness far {vkey}\nquorum far\n")
    assert not stamped(inside, "--for-witness", "request")["enough"]
    vouching = ("witness", "request", "--state", tmp_path / "memory", "--log", world.witnesses.logs[0].text)
    code, lines, told = inside(*vouching)
    assert code == 0, told
    (tmp_path / "lines").write_text(lines)
    code, said, told = inside("stamp", "kz", "--cosignature", "lines")
    assert code == 0, told
    assert "Cosigned by: far." in said
    _goes_on(world.case)
    assert inside("stamp", "kz", "--cosignature", "lines")[0] == 1, "they are of an earlier head"
    code, _, told = inside("stamp", "kz", "--for-witness", "request2")
    assert code == 0, told
    assert "saw" in inside("witness", "request2", *vouching[2:])[2]
    seen = str(sorted(world.log.checkpoints)[-2])
    assert inside("stamp", "kz", "--for-witness", "request3", "--seen", seen)[0] == 0
    assert inside("witness", "request3", *vouching[2:])[0] == 0


BAD_SETTINGS = {
    "no TOML": ("[proof", "cannot be read"),
    "unknown field": ('[proof]\npolcy = "w.policy"\n', "polcy"),
    "no policy file": ('[proof]\npolicy = "nowhere.policy"\n', "nowhere.policy"),
    "no certificates": ('[[proof.authorities]]\nname = "a"\nurl = "http://x/"\nroots = "no.pem"\n', "no.pem"),
    "no address": ('[[proof.authorities]]\nname = "a"\nroots = "first.pem"\n', "url"),
    "a name that is none": (
        '[[proof.authorities]]\nname = "A/../b"\nurl = "http://x/"\nroots = "first.pem"\n',
        "proof.authorities.name",
    ),
    "a name twice": (
        2 * '[[proof.authorities]]\nname = "a"\nurl = "http://x/"\nroots = "first.pem"\n',
        "proof.authorities.name",
    ),
    "a policy that is none": ('[proof]\npolicy = "first.pem"\n', "policy"),
    "calendars that are none": ('[proof]\ncalendars = "https://a.example"\n', "calendars"),
}


@pytest.mark.parametrize("what", BAD_SETTINGS, ids=lambda name: name.replace(" ", "-"))
def test_a_mistake_in_the_settings_is_told(inside: Inside, tmp_path: Path, what: str) -> None:
    small_case(tmp_path / "kz")
    text, clue = BAD_SETTINGS[what]
    folder = tmp_path / ".config" / "kuager"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text(text)
    (folder / "first.pem").write_text("no certificate")
    code, said, told = inside("stamp", "kz")
    assert (code, said) == (1, "")
    assert clue in told
    assert "docs/how-to.md" in told
    assert inside("bundle", "kz")[0] == 1


@pytest.mark.parametrize(
    "address", ["", "tsa.example", "ftp://tsa.example/", "http://[::1", "http://127.0.0.1:99999/", "file:///etc/passwd"]
)
def test_an_address_that_is_none_stops_nobody(world: World, inside: Inside, address: str) -> None:
    world.name(policy=world.witnesses.policy().replace(NOBODY, address or "x"))
    text = world.settings.read_text().replace(f'"{world.second.address}/"', json.dumps(address))
    world.settings.write_text(text)
    code, said, told = inside("stamp", "kz")
    assert (code, told) == (0, "")
    lines = {line.split()[0]: line for line in said.splitlines()}
    assert "nothing yet" in lines["second"]
    assert "second" in lines["second"].partition("nothing yet")[2], "and why"
    assert "nothing yet" in lines["w2"]
    assert all("nothing yet" not in lines[name] for name in ("w0", "w1", "first"))


def test_a_calendar_without_an_address_stops_nobody(world: World, inside: Inside) -> None:
    world.name(calendars="file:///etc/passwd")
    assert times(stamped(inside))["bitcoin"] is False


def test_an_empty_case_has_nothing_to_stamp(inside: Inside, tmp_path: Path) -> None:
    small_case(tmp_path / "kz")
    code, _, told = inside("stamp", "kz")
    assert code == 1
    assert "holds nothing that could be signed" in told
