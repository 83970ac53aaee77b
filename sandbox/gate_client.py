"""The child's side of the gate: the real Playwright client over the run's one descriptor.

It runs beside untrusted code and guards nothing; the gate outside does.
"""

from __future__ import annotations

import asyncio
import importlib
import itertools
import json
import pkgutil
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from playwright._impl.connection import Connection
from playwright.async_api import Page

from sandbox.wire import Channel

Meta = dict[str, Any]
BATCH = 40


def warm() -> None:
    """Import all of the client beforehand: a child can open no file."""
    import playwright._impl  # noqa: PLC0415 - walked, not used

    for module in pkgutil.walk_packages(playwright._impl.__path__, "playwright._impl."):
        if "pyinstaller" not in module.name:
            importlib.import_module(module.name)


def run_page(
    run: Callable[[Any, Page], Awaitable[Any]], request: Any, channel: Channel, descriptor: int, number: int
) -> Any:
    """Return what ``run(request, page)`` returns; the page is outside, behind the gate.

    ``number`` is the call's number, which every frame carries.
    """
    return asyncio.run(_with_page(run, request, _Link(channel, descriptor, number)))


async def _with_page(run: Callable[[Any, Page], Awaitable[Any]], request: Any, link: _Link) -> Any:
    loop = asyncio.get_running_loop()
    connection = Connection(loop)
    connection.mark_as_remote()
    connection.onmessage = link.send
    link.start(loop, connection)
    try:
        name = (await link.ask({"t": "pw_page"}))[0]["page"]
        link.poll()
        await connection.initialize_playwright()
        return await run(request, Page(connection.get_object_with_known_name(name)))
    finally:
        link.stop(loop)


class _Link:
    """Questions and answers on the descriptor, without blocking the loop."""

    def __init__(self, channel: Channel, descriptor: int, number: int) -> None:
        self._channel, self._descriptor, self._number = channel, descriptor, number
        self._ids = itertools.count(1)
        self._asked: dict[int, Callable[[Meta, bytes], None]] = {}
        self._queue: deque[Any] = deque()
        self._sending = False
        self._connection: Connection | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, loop: asyncio.AbstractEventLoop, connection: Connection) -> None:
        """Begin to listen."""
        self._connection, self._loop = connection, loop
        loop.add_reader(self._descriptor, self._readable)

    def stop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop listening."""
        loop.remove_reader(self._descriptor)

    async def ask(self, meta: Meta, body: bytes = b"") -> tuple[Meta, bytes]:
        """Ask one question and return its answer."""
        future: asyncio.Future[tuple[Meta, bytes]] = asyncio.get_running_loop().create_future()
        self._question(meta, body, lambda answer, data: None if future.done() else future.set_result((answer, data)))
        return await future

    def send(self, message: Any) -> None:
        """Send a message of the client; messages that come while one is on its way go together."""
        self._queue.append(message)
        if not self._sending:
            self._flush()

    def poll(self) -> None:
        """Ask for what the browser has to say; the answer is followed by the next such question."""
        self._question({"t": "pw_next"}, b"", self._came)

    def _flush(self) -> None:
        self._sending = bool(self._queue)
        if self._queue:
            batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
            self._question({"t": "pw"}, json.dumps(batch).encode(), lambda *_: self._flush())

    def _came(self, meta: Meta, body: bytes) -> None:
        del meta
        self.poll()
        for message in json.loads(body):
            # each in a turn of its own, as Playwright's own transports do
            asyncio.get_running_loop().call_soon(self._deliver, message)

    def _deliver(self, message: Any) -> None:
        if self._connection is None:
            return
        try:
            self._connection.dispatch(message)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody may wait for ever
            self._connection.close(f"a message could not be read: {error}")

    def _question(self, meta: Meta, body: bytes, answered: Callable[[Meta, bytes], None]) -> None:
        identity = next(self._ids)
        self._asked[identity] = answered
        self._channel.send({**meta, "id": identity, "e": self._number}, body)

    def _readable(self) -> None:
        try:
            while (frame := self._channel.receive(0)) is not None:
                answered = self._asked.pop(frame[0].get("id", 0), None)
                if answered is not None:
                    answered(*frame)
        except ConnectionError:
            if self._loop is not None:
                self._loop.remove_reader(self._descriptor)
                self._loop.stop()
