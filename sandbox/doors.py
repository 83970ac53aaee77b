"""What answers a child's questions during one call: the broker, or the gate before a page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
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
    *,
    now: datetime,
    alone: bool = False,
) -> AsyncIterator[Door]:
    """Open a page of its own for one call, and the gate before it; both are closed at the end.

    With ``alone`` the browser is the call's own too. Denials go to ``exchanges``, and what its pages asked and got too
    when it records; when it replays, they get what it has, and see the time ``now``. Of a call that failed the
    screenshot, console and gate log are in ``exchanges.left_over``; ``exchanges.left_behind`` takes those of any call.

    Raises:
        IsolationMissing, RunFailed: there is no browser, or it does not start.
    """
    from sandbox.browsers_tape import NOT_RECORDED, Playback, cleaned  # noqa: PLC0415 - heavy; for page workflows
    from sandbox.gate import Flooded, PageSession, open_page  # noqa: PLC0415 - as above

    async def ask(session: PageSession, meta: Meta, body: bytes) -> tuple[Meta, bytes]:
        try:
            return await session.answer(meta, body)
        except Flooded:
            door.flood()
            return {}, b""

    tape = None if exchanges.played is None else Playback(exchanges.played, now)
    secrets, record = exchanges.secrets, exchanges.records
    may_open = exchanges.page_refusal if tape is None else None
    async with open_page(
        browsers,
        policy,
        secrets=secrets,
        record=record,
        playback=tape,
        owner=exchanges.owner,
        may_open=may_open,
        alone=alone,
    ) as session:
        door = Door(lambda meta, body: ask(session, meta, body), kill, _PAGE_QUESTIONS)
        exchanges.denials = session.grant.denials
        exchanges.gate_log = session.gate.log
        exchanges.breach = session.breach
        yield door
        if tape is not None:
            exchanges.unknown = tape.unknown
            for address in tape.missed:
                session.grant.deny(address, NOT_RECORDED)
        if session.recording is not None:
            exchanges.recorded.extend(cleaned(await session.recording.exchanges(), exchanges.redactor))
        if door.failed or exchanges.left_behind is not None:
            left = await session.artifacts()
            exchanges.left_over = left if door.failed else None
            if exchanges.left_behind is not None:
                exchanges.left_behind(left)
