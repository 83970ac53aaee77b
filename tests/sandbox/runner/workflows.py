"""Workflows as the generators write them, for tests of the runner."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from domain.policy import Policy
from domain.run import Run, RunKind
from domain.workflow import Artifact
from sandbox.runner import Runner

NOW = datetime(2027, 5, 12, 10, tzinfo=UTC)
HEAD = '''"""List what the site echoes."""

import asyncio

import httpx
import workflow_kit
from pydantic import BaseModel, Field


class Request(BaseModel):
    """What to ask."""

    word: str = Field(default="x", description="goes into every row")
    count: int = Field(default=3, ge=0, le=2000, description="number of rows")


class Item(BaseModel):
    """One row."""

    name: str
    number: int


class Response(BaseModel):
    """The rows."""

    rows: list[Item]
    count: int
    truncated: bool = False


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Ask the site.

    Args:
        request: what to ask.
        http: the client.

    Returns:
        The rows.
    """
'''
ECHO = """    response = await http.get("URL/echo", params={"word": request.word})
    response.raise_for_status()
    name = response.json()["path"]
    rows = [Item(name=f"{name} {number}", number=number) for number in range(request.count)]
    return Response(rows=rows, count=len(rows))
"""


def workflow(body: str = ECHO, url: str = "") -> Artifact:
    """Return a checked workflow with this body of ``run``; URL in it becomes ``url``."""
    return Artifact(code=HEAD + body.replace("URL", url))


async def call(runner: Runner, artifact: Artifact, policy: Policy, **options: Any) -> Run:
    """Run it once."""
    arguments = options.pop("arguments", {})
    return await runner.run(artifact, arguments, policy, kind=RunKind.CALL, now=NOW, **options)
