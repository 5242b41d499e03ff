"""What can happen to a disk under a function: it is killed, fails or loses power at each single call that writes.

A run is done in a forked child whose calls of ``os`` (and of what ``durable`` asks the C library) are counted. It gets
a function by which it acknowledges: what was acknowledged before the end is what must still be there afterwards.

A power cut is as bad as POSIX lets it be: bytes that no fsync reached are torn, and the names and permissions that no
fsync of their folder or file reached are either all there or all undone.

``strace`` can do some of it to the real system calls: :func:`kernel_calls` and :func:`survive_in_kernel`.
"""

from __future__ import annotations

import builtins
import ctypes
import errno
import gc
import io
import json
import os
import re
import shutil
import signal
import stat
import subprocess
from collections import Counter
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import IO, Any, NoReturn, cast

from kuager.evidence import durable

Run = Callable[[Callable[[str], None]], object]
"""What is tried; it calls what it is given with the name of everything that it promises to have kept."""


class Fault(Enum):
    """What happens at a point."""

    KILLED_BEFORE = "killed before"
    STOPPED_BEFORE = "stopped"
    """As by Ctrl-C: the process lives on and may do it again."""
    KILLED_AFTER = "killed after"
    HALF_WRITTEN = "killed amid"
    """As before, but half of a write was done."""
    FULL = "ENOSPC"
    BROKEN = "EIO"
    POWER_CUT_NAMES_KEPT = "power cut, unsynced bytes lost"
    """After the call."""
    POWER_CUT_NAMES_LOST = "power cut, unsynced bytes and names lost"
    """After the call."""


ERRORS = {Fault.FULL: errno.ENOSPC, Fault.BROKEN: errno.EIO}
POWER_CUTS = (Fault.POWER_CUT_NAMES_KEPT, Fault.POWER_CUT_NAMES_LOST)
END = "the end"
_FILL = frozenset({"open", "write", "link", "rename", "mkdir"})
UNTOLD = "untold"
_SYSTEM_CALLS = (
    "openat,mkdir,mkdirat,link,linkat,rename,renameat,unlink,unlinkat,write,pwrite64,ftruncate,fsync,fdatasync,syncfs,"
    "chmod,fchmod,fchmodat"
)
_ANY_TRACER = (0x59616D61, -1)  # PR_SET_PTRACER, PR_SET_PTRACER_ANY (prctl(2))


class Stopped(BaseException):
    """What a run is stopped by that may go on."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        ended: ``done``, ``killed``, the name of the error that it raised, or ``untold`` when telling was what failed.
        acknowledged: what it had acknowledged by then.
    """

    ended: str
    acknowledged: tuple[str, ...]


def points(run: Run) -> list[str]:
    """The calls that change the disk, in order, each with what it is about; the run is done once, to its end."""
    child = _Child(run, lambda tell: _Disk(tell, None, None, None).install())
    ended = child.ended()
    assert ended == "done", ended
    return child.told("point")


def survive(run: Run, point: int, fault: Fault, end: Fault | None = None) -> Outcome:
    """Do a run to which something happens at one of its points, once; that after the last is its end.

    With ``end`` a run that outlived what happened (one that tries again after an error) meets that at its end.
    """
    child = _Child(run, lambda tell: _Disk(tell, point, fault, end).install())
    return Outcome(child.ended(), tuple(child.told("acknowledged")))


def every(run: Run, among: Container[Fault] = frozenset(Fault)) -> list[tuple[int, str, Fault]]:
    """All of some faults that can happen to a run: the point, its call and the fault.

    Killed after a call is killed before the next, so only the one is among them; and no disk is full for an fsync.
    """
    calls = [*points(run), END]
    return [(point, call, fault) for point, call in enumerate(calls) for fault in _possible(call) if fault in among]


def _possible(call: str) -> list[Fault]:
    if call == END:
        return [Fault.KILLED_BEFORE, *POWER_CUTS]
    can = [Fault.KILLED_BEFORE, Fault.STOPPED_BEFORE, Fault.BROKEN, *POWER_CUTS]
    kind = call.partition(" ")[0]
    return can + [Fault.FULL] * (kind in _FILL) + [Fault.HALF_WRITTEN] * (kind == "write")


