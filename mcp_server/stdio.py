"""MCP over the standard streams, read and written by the event loop itself.

The SDK's transport hands each line to a thread and back, twice a message; that took a third of what a call costs this
process. What it promises is kept: while serving, descriptor 0 is the null device and descriptor 1 is stderr, so that
stray output misses the wire; both are given back at the end. Streams that an event loop cannot watch (files,
terminals) are left to the SDK.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
import stat
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import TracebackType
from typing import Self, cast

import anyio
import mcp_types as types
import orjson
from mcp.server.stdio import stdio_server
from mcp.shared._stream_protocols import ReadStream, WriteStream
from mcp.shared.message import SessionMessage

WAITING_LINES = 1000  # read and not yet taken; with more, reading waits
FLUSH_S = 5.0  # for a client to read what was written last

Streams = tuple[ReadStream[SessionMessage | Exception], WriteStream[SessionMessage]]


@asynccontextmanager
async def standard_streams() -> AsyncIterator[Streams]:
    """Open the streams of one client that started this process."""
    if not (is_watchable(0) and is_watchable(1)):
        async with stdio_server() as (reader, writer):
            yield reader, writer
        return
    with taken(0, os.devnull) as incoming, taken(1, 2) as outgoing:
        loop = asyncio.get_running_loop()
        lines, wire = Lines(), Wire()
        reading, _ = await loop.connect_read_pipe(lambda: lines, os.fdopen(incoming, "rb", buffering=0))
        writing, _ = await loop.connect_write_pipe(lambda: wire, os.fdopen(outgoing, "wb", buffering=0))
        wire.on_lost = lines.end  # nobody reads the answers, so nothing more is asked
        try:
            yield lines, wire
        finally:
            reading.close()
            writing.close()  # once what was written is out
            with anyio.move_on_after(FLUSH_S, shield=True):
                await wire.lost.wait()


class Lines(asyncio.Protocol):
    """What the client sends, line by line; a line that is no message is the error that it gave."""

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque()
        self._part: list[bytes] = []  # of a line whose end has not come
        self._more = asyncio.Event()
        self._ended = False
        self._paused = False
        self._transport: asyncio.ReadTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to read."""
        self._transport = cast(asyncio.ReadTransport, transport)  # uvloop's own are no subclasses

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        first, *rest = data.split(b"\n")
        self._part.append(first)
        if not rest:
            return
        self._waiting.append(b"".join(self._part))
        self._waiting.extend(rest[:-1])
        self._part = [rest[-1]]
        self._more.set()
        if len(self._waiting) > WAITING_LINES and self._transport is not None and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that no more will come; a last line needs no line break."""
        del exc
        last = b"".join(self._part)
        if last:
            self._waiting.append(last)
        self._part = []
        self.end()

    def end(self) -> None:
        """Give what is there, and then no more."""
        self._ended = True
        self._more.set()

    async def receive(self) -> SessionMessage | Exception:
        """Return the next message.

        Raises:
            EndOfStream: the client sends no more.
        """
        while not self._waiting:
            if self._ended:
                raise anyio.EndOfStream
            self._more.clear()
            await self._more.wait()
        line = self._waiting.popleft()
        if self._paused and not self._waiting and self._transport is not None and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()
        return message_of(line)

    async def aclose(self) -> None:
        """Take no more."""
        self.end()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class Wire(asyncio.BaseProtocol):
    """What goes to the client. A client that does not read makes who sends wait."""

    def __init__(self) -> None:
        self.lost = asyncio.Event()
        self.on_lost: Callable[[], None] = lambda: None
        self._free = asyncio.Event()
        self._free.set()
        self._closed = False
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to write."""
        self._transport = cast(asyncio.WriteTransport, transport)

    def pause_writing(self) -> None:
        """Make senders wait."""
        self._free.clear()

    def resume_writing(self) -> None:
        """Let senders go on."""
        self._free.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that nobody reads any more."""
        del exc
        self.lost.set()
        self._free.set()
        self.on_lost()

    async def send(self, item: SessionMessage, /) -> None:
        """Send a message.

        Raises:
            ClosedResourceError, BrokenResourceError: this end, or the client's, is closed.
        """
        if self._closed:
            raise anyio.ClosedResourceError
        if self.lost.is_set() or self._transport is None:
            raise anyio.BrokenResourceError
        self._transport.write(line_of(item.message))
        if not self._free.is_set():
            await self._free.wait()

    async def aclose(self) -> None:
        """Send no more."""
        self._closed = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def message_of(line: bytes) -> SessionMessage | Exception:
    """Return the message of a line; what is no UTF-8 in it is replaced, as the SDK does it."""
    try:
        return SessionMessage(types.jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError as problem:
        if line.isascii():
            return problem
    try:
        text = line.decode("utf-8", "replace")
        return SessionMessage(types.jsonrpc_message_adapter.validate_json(text, by_name=False))
    except ValueError as problem:
        return problem


def line_of(message: types.JSONRPCMessage) -> bytes:
    """Return the line of a message. Results are JSON already, which orjson writes in a third of pydantic's time."""
    if type(message) is types.JSONRPCResponse:
        try:
            return orjson.dumps({"jsonrpc": "2.0", "id": message.id, "result": message.result}) + b"\n"
        except TypeError:
            pass  # an integer beyond 64 bits, or what only pydantic can write
    return message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n"


def is_watchable(descriptor: int) -> bool:
    """Return whether an event loop can wait for it: pipes, and the socket pairs that some clients use for them."""
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISSOCK(mode):
            with socket.socket(fileno=os.dup(descriptor)) as copy:
                return copy.family is socket.AF_UNIX
    except OSError:  # closed
        return False
    return stat.S_ISFIFO(mode)


@contextmanager
def taken(descriptor: int, instead: str | int) -> Iterator[int]:
    """Give a copy of a standard stream, which the block owns, and put another file in its place meanwhile."""
    blocking = os.get_blocking(descriptor)
    kept = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
    try:
        given = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
        divert(descriptor, instead)
        yield given
    finally:
        os.dup2(kept, descriptor)
        os.set_blocking(kept, blocking)  # others may hold the same end
        os.close(kept)


def divert(descriptor: int, instead: str | int) -> None:
    """Let a descriptor lead to another file: one of that name, or an open one (the null device where it is closed)."""
    try:
        other = os.dup(instead) if isinstance(instead, int) else os.open(instead, os.O_RDONLY)
    except OSError:
        other = os.open(os.devnull, os.O_WRONLY)
    os.dup2(other, descriptor)
    os.close(other)
