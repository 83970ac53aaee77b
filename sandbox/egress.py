"""The only way from a browser to the network: an allowlisting HTTP/CONNECT proxy.

Every run has a Grant: proxy credentials bound to a Policy. The proxy admits by scheme, host and
port (methods too where the request is in clear), resolves each name once per grant and pins it,
refuses special addresses, counts bytes and connections, and keeps what it refused in
``grant.denials``. Owns no browser and parses no page.

A tunnel's handshake has to name the tunnel's own host.

What it does not stop: inside a TLS tunnel the method, the path and a WebSocket upgrade cannot be
seen. Methods are enforced there by routing on the browser context (see ``browsers_routing``).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sandbox import egress_relay as relay
from sandbox import methods
from sandbox.addresses import literal
from sandbox.egress_grants import Grant, Refused
from sandbox.egress_http import MAX_HEAD_BYTES, BadRequest, RequestHead, content_framing, parse_head
from sandbox.egress_tls import HANDSHAKE, NoHello, read_hello

log = logging.getLogger(__name__)

HEAD_TIMEOUT_S = 30.0
CONNECT_TIMEOUT_S = 10.0


class Egress:
    """A proxy with any number of listening sockets and grants. Close with ``aclose``."""

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, sock: socket.socket | None = None) -> int:
        """Accept on ``sock`` (bound and listening), or on a fresh loopback port; return the port."""
        if sock is None:
            server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=MAX_HEAD_BYTES)
        else:
            server = await asyncio.start_server(self._accept, sock=sock, limit=MAX_HEAD_BYTES)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    @asynccontextmanager
    async def grant(self, grant: Grant) -> AsyncIterator[Grant]:
        """Honour the grant's credentials inside the block; afterwards its connections are cut."""
        self._grants[grant.token] = grant
        try:
            yield grant
        finally:
            del self._grants[grant.token]
            grant.cut()

    async def aclose(self) -> None:
        """Stop listening and cut every connection."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _grant_of(self, head: RequestHead) -> Grant | None:
        scheme, _, encoded = head.one("proxy-authorization").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, _, token = base64.b64decode(encoded, validate=True).decode("ascii").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        grant = self._grants.get(token)
        return grant if grant is not None and secrets.compare_digest(user, grant.user) else None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:  # pragma: no cover - asyncio always runs callbacks in a task
            return
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError, OSError) as lost:
            log.debug("proxy connection ended: %s", type(lost).__name__)
        except asyncio.CancelledError:
            # The task ends here either way; asyncio.streams would log a re-raised cancellation as an error.
            log.debug("proxy connection cut")
        finally:
            self._tasks.discard(task)
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (head := await _read_head(reader, writer)) is not None:
            grant = self._grant_of(head)
            if grant is not None:
                await _serve_granted(head, grant, reader, writer)
                return
            challenge = b'Proxy-Authenticate: Basic realm="egress"\r\n'
            await _answer(writer, 407, "Proxy Authentication Required", challenge, close=False)
            if head.method != "CONNECT" and content_framing(head) != ("length", 0):
                return  # a body would have to be skipped first; closing is safer than parsing on


async def _read_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> RequestHead | None:
    """Return the next request head, or None when the client is done or not to be understood."""
    try:
        async with asyncio.timeout(HEAD_TIMEOUT_S):
            raw = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, TimeoutError):
        return None
    except asyncio.LimitOverrunError:
        await _answer(writer, 431, "Request Header Fields Too Large")
        return None
    try:
        return parse_head(raw)
    except BadRequest as bad:
        log.info("proxy refused a malformed request: %s", bad)
        await _answer(writer, 400, "Bad Request")
        return None


async def _serve_granted(
    head: RequestHead, grant: Grant, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    task = asyncio.current_task()
    try:
        with grant.connection(task):
            if head.method == "CONNECT":
                await _tunnel(head, grant, reader, writer)
            else:
                await _forward(head, grant, reader, writer)
    except Refused as refused:
        grant.deny(refused.url, refused.reason)
        if not refused.answered:
            await _answer(writer, 403, "Forbidden")
    except BadRequest as bad:
        grant.deny(head.target, str(bad))
        await _answer(writer, 400, "Bad Request")
    except (OSError, TimeoutError) as lost:
        grant.note_unreachable(head.target, type(lost).__name__)
        await _answer(writer, 502, "Bad Gateway")


async def _open(grant: Grant, host: str, port: int, url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    addresses = await grant.addresses(host, port, url)
    async with asyncio.timeout(CONNECT_TIMEOUT_S):
        problem: OSError | None = None
        for address in addresses:
            try:
                return await asyncio.open_connection(address, port, limit=MAX_HEAD_BYTES)
            except OSError as failed:
                problem = failed
        raise problem or OSError("no address")


async def _tunnel(head: RequestHead, grant: Grant, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve CONNECT. The first byte tells TLS from a WebSocket in clear; anything else is refused."""
    host, port = head.authority()
    url = f"https://{head.target}/"
    grant.check_tunnel(host, port, url)
    upstream_reader, upstream = await _open(grant, host, port, url)
    try:
        writer.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
        await writer.drain()
        async with asyncio.timeout(HEAD_TIMEOUT_S):
            first = await reader.readexactly(1)
        clear = first[0] != HANDSHAKE
        if clear:
            first = await _clear_websocket(first, host, port, grant, reader)
        else:
            grant.check_tls(host, port, url)
            first = await _hello(first, host, url, reader)
        upstream.write(first)
        grant.count(len(first))
        going_on = relay.upgraded if clear else relay.both_ways
        await going_on(reader, writer, upstream_reader, upstream, grant)
    except Refused as refused:
        raise Refused(refused.url, refused.reason, answered=True) from refused
    except (asyncio.IncompleteReadError, TimeoutError, OSError) as lost:
        log.debug("tunnel ended: %s", type(lost).__name__)
    finally:
        upstream.close()


