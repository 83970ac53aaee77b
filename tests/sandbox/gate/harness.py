"""A page workflow's client in a thread, its descriptor answered by a gate: the jail itself is tested elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from playwright.async_api import Page

from sandbox.gate import PageSession
from sandbox.gate_client import run_page
from sandbox.wire import HEADER, Channel

Run = Callable[[Any, Page], Awaitable[Any]]


async def drive(session: PageSession, run: Run) -> Any:
    """Return what ``run(request, page)`` returns on the far side of the gate."""
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=ours)
    serving = asyncio.ensure_future(_serve(session, reader, writer))
    try:
        with theirs:
            descriptor = theirs.fileno()
            return await asyncio.to_thread(run_page, run, {}, Channel(descriptor), descriptor, 1)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def _serve(session: PageSession, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    async with asyncio.TaskGroup() as tasks:
        while True:
            head, size = HEADER.unpack(await reader.readexactly(HEADER.size))
            meta = json.loads(await reader.readexactly(head))
            body = await reader.readexactly(size)
            tasks.create_task(_answer(session, writer, meta, body))


async def _answer(session: PageSession, writer: asyncio.StreamWriter, meta: dict[str, Any], body: bytes) -> None:
    answer, data = await session.answer(meta, body)
    head = json.dumps({**answer, "id": meta["id"], "e": meta["e"]}).encode()
    writer.write(HEADER.pack(len(head), len(data)) + head + data)
    await writer.drain()


class ByHand:
    """A hostile client: speaks the protocol itself, without Playwright's own checks."""

    def __init__(self, session: PageSession) -> None:
        self.session = session
        self.seen: list[dict[str, Any]] = []
        self.number = 0

    async def tell(self, guid: Any, method: Any, params: Any = None, **more: Any) -> dict[str, Any]:
        """Send one call and return its answer."""
        self.number += 1
        identity = f"call@{self.number}"
        message = {"id": identity, "guid": guid, "method": method, "params": {} if params is None else params, **more}
        await self.session.answer({"t": "pw"}, json.dumps([message]).encode())
        async with asyncio.timeout(15):
            while True:
                for one in json.loads((await self.session.answer({"t": "pw_next"}, b""))[1]):
                    self.seen.append(one)
                    if one.get("id") == identity:
                        return one

    async def refused(self, guid: Any, method: Any, params: Any = None) -> str:
        """Send one call that must be refused; return the reason."""
        answer = await self.tell(guid, method, params)
        assert "error" in answer, answer
        text = str(answer["error"]["error"]["message"])
        assert "refused by the gate" in text, text
        return text

    def named(self, kind: str) -> str:
        """Return the name of the first object of a type that the gate told of."""
        found = [
            m["params"]["guid"] for m in self.seen if m.get("method") == "__create__" and m["params"]["type"] == kind
        ]
        return str(found[0])


@contextlib.asynccontextmanager
async def by_hand(session: PageSession) -> AsyncIterator[ByHand]:
    """Give a hostile client that has already said hello."""
    client = ByHand(session)
    await client.tell("", "initialize", {"sdkLanguage": "python"})
    yield client
