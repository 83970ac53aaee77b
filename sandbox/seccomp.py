"""System call filters: what a zygote may ask of the kernel, and the little that is left to a child.

The zygote's is an allowlist; everything else fails with EPERM. A filter stays for life and is
inherited, so a child wears its zygote's and its own, which refuses what is left of forking, sockets
and limits. It does not stop what an allowed call can do with descriptors that the process already
has: the child has one.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from typing import Literal

from sandbox.syscalls import AUDIT_ARCHITECTURES, NUMBERS, machine

Profile = Literal["http", "page"]

_RET_ALLOW = 0x7FFF0000
_RET_REFUSE = 0x00050000 | errno.EPERM
_RET_KILL_PROCESS = 0x80000000
_LOAD_WORD, _JUMP_EQUAL, _JUMP_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_OFFSET_NUMBER, _OFFSET_ARCHITECTURE, _OFFSET_ARGUMENTS = 0, 4, 16
_RET_USER_NOTIFY = 0x7FC00000
_SECCOMP_SET_MODE_FILTER = 1
_FLAG_NEW_LISTENER = 8
_PROT_EXEC = 4
_FORK_FLAGS = 0x01200011  # CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD: a fork, no thread, no namespace
# waiting and waking, private or not, by either clock; the kernel's faults were in priority inheritance and requeueing
_FUTEX_OPERATIONS = tuple(kind | way for kind in (0, 1, 9, 10) for way in (128, 128 | 256, 0, 256))
_FIONBIO, _FIOCLEX = 0x5421, 0x5451

_COMPUTE = (
    "read", "write", "close", "lseek", "munmap", "brk", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "readv",
    "writev", "sched_yield", "mremap", "madvise", "nanosleep", "getpid", "getppid", "gettid", "getuid", "getgid",
    "geteuid", "getegid", "exit", "exit_group", "gettimeofday", "time", "getrusage", "times", "sigaltstack",
    "restart_syscall", "clock_gettime", "clock_getres", "clock_nanosleep", "poll", "ppoll", "select", "pselect6",
    "set_robust_list", "getrandom", "membarrier", "rseq",
)  # fmt: skip
# asyncio's selector and its wake-up pair, for the real Playwright client
_EVENT_LOOP = ("epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "recvfrom", "sendto", "shutdown",
               "getsockname", "getsockopt")  # fmt: skip
_FORK_SERVER = ("recvmsg", "sendmsg", "recvfrom", "sendto", "getsockname", "getsockopt", "dup2", "dup3",
                "close_range", "seccomp")  # fmt: skip
# number of the argument, the only values it may have
_EQUAL: dict[str, tuple[int, tuple[int, ...]]] = {
    "fcntl": (1, (1, 2, 3, 4)),  # F_GETFD … F_SETFL: never F_SETOWN, which sends signals
    "ioctl": (1, (_FIONBIO, _FIOCLEX)),
    "socketpair": (0, (1,)),  # AF_UNIX
    "clone": (0, (_FORK_FLAGS,)),
    "futex": (1, _FUTEX_OPERATIONS),
    "prctl": (0, (1,)),  # PR_SET_PDEATHSIG
    "prlimit64": (0, (0,)),  # itself only
}
_CHILDREN_TOO = frozenset({"fcntl", "futex"})
# number of the argument, bits it may not have
_WITHOUT: dict[str, tuple[int, int]] = {"mmap": (2, _PROT_EXEC), "mprotect": (2, _PROT_EXEC)}


def zygote_filter(profile: Profile) -> bytes:
    """Return the program for zygotes: what children have, plus forking and handing over descriptors."""
    names = (*_COMPUTE, *_FORK_SERVER, *(_EVENT_LOOP if profile == "page" else ()))
    checked = ["futex", "mmap", "mprotect", "fcntl", "ioctl", "clone", "prctl", "prlimit64"]
    return _program(names, [*checked, "socketpair"] if profile == "page" else checked)


def child_filter(profile: Profile) -> bytes:
    """Return the program that takes from a child, on top of its zygote's, what only zygotes need.

    It is a list of refusals because it is loaded for every call, and the kernel's work at loading
    grows with its length; what it lets through is still held against the zygote's allowlist.
    """
    kept = frozenset(_EVENT_LOOP) | {"ioctl", "socketpair"} if profile == "page" else frozenset()
    numbers = _numbers()
    names = [
        name for name in (*_FORK_SERVER, *_EQUAL) if name in numbers and name not in kept and name not in _CHILDREN_TOO
    ]
    names = list(dict.fromkeys(names))
    parts = [_instruction(_LOAD_WORD, _OFFSET_NUMBER)]
    parts += [_instruction(_JUMP_EQUAL, numbers[name], len(names) - position, 0) for position, name in enumerate(names)]
    return b"".join([*parts, _instruction(_RETURN, _RET_ALLOW), _instruction(_RETURN, _RET_REFUSE)])


def load(program: bytes) -> None:
    """Wear the filter from now on; ``no_new_privs`` must be set.

    Raises:
        OSError: the kernel refuses filters.
    """
    Filter(program).wear()


def watch_forks() -> int:
    """Let the holder of the returned descriptor decide over every fork of this process from now on.

    Raises:
        OSError: the kernel cannot (before 5.5).
    """
    clone = _instruction(_JUMP_EQUAL, _numbers()["clone"], 0, 1)
    parts = [
        _instruction(_LOAD_WORD, _OFFSET_NUMBER),
        clone,
        _instruction(_RETURN, _RET_USER_NOTIFY),
        _instruction(_RETURN, _RET_ALLOW),
    ]
    return Filter(b"".join(parts), _FLAG_NEW_LISTENER).wear()


class _FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


_libc = ctypes.CDLL(None, use_errno=True)


class Filter:
    """A program as the kernel takes it. A zygote makes it once; wearing it in a child builds nothing more."""

    def __init__(self, program: bytes, flags: int = 0) -> None:
        self._buffer = ctypes.create_string_buffer(program, len(program))
        self._header = _FilterProgram(len(program) // 8, ctypes.addressof(self._buffer))
        self._arguments = (
            _numbers()["seccomp"], _SECCOMP_SET_MODE_FILTER, flags, ctypes.byref(self._header),
        )  # fmt: skip

    def wear(self) -> int:
        """Load it for the rest of the process's life; returns what the kernel returned.

        Raises:
            OSError: the kernel refuses filters.
        """
        result = int(_libc.syscall(*self._arguments))
        if result < 0:
            code = ctypes.get_errno()
            raise OSError(code, f"seccomp: {os.strerror(code)}")
        return result


def _numbers() -> dict[str, int]:
    return NUMBERS[machine()]


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _program(names: tuple[str, ...], checked: list[str]) -> bytes:
    numbers = _numbers()
    parts = [
        _instruction(_LOAD_WORD, _OFFSET_ARCHITECTURE),
        _instruction(_JUMP_EQUAL, AUDIT_ARCHITECTURES[machine()], 1, 0),
        _instruction(_RETURN, _RET_KILL_PROCESS),
        _instruction(_LOAD_WORD, _OFFSET_NUMBER),
    ]
    for name in dict.fromkeys(names):
        if name in numbers:  # some old calls exist on one machine only
            parts += [_instruction(_JUMP_EQUAL, numbers[name], 0, 1), _instruction(_RETURN, _RET_ALLOW)]
    for name in checked:
        body = _equal(*_EQUAL[name]) if name in _EQUAL else _without(*_WITHOUT[name])
        parts += [_instruction(_JUMP_EQUAL, numbers[name], 0, len(body)), *body]
    return b"".join([*parts, _instruction(_RETURN, _RET_REFUSE)])


def _equal(argument: int, values: tuple[int, ...]) -> list[bytes]:
    body = [_instruction(_LOAD_WORD, _OFFSET_ARGUMENTS + 8 * argument)]
    for value in values:
        body += [_instruction(_JUMP_EQUAL, value, 0, 1), _instruction(_RETURN, _RET_ALLOW)]
    return [*body, _instruction(_RETURN, _RET_REFUSE)]


def _without(argument: int, bits: int) -> list[bytes]:
    return [
        _instruction(_LOAD_WORD, _OFFSET_ARGUMENTS + 8 * argument),
        _instruction(_JUMP_SET, bits, 1, 0),
        _instruction(_RETURN, _RET_ALLOW),
        _instruction(_RETURN, _RET_REFUSE),
    ]
