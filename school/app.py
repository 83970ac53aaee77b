"""The School: what every use case is handed. Nothing heavy starts before it is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import anyio

from domain.ports import Clock
from registry import Registry, open_registry
from school.clock import HeldClock, MachineClock
from school.opening import Openers
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
        registry = stack.enter_context(
            open_registry(
                settings.registry_url,
                clock=clock,
                keys_folder=settings.keys_folder,
                shared_key=settings.shared_key,
            )
        )
        openers = Openers(stack=stack, settings=settings, registry=registry, clock=clock)
        yield School(
            settings=settings,
            clock=clock,
            registry=registry,
            shelf=Shelf(registry),
            runner=OnNeed(openers.runner),
            observer=OnNeed(openers.observer),
            llm=OnNeed(openers.llm),
        )
