"""Which process serves which call: boxes, versions and their children, by isolation level.

- ``process`` (default): every call has its own process, forked ahead of need from its version's zygote.
- ``fast``: a child of one version and owner serves up to 100 calls or 60 s; any error ends it.
- ``paranoid``: every call has a box of its own, with namespaces of its own.

A version belongs to one owner: its key holds the artifact, the policy and the owner.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sandbox.children import Child, ChildEnded
from sandbox.jail import Machine
from sandbox.seccomp import Profile
from sandbox.zygotes import KEPT_S, Clock, Loadable, Version, Zygote, start_zygote

KEPT_CALLS = 100
TAKE_S = 60.0  # a version whose module broke its zygote never forks
_PRESSED_SHARE = 0.10  # of the machine's memory: with less available, idle versions go

Key = tuple[str, str, str]


class Level(StrEnum):
    """How much calls share. See the module's docstring."""

    PROCESS = "process"
    FAST = "fast"
    PARANOID = "paranoid"


@dataclass(frozen=True, kw_only=True)
class PoolOptions:
    """Sizes. ``spare`` children per hot version, ``versions`` zygotes at most, idle ones end after ``idle_s``.

    ``clock`` tells the seconds that idleness is measured in.
    """

    machine: Machine
    without: frozenset[str] = frozenset()
    spare: int = 4
    versions: int = 48
    idle_s: float = 900.0
    clock: Clock = time.monotonic


@dataclass(eq=False, kw_only=True)
class Lease:
    """One child, lent for one call."""

    child: Child
    version: Version
    kept: bool
    box: Zygote | None = None


