"""Folders for the time of one thing, which no end of their process leaves behind for long.

A folder is locked by the process that made it. The kernel lets go of the lock when that process ends, however it ends,
and the next process that makes one sweeps those that nobody holds. What this does not stop: a folder stays until then.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

PREFIX = "agent-school-browser-"
_YOUNG_S = 60.0  # a folder may just have been made, and not be locked yet


class Scratch:
    """A folder of its own below the system's one for temporary files; ``remove`` it in the end."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._held = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def remove(self) -> None:
        """Remove the folder and what is in it. Can be called again."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._held >= 0:
            os.close(self._held)
            self._held = -1


def sweep() -> int:
    """Remove this user's folders whose process is gone; return how many."""
    count = 0
    for folder in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        with contextlib.suppress(OSError):  # it goes away while it is looked at, or is not this user's
            count += _swept(folder)
    return count


def _swept(folder: Path) -> bool:
    status = folder.lstat()
    if status.st_uid != os.geteuid() or time.time() - status.st_ctime < _YOUNG_S:
        return False
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return False  # its process lives
    finally:
        os.close(held)
    return not folder.exists()
