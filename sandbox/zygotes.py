"""Zygotes as the parent sees them: the warmed first one in its box, and one for each version."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import resource
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from domain.errors import RunFailed, SandboxProblem
from domain.meaning import gazetteer
from domain.policy import Limits
from sandbox.children import Child, ChildEnded, Meta
from sandbox.jail import Machine, spawn_zygote
from sandbox.seccomp import Profile
from sandbox.towns import open_towns

log = logging.getLogger(__name__)

START_S = 30.0  # a busy machine; it takes a third of a second
LOAD_S = 10.0
KEPT_S = 60.0  # how long a child of the fast level may serve
KEPT_AT_ONCE = 8  # kept children of one version, as long as no call waits longer than
PATIENCE_S = 0.05
SLOW_S = 0.1  # a call that takes longer waits for its site, not for this machine
_FORKING = 8  # forks of one version under way at the same time
_FAILURES = 5  # children in a row that did not come up: the version's zygote is no good
_INDEX_TIMES = 4  # what unpacking the index of places takes beside it, none of it the module's own
_PAGE_BYTES = resource.getpagesize()


Clock = Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class Loadable:
    """What a version's zygote loads. ``code`` is marshalled; ``restricted`` code gets the facade's names.

    ``places`` is whether it looks places up by name, and so needs the index of them; ``cache`` is the folder that may
    hold the larger part of that (see sandbox.towns).
    """

    code: bytes
    filename: str
    restricted: bool
    profile: Profile
    limits: Limits
    places: bool = False
    cache: Path | None = None


class LoadFailed(RunFailed):
    """The module body raised, or did not end. ``frame`` is what its zygote said."""

    code = "load_failed"

    def __init__(self, message: str, frame: Meta) -> None:
        super().__init__(message)
        self.frame = frame


class Zygote:
    """A first zygote in a box of its own."""

    def __init__(self, process: subprocess.Popen[bytes], control: Child) -> None:
        self._process = process
        self._control = control

    @property
    def alive(self) -> bool:
        """Whether it can be asked for versions. Its box ends before what is in it, so the box is asked too."""
        return self._control.usable and self._process.poll() is None

    async def version(self, loadable: Loadable, spare: int, clock: Clock = time.monotonic) -> Version:
        """Return a new zygote that has loaded the module.

        Raises:
            LoadFailed: the module body raised or did not end.
            ChildEnded: the first zygote is gone.
        """
        places, towns = b"", None
        if loadable.places:
            places = await asyncio.to_thread(gazetteer.pack)
            towns = await asyncio.to_thread(open_towns, loadable.cache)
        process = await self._ready(*([] if towns is None else [towns.descriptor]))
        try:
            async with asyncio.timeout(LOAD_S):
                job: Meta = {
                    "filename": loadable.filename,
                    "restricted": loadable.restricted,
                    "interface": loadable.profile,
                    "cpu_s": loadable.limits.cpu_s,
                    "address_bytes": _address_bytes(process.pid)
                    + (loadable.limits.memory_mb << 20)
                    + _INDEX_TIMES * len(places)
                    + (0 if towns is None else towns.size),
                    "towns_bytes": 0 if towns is None else towns.size,
                    "code_bytes": len(loadable.code),
                }
                meta, _ = await process.call(0, job, body=loadable.code + places)
        except TimeoutError:
            process.kill()
            raise LoadFailed(f"The module did not load within {LOAD_S:g} s.", {"kind": "wall"}) from None
        except ChildEnded as error:
            process.kill()
            if not self.alive:
                raise
            raise LoadFailed("The module ended its own process while it was loaded.", {"kind": "died"}) from error
        except BaseException:
            process.kill()
            raise
        if meta["t"] != "result":
            process.kill()
            raise LoadFailed(f"The module raised {meta.get('name')} while it was loaded.", meta)
        return Version(process, spare, clock)

    async def _ready(self, *more: int) -> Child:
        """Return a forked process that has loaded nothing yet.

        What ends before it is ready has run no code of anybody's: on a machine that is short of something the kernel
        refuses now and then what a moment later it grants, so another one is forked.

        Raises:
            SandboxProblem: none came up, with what the last one said.
            ChildEnded: the first zygote is gone.
        """
        why = ""
        for _ in range(_FAILURES):
            process = fork(self._control, b"v", *more)
            try:
                async with asyncio.timeout(START_S):
                    await process.ready
            except ChildEnded as error:
                process.kill()
                if not self.alive:
                    raise
                why = str(error)
                log.warning("a version's process did not come up", extra={"reason": why})
            except TimeoutError:
                process.kill()
                why = f"it was not ready within {START_S:g} s"
                break
            except BaseException:
                process.kill()
                raise
            else:
                return process
        raise SandboxProblem(f"No process for a version came up: {why}", remedy="Run: main.py doctor")

    async def close(self) -> None:
        """End it, and with it everything in its box."""
        self._control.kill()
        self._process.kill()
        await asyncio.to_thread(self._process.wait)
        if self._process.stderr is not None:
            self._process.stderr.close()


async def start_zygote(machine: Machine, profile: Profile, without: frozenset[str]) -> Zygote:
    """Start a first zygote and wait until it is warm and jailed.

    Raises:
        SandboxProblem: it did not start; the message ends with what it wrote last.
        IsolationMissing: bubblewrap is missing and may not.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = spawn_zygote(machine, theirs.fileno(), profile, without=without)
        except BaseException:
            ours.close()
            raise
    zygote = Zygote(process, Child(asyncio.get_running_loop(), ours))
    try:
        async with asyncio.timeout(START_S):
            await zygote._control.ready
    except (ChildEnded, TimeoutError) as error:
        process.kill()
        told = await asyncio.to_thread(lambda: process.communicate()[1])
        last = told.decode(errors="replace").strip().splitlines()[-1:] or ["nothing"]
        raise SandboxProblem(
            f"The sandbox did not start; its process said: {last[0][:300]}", remedy="Run: main.py doctor"
        ) from error
    except BaseException:
        await zygote.close()
        raise
    return zygote


