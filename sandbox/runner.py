"""Artifact + arguments + policy → Run: every execution of generated code comes through here.

The child's word counts for nothing but its own result: that is bounded, parsed as JSON, held against
the row limit and the tool's schema, and cleaned of secrets here, in the parent.
"""

from __future__ import annotations

import asyncio
import logging
import marshal
import os
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

from domain.errors import CodeRefused
from domain.observation import Exchange
from domain.policy import Policy
from domain.run import Outcome, Run, RunKind
from domain.values import JsonObject
from domain.workflow import Artifact
from sandbox import doctor, jail
from sandbox.appearance import Appearance
from sandbox.broker import Broker, BrokerOptions, Pace
from sandbox.children import ChildEnded, Meta
from sandbox.doors import Door, KeepArtifacts, page_door
from sandbox.exchanges import Exchanges
from sandbox.keeping import KeepFailed
from sandbox.manners import Manners
from sandbox.outcomes import Ending, Validators, ended, from_frame, from_load, to_run
from sandbox.places import needs_places
from sandbox.pool import Key, Lease, Level, Pool, PoolOptions
from sandbox.replaying import Replayed
from sandbox.secrets import SecretStore
from sandbox.zygotes import Loadable, LoadFailed

if TYPE_CHECKING:
    from sandbox.browsers import BrowserPool

__all__ = ["Compiled", "Level", "Runner", "RunnerOptions", "open_runner"]

log = logging.getLogger(__name__)
_REFUSALS_TOLD = 50  # lines of one run
_PREPARED = 512  # versions whose compiled code is kept
_CANCELLED = Ending(outcome=Outcome.CANCELLED, code="cancelled", message="The caller went away; the run was ended.")


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """Marshalled code. ``restricted`` code gets the facade's names and nothing else; ``stateless`` may be kept."""

    code: bytes
    restricted: bool = True
    stateless: bool = False


Compiler = Callable[[Artifact, Policy], Compiled]


@dataclass(frozen=True, kw_only=True)
class RunnerOptions:
    """How runs are isolated and asked for.

    ``level`` see sandbox.pool; ``allow_weaker`` names mechanisms (as ``doctor`` lists them) that may be
    missing; ``ca_file`` is trusted beside the system's authorities; ``secrets_folder`` holds the secrets'
    files; ``pace`` is awaited before each request, ``manners`` hold for public hosts; ``browsers`` serves page
    workflows (the runner starts its own when there is none, with the program ``browser``), ``keep_artifacts`` takes
    what is left of those that
    failed, ``keep_cancelled`` the runs whose caller went away; ``cache`` is a folder for what can be made anew;
    ``mechanisms`` replaces the look at this machine.
    """

    level: Level = Level.PROCESS
    spare: int = 4
    versions: int = 48
    idle_s: float = 900.0
    allow_weaker: tuple[str, ...] = ()
    ca_file: Path | None = None
    appearance: Appearance = Appearance.HONEST
    secrets_folder: Path | None = None
    pace: Pace | None = None
    manners: Manners = field(default_factory=Manners)
    browsers: BrowserPool | None = None
    browser: Path | None = None
    keep_artifacts: KeepFailed | None = None
    keep_cancelled: Callable[[Run], None] | None = None
    cache: Path | None = None
    machine: jail.Machine = field(default_factory=jail.this_machine)
    mechanisms: doctor.Probe | None = None


@asynccontextmanager
async def open_runner(
    options: RunnerOptions | None = None, *, compiler: Compiler | None = None, pool: Pool | None = None
) -> AsyncIterator[Runner]:
    """Open a runner: the machine is looked at, the first zygote is started and warm.

    ``compiler`` is for the attack tests, which run code that no check has seen. ``pool`` was begun ahead
    (see sandbox.ahead); how many processes there are and what may be missing is then its own matter.

    Raises:
        IsolationMissing: a mechanism is missing and not allowed to be.
    """
    options = options or RunnerOptions()
    if pool is None:
        pool = await _pool_for(options)
    secrets = SecretStore(options.secrets_folder)
    broker_options = BrokerOptions(
        appearance=options.appearance,
        ca_file=options.ca_file,
        secrets=secrets,
        pace=options.pace,
        manners=options.manners,
    )
    async with Broker(broker_options) as broker:
        runner = Runner(
            pool,
            broker,
            options.level,
            compiler or compile_checked,
            browsers=options.browsers,
            browser=options.browser,
            keep_artifacts=options.keep_artifacts,
            keep_cancelled=options.keep_cancelled,
            cache=options.cache,
        )
        try:
            await pool.start()
            yield runner
        finally:
            await runner.aclose()


