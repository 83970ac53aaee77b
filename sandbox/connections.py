"""Connections to sites, kept open for the next request of the same owner.

Reading answers is aiohttp's own protocol and parser, with its bounds and its strictness. What is left out is the client
around them: a request here has an address that was judged, fields that are all given and a body in one piece, and that
client's building of requests, addresses and headers took four times what sending and reading takes.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from aiohttp import ClientOSError, ServerDisconnectedError
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import RawResponseMessage
from aiohttp.streams import StreamReader

KEPT_S = 15.0  # an unused connection; many sites close theirs soon after
PER_PEER = 128
_FIELD_BYTES = 16_384
_BUFFER_BYTES = 1 << 18
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})  # RFC 9110 section 9.2.2


class Peer(NamedTuple):
    """Where a connection leads: an address and port, and for TLS the name that its certificate must have."""

    address: str
    port: int
    name: str = ""


class Unreachable(Exception):
    """No connection could be made; ``reason`` is the kind of error."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(eq=False)
class Answer:
    """An answer whose body is still to be read: with ``body.readany()``, then ``done``, or else ``drop``."""

    message: RawResponseMessage
    body: StreamReader
    _connections: Connections
    _peer: Peer
    _protocol: ResponseHandler

    def done(self) -> None:
        """Keep the connection when the whole answer was read and nothing speaks against it."""
        self._connections.give_back(self._peer, self._protocol)

    def drop(self) -> None:
        """End the connection at once."""
        self._protocol.abort()
        self._connections.give_back(self._peer, self._protocol)


@dataclass(eq=False)
class _Kept:
    idle: deque[tuple[float, ResponseHandler]] = field(default_factory=deque)
    used: set[ResponseHandler] = field(default_factory=set)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PER_PEER))
    asking: int = 0  # who has a slot or waits for one


class Connections:
    """The connections of one owner, at most PER_PEER to one peer."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls
        self._peers: dict[Peer, _Kept] = {}
        self._sweeper: asyncio.TimerHandle | None = None

    def close(self) -> None:
        """End all connections."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for kept in self._peers.values():
            for protocol in (*(protocol for _, protocol in kept.idle), *kept.used):
                protocol.abort()
            kept.idle.clear()

    async def ask(self, peer: Peer, method: str, request: bytes) -> Answer:
        """Send a request and return what comes back, as soon as its head is there.

        A request that may be repeated is, once, when the connection ends before an answer: a kept one may have been
        closed by the other side at that moment.

        Raises:
            Unreachable: there is no connection.
            ClientError, HttpProcessingError, OSError: it broke, or what came is no HTTP.
        """
        repeatable = method in _REPEATABLE
        while True:
            protocol = await self._take(peer)
            try:
                message, body = await _exchange(protocol, method, request)
            except BaseException as problem:
                protocol.abort()
                self.give_back(peer, protocol)
                if not (repeatable and isinstance(problem, (ClientOSError, ServerDisconnectedError))):
                    raise
                repeatable = False
            else:
                return Answer(message, body, self, peer, protocol)

    def give_back(self, peer: Peer, protocol: ResponseHandler) -> None:
        """Take a connection back, to be kept when it can serve again."""
        kept = self._peers[peer]
        kept.used.discard(protocol)
        if _serves(protocol):
            now = asyncio.get_running_loop().time()
            kept.idle.append((now, protocol))
            self._sweep_later()
        else:
            protocol.close()
        self._leave(peer, kept)

    async def _take(self, peer: Peer) -> ResponseHandler:
        kept = self._peers.get(peer)
        if kept is None:
            kept = self._peers[peer] = _Kept()
        kept.asking += 1
        try:
            await kept.slots.acquire()
        except BaseException:
            kept.asking -= 1
            raise
        try:
            protocol = self._idle(kept)
            if protocol is None:
                protocol = await self._connect(peer)
        except BaseException:
            self._leave(peer, kept)
            raise
        kept.used.add(protocol)
        return protocol

    def _idle(self, kept: _Kept) -> ResponseHandler | None:
        oldest = asyncio.get_running_loop().time() - KEPT_S
        while kept.idle:
            since, protocol = kept.idle.pop()
            if since > oldest and _serves(protocol):
                return protocol
            protocol.close()
        return None

    async def _connect(self, peer: Peer) -> ResponseHandler:
        loop = asyncio.get_running_loop()
        try:
            _, protocol = await loop.create_connection(
                lambda: ResponseHandler(loop),
                peer.address,
                peer.port,
                ssl=self._tls if peer.name else None,
                server_hostname=peer.name or None,
            )
        except TimeoutError as problem:  # the system's own; a limit of time of ours is a cancellation here
            raise Unreachable(type(problem).__name__) from problem
        except (OSError, ssl.CertificateError) as problem:
            raise Unreachable(type(problem).__name__) from problem
        return protocol

    def _leave(self, peer: Peer, kept: _Kept) -> None:
        kept.asking -= 1
        kept.slots.release()
        if not kept.asking and not kept.idle:
            self._peers.pop(peer, None)

    def _sweep_later(self) -> None:
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(KEPT_S, self._sweep)

    def _sweep(self) -> None:
        self._sweeper = None
        oldest = asyncio.get_running_loop().time() - KEPT_S
        for peer, kept in tuple(self._peers.items()):
            while kept.idle and kept.idle[0][0] <= oldest:
                kept.idle.popleft()[1].close()
            if not kept.asking and not kept.idle:
                del self._peers[peer]
        if any(kept.idle for kept in self._peers.values()):
            self._sweep_later()


def _serves(protocol: ResponseHandler) -> bool:
    """Whether the connection can take a request: it is open, and nothing came on it that nobody asked for."""
    return protocol.is_connected() and not protocol.should_close


async def _exchange(protocol: ResponseHandler, method: str, request: bytes) -> tuple[RawResponseMessage, StreamReader]:
    protocol.set_response_params(
        skip_payload=method == "HEAD",
        read_until_eof=True,
        auto_decompress=False,
        read_bufsize=_BUFFER_BYTES,
        max_line_size=_FIELD_BYTES,
        max_field_size=_FIELD_BYTES,
    )
    if protocol.transport is None:
        raise ServerDisconnectedError
    protocol.transport.write(request)
    while True:
        message, body = await protocol.read()
        if message.code < 100 or message.code > 199 or message.code == 101:  # the others only announce the answer
            return message, body
