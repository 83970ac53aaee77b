"""A real HTTP server in a process of its own, its keys, and clients for it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from registry import open_registry
from registry.keys import ApiKeys, Scope
from tests import prepared
from tests.conftest import KEPT, NOW
from tests.homes import furnished
from tests.registry.making import make_version

MODES = ("legacy", "auto")
ALL = frozenset({Scope.CALL, Scope.LEARN})
ECHO = '''"""Gives back what it is given."""

import asyncio

import httpx
from pydantic import BaseModel


class Request(BaseModel):
    text: str = "hello"
    wait_s: float = 0.0
    count: int = 1


class Item(BaseModel):
    text: str


class Response(BaseModel):
    rows: list[Item]
    count: int
    truncated: bool


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    if request.wait_s > 0:
        await asyncio.sleep(request.wait_s)
    rows = [Item(text=request.text) for _ in range(request.count)]
    return Response(rows=rows, count=len(rows), truncated=False)
'''
INPUT = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "wait_s": {"type": "number"},
        "count": {"type": "integer", "minimum": 0, "maximum": 1000},
    },
    "additionalProperties": False,
}


@dataclass
class Running:
    """A server that answers, its home, and its first key."""

    url: str
    home: Path
    key: str
    process: prepared.Forked
    errors: Path
    made: dict[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return self.url.removesuffix("/mcp")

    def add_key(self, owner: str, scopes: frozenset[Scope] = ALL, lives: timedelta | None = None) -> str:
        with open_registry(self.home / "registry.sqlite") as registry:
            made = ApiKeys(registry.shelf).add(owner=owner, name=owner, scopes=scopes, lives=lives, actor="test")
        return made.token

    def publish(self, name: str, *, owner: str, shared: bool = False) -> None:
        with open_registry(self.home / "registry.sqlite") as registry:
            version = make_version(name, owner=owner, code=ECHO, input_schema=INPUT, description=f"Echo as {name}.")
            registry.publish(version, actor="test")
            if shared:
                registry.share(name, owner, actor="test")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@contextmanager
def running(home: Path, *arguments: str, **settings: str) -> Iterator[Running]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment = {
        **kept,
        "AGENT_SCHOOL_HOME": str(home),
        "AGENT_SCHOOL_NOW": NOW,
        "AGENT_SCHOOL_PLANNER": "builtin",
        **{f"AGENT_SCHOOL_{name.upper()}": value for name, value in settings.items()},
    }
    furnished(home)
    errors = home.parent / f"{home.name}.log"
    with errors.open("a") as log:
        line = (prepared.MAIN, "serve", "--http", "--port", "0", *arguments)
        process = prepared.start(*line, env=environment, stdout=subprocess.PIPE, stderr=log)
    assert process.stdout is not None
    try:
        url = process.stdout.readline().split()[-1]
        line = process.stdout.readline()
        key = line.split()[-1] if line.startswith("First key") else ""
        yield Running(url=url, home=home, key=key, process=process, errors=errors)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        process.stdout.close()


@asynccontextmanager
async def connected(
    server: Running, mode: str, key: str | None = None, verify: Any = True, **more: Any
) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {server.key if key is None else key}"}
    async with httpx2.AsyncClient(headers=headers, timeout=60, verify=verify) as http:
        transport = streamable_http_client(server.url, http_client=http)
        async with Client(transport, mode=mode, **more) as client:  # type: ignore[arg-type]  # the SDK's literal of modes
            yield client


async def numbers(server: Running, verify: Any = True) -> dict[str, float]:
    """Read the server's own metrics."""
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {server.key}"}, verify=verify) as http:
        page = (await http.get(f"{server.base}/metrics")).text
    lines = (line.rsplit(" ", 1) for line in page.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in lines}


async def until(server: Running, name: str, value: float, verify: Any = True) -> dict[str, float]:
    """Wait until a number of the server has a value; the test's own time-out bounds it."""
    while True:
        found = await numbers(server, verify)
        if found.get(name, 0.0) == value:
            return found