def traceable() -> bool:
    """Whether this machine lets ``strace`` at a child."""
    return bool(shutil.which("strace")) and _Child(lambda _tell: None).traced([]) is not None


def kernel_calls(run: Run) -> dict[str, int]:
    """How often a run makes each system call that may change the disk, and those that tell what was acknowledged."""
    traced = _Child(run).traced([])
    assert traced is not None
    return Counter(re.findall(r"^(?:\[pid +\d+\] )?(\w+)\(", traced, re.MULTILINE))


def survive_in_kernel(run: Run, call: str, number: int, fault: Fault) -> Outcome:
    """Do a run that is killed before its so-manieth system call of that name (from 1), or in which that one fails."""
    what = f"error={fault.value}" if fault in ERRORS else "signal=SIGKILL"
    child = _Child(run)
    child.traced(["-e", f"inject={call}:{what}:when={number}"])
    return Outcome(child.ended(), tuple(child.told("acknowledged")))


class _Child:
    """A forked child that does a run and tells of it through a pipe."""

    def __init__(self, run: Run, prepare: Callable[[Callable[[str, str], None]], object] | None = None) -> None:
        self._told, telling = os.pipe()
        waiting, self._go = os.pipe()
        self._lines: list[list[str]] | None = None
        self._status = 0
        self.process = os.fork()
        if self.process == 0:
            os.close(self._go)
            _be_child(run, telling, waiting, prepare)
        os.close(telling)
        os.close(waiting)

    def ended(self) -> str:
        """Let it run, and how it ended."""
        lines = self._finish()
        if os.WIFSIGNALED(self._status) and os.WTERMSIG(self._status) == signal.SIGKILL:
            return "killed"
        assert self._status == 0, self._status
        return lines[-1][1] if lines and lines[-1][0] == "ended" else UNTOLD

    def told(self, kind: str) -> list[str]:
        """What it told of one kind."""
        return [line[1] for line in self._finish() if line[0] == kind]

    def traced(self, options: list[str]) -> str | None:
        """Let it run under strace; the trace, or None where strace is not let."""
        command = ["strace", "-f", "-p", str(self.process), "-e", f"trace={_SYSTEM_CALLS}", *options]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr is not None
            first = tracer.stderr.readline()
            self._finish()
            trace = tracer.stderr.read()
        return trace if "attached" in first else None

    def _finish(self) -> list[list[str]]:
        if self._lines is None:
            os.close(self._go)
            with os.fdopen(self._told, "rb") as told:
                self._lines = [json.loads(line) for line in told]
            _, self._status = os.waitpid(self.process, 0)
        return self._lines


def _be_child(
    run: Run, telling: int, waiting: int, prepare: Callable[[Callable[[str, str], None]], object] | None
) -> NoReturn:
    try:
        gc.disable()
        if prepare is None:
            ctypes.CDLL(None).prctl(*_ANY_TRACER)
        write = os.write

        def tell(kind: str, text: str) -> None:
            write(telling, json.dumps([kind, text]).encode() + b"\n")

        os.read(waiting, 1)
        at_the_end = prepare(tell) if prepare else None
        ended = "done"
        try:
            run(lambda name: tell("acknowledged", name))
        except (Exception, Stopped) as error:  # noqa: BLE001 - told to the parent by its name
            ended = type(error).__name__
        if callable(at_the_end):
            at_the_end()
        tell("ended", ended)
    finally:
        os._exit(0)


