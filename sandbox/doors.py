"""What answers a child's questions during one call: the broker, or the gate before a page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from domain.policy import Policy
from sandbox.children import Meta, Question
from sandbox.exchanges import Exchanges

if TYPE_CHECKING:
    from sandbox.browsers import BrowserPool
    from sandbox.gate import Artifacts

KeepArtifacts = Callable[["Artifacts"], None]
_BEYOND = 100  # questions that may be refused before the child is ended
_PAGE_QUESTIONS = 40_000  # the gate has a limit of its own below this


class Door:
    """Counts the questions and passes them on; ends a child that floods it."""

    def __init__(self, ask: Question, kill: Callable[[], None], expected: int) -> None:
        self.flooded = False
        self.failed = False  # the caller says so before it closes the door
        self._ask = ask
        self._kill = kill
        self._left = expected + _BEYOND

    async def answer(self, meta: Meta, body: bytes) -> tuple[Meta, bytes]:
        """Answer one question of the child."""
        self._left -= 1
        if self._left < 0:
            self.flood()
            return {}, b""
        return await self._ask(meta, body)

    def flood(self) -> None:
        """End the child."""
        self.flooded = True
        self._kill()


@asynccontextmanager
async def page_door(
    browsers: BrowserPool,
    policy: Policy,
    exchanges: Exchanges,
    kill: Callable[[], None],
    keep: KeepArtifacts | None,
) -> AsyncIterator[Door]:
    """Open a page of its own for one call, and the gate before it; both are closed at the end.

    Denials go to ``exchanges``, and what the page asked too when it records. ``keep`` takes the
    screenshot, console and gate log of a call that failed.

    Raises:
        IsolationMissing, RunFailed: there is no browser, or it does not start.
    """
    from sandbox.gate import Flooded, PageSession, open_page  # noqa: PLC0415 - heavy; only page workflows need it

    async def ask(session: PageSession, meta: Meta, body: bytes) -> tuple[Meta, bytes]:
        try:
            return await session.answer(meta, body)
        except Flooded:
            door.flood()
            return {}, b""

    async with open_page(browsers, policy, secrets=exchanges.secrets) as session:
        door = Door(lambda meta, body: ask(session, meta, body), kill, _PAGE_QUESTIONS)
        exchanges.denials = session.grant.denials
        exchanges.gate_log = session.gate.log
        yield door
        wanted = keep if door.failed else None
        if wanted is not None or exchanges.records:
            left = await session.artifacts()
            exchanges.recorded.extend(left.exchanges if exchanges.records else ())
            if wanted is not None:
                wanted(left)
