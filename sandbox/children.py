"""The parent's end of one child: frames in and out, its process by pidfd, and nothing believed.

Broken frames, frames of another call and floods end the child. One call at a time; the parent, not
the child, decides whom an answer belongs to.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from sandbox.forks import Forks
from sandbox.wire import CHUNK, HEADER, META_BYTES

log = logging.getLogger(__name__)

Meta = dict[str, Any]
Question = Callable[[Meta, bytes], Awaitable[tuple[Meta, bytes]]]

_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid
_DESCRIPTOR = struct.Struct("i")
_OUTSTANDING = 64  # questions of one child that may wait for their answers


class ChildEnded(Exception):
    """The child is gone, or was ended because of what it sent. ``code`` tells why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Child:
    """One process of a version.

    ``served`` counts its calls. Of the last one, ``spoke`` tells whether it sent anything, and ``unread`` that it ended
    without having read what it was to do, so that nothing of the call was begun.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, ours: socket.socket) -> None:
        ours.settimeout(0)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.served = 0
        self._born = loop.time()
        self.ready: asyncio.Future[None] = loop.create_future()
        self.spoke = False
        self.unread = False
        self.on_end: Callable[[], None] | None = None
        self._loop = loop
        self._socket = ours
        self._pid = 0
        self._pidfd = -1
        self._forks: Forks | None = None
        self._buffer = bytearray()
        self._unsent = bytearray()
        self._number = 0
        self._result: asyncio.Future[tuple[Meta, bytes]] | None = None
        self._question: Question | None = None
        self._questions: set[asyncio.Task[None]] = set()
        self._body_bytes = META_BYTES
        self._open = True
        loop.add_reader(ours.fileno(), self._readable)

    @property
    def pid(self) -> int:
        """The process id in this process's own namespace, 0 before it is ready."""
        return self._pid

    @property
    def age_s(self) -> float:
        """Seconds since it was asked for."""
        return self._loop.time() - self._born

    @property
    def usable(self) -> bool:
        """Whether the child lives and waits for a call."""
        return self._open and self._pidfd >= 0 and self._result is None and not self._buffer

    async def call(
        self, number: int, job: Meta, question: Question | None = None, *, body_bytes: int = 0, body: bytes = b""
    ) -> tuple[Meta, bytes]:
        """Return the frame that ends the call: ``result`` or ``error``.

        ``question`` answers what the child asks on the way (without one it may not ask); ``body_bytes``
        bounds any body it sends.

        Raises:
            ChildEnded: it died (``died``), or sent what no child sends (``frame``, ``output``, ``flood``).
        """
        if not self.usable:
            self.unread = True
            raise ChildEnded("died", "the child ended before the call")
        self._number, self._question, self._body_bytes = number, question, body_bytes
        self._result = self._loop.create_future()
        self.served += 1
        self.spoke = self.unread = False
        try:
            self._send({**job, "t": "job", "e": number}, body)
            return await self._result
        finally:
            self._result = None
            self._number = 0
            for task in tuple(self._questions):
                task.cancel()

    def hand(self, request: bytes, *descriptors: int) -> None:
        """Ask a zygote to fork on the first of these descriptors; a version gets the index of places as a second.

        Raises:
            ChildEnded: it is gone, or does not take what it is sent.
        """
        if not self.usable:
            raise ChildEnded("died", "the zygote ended")
        if self._forks is not None:
            self._forks.permit()
        try:
            socket.send_fds(self._socket, [request], descriptors)
        except OSError as error:
            self._break("died", f"the zygote takes no requests: {error.strerror}")
            raise ChildEnded("died", "the zygote takes no requests") from error

    def kill(self) -> None:
        """End the process at once and let go of its descriptor. Can be called again."""
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            os.close(self._pidfd)
            self._pidfd = -1
        self._close(ChildEnded("died", "the child was ended"))

    def _close(self, why: ChildEnded) -> None:
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._socket.fileno())
        self._loop.remove_writer(self._socket.fileno())
        self._socket.close()
        if self._forks is not None:
            self._forks.close()
        for waiting in (self.ready, self._result):
            if waiting is not None and not waiting.done():
                waiting.set_exception(why)
        if self.ready.done() and not self.ready.cancelled():
            self.ready.exception()  # somebody may have stopped waiting for it
        if self.on_end is not None:
            self.on_end()

    def _break(self, code: str, message: str) -> None:
        self._close(ChildEnded(code, message))
        self.kill()

    def _readable(self) -> None:
        try:
            data = self._first() if self._pidfd < 0 else self._socket.recv(CHUNK)
        except BlockingIOError:
            return
        except ConnectionResetError:  # the kernel's word for an end with something left unread
            self.unread, data = not self.spoke, b""
        except OSError:
            data = b""
        if not data:
            end = "without an answer" if self._pidfd >= 0 else "before it was ready"
            self._break("died", f"the child ended {end}")
            return
        self._buffer += data
        self._frames()

    def _first(self) -> bytes:
        """Receive with the kernel's word for who sent it, and take hold of that process.

        The number cannot have passed to another process: the sender holds the other end, which is
        looked at again once the pidfd is open.
        """
        space = socket.CMSG_SPACE(_CREDENTIALS.size) + socket.CMSG_SPACE(_DESCRIPTOR.size)
        data, ancillary, *_ = self._socket.recvmsg(CHUNK, space, socket.MSG_CMSG_CLOEXEC)
        for level, kind, payload in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
                self._pid = _CREDENTIALS.unpack_from(payload)[0]
                self._pidfd = os.pidfd_open(self._pid) if self._pid > 0 else -1
            elif level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS and len(payload) >= _DESCRIPTOR.size:
                self._forks = Forks(self._loop, _DESCRIPTOR.unpack_from(payload)[0], self.kill)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        with contextlib.suppress(BlockingIOError):
            if not self._socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
                return b""
        return data if self._pidfd >= 0 else b""

    def _frames(self) -> None:
        buffer = self._buffer
        while self._open and len(buffer) >= HEADER.size:
            head, body = HEADER.unpack_from(buffer)
            if head > META_BYTES or body > self._body_bytes:
                self._break("output", f"the child sent a frame of {head + body} bytes, more than its limit")
                return
            start, end = HEADER.size + head, HEADER.size + head + body
            if len(buffer) < end:
                return
            meta_bytes, body_data = bytes(buffer[HEADER.size : start]), bytes(buffer[start:end])
            del buffer[:end]
            self._frame(meta_bytes, body_data)

    def _frame(self, meta_bytes: bytes, body: bytes) -> None:
        try:
            meta = orjson.loads(meta_bytes)
        except orjson.JSONDecodeError:
            meta = None
        kind = meta.get("t") if isinstance(meta, dict) else None
        if kind == "ready" and not self.ready.done():
            self.ready.set_result(None)
        elif kind == "unready" and not self.ready.done():
            self._break("died", f"the process could not make itself ready: {str(meta.get('why'))[:200]}")
        elif kind is None or self._result is None or meta.get("e") != self._number:
            self._break("frame", "the child sent a frame that belongs to no call of its own")
        elif kind in ("result", "error"):
            self.spoke = True
            if not self._result.done():
                self._result.set_result((meta, body))
        else:
            self.spoke = True
            self._ask(meta, body)

    def _ask(self, meta: Meta, body: bytes) -> None:
        if self._question is None or len(self._questions) >= _OUTSTANDING or not isinstance(meta.get("id"), int):
            self._break("flood", f"the child asked for more than {_OUTSTANDING} things at once")
            return
        task = self._loop.create_task(self._answer(self._number, meta, body, self._question))
        self._questions.add(task)
        task.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._questions.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:  # a mistake on this side; the child would wait for the answer until its time is over
            log.error("a question of a child could not be answered", exc_info=error)
            self._break("died", "its question could not be answered")

    async def _answer(self, number: int, meta: Meta, body: bytes, question: Question) -> None:
        answer, answer_body = await question(meta, body)
        if self._open and number == self._number:
            self._send({**answer, "id": meta["id"], "e": number}, answer_body)

    def _send(self, meta: Meta, body: bytes = b"") -> None:
        head = orjson.dumps(meta)
        data = b"".join((HEADER.pack(len(head), len(body)), head, body))
        if self._unsent:
            self._unsent += data
            return
        sent = self._try_send(data)
        if sent < len(data) and self._open:
            self._unsent += data[sent:]
            self._loop.add_writer(self._socket.fileno(), self._writable)

    def _writable(self) -> None:
        del self._unsent[: self._try_send(bytes(self._unsent[:CHUNK]))]
        if not self._unsent and self._open:
            self._loop.remove_writer(self._socket.fileno())

    def _try_send(self, data: bytes) -> int:
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.unread = not self.spoke
            return len(data)  # it ended; what it said last may still be unread, so reading decides