async def _pool_for(options: RunnerOptions) -> Pool:
    look = options.mechanisms or (lambda: doctor.report(options.machine))
    without = doctor.require(await asyncio.to_thread(look), options.allow_weaker)
    return Pool(
        PoolOptions(
            machine=options.machine,
            without=without,
            spare=options.spare,
            versions=options.versions,
            idle_s=options.idle_s,
        )
    )


def _tell_refusals(tool: str, exchanges: Exchanges) -> None:
    """Write what the run was refused to the log, without queries."""
    for denial in exchanges.denials[:_REFUSALS_TOLD]:
        address = exchanges.redactor.text(denial.url.partition("?")[0])
        log.warning("%s: %s was refused: %s", tool, address, exchanges.redactor.text(denial.reason))


def compile_checked(artifact: Artifact, policy: Policy) -> Compiled:
    """Check and compile an artifact.

    Raises:
        CodeRefused: the check found violations.
    """
    from sandbox.check import check, compile_workflow  # noqa: PLC0415 - heavy; first needed at the first run

    report = check(artifact.code, policy, artifact.interface)
    if not report.passed:
        raise CodeRefused(
            "The code check refused this workflow: "
            + "; ".join(f"line {v.line}: {v.code} {v.message}" for v in report.violations[:3]),
            violations=[v.model_dump(mode="json") for v in report.violations],
        )
    return Compiled(code=compile_workflow(artifact.code, policy, artifact.interface), stateless=report.stateless)


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    artifact: Artifact
    policy: Policy
    key: Key
    loadable: Loadable
    stateless: bool