async def _hello(first: bytes, host: str, url: str, reader: asyncio.StreamReader) -> bytes:
    """Return the beginning of a TLS handshake that asks for the tunnel's own host."""
    try:
        async with asyncio.timeout(HEAD_TIMEOUT_S):
            hello, name = await read_hello(reader, first)
    except NoHello as bad:
        raise Refused(url, "no TLS handshake inside a tunnel") from bad
    if name != ("" if literal(host) is not None else host):
        raise Refused(url, f"a handshake for another host ({name[:100] or 'none'}) inside the tunnel")
    return hello


async def _clear_websocket(first: bytes, host: str, port: int, grant: Grant, reader: asyncio.StreamReader) -> bytes:
    """Return the checked head of a ``ws:`` handshake, which browsers send through CONNECT."""
    url = f"ws://{host}:{port}/"
    try:
        async with asyncio.timeout(HEAD_TIMEOUT_S):
            inner = parse_head(first + await reader.readuntil(b"\r\n\r\n"))
        bodiless = content_framing(inner) == ("length", 0)
    except (BadRequest, asyncio.LimitOverrunError) as bad:
        raise Refused(url, "neither TLS nor a WebSocket inside a tunnel") from bad
    if not inner.is_upgrade("websocket") or inner.method != "GET" or not bodiless:
        raise Refused(url, "neither TLS nor a WebSocket inside a tunnel")
    grant.check_websocket("http", host, port, url)
    return inner.render(inner.target, host, port, upgrade=True)


async def _forward(head: RequestHead, grant: Grant, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one request in clear, then close: no second request can hide behind the first."""
    host, port, path = head.absolute()
    framing = content_framing(head)
    upgrade = head.is_upgrade("websocket")
    if upgrade and (head.method != "GET" or framing != ("length", 0)):
        raise BadRequest("a handshake with a body or another method")
    if upgrade:
        grant.check_websocket("http", host, port, head.target)
    grant.check_request(head.method, "http", host, port, head.target)
    named = methods.in_fields(head.headers) | methods.in_parameters(path.partition("?")[2])
    for method in sorted(named):
        if not grant.admits_method(method):
            raise Refused(head.target, f"method {method} is outside the policy")
    upstream_reader, upstream = await _open(grant, host, port, head.target)
    try:
        upstream.write(head.render(path, host, port, upgrade=upgrade))
        if upgrade:
            await relay.upgraded(reader, writer, upstream_reader, upstream, grant)
            return
        await relay.body(reader, upstream, framing, grant)
        await relay.response(upstream_reader, writer, grant)
    except Refused as refused:
        raise Refused(refused.url, refused.reason, answered=True) from refused
    finally:
        upstream.close()


async def _answer(
    writer: asyncio.StreamWriter, status: int, phrase: str, extra: bytes = b"", *, close: bool = True
) -> None:
    ending = b"Connection: close\r\n" if close else b""
    writer.write(b"HTTP/1.1 %d %s\r\nContent-Length: 0\r\n%s%s\r\n" % (status, phrase.encode(), extra, ending))
    with suppress(OSError):
        await writer.drain()