class _Disk:
    """The calls of one child, and what of their work no fsync has reached.

    Files and folders are known by device and inode: an fsync of one makes durable its bytes, its permissions and, when
    it is a folder, its names. The real disk is not waited for: the machine that runs this does not lose power.
    """

    def __init__(
        self, tell: Callable[[str, str], None], point: int | None, fault: Fault | None, end: Fault | None
    ) -> None:
        self._tell, self._point, self._fault, self._last = tell, point, fault, end
        self._count = 0
        self._real = {name: getattr(os, name) for name in dir(os) if hasattr(self, f"_{name}")}
        self._real_open = io.open
        self._torn: dict[tuple[int, int], int] = {}
        """Files with bytes that are not durable, each with a descriptor of it."""
        self._undo: list[tuple[tuple[int, int], Callable[[], object]]] = []
        """How to undo what is not durable, each with the file or folder whose fsync would make it so."""
        self._lost: set[tuple[int, int]] = set()
        """Whose fsync failed: the kernel takes for written what was not, and the next fsync succeeds. A folder that
        changes once more is written again; bytes of a file are not."""

    def install(self) -> Callable[[], None]:
        """Take the place of the calls; what to call at the end of the run."""
        own = {name: getattr(self, f"_{name}") for name in self._real}
        _set(os, own)
        _set(io, {"open": self._io_open})
        _set(builtins, {"open": self._io_open})
        _set(durable, {"_sync_file_system": self._syncfs})
        return self._end

    def _end(self) -> None:
        if self._point == self._count:
            self._die()
        if self._last is not None:
            self._fault = self._last
            self._die()

    def _at(self, what: str, call: Callable[[], Any], half: Callable[[], object] = lambda: None) -> Any:
        """Make one call that changes the disk, and let happen what is to happen to it."""
        here, self._count = self._count == self._point, self._count + 1
        self._tell("point", what)
        if not here:
            return call()
        assert self._fault is not None
        if self._fault in ERRORS:
            number = ERRORS[self._fault]
            raise OSError(number, os.strerror(number))
        if self._fault is Fault.STOPPED_BEFORE:
            raise Stopped
        if self._fault is Fault.HALF_WRITTEN:
            half()
        elif self._fault is not Fault.KILLED_BEFORE:
            with suppress(OSError):  # of a call that was to fail anyway
                call()
        return self._die()

    def _die(self) -> NoReturn:
        if self._fault in POWER_CUTS:
            for descriptor in self._torn.values():
                self._real["ftruncate"](descriptor, os.fstat(descriptor).st_size // 2)
        if self._fault is Fault.POWER_CUT_NAMES_LOST:
            _set(os, self._real)  # so that nothing of this counts
            _set(io, {"open": self._real_open})
            for _, undo in reversed(self._undo):
                undo()
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("killed")

    def _open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        real = self._real["open"]
        unnamed = flags & os.O_TMPFILE == os.O_TMPFILE
        new = bool(flags & os.O_CREAT) and not os.path.lexists(path)
        if not (unnamed or new or flags & os.O_TRUNC):
            return cast("int", real(path, flags, mode, dir_fd=dir_fd))

        def call() -> int:
            descriptor = cast("int", real(path, flags, mode, dir_fd=dir_fd))
            if new:
                self._later(Path(path).parent, lambda: Path(path).unlink(missing_ok=True))
            if flags & os.O_TRUNC:
                self._tears(descriptor)
            return descriptor

        return cast("int", self._at(f"open {'unnamed in ' if unnamed else ''}{path}", call))

    def _write(self, descriptor: int, data: Any) -> int:
        def call(part: Any = data) -> int:
            self._tears(descriptor)
            return cast("int", self._real["write"](descriptor, part))

        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return cast("int", self._real["write"](descriptor, data))
        size = memoryview(data).nbytes
        return cast("int", self._at(f"write {size} bytes", call, lambda: call(memoryview(data).cast("B")[: size // 2])))

    def _ftruncate(self, descriptor: int, length: int) -> None:
        def call() -> None:
            self._tears(descriptor)
            self._real["ftruncate"](descriptor, length)

        self._at("ftruncate", call)

    def _fsync(self, descriptor: int) -> None:
        def call() -> None:
            self._became_durable({_identity(descriptor)})

        with self._losing({_identity(descriptor)}):
            self._at(f"fsync {Path(f'/proc/self/fd/{descriptor}').readlink()}", call)

    def _fdatasync(self, descriptor: int) -> None:
        def call() -> None:
            self._torn.pop(_identity(descriptor), None)

        with self._losing({_identity(descriptor)}):
            self._at("fdatasync", call)

    def _syncfs(self, _descriptor: int) -> None:
        def call() -> None:
            self._became_durable({*self._torn, *(owner for owner, _ in self._undo)})

        with self._losing(set(self._torn)):
            self._at("syncfs", call)

    @contextmanager
    def _losing(self, which: set[tuple[int, int]]) -> Iterator[None]:
        try:
            yield
        except OSError:
            self._lost |= which
            raise

    def _became_durable(self, which: set[tuple[int, int]]) -> None:
        for one in which - self._lost:
            self._torn.pop(one, None)
        self._undo = [(owner, undo) for owner, undo in self._undo if owner not in which - self._lost]

    def _link(self, source: Any, to: Any, **how: Any) -> None:
        def call() -> None:
            self._real["link"](source, to, **how)
            self._later(Path(to).parent, lambda: Path(to).unlink(missing_ok=True))

        self._at(f"link {to}", call)

    def _rename(self, source: Any, to: Any) -> None:
        def call() -> None:
            before = _kept(Path(to))
            self._real["rename"](source, to)
            self._later(Path(to).parent, lambda: (self._real["rename"](to, source), before()))

        self._at(f"rename {to}", call)

    _replace = _rename

    def _unlink(self, path: Any) -> None:
        def call() -> None:
            before = _kept(Path(path))
            self._real["unlink"](path)
            self._later(Path(path).parent, before)

        self._at(f"unlink {path}", call)

    _remove = _unlink

    def _mkdir(self, path: Any, mode: int = 0o777) -> None:
        def call() -> None:
            self._real["mkdir"](path, mode)
            self._later(Path(path).parent, lambda: shutil.rmtree(path))

        self._at(f"mkdir {path}", call)

    def _rmdir(self, path: Any) -> None:
        def call() -> None:
            self._real["rmdir"](path)
            self._later(Path(path).parent, lambda: self._real["mkdir"](path))

        self._at(f"rmdir {path}", call)

    def _chmod(self, path: Any, mode: int, **how: Any) -> None:
        def call() -> None:
            before = Path(path).stat().st_mode
            self._real["chmod"](path, mode, **how)
            self._later(path, lambda: self._real["chmod"](path, stat.S_IMODE(before)))

        self._at(f"chmod {path}", call)

    def _fchmod(self, descriptor: int, mode: int) -> None:
        def call() -> None:
            before, kept = os.fstat(descriptor).st_mode, os.dup(descriptor)
            self._real["fchmod"](descriptor, mode)
            self._later(descriptor, lambda: self._real["fchmod"](kept, stat.S_IMODE(before)))

        self._at("fchmod", call)

    def _io_open(self, file: Any, mode: str = "r", buffering: int = -1, *text: Any, **how: Any) -> IO[Any]:
        """Files that Python would write to without ``os``."""
        if isinstance(file, int) or not set(mode) & set("wax+"):
            return self._real_open(file, mode, buffering, *text, **how)
        raw = _Written(
            file, mode.replace("b", "").replace("t", ""), opener=lambda path, flags: os.open(path, flags, 0o666)
        )
        binary = raw if buffering == 0 else io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return cast("IO[Any]", binary if "b" in mode else io.TextIOWrapper(cast("Any", binary), *text, **how))

    def _tears(self, descriptor: int) -> None:
        one = _identity(descriptor)
        if one not in self._torn:
            self._torn[one] = os.dup(descriptor)

    def _later(self, owner: Path | int, undo: Callable[[], object]) -> None:
        one = _identity(owner)
        self._undo.append((one, undo))
        if stat.S_ISDIR(_status(owner).st_mode):
            self._lost.discard(one)


class _Written(io.FileIO):
    """A file whose writes go through ``os``."""

    def write(self, data: Any, /) -> int:
        return os.write(self.fileno(), data)


def _identity(of: Path | int) -> tuple[int, int]:
    found = _status(of)
    return found.st_dev, found.st_ino


def _status(of: Path | int) -> os.stat_result:
    return os.fstat(of) if isinstance(of, int) else Path(of).stat()


def _set(module: ModuleType, calls: dict[str, Callable[..., Any]]) -> None:
    for name, call in calls.items():
        setattr(module, name, call)


def _kept(path: Path) -> Callable[[], object]:
    """How to bring back what lies there now, if anything."""
    if not path.exists():
        return lambda: None
    data, mode = path.read_bytes(), path.stat().st_mode

    def bring_back() -> None:
        path.write_bytes(data)
        path.chmod(stat.S_IMODE(mode))

    return bring_back
