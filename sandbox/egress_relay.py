"""Moving bytes between a browser and a site, counted against the grant."""

from __future__ import annotations

import asyncio
import re

from sandbox.egress_grants import Grant
from sandbox.egress_http import BadRequest, Framing

BLOCK_BYTES = 64 * 1024
IDLE_TIMEOUT_S = 60.0
_CHANGED = re.compile(rb"HTTP/1\.1 101[ \r]")
_CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,6}\r\n")  # no extensions, at most 16 MiB


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter, grant: Grant) -> None:
    while True:
        async with asyncio.timeout(IDLE_TIMEOUT_S):
            block = await source.read(BLOCK_BYTES)
        if not block:
            return
        grant.count(len(block))
        sink.write(block)
        await sink.drain()


async def both_ways(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    upstream_reader: asyncio.StreamReader,
    upstream: asyncio.StreamWriter,
    grant: Grant,
) -> None:
    """Relay until either side ends. Raises Refused when the grant's bytes are spent."""
    ways = {
        asyncio.ensure_future(_copy(reader, upstream, grant)),
        asyncio.ensure_future(_copy(upstream_reader, writer, grant)),
    }
    try:
        done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in done:
            way.result()
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def upgraded(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    upstream_reader: asyncio.StreamReader,
    upstream: asyncio.StreamWriter,
    grant: Grant,
) -> None:
    """Relay the answer to a WebSocket's handshake, and both ways after it only when the site changed the protocol.

    A site that did not would read what comes next as a request of its own, of any method.
    """
    async with asyncio.timeout(IDLE_TIMEOUT_S):
        try:
            head = await upstream_reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return  # longer than any handshake's answer
    grant.count(len(head))
    writer.write(head)
    await writer.drain()
    if _CHANGED.match(head):
        await both_ways(reader, writer, upstream_reader, upstream, grant)
    else:
        upstream.write_eof()  # nothing more is asked, so the site closes
        await response(upstream_reader, writer, grant)


async def body(reader: asyncio.StreamReader, upstream: asyncio.StreamWriter, framing: Framing, grant: Grant) -> None:
    """Send exactly one request body; whatever follows it is never read."""
    kind, left = framing
    if kind == "chunked":
        await _chunks(reader, upstream, grant)
        return
    while left > 0:
        block = await reader.readexactly(min(left, BLOCK_BYTES))
        left -= len(block)
        grant.count(len(block))
        upstream.write(block)
        await upstream.drain()


async def _chunks(reader: asyncio.StreamReader, upstream: asyncio.StreamWriter, grant: Grant) -> None:
    while True:
        line = await reader.readuntil(b"\r\n")
        if not _CHUNK_SIZE.fullmatch(line):
            raise BadRequest("malformed chunk")
        size = int(line, 16)
        block = await reader.readexactly(size + 2)
        if block[-2:] != b"\r\n":
            raise BadRequest("malformed chunk")
        grant.count(len(line) + len(block))
        upstream.write(line + block)
        await upstream.drain()
        if size == 0:
            return


async def response(upstream_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, grant: Grant) -> None:
    """Stream the answer until the site closes (we asked it to)."""
    await _copy(upstream_reader, writer, grant)