class Pool:
    """Hands out children. Use ``start`` and ``aclose``."""

    def __init__(self, options: PoolOptions) -> None:
        self._options = options
        self._zygotes: dict[Profile, asyncio.Task[Zygote]] = {}
        self._versions: dict[tuple[Key, bool], asyncio.Task[Version]] = {}
        self._boxes: deque[asyncio.Task[Zygote]] = deque()
        self._closing: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.TimerHandle | None = None
        self._open = True

    async def start(self) -> None:
        """Start the first zygote and wait until it is warm."""
        await self._zygote("http")
        self._sweep_later()

    async def begin(self) -> None:
        """Begin to start the first zygote, which then warms up by itself; ``start`` waits for it."""
        self._zygotes["http"] = self._start("http")
        await asyncio.sleep(0)

    async def aclose(self) -> None:
        """End every process, and wait for that. Closing again does nothing."""
        self._open = False
        if self._sweeper is not None:
            self._sweeper.cancel()
        for loading in self._versions.values():
            loading.cancel()
            if loading.done() and not loading.cancelled() and loading.exception() is None:
                loading.result().close()
        self._versions.clear()
        for starting in (*self._zygotes.values(), *self._boxes):
            self._close_soon(starting)
        self._zygotes.clear()
        self._boxes.clear()
        while self._closing:
            await asyncio.gather(*self._closing)

    async def take(self, key: Key, loadable: Loadable, level: Level) -> Lease:
        """Return a child of the version that waits for a call.

        Raises:
            LoadFailed: the module cannot be loaded.
            ChildEnded: zygotes died repeatedly, or the version's forks no child.
            SandboxProblem: no zygote starts.
        """
        if level is Level.PARANOID:
            return await self._take_box(loadable)
        kept = level is Level.FAST
        for attempt in (1, 2, 3):
            version = await self.version(key, loadable, kept=kept)
            try:
                async with asyncio.timeout(TAKE_S):
                    return Lease(child=await version.take(kept=kept), version=version, kept=kept)
            except TimeoutError as error:
                self._forget(key, kept=kept)
                raise ChildEnded("died", f"the version's zygote forked no child within {TAKE_S:g} s") from error
            except ChildEnded:
                self._forget(key, kept=kept)
                if attempt == 3:
                    raise
        raise AssertionError("not reached")

    def give_back(self, lease: Lease, *, reusable: bool) -> None:
        """End the call's child, or keep it for the next call where that is allowed."""
        child = lease.child
        fresh = child.served < KEPT_CALLS and child.age_s < KEPT_S
        lease.version.give_back(child, reusable=reusable and lease.kept and fresh, kept=lease.kept)
        if lease.box is not None:
            lease.version.close()
            self._close_soon(lease.box)
        if not self._open:
            lease.version.close()

    async def version(self, key: Key, loadable: Loadable, *, kept: bool) -> Version:
        """Return the version's zygote, loading it when there is none."""
        loading = self._versions.pop((key, kept), None)
        if loading is not None and loading.done() and not (_good(loading) and loading.result().alive):
            loading = None
        if loading is None:
            self._retire(self._options.versions - 1)
            loading = asyncio.ensure_future(self._load(loadable, kept=kept))
        self._versions[(key, kept)] = loading  # at the end: the order is that of use
        return await asyncio.shield(loading)

    async def _load(self, loadable: Loadable, *, kept: bool) -> Version:
        for attempt in (1, 2):
            zygote = await self._zygote(loadable.profile)
            try:
                version = await zygote.version(loadable, self._spare(loadable), self._options.clock)
            except ChildEnded:
                if zygote.alive or attempt == 2:
                    raise
            else:
                version.fill(kept=kept, ahead=not kept)
                return version
        raise AssertionError("not reached")

    def _spare(self, loadable: Loadable) -> int:
        return self._options.spare if loadable.profile == "http" else min(1, self._options.spare)

    async def _zygote(self, profile: Profile) -> Zygote:
        starting = self._zygotes.get(profile)
        if starting is not None and starting.done() and not (_good(starting) and starting.result().alive):
            self._close_soon(starting)
            starting = None
        if starting is None:
            starting = self._zygotes[profile] = self._start(profile)
        return await asyncio.shield(starting)

    def _start(self, profile: Profile) -> asyncio.Task[Zygote]:
        options = self._options
        return asyncio.ensure_future(start_zygote(options.machine, profile, options.without))

    async def _take_box(self, loadable: Loadable) -> Lease:
        starting = (
            self._boxes.popleft() if self._boxes and loadable.profile == "http" else self._start(loadable.profile)
        )
        if not self._boxes:
            self._boxes.append(self._start("http"))
        box = await asyncio.shield(starting)
        try:
            version = await box.version(loadable, 0)
            return Lease(child=await version.take(), version=version, kept=False, box=box)
        except BaseException:
            self._close_soon(box)
            raise

    def _forget(self, key: Key, *, kept: bool) -> None:
        loading = self._versions.pop((key, kept), None)
        if loading is not None and _good(loading):
            loading.result().close()

    def _retire(self, most: int, idle_s: float = 0.0) -> None:
        """End the longest unused versions that serve no call until at most ``most`` are left."""
        now = self._options.clock()
        for name, loading in tuple(self._versions.items()):
            if len(self._versions) <= most:
                return
            if not loading.done():
                continue
            if _good(loading):
                version = loading.result()
                if version.alive and (version.in_use or now - version.used_at < idle_s):
                    continue
                version.close()
            del self._versions[name]

    def sweep(self) -> None:
        """End the versions that were idle for too long, all idle ones when memory is short. Called twice a minute."""
        self._retire(0, 0.0 if _memory_is_short() else self._options.idle_s)

    def _sweep_later(self) -> None:
        def sweep() -> None:
            self.sweep()
            self._sweep_later()

        self._sweeper = asyncio.get_running_loop().call_later(30.0, sweep)

    def _close_soon(self, what: Zygote | asyncio.Task[Zygote]) -> None:
        task = asyncio.ensure_future(_close(what))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _close(what: Zygote | asyncio.Task[Zygote]) -> None:
    if isinstance(what, Zygote):
        await what.close()
        return
    what.cancel()
    await asyncio.wait([what])
    if _good(what):
        await what.result().close()


def _good(task: asyncio.Task[Zygote] | asyncio.Task[Version]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _memory_is_short() -> bool:
    """Whether little memory is available; False where the kernel does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return False
    values = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines) if rest}
    return values.get("MemAvailable", 1) < _PRESSED_SHARE * values.get("MemTotal", 0)
