"""The School: what every use case is handed. Nothing heavy starts before it is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import anyio

from domain.cost import SpendLimit
from domain.ports import Clock
from registry import Registry, open_registry
from school.clock import HeldClock, MachineClock
from school.settings import Settings
from school.shelf import Shelf

if TYPE_CHECKING:  # a browser's client, the jail and the models are loaded when they are first needed
    from generators.llm import Llm
    from sandbox.observe import Observer
    from sandbox.runner import Runner

T = TypeVar("T")


class OnNeed(Generic[T]):
    """Opens something at its first use, once, and closes it with the School."""

    def __init__(self, opener: Callable[[], Awaitable[T]]) -> None:
        self._opener = opener
        self._lock = anyio.Lock()
        self._opened: list[T] = []

    async def get(self) -> T:
        """Return the opened thing."""
        if not self._opened:
            async with self._lock:
                if not self._opened:
                    self._opened.append(await self._opener())
        return self._opened[0]

    @property
    def started(self) -> bool:
        """Whether it was needed so far."""
        return bool(self._opened)


@dataclass(frozen=True, kw_only=True)
class School:
    """The frozen collaborators of all use cases."""

    settings: Settings
    clock: Clock
    registry: Registry
    shelf: Shelf
    runner: OnNeed[Runner]
    observer: OnNeed[Observer]
    llm: OnNeed[Llm]


@asynccontextmanager
async def open_school(settings: Settings) -> AsyncIterator[School]:
    """Open the registry, and make sandbox and browser ready to start when they are needed.

    Raises:
        RegistryUnusable: the registry cannot be opened; it was left untouched.
    """
    clock: Clock = HeldClock(at=settings.now) if settings.now is not None else MachineClock()
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    async with AsyncExitStack() as stack:
        registry = stack.enter_context(open_registry(settings.registry_url, clock=clock))

        async def start_runner() -> Runner:
            from sandbox.pool import Level  # noqa: PLC0415 - see above
            from sandbox.runner import RunnerOptions, open_runner  # noqa: PLC0415

            options = RunnerOptions(
                level=Level(settings.isolation),
                allow_weaker=settings.allow_weaker,
                ca_file=settings.tls_ca_file,
                secrets_folder=settings.home / "secrets",
                keep_cancelled=registry.record_run,
            )
            return await stack.enter_async_context(open_runner(options))

        async def start_observer() -> Observer:
            from sandbox.broker import Broker, BrokerOptions  # noqa: PLC0415
            from sandbox.browsers import BrowserOptions  # noqa: PLC0415 - see above
            from sandbox.observe import Observer, ObserverOptions  # noqa: PLC0415
            from sandbox.secrets import SecretStore  # noqa: PLC0415

            secrets = SecretStore(settings.home / "secrets")
            options = BrokerOptions(secrets=secrets, ca_file=settings.tls_ca_file)
            broker = await stack.enter_async_context(Broker(options))
            browser = BrowserOptions(executable=Path(settings.browser) if settings.browser else None)
            return await stack.enter_async_context(
                Observer(ObserverOptions(browser=browser, clock=clock.now), broker=broker)
            )

        async def start_llm() -> Llm:
            from generators.llm import LlmOptions, Ports, open_llm  # noqa: PLC0415 - see above

            ports = Ports(cache=registry.reply_cache, ledger=registry.ledger, clock=clock)
            options = LlmOptions(
                openai_key=settings.openai_api_key,
                anthropic_key=settings.anthropic_api_key,
                job_limit=SpendLimit(tokens=settings.job_tokens, cost_usd=settings.job_cost_usd),
                day_limit=SpendLimit(tokens=settings.day_tokens, cost_usd=settings.day_cost_usd),
                **{
                    name: value
                    for name, value in (
                        ("openai_url", settings.openai_base_url),
                        ("anthropic_url", settings.anthropic_base_url),
                    )
                    if value
                },
            )
            return await stack.enter_async_context(open_llm(options, ports))

        yield School(
            settings=settings,
            clock=clock,
            registry=registry,
            shelf=Shelf(registry),
            runner=OnNeed(start_runner),
            observer=OnNeed(start_observer),
            llm=OnNeed(start_llm),
        )
