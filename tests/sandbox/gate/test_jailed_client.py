"""The real client under a child's own limits: no file, no socket, no process."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from pathlib import Path

import pytest

from sandbox.browsers import BrowserPool
from sandbox.gate import open_page
from sandbox.wire import HEADER
from tests.requirements import requirement
from tests.sandbox.observe.site import serving

HERE = Path.cwd()
pytestmark = pytest.mark.browser


@requirement("BOX-5")
async def test_the_real_client_works_under_landlock_and_seccomp():
    async with serving() as site, BrowserPool() as pool, open_page(pool, site.policy()) as session:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "tests.sandbox.gate.jailed", str(theirs.fileno()), site.url + "/cards"]
        with theirs:
            child = await asyncio.create_subprocess_exec(
                *command, pass_fds=[theirs.fileno()], cwd=HERE, stderr=asyncio.subprocess.PIPE
            )
        reader, writer = await asyncio.open_connection(sock=ours)
        try:
            async with asyncio.timeout(60):
                result = await answer_all(session, reader, writer)
        except asyncio.IncompleteReadError:
            result = None
        finally:
            child.kill()
            _, trouble = await child.communicate()
            writer.close()
    assert result == [*(f"Item {n}" for n in range(10)), "Error"], trouble.decode()[-3000:]


async def answer_all(session, reader, writer):
    """Answer the child's questions as they come until it sends its result."""
    tasks = set()
    while True:
        head, size = HEADER.unpack(await reader.readexactly(HEADER.size))
        meta, body = json.loads(await reader.readexactly(head)), await reader.readexactly(size)
        if meta["t"] == "result":
            for task in tasks:
                task.cancel()
            return json.loads(body)
        tasks.add(asyncio.ensure_future(reply(session, writer, meta, body)))


async def reply(session, writer, meta, body):
    answer, data = await session.answer(meta, body)
    head = json.dumps({**answer, "id": meta["id"], "e": meta["e"]}).encode()
    writer.write(HEADER.pack(len(head), len(data)) + head + data)
    await writer.drain()
