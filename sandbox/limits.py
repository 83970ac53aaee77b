"""Resource limits and process flags, worn in two parts: most by the zygote, the rest by each child."""

from __future__ import annotations

import ctypes
import os
import resource
import signal

from sandbox import landlock, seccomp
from sandbox.seccomp import Profile

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_DESCRIPTORS = 64
_libc = ctypes.CDLL(None, use_errno=True)


class CpuLimitReached(BaseException):
    """The soft CPU limit is over; the kernel kills a second later."""


def wear_zygote(profile: Profile, *, without: frozenset[str] = frozenset()) -> None:
    """Give up everything that a zygote can do without. Its children inherit the rest for nothing.

    ``without`` names mechanisms that the operator allowed to lack (``landlock``, ``seccomp``).
    """
    for kind, value in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _DESCRIPTORS),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(kind, (value, value))
    signal.signal(signal.SIGXCPU, _cpu_is_over)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_DUMPABLE, 0)
    if "landlock" not in without:
        landlock.restrict()
    if "seccomp" not in without:
        seccomp.load(seccomp.zygote_filter(profile))


def bound_memory(memory_bytes: int) -> None:
    """Bound the address space of a version's zygote and of its children."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def wear_child(program: seccomp.Filter | None, cpu_s: int) -> None:
    """Give up the rest; ``program`` is the child's filter (None where the operator allows to lack it)."""
    die_with_parent()
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    if program is not None:
        program.wear()


def die_with_parent() -> None:
    """Be killed when the parent ends; ends at once when it has ended already."""
    parent = os.getppid()
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"prctl {option}: {os.strerror(code)}")


def _cpu_is_over(signum: int, frame: object) -> None:
    del signum, frame
    raise CpuLimitReached