class Runner:
    """Runs artifacts. Made by ``open_runner``; may run any number at the same time."""

    def __init__(
        self,
        pool: Pool,
        broker: Broker,
        level: Level,
        compiler: Compiler,
        *,
        browsers: BrowserPool | None = None,
        browser: Path | None = None,
        keep_artifacts: KeepFailed | None = None,
        keep_cancelled: Callable[[Run], None] | None = None,
        cache: Path | None = None,
    ) -> None:
        self.broker = broker
        self._pool = pool
        self._level = level
        self._compile = compiler
        self._prepared: OrderedDict[tuple[int, int, str], _Prepared] = OrderedDict()
        self._building: dict[Key, asyncio.Future[_Prepared]] = {}
        self._validators = Validators()
        self._number = 0
        self._browsers = browsers
        self._browser = browser
        self._keep = keep_artifacts
        self._keep_cancelled = keep_cancelled
        self._cache = cache
        self._owned = AsyncExitStack()

    async def aclose(self) -> None:
        """End every process that the runner started."""
        await self._pool.aclose()
        await self._owned.aclose()

    async def prewarm(self, artifact: Artifact, policy: Policy, owner: str = "local") -> None:
        """Load a version and fork its spare children, so that its first call finds them.

        Raises:
            CodeRefused: the check found violations.
            LoadFailed: the module body raised.
        """
        prepared = await self._prepare(artifact, policy, owner)
        level = self._level_of(prepared)
        if level is not Level.PARANOID:
            await self._pool.version(prepared.key, prepared.loadable, kept=level is Level.FAST)

    async def run(
        self,
        artifact: Artifact,
        arguments: JsonObject,
        policy: Policy,
        *,
        kind: RunKind,
        now: datetime,
        owner: str = "local",
        tool: str = "",
        version: int = 0,
        record: bool = False,
        replayed: tuple[Exchange, ...] | None = None,
        output_schema: JsonObject | None = None,
        left_behind: KeepArtifacts | None = None,
    ) -> Run:
        """Run an artifact once; every way in which it can end is an outcome of the run.

        ``now`` is the clock that the workflow sees. ``record`` keeps its exchanges. With ``replayed`` the
        answers come from a recording and no request leaves; a request that it does not have ends the run as
        failed with the code ``asked_new``. ``left_behind`` takes the page of a page workflow as its run left it.
        When this coroutine is cancelled, the child is killed before the cancellation goes on.

        Raises:
            CodeRefused: the check found violations.
            SandboxProblem: the sandbox itself does not work.
        """
        prepared = await self._prepare(artifact, policy, owner)
        exchanges = self._exchanges(policy, owner, record=record, replayed=replayed)
        exchanges.left_behind = left_behind
        started = asyncio.get_running_loop().time()

        def told(ending: Ending) -> Run:
            return to_run(
                ending,
                exchanges,
                run_id=os.urandom(16).hex(),
                kind=kind,
                owner=owner,
                artifact=artifact,
                arguments=arguments,
                started_at=now,
                wall_ms=(asyncio.get_running_loop().time() - started) * 1000,
                tool=tool,
                version=version,
            )

        try:
            ending = await self._ending(prepared, arguments, now, exchanges, output_schema)
        except asyncio.CancelledError as cancelled:
            try:
                if self._keep_cancelled is not None:
                    self._keep_cancelled(told(_CANCELLED))
            finally:
                raise cancelled  # whatever became of the record
        _tell_refusals(tool or artifact.sha256[:12], exchanges)
        if exchanges.unknown:  # whatever the workflow made of it
            ending = replace(ending, outcome=Outcome.FAILED, code="asked_new", message=exchanges.unknown, output=None)
        return await self._kept(told(ending), exchanges)

    async def _kept(self, run: Run, exchanges: Exchanges) -> Run:
        if self._keep is not None and exchanges.left_over is not None:
            await asyncio.to_thread(self._keep, run, exchanges.left_over)
        return run

    def _exchanges(
        self, policy: Policy, owner: str, *, record: bool, replayed: tuple[Exchange, ...] | None
    ) -> Exchanges:
        """Return the requests of one run: to the network, or to a recording."""
        if replayed is None:
            return Exchanges(self.broker, policy, owner, record=record)
        return Replayed(self.broker, policy, owner, replayed)

    async def _ending(
        self, prepared: _Prepared, arguments: JsonObject, now: datetime, exchanges: Exchanges, schema: JsonObject | None
    ) -> Ending:
        job = {"arguments": arguments, "now": now.isoformat()}
        for attempt in (1, 2):
            try:
                lease = await self._pool.take(prepared.key, prepared.loadable, self._level_of(prepared))
            except LoadFailed as error:
                return from_load(error, prepared.artifact, exchanges)
            except ChildEnded as error:
                return ended("died", f"The run could not begin: {error}.")
            async with self._door(prepared, exchanges, lease, now) as door:
                ending = await self._call(lease, prepared, job, exchanges, schema=schema, door=door)
                door.failed = bool(ending.code)
            # a zygote that died takes its children along; a call that was not begun can be made again
            begun = not lease.child.unread and (lease.child.spoke or lease.version.alive)
            if ending.code != "died" or begun or attempt == 2:
                return ending
        raise AssertionError("not reached")

    async def _call(
        self,
        lease: Lease,
        prepared: _Prepared,
        job: Meta,
        exchanges: Exchanges,
        *,
        schema: JsonObject | None,
        door: Door,
    ) -> Ending:
        limits = prepared.policy.limits
        self._number += 1
        reusable = False
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with asyncio.timeout(limits.wall_s):
                body_bytes = max(limits.output_bytes, limits.response_bytes)
                meta, body = await lease.child.call(self._number, job, door.answer, body_bytes=body_bytes)
            reusable = meta["t"] == "result" and meta.get("fin") is not True
            return from_frame(
                meta, body, artifact=prepared.artifact, exchanges=exchanges, limits=limits, schema=schema,
                validators=self._validators,
            )  # fmt: skip
        except TimeoutError:
            return ended("wall", f"The run did not end within {limits.wall_s:g} s.")
        except ChildEnded as error:
            spun = error.code == "died" and loop.time() - started >= limits.cpu_s
            code = "flood" if door.flooded else "cpu" if spun else error.code
            return ended(code, f"The run was ended: {error}.")
        finally:
            self._pool.give_back(lease, reusable=reusable)

    @asynccontextmanager
    async def _door(
        self,
        prepared: _Prepared,
        exchanges: Exchanges,
        lease: Lease,
        now: datetime,
    ) -> AsyncIterator[Door]:
        """Open what answers the child: the broker, or for page workflows the gate before a page of its own."""
        if prepared.loadable.profile == "http":
            yield Door(exchanges.answer, lease.child.kill, prepared.policy.limits.requests)
            return
        try:
            pages = self._browsers or await self._own_browsers()
            kill = lease.child.kill
            alone = self._level is Level.PARANOID
            async with page_door(pages, prepared.policy, exchanges, kill, now=now, alone=alone) as door:
                yield door
        finally:
            if lease.child.usable:  # the page did not open, so the call was never begun
                self._pool.give_back(lease, reusable=False)

    async def _own_browsers(self) -> BrowserPool:
        from sandbox.browsers import BrowserOptions, BrowserPool  # noqa: PLC0415 - heavy; only page workflows need it

        if self._browsers is None:
            asked = self.broker.options
            self._browsers = BrowserPool(
                BrowserOptions(executable=self._browser, ca_file=asked.ca_file, appearance=asked.appearance)
            )
            self._owned.push_async_callback(self._browsers.aclose)
        return self._browsers

    def _level_of(self, prepared: _Prepared) -> Level:
        """Return the level: only code that the stateless rules accept may be kept."""
        if self._level is Level.FAST and not (prepared.stateless and prepared.loadable.profile == "http"):
            return Level.PROCESS
        return self._level

    async def _prepare(self, artifact: Artifact, policy: Policy, owner: str) -> _Prepared:
        name = (id(artifact), id(policy), owner)
        kept = self._prepared.get(name)
        if kept is not None and kept.artifact is artifact and kept.policy is policy:
            return kept
        key = (artifact.sha256, policy.digest(), owner)
        same = next((p for p in self._prepared.values() if p.key == key), None)
        if same is None:
            same = await self._built(artifact, policy, key)
        kept = _Prepared(artifact=artifact, policy=policy, key=key, loadable=same.loadable, stateless=same.stateless)
        self._prepared[name] = kept
        while len(self._prepared) > _PREPARED:
            self._prepared.popitem(last=False)
        return kept

    async def _built(self, artifact: Artifact, policy: Policy, key: Key) -> _Prepared:
        """Build once for all who wait for the same; one that is cancelled does not end it for the others."""
        building = self._building.get(key)
        if building is None:
            building = asyncio.ensure_future(asyncio.to_thread(self._build, artifact, policy, key))
            self._building[key] = building
            building.add_done_callback(partial(self._was_built, key))
        return await asyncio.shield(building)

    def _was_built(self, key: Key, building: asyncio.Future[_Prepared]) -> None:
        del self._building[key]
        if not building.cancelled():
            building.exception()  # whoever waits is told; when nobody does any more, it is no news

    def _build(self, artifact: Artifact, policy: Policy, key: Key) -> _Prepared:
        compiled = self._compile(artifact, policy)
        code: Any = marshal.loads(compiled.code)  # noqa: S302 - made a line above, by our own compiler
        loadable = Loadable(
            code=compiled.code,
            filename=code.co_filename if isinstance(code, CodeType) else "",
            restricted=compiled.restricted,
            profile=artifact.interface,
            limits=policy.limits,
            places=needs_places(artifact.code),
            cache=self._cache,
        )
        return _Prepared(artifact=artifact, policy=policy, key=key, loadable=loadable, stateless=compiled.stateless)
