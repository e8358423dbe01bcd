"""Stops a process at one system call that changes the disk, and kills it there or makes the call fail (R1, R3).

The calls are counted, so that a test can go through all of them: the N-th of one run is the N-th of the next.  Linux only:
a seccomp filter hands the calls to this process by ptrace, so that all others run at full speed.  A program that uses this
must have no other children and no threads.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import stat
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_TRACEME, _CONT, _POKEUSER, _SYSCALL = 0, 7, 6, 24
_SETOPTIONS, _SYSCALL_INFO = 0x4200, 0x420E
# TRACESYSGOOD, TRACEFORK, TRACEVFORK, TRACECLONE, TRACEEXEC, TRACESECCOMP, EXITKILL
_OPTIONS = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x80 | 0x100000
_EVENT_SECCOMP = 7
_EXITED_CALL = signal.SIGTRAP | 0x80
_WALL = 0x40000000
_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2
_ORIG_RAX, _RAX = 15 * 8, 10 * 8  # in `struct user` of x86-64

_NUMBERS = {
    "x86_64": {
        "write": 1, "pwrite64": 18, "writev": 20, "fsync": 74, "fdatasync": 75, "ftruncate": 77, "rename": 82,
        "mkdir": 83, "rmdir": 84, "link": 86, "unlink": 87, "openat": 257, "mkdirat": 258, "unlinkat": 263,
        "renameat": 264, "linkat": 265, "pwritev": 296, "renameat2": 316,
    },
    "aarch64": {
        "mkdirat": 34, "unlinkat": 35, "linkat": 37, "renameat": 38, "ftruncate": 46, "openat": 56, "write": 64,
        "writev": 66, "pwrite64": 68, "pwritev": 70, "fsync": 82, "fdatasync": 83, "renameat2": 276,
    },
}  # fmt: skip
_ON_DESCRIPTORS = {"write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync", "ftruncate"}
# Where a call has the name that it makes or takes away: the argument of the folder, None for the current one; the path.
_ON_NAMES = {
    **dict.fromkeys(("mkdir", "rmdir", "unlink"), (None, 0)),
    **dict.fromkeys(("rename", "link"), (None, 1)),
    **dict.fromkeys(("openat", "mkdirat", "unlinkat"), (0, 1)),
    **dict.fromkeys(("renameat", "renameat2", "linkat"), (2, 3)),
}
_CURRENT_FOLDER = -100  # AT_FDCWD
_CREATES = os.O_CREAT | os.O_TRUNC | (getattr(os, "O_TMPFILE", 0) & ~os.O_DIRECTORY)

FAMILIES = {
    "write": {"write", "pwrite64", "writev", "pwritev"},
    "sync": {"fsync", "fdatasync"},
    "rename": {"rename", "renameat", "renameat2"},
    "link": {"link", "linkat"},
    "open": {"openat"},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at the N-th call (from 0): the end at its entry, the end just after it, or an error in its place."""

    number: int
    after: bool = False
    error: int = 0
    lasting: frozenset[str] = frozenset()  # with an error: all later calls of these names fail, too


@dataclass(slots=True)
class Ended:
    """How a run ended."""

    status: int = 0
    calls: list[str] = field(default_factory=list)  # "fsync path"

    @property
    def killed(self) -> bool:
        return os.WIFSIGNALED(self.status)

    @property
    def code(self) -> int:
        return os.waitstatus_to_exitcode(self.status)


class NotPermittedError(Exception):
    """This system does not let one process trace another."""


def run(work: Callable[[], int], root: Path, fault: Fault | None = None) -> Ended:
    """Run ``work`` in a child, and count its calls that change something below ``root``."""
    child = os.fork()
    if child == 0:
        _obey(work)
    _, status = os.waitpid(child, 0)
    if not os.WIFSTOPPED(status):
        raise NotPermittedError(f"a traced process cannot be started here (status {status:#x})")
    _ptrace(_SETOPTIONS, child, 0, _OPTIONS)
    _ptrace(_CONT, child, 0, 0)
    return _Tracer(child, f"{root.resolve()}/", fault).follow()


def can_fail_calls() -> bool:
    """Whether calls can be made to fail here: that needs the registers of the processor."""
    return sys.platform == "linux" and platform.machine() == "x86_64"


