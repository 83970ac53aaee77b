"""Who works on jobs, and who is dead.

A worker shows life by beats on the board, and on its own machine by a locked file: a file that can be locked
belongs to a process that is gone, which is known at once. A worker whose beats stand still for the lease's time on
the watcher's own clock counts as dead too, on any machine, even when it is only paused: claims keep it from doing
harm when it comes back.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import time
from collections.abc import Callable
from pathlib import Path

from domain.job import Job
from registry.jobs import JobBoard

LEFT = -1  # beats of a worker that said goodbye while its jobs were unfinished


class Roll:
    """This process among the workers. ``clock`` tells seconds that never fall."""

    def __init__(
        self,
        board: JobBoard,
        folder: Path,
        version: str,
        *,
        lease_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.me = f"{socket.gethostname()[:24]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._board = board
        self._folder = folder
        self._version = version
        self._lease_s = lease_s
        self._clock = clock
        self._seen: dict[str, tuple[int, float]] = {}
        self._lock: int | None = None

    @property
    def beat_every_s(self) -> float:
        """How often to show life."""
        return self._lease_s / 5

    def join(self) -> None:
        """Take a place among the workers."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(self._path(self.me), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.beat()

    def beat(self) -> None:
        """Show that this process lives."""
        self._board.beat(self.me, self._version)

    def leave(self, *, unfinished: bool) -> None:
        """Give the place up. With ``unfinished`` jobs the name stays on the board, for others to take them over."""
        if self._lock is None:
            return
        if unfinished:
            self._board.leave(self.me)
        else:
            self._board.forget([self.me])
            self._path(self.me).unlink(missing_ok=True)
        os.close(self._lock)
        self._lock = None

    def dead(self) -> tuple[str, ...]:
        """Return the workers that are gone or stand still."""
        now = self._clock()
        found: list[str] = []
        for worker, (_, beats) in self._board.workers().items():
            if worker == self.me:
                continue
            before, since = self._seen.get(worker, (None, now))
            if beats != before:
                since = now
            self._seen[worker] = (beats, since)
            if beats == LEFT or now - since >= self._lease_s or self._is_unlocked(worker):
                found.append(worker)
        return tuple(found)

    def bury(self, workers: tuple[str, ...]) -> None:
        """Take dead workers off, once their jobs were handed on. One that was only paused joins again by itself."""
        self._board.forget(workers)
        for worker in workers:
            self._seen.pop(worker, None)
            if self._is_unlocked(worker):
                self._path(worker).unlink(missing_ok=True)

    def orphaned(self, jobs: tuple[Job, ...]) -> bool:
        """Tell whether any of these open jobs has nobody who would work on it."""
        if not jobs:
            return False
        dead = set(self.dead())
        living = {worker for worker in self._board.workers() if worker not in dead}
        return any(job.worker not in living if job.worker else not living for job in jobs)

    def served(self, version: str) -> bool:
        """Tell whether a living worker runs jobs of an engine version."""
        dead = set(self.dead())
        return any(found == version and worker not in dead for worker, (found, _) in self._board.workers().items())

    def _path(self, worker: str) -> Path:
        return self._folder / f"{worker.replace('/', '_')}.lock"

    def _is_unlocked(self, worker: str) -> bool:
        try:
            handle = os.open(self._path(worker), os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:  # a worker of another machine or home: its beats must tell
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(handle)
        return True