class Version:
    """A version's zygote and its children, forked ahead of need."""

    def __init__(self, process: Child, spare: int, clock: Clock) -> None:
        self._process = process
        self._clock = clock
        self._spare_wanted = spare
        self._spare: deque[Child] = deque()
        self._forking: set[Child] = set()
        self._waiting: deque[tuple[float, asyncio.Future[Child]]] = deque()  # each with when it began to wait
        self._failures = 0
        self._most_kept = KEPT_AT_ONCE
        self._growing: asyncio.TimerHandle | None = None
        self._serving: dict[Child, float] = {}  # each with when its call began
        self.in_use = 0
        self.used_at = clock()
        process.on_end = self._ended

    @property
    def alive(self) -> bool:
        """Whether it can fork children."""
        return self._process.usable

    async def take(self, *, kept: bool = False) -> Child:
        """Return a child that waits for a call; with ``kept`` one that may serve several.

        Raises:
            ChildEnded: the zygote is gone.
        """
        self.in_use += 1
        loop = asyncio.get_running_loop()
        try:
            while self._spare:
                child = self._spare.pop() if kept else self._spare.popleft()  # the one used last is in the caches
                if child.usable and not (kept and child.age_s > KEPT_S):
                    self._serving[child] = loop.time()
                    return child
                child.kill()
            return await self._awaited(kept=kept)
        except BaseException:
            self.in_use -= 1
            raise

    async def _awaited(self, *, kept: bool) -> Child:
        """Wait for a child. A caller that leaves meanwhile is waited for no more, and what came for it is kept."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Child] = loop.create_future()
        place = loop.time(), waiting
        self._waiting.append(place)
        self.fill(kept=kept, ahead=False)
        if kept and self._growing is None:
            self._growing = loop.call_later(PATIENCE_S, self._grow)
        try:
            return await waiting
        except asyncio.CancelledError:
            if place in self._waiting:
                self._waiting.remove(place)
            elif not waiting.cancelled() and waiting.exception() is None:  # it came just before the caller left
                self._serving.pop(waiting.result())
                self._come(waiting.result(), kept=kept)
            raise

    def give_back(self, child: Child, *, reusable: bool, kept: bool) -> None:
        """Take a child back after its call; one that is not reusable is ended."""
        self.in_use -= 1
        self._serving.pop(child, None)
        self.used_at = self._clock()
        if child.unread:  # ended from outside, and by what ended it the others may be ending too
            self._end_spare()
        if reusable and child.usable:
            self._offer(child)
        else:
            child.kill()
        if self.alive:
            self.fill(kept=kept, ahead=not kept)

    def fill(self, *, kept: bool, ahead: bool) -> None:
        """Fork as many as are waited for, and with ``ahead`` the spare ones too.

        Of kept children there are a few, however many calls wait: most sites answer before a fork is done.
        """
        wanted = len(self._waiting) + (self._spare_wanted if ahead else 0) - len(self._spare)
        if kept:
            serving = self.in_use - len(self._waiting)
            wanted = min(wanted, self._most_kept - serving - len(self._spare))
        try:
            while len(self._forking) < min(wanted, _FORKING):
                child = fork(self._process, b"k" if kept else b"1")
                self._forking.add(child)
                child.ready.add_done_callback(functools.partial(self._forked, child, kept))
        except ChildEnded:
            self._ended()

    def close(self) -> None:
        """End the zygote and all its children that serve no call."""
        self._process.kill()
        self._ended()
        if self._growing is not None:
            self._growing.cancel()
        for child in tuple(self._forking):
            child.kill()
        self._end_spare()

    def _end_spare(self) -> None:
        for child in self._spare:
            child.kill()
        self._spare.clear()

    def _forked(self, child: Child, kept: bool, _: object) -> None:
        self._forking.discard(child)
        if child.usable:
            self._failures = 0
            self._come(child, kept=kept)
        else:
            self._failures += 1
            if self._failures >= _FAILURES:
                self.close()
        if self._waiting and self.alive:
            self.fill(kept=kept, ahead=False)

    def _come(self, child: Child, *, kept: bool) -> None:
        """Take a child that has served nobody; end it where nobody waits any more and there are spare ones enough."""
        if self.alive and (kept or self._waiting or len(self._spare) < self._spare_wanted):
            self._offer(child)
        else:
            child.kill()

    def _grow(self) -> None:
        """Allow more kept children when calls wait long for one because of a slow site.

        Where the machine is what is slow, more processes would only make it slower.
        """
        loop = asyncio.get_running_loop()
        self._growing = None
        if not self._waiting:
            self._most_kept = KEPT_AT_ONCE
            return
        slow = sum(loop.time() - began >= SLOW_S for began in self._serving.values())
        if slow * 2 >= len(self._serving) and loop.time() - self._waiting[0][0] >= PATIENCE_S:
            self._most_kept += len(self._waiting)
        self.fill(kept=True, ahead=False)
        self._growing = loop.call_later(PATIENCE_S, self._grow)

    def _offer(self, child: Child) -> None:
        while self._waiting:
            _, waiting = self._waiting.popleft()
            if not waiting.done():
                self._serving[child] = asyncio.get_running_loop().time()
                waiting.set_result(child)
                return
        self._spare.append(child)

    def _ended(self) -> None:
        while self._waiting:
            _, waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_exception(ChildEnded("died", "the version's zygote ended"))


def fork(zygote: Child, request: bytes, *more: int) -> Child:
    """Ask a zygote for a process, and return the parent's end of its descriptor; ``more`` it gets besides."""
    ours, theirs = socket.socketpair()
    child = Child(asyncio.get_running_loop(), ours)
    with theirs:
        try:
            zygote.hand(request, theirs.fileno(), *more)
        except ChildEnded:
            child.kill()
            raise
    return child


def _address_bytes(pid: int) -> int:
    """Return the size of a process's address space, which its memory limit comes on top of."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * _PAGE_BYTES
    return 1 << 29  # hidden by the machine's /proc options