class _Tracer:
    def __init__(self, child: int, root: str, fault: Fault | None) -> None:
        self._child = child
        self._root = root
        self._fault = fault
        self._ended = Ended()
        self._names = {number: name for name, number in _NUMBERS[platform.machine()].items()}

    def follow(self) -> Ended:
        while True:
            pid, status = os.waitpid(-1, _WALL)
            if os.WIFSTOPPED(status):
                self._go_on(pid, status)
            elif pid == self._child:
                self._ended.status = status
                self._sweep()
                return self._ended

    def _go_on(self, pid: int, status: int) -> None:
        """Let a stopped thread run on; it may be dead already."""
        how, told = _CONT, 0
        if os.WSTOPSIG(status) == _EXITED_CALL:
            os.kill(self._child, signal.SIGKILL)
        elif status >> 16 == _EVENT_SECCOMP:
            how = self._met(pid)
        elif status >> 16 == 0 and os.WSTOPSIG(status) not in (signal.SIGSTOP, signal.SIGTRAP):
            told = os.WSTOPSIG(status)
        _ptrace(how, pid, 0, told, may_fail=True)

    def _met(self, pid: int) -> int:
        """A call is about to begin."""
        name, target = self._what(pid)
        if not target:
            return _CONT
        number = len(self._ended.calls)
        self._ended.calls.append(f"{name} {target}")
        fault = self._fault
        if fault is None or number < fault.number or (number > fault.number and name not in fault.lasting):
            return _CONT
        if fault.error:
            _ptrace(_POKEUSER, pid, _ORIG_RAX, -1)
            _ptrace(_POKEUSER, pid, _RAX, -fault.error)
        elif fault.after:
            return _SYSCALL
        else:
            os.kill(self._child, signal.SIGKILL)
        return _CONT

    def _what(self, pid: int) -> tuple[str, str]:
        """The name of a call, and what it changes below the root; '' if nothing."""
        info = ctypes.create_string_buffer(96)
        _ptrace(_SYSCALL_INFO, pid, len(info), ctypes.addressof(info))
        number, *arguments = struct.unpack_from("=Q6Q", info, 24)
        name = self._names[number]
        try:
            place = _opened(pid, arguments[0]) if name in _ON_DESCRIPTORS else _named(pid, name, arguments)
        except OSError:  # a descriptor that is none
            return name, ""
        return name, place.removeprefix(self._root) if place.startswith(self._root) else ""

    def _sweep(self) -> None:
        """What the child started ends with it."""
        while True:
            try:
                pid, status = os.waitpid(-1, _WALL)
            except ChildProcessError:
                return
            if os.WIFSTOPPED(status):
                os.kill(pid, signal.SIGKILL)
                _ptrace(_CONT, pid, 0, 0, may_fail=True)


def _opened(pid: int, descriptor: int) -> str:
    """The file or folder behind a descriptor; '' for a pipe and such."""
    link = Path(f"/proc/{pid}/fd/{descriptor}")
    mode = link.stat().st_mode
    return f"{link.readlink()}{'/.' * stat.S_ISDIR(mode)}" if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else ""


def _named(pid: int, name: str, arguments: list[int]) -> str:
    folder, path = _ON_NAMES[name]
    descriptor = _CURRENT_FOLDER if folder is None else ctypes.c_int(arguments[folder] & 0xFFFFFFFF).value
    base = Path(f"/proc/{pid}/cwd" if descriptor == _CURRENT_FOLDER else f"/proc/{pid}/fd/{descriptor}").readlink()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        memory.seek(arguments[path])
        return os.path.normpath(base / os.fsdecode(memory.read(4096).split(b"\0")[0]))


def _obey(work: Callable[[], int]) -> None:
    code = 70
    try:
        _ptrace(_TRACEME, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        _filter()
        code = work()
    finally:
        os._exit(code)


_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.restype = ctypes.c_long
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_long, ctypes.c_long]
_libc.prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong]


def _ptrace(request: int, pid: int, place: int, value: int, *, may_fail: bool = False) -> None:
    if _libc.ptrace(request, pid, place, value) == -1 and not may_fail:
        code = ctypes.get_errno()
        raise NotPermittedError(f"ptrace is not permitted here ({os.strerror(code)})")


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def _filter() -> None:
    """Hand the watched calls of this process to its tracer.  Of ``openat`` only what may make or empty a file."""
    load, equal, any_bit, give = 0x20, 0x15, 0x45, 0x06
    trace, allow = 0x7FF00000, 0x7FFF0000
    numbers = _NUMBERS[platform.machine()]
    others = [number for name, number in numbers.items() if name != "openat"]
    code = [(load, 0, 0, 0)]
    code += [(equal, len(others) - at + 2, 0, number) for at, number in enumerate(others)]
    code += [(equal, 0, 3, numbers["openat"]), (load, 0, 0, 32), (any_bit, 0, 1, _CREATES)]
    code += [(give, 0, 0, trace), (give, 0, 0, allow)]
    packed = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *one) for one in code))
    program = _Program(len(code), ctypes.addressof(packed))
    for order in ((_NO_NEW_PRIVS, 1, None, 0, 0), (_SET_SECCOMP, _FILTER, ctypes.addressof(program), 0, 0)):
        if _libc.prctl(*order) == -1:
            raise NotPermittedError(f"seccomp is not permitted here ({os.strerror(ctypes.get_errno())})")
