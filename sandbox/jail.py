"""The box around a zygote: bubblewrap with namespaces of its own and read-only views of Python alone.

Inside there is no network, no /proc, no /dev, no home and no environment; the uid is not root's,
all capabilities are dropped and no further user namespace can be made. Landlock and seccomp
(sandbox.limits) come on top, worn by the zygote itself once it is warm. What this does not stop: a
bug in the kernel's handling of the few system calls that stay allowed.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.errors import IsolationMissing
from sandbox.seccomp import Profile

UNPRIVILEGED = "65534"  # nobody, in the box's own user namespace
ROOT = Path(__file__).resolve().parent.parent
_OWN_PACKAGES = ("domain", "sandbox")
_LIBRARIES = ("/lib", "/lib32", "/lib64", "/libx32", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32")
# A zygote has one thread, and its http children no ``random``: what those modules do after each fork would cost a child
# a tenth of its time.
_BOOT = """import json, os, sys
settings = json.loads(sys.argv[-1])
sys.path[:] = settings["path"]
if settings["profile"] == "http":
    os.register_at_fork = lambda **hooks: None
from sandbox.zygote import main
main()
"""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Where the box finds its programs. Tests hand in a machine that lacks some.

    ``bubblewrap`` is the path of bwrap or None.
    """

    bubblewrap: str | None
    python: str
    path: tuple[str, ...]
    readable: tuple[str, ...]


def this_machine(search_path: str | None = None) -> Machine:
    """Return what this machine has; ``search_path`` replaces PATH for finding bubblewrap."""
    python = os.path.realpath(sys.executable)
    path = tuple(_module_path())
    return Machine(
        bubblewrap=shutil.which("bwrap", path=search_path),
        python=python,
        path=(str(ROOT), *path),
        readable=tuple(_readable(python, path)),
    )


def spawn_zygote(
    machine: Machine, descriptor: int, profile: Profile, *, without: frozenset[str] = frozenset()
) -> subprocess.Popen[bytes]:
    """Start a first zygote in its box. It says ready on the descriptor once it is.

    ``without`` names the mechanisms that the operator allowed to lack.

    Raises:
        IsolationMissing: there is no bubblewrap, and that was not allowed.
    """
    settings = {"descriptor": descriptor, "profile": profile, "without": sorted(without), "path": machine.path}
    inner = [machine.python, "-I", "-S", "-B", "-W", "ignore", "-c", _BOOT, json.dumps(settings)]
    if "bubblewrap" not in without:
        inner = [*box(machine), *inner]
    return subprocess.Popen(  # noqa: S603 - our own command line
        inner,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=(descriptor,),
        env={},
        cwd="/",
    )


def box(machine: Machine) -> list[str]:
    """Return the bubblewrap command line that the zygote's own is appended to.

    Raises:
        IsolationMissing: there is no bubblewrap on this machine.
    """
    if machine.bubblewrap is None:
        raise IsolationMissing("bubblewrap (bwrap) is not installed: nothing generated may run.")
    binds: list[str] = []
    for source in machine.readable:
        binds += (
            ["--symlink", str(Path(source).readlink()), source]
            if Path(source).is_symlink()
            else ["--ro-bind", source, source]
        )
    return [
        machine.bubblewrap,
        *("--unshare-user", "--uid", UNPRIVILEGED, "--gid", UNPRIVILEGED, "--unshare-all"),
        *_userns_flags(machine.bubblewrap),
        *("--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "box"),
        *binds,
        *("--remount-ro", "/", "--chdir", "/", "--"),
    ]


@functools.cache
def _userns_flags(bubblewrap: str) -> tuple[str, ...]:
    """Return the flag that forbids further user namespaces, where this bubblewrap knows it."""
    told = subprocess.run([bubblewrap, "--help"], capture_output=True, text=True, check=False, timeout=10)  # noqa: S603 - our own
    return ("--disable-userns",) if "--disable-userns" in told.stdout + told.stderr else ()


def _module_path() -> Iterator[str]:
    """Yield the folders that Python modules come from, without this project's own."""
    for entry in dict.fromkeys((*sys.path, *(sysconfig.get_path(name) for name in ("purelib", "platlib")))):
        folder = Path(entry) if entry else None
        if folder is None or not folder.is_dir() or folder.resolve() == ROOT:
            continue
        if folder.name in ("site-packages", "dist-packages") or _inside(folder, sysconfig.get_path("stdlib")):
            yield str(folder)


def _inside(folder: Path, parent: str) -> bool:
    return folder.resolve().is_relative_to(Path(parent).resolve())


def _readable(python: str, path: tuple[str, ...]) -> Iterator[str]:
    """Yield what the box shows, parents before children: system libraries, Python, packages, our own two."""
    shown = [*_LIBRARIES, "/etc/ld.so.cache", python, *_libpython()]
    stdlib = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib", vars=_base_variables())]
    folders = sorted({str(Path(entry)) for entry in (*stdlib, *path, *(f"{ROOT}/{name}" for name in _OWN_PACKAGES))})
    for entry in dict.fromkeys([*shown, *folders]):
        if Path(entry).exists() and not _covered(entry):
            yield entry


def _covered(entry: str) -> bool:
    """Whether one of the system's library folders shows it already."""
    return any(entry != library and entry.startswith(library + "/") for library in _LIBRARIES)


def _base_variables() -> dict[str, str]:
    return {"platbase": sys.base_exec_prefix, "base": sys.base_prefix}


def _libpython() -> Iterator[str]:
    folder, name = sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME")
    if folder and name and str(name).find(".so") > 0:
        yield f"{folder}/{name}"
