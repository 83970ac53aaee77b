"""Which mechanisms of the sandbox this machine enforces, how, and what it means when one is missing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from ctypes import CDLL, byref, c_uint32
from dataclasses import dataclass
from pathlib import Path

from domain.errors import IsolationMissing
from sandbox import jail, landlock
from sandbox.browsers_box import find_browser
from sandbox.syscalls import NUMBERS, machine

_SECCOMP_GET_ACTION_AVAIL = 2
_SECCOMP_RET_ERRNO = 0x00050000
_SECCOMP_RET_USER_NOTIF = 0x7FC00000
_PROBE_S = 20


@dataclass(frozen=True, kw_only=True)
class Enforcement:
    """One mechanism: whether it is enforced, how, and what follows when it is not."""

    name: str
    enforced: bool
    how: str
    consequence: str
    required: bool = True


def report(where: jail.Machine | None = None) -> tuple[Enforcement, ...]:
    """Return the table of mechanisms of this machine; takes some tens of milliseconds, and blocks."""
    where = where or jail.this_machine()
    return (
        *(_linux(where) if sys.platform == "linux" else _elsewhere()),
        _cgroups(),
        _browser(),
    )


def missing(table: tuple[Enforcement, ...]) -> tuple[Enforcement, ...]:
    """Return the required mechanisms that are not enforced."""
    return tuple(row for row in table if row.required and not row.enforced)


def require(table: tuple[Enforcement, ...], allowed: tuple[str, ...]) -> frozenset[str]:
    """Return the names of what is missing and may be.

    Raises:
        IsolationMissing: a required mechanism is missing and not in ``allowed``.
    """
    lacking = missing(table)
    refused = [row for row in lacking if row.name not in allowed]
    if refused:
        told = "; ".join(f"{row.name}: {row.how}" for row in refused)
        raise IsolationMissing(
            f"This machine does not enforce what the sandbox needs ({told}).",
            remedy=f"{refused[0].consequence} See: main.py doctor. To run weaker, allow by name: "
            + ",".join(row.name for row in refused),
            missing=[row.name for row in refused],
        )
    return frozenset(row.name for row in lacking)


def _linux(where: jail.Machine) -> tuple[Enforcement, ...]:
    abi = landlock.abi()
    return (
        _bubblewrap(where),
        _namespaces(where),
        _row("landlock", f"ABI {abi}, without a right", "the kernel has none", _LANDLOCK, enforced=abi > 0),
        _seccomp(),
        _notifications(),
        _row("rlimits", "memory, CPU, files, descriptors, core", "", _RLIMITS, enforced=True),
        _row("pidfd", "deadlines kill by pidfd", "the kernel has none", _PIDFD, enforced=_has_pidfd()),
    )


def _elsewhere() -> tuple[Enforcement, ...]:
    how = f"{sys.platform} has none of it"
    rows = (("bubblewrap", _BUBBLEWRAP), ("user_namespaces", _NAMESPACES), ("landlock", _LANDLOCK),
            ("seccomp", _SECCOMP), ("seccomp_notify", _NOTIFY), ("rlimits", _RLIMITS), ("pidfd", _PIDFD))  # fmt: skip
    return tuple(_row(name, "", how, consequence, enforced=False) for name, consequence in rows)


_BUBBLEWRAP = "Generated code would see this machine's files and network. Install bubblewrap (apt install bubblewrap)."
_NAMESPACES = (
    "Without user namespaces bubblewrap cannot make the box. Allow them (sysctl kernel.unprivileged_userns_clone=1, or "
    "an AppArmor profile for bwrap)."
)
_LANDLOCK = "Files would be out of reach by namespaces and the system call filter alone. Use a kernel from 5.13 on."
_SECCOMP = "Every system call would be open to generated code."
_NOTIFY = "A module body could make processes while it is loaded. Use a kernel from 5.5 on."
_RLIMITS = "Memory and CPU time of a run would have no bound."
_PIDFD = "A run could not be ended for certain. Use a kernel from 5.4 on."


def _row(name: str, how: str, otherwise: str, consequence: str, *, enforced: bool) -> Enforcement:
    return Enforcement(name=name, enforced=enforced, how=how if enforced else otherwise, consequence=consequence)


def _bubblewrap(where: jail.Machine) -> Enforcement:
    return _row(
        "bubblewrap", where.bubblewrap or "", "bwrap is not on PATH", _BUBBLEWRAP, enforced=where.bubblewrap is not None
    )


def _namespaces(where: jail.Machine) -> Enforcement:
    """Make the real box once, with Python in it that ends at once."""
    if where.bubblewrap is None:
        return _row("user_namespaces", "", "not tried without bubblewrap", _NAMESPACES, enforced=False)
    command = [*jail.box(where), where.python, "-I", "-S", "-c", ""]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=_PROBE_S, check=False, env={}, cwd="/")  # noqa: S603 - our own command
    except (OSError, subprocess.TimeoutExpired) as error:
        return _row(
            "user_namespaces", "", f"the box did not start ({type(error).__name__})", _NAMESPACES, enforced=False
        )
    last = (told.stderr.strip().splitlines() or [f"status {told.returncode}"])[-1][:200]
    how = "user, pid, net, mount, ipc, uts and cgroup namespaces; uid 65534, no capability"
    return _row("user_namespaces", how, f"the box did not start: {last}", _NAMESPACES, enforced=told.returncode == 0)


def _seccomp() -> Enforcement:
    if machine() not in NUMBERS:
        return _row("seccomp", "", f"no system call table for {machine()}", _SECCOMP, enforced=False)
    how, enforced = "allowlist; no open, socket, exec, clone", _has_action(_SECCOMP_RET_ERRNO)
    return _row("seccomp", how, "the kernel has none", _SECCOMP, enforced=enforced)


def _notifications() -> Enforcement:
    how, enforced = "the parent decides over forks", _has_action(_SECCOMP_RET_USER_NOTIF)
    return _row("seccomp_notify", how, "the kernel has none", _NOTIFY, enforced=enforced)


def _has_action(action: int) -> bool:
    numbers = NUMBERS.get(machine())
    if numbers is None:
        return False
    wanted = c_uint32(action)
    return bool(CDLL(None).syscall(numbers["seccomp"], _SECCOMP_GET_ACTION_AVAIL, 0, byref(wanted)) == 0)


def _has_pidfd() -> bool:
    try:
        descriptor = os.pidfd_open(os.getpid())
    except (AttributeError, OSError):
        return False
    os.close(descriptor)
    return hasattr(signal, "pidfd_send_signal")


def _cgroups() -> Enforcement:
    v2 = Path("/sys/fs/cgroup/cgroup.controllers").is_file()
    v1 = Path("/sys/fs/cgroup/memory").is_dir()
    found = "v2" if v2 else "v1" if v1 else "none"
    return Enforcement(
        name="cgroups",
        enforced=False,
        how=f"{found} on this machine; not used, limits are per process by rlimits",
        consequence="A bound on all runs together has to come from the service manager or the container.",
        required=False,
    )


def _browser() -> Enforcement:
    try:
        path = find_browser(None)
    except IsolationMissing as error:
        path, how = None, error.message
    else:
        how = str(path)
    return Enforcement(
        name="browser",
        enforced=path is not None,
        how=how,
        consequence="Browser tools and observing pages cannot work. Install chromium-headless-shell.",
        required=False,
    )


Probe = Callable[[], tuple[Enforcement, ...]]
