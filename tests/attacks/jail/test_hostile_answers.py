"""A site that answers with what no honest server sends: its own call ends with its true answer or a typed error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from domain.policy import HostRule, Limits, Policy
from domain.run import Outcome, Run, RunKind
from domain.workflow import Artifact
from sandbox.runner import Runner
from tests.attacks.jail.raw import NOW
from tests.requirements import requirement

pytestmark = [pytest.mark.asyncio(loop_scope="module"), requirement("BOX-4", "BOX-6")]

OK = b"HTTP/1.1 200 OK\r\n"
MOVED = b"HTTP/1.1 302 x\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
LENGTH = b"Content-Length: 2\r\n\r\n{}"
PLAIN: dict[str, tuple[bytes, str]] = {
    "a field that is no UTF-8": (OK + b"X-A: \xff\xfe\r\n" + LENGTH, "{}"),
    "a cookie that is no UTF-8": (OK + b"Set-Cookie: a=\xff; Domain=.com\r\n" + LENGTH, "{}"),
    "a charset that is no UTF-8": (OK + b"Content-Type: text/html; charset=\xff\r\n" + LENGTH, "{}"),
    "a charset of escapes": (
        OK + b"Content-Type: text/html; charset=unicode_escape\r\nContent-Length: 6\r\n\r\n\\ud800",
        "\\ud800",
    ),
    "a charset that always fails": (OK + b"Content-Type: text/html; charset=undefined\r\n" + LENGTH, "{}"),
    "cookies that are none": (OK + b'Set-Cookie: "=;;;=\r\nSet-Cookie: __Host-a=b; Domain=x\r\n' + LENGTH, "{}"),
    "a folded field": (OK + b"X-A: a\r\n b\r\n" + LENGTH, "{}"),
    "an answer after the answer": (OK + LENGTH + OK + b"Content-Length: 6\r\n\r\nPOISON", "{}"),
    "hints without number": (b"HTTP/1.1 103 x\r\n\r\n" * 100 + OK + LENGTH, "{}"),
    "a redirect in raw UTF-8": (MOVED % "/caf\u00e9".encode(), "/caf%C3%A9"),
    "fields after the body": (
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nLocation: http://169.254.169.254/\r\n\r\n",
        "{}",
    ),
}  # fmt: skip
BROKEN = {
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}xxx",
    "a length and chunks": OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "a chunk below zero": OK + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
    "a chunk beyond all": OK + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    "a zero byte in a field": OK + b"X-A: a\0b\r\n" + LENGTH,
    "no head at all": b"{}",
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "seven packings": OK + b"Content-Encoding: gzip, gzip, gzip, br, gzip, gzip, deflate\r\n" + LENGTH,
}
AWAY = {
    "a file": b"file:///etc/passwd",
    "data": b"data:text/html,x",
    "a user before the host": b"http://127.0.0.1:PORT@169.254.169.254/",
    "a zone of an address": b"http://[fe80::1%25eth0]/",
    "this host by zero": b"http://0.0.0.0:PORT/",
    "this host by one zero": b"http://0:PORT/",
    "a host in percent signs": b"http://%31%36%39.254.169.254/",
    "a host in wide digits": "http://\uff11\uff16\uff19.254.169.254/".encode(),
    "a host with other dots": "http://169\u3002254\u3002169\u3002254/".encode(),
    "two backslashes": b"\\\\169.254.169.254\\x",
    "an address inside another": b"http://[::ffff:169.254.169.254]/",
    "a number": b"http://2852039166/",
}
CODE = '''"""Asks."""

import httpx
from pydantic import BaseModel


class Request(BaseModel):
    """Nothing."""

    word: str = ""


class Response(BaseModel):
    """What came."""

    rows: list[dict[str, str]]


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Ask once."""
    answer = await http.get("http://127.0.0.1:PORT/start", follow_redirects=True)
    return Response(rows=[{"text": answer.text, "fields": str(dict(answer.headers))}])
'''


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[int]:
    """Serve these bytes at /start, and the path itself anywhere else."""

    open_ones: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_ones[writer] = task
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while path := (await reader.readuntil(b"\r\n\r\n")).split()[1]:
                other = OK + b"Content-Length: %d\r\n\r\n%s" % (len(path), path)
                writer.write(answer.replace(b"PORT", str(port).encode()) if path == b"/start" else other)
                await writer.drain()
                if not answer.startswith(b"HTTP"):
                    break
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = int(server.sockets[0].getsockname()[1])
    try:
        yield port
    finally:
        server.close()
        for writer in open_ones:
            writer.close()
        await asyncio.gather(*open_ones.values())


async def ask(runner: Runner, answer: bytes) -> Run:
    async with answering(answer) as port:
        policy = Policy(
            hosts=(HostRule(host="127.0.0.1", port=port),), private_hosts=("127.0.0.1",), limits=Limits(wall_s=20)
        )
        artifact = Artifact(code=CODE.replace("PORT", str(port)))
        return await runner.run(artifact, {}, policy, kind=RunKind.TRIAL, now=NOW, record=True)


@pytest.mark.parametrize("name", PLAIN)
async def test_what_can_be_read_is_read(checked: Runner, name: str) -> None:
    answer, wanted = PLAIN[name]
    run = await ask(checked, answer)
    assert (run.outcome, run.rows[0]["text"] if run.rows else run.error) == (Outcome.OK, wanted)
    assert run.model_dump_json()


@pytest.mark.parametrize("name", BROKEN)
async def test_what_cannot_is_a_broken_answer(checked: Runner, name: str) -> None:
    run = await ask(checked, BROKEN[name])
    assert run.outcome is Outcome.FAILED
    assert run.error is not None
    assert "broken answer" in run.error.message


@pytest.mark.parametrize("name", AWAY)
async def test_a_redirect_leads_nowhere_else(checked: Runner, name: str) -> None:
    run = await ask(checked, MOVED % AWAY[name])
    assert run.outcome in (Outcome.FAILED, Outcome.DENIED)
    assert run.error is not None
    assert "cannot be followed" in run.error.message or "outside this tool's policy" in run.error.message
