"""The box around the browser: bubblewrap with namespaces of its own and a door to the proxy.

Enforced: own network namespace (loopback only; the one listener there is the egress proxy), own
process, IPC and UTS namespaces, a file system of system directories read-only plus a private
``/tmp``, empty environment, no capabilities, an unprivileged user, death with the driver.
Chromium's own sandbox stays on inside.

A ceiling on memory, processor time and processes is kept by ``browsers_ceiling``; a hard limit of data per process and
a lower priority are set here.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from domain.errors import IsolationMissing

PROXY_PORT = 3128  # inside the box's own network namespace, so it can collide with nothing
PLAIN_USER = 65534  # nobody
TMP_BYTES = 1 << 30
SCRATCH = "/tmp"  # noqa: S108 - the box's own tmpfs, nobody else sees it

_BOOT = Path(__file__).with_name("browsers_boot.py")
_SYSTEM = ("/usr", "/etc/fonts", "/etc/ld.so.cache", "/etc/alternatives", "/opt")
_LINKS = ("/lib", "/lib64", "/bin", "/sbin")
_BROWSERS = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, kw_only=True)
class Box:
    """A script that starts the browser in its box, and where the box sends its door."""

    script: Path
    door: Path


def find_browser(setting: Path | None) -> Path:
    """Return the browser to start: the setting, else one on PATH, else Playwright's own.

    Raises:
        IsolationMissing: there is none.
    """
    if setting is not None:
        if not os.access(setting, os.X_OK):
            raise IsolationMissing(f"The configured browser {setting} cannot be executed.")
        return setting
    for name in _BROWSERS:
        if found := shutil.which(name):
            return Path(found)
    cache = Path(os.path.expanduser("~/.cache/ms-playwright"))  # noqa: PTH111 - may lack a home; Path.home raises then
    for pattern in ("chromium_headless_shell-*/*/*headless*shell", "chromium-*/*/chrome"):
        if installed := sorted(cache.glob(pattern)):
            return installed[-1]
    raise IsolationMissing(
        "No Chromium was found.", remedy="Install the chromium-headless-shell package, or: playwright install chromium"
    )


def build(browser: Path, workdir: Path) -> Box:
    """Write the start script into ``workdir``; a Unix socket must listen at ``door`` before it runs.

    Raises:
        IsolationMissing: bubblewrap is not installed.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise IsolationMissing("Browsers need bubblewrap (bwrap) for their box.", remedy="Install bubblewrap.")
    box = Box(script=workdir / "browser", door=workdir / "door")
    user = PLAIN_USER if os.geteuid() == 0 else 0
    boot = [sys.executable, "-I", "-S", "-B", "/box/boot.py", "/box/door", str(PROXY_PORT), str(user)]
    command = [bwrap, *_arguments(browser, box, root=os.geteuid() == 0), "--", *boot, str(browser)]
    box.script.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    box.script.chmod(0o700)
    return box


def _arguments(browser: Path, box: Box, *, root: bool) -> list[str]:
    names = ["--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    mounts = [item for path in _SYSTEM if Path(path).exists() for item in ("--ro-bind", path, path)]
    for link in _LINKS:
        path = Path(link)
        if path.is_symlink():
            mounts += ["--symlink", str(path.readlink()), link]
        elif path.exists():
            mounts += ["--ro-bind", link, link]
    # The scratch folder comes first: a checkout, and with it the interpreter, may itself lie below it.
    mounts += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--size", str(TMP_BYTES), "--tmpfs", SCRATCH]
    for place in _outside_system(browser):
        mounts += ["--ro-bind", str(place), str(place)]
    mounts += ["--ro-bind", str(_BOOT), "/box/boot.py", "--bind", str(box.door), "/box/door"]
    rights = ["--cap-drop", "ALL"] + (["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if root else [])
    surroundings = ["--clearenv", "--setenv", "HOME", SCRATCH, "--setenv", "PATH", "/usr/bin:/bin", "--chdir", SCRATCH]
    return [*names, *mounts, *rights, *surroundings, "--new-session", "--die-with-parent"]


def _outside_system(browser: Path) -> list[Path]:
    """Return what must be visible beside the system: interpreter and browser, when installed elsewhere."""
    wanted = [Path(sys.base_prefix), Path(sys.executable).parent.parent, browser.resolve().parent]
    return [place for place in dict.fromkeys(wanted) if not place.is_relative_to("/usr")]
