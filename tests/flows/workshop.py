"""Versions made by hand, for tests of what happens to tools after they were learned."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from domain.observation import Exchange
from domain.policy import HostRule, Policy
from domain.values import JsonObject
from domain.workflow import WorkflowVersion
from registry import Registry, ReplayBundle, ReplayCase, open_registry
from tests.registry.making import NOON, make_version

CODE = '''"""List concerts."""

import httpx
import workflow_kit
from pydantic import BaseModel, Field


class Request(BaseModel):
    """What to ask."""

    city: str = Field(default="Oakland", description="where")


class Item(BaseModel):
    """One concert."""

    title: str
    asked_at: str


class Response(BaseModel):
    """The concerts."""

    rows: list[Item]
    count: int
    truncated: bool = False


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """List them."""
    response = await http.get("https://api.events.example/v1/events", params={"city": request.city})
    response.raise_for_status()
    asked_at = str(workflow_kit.today())
    rows = [Item(title=event["title"], asked_at=asked_at) for event in response.json()["events"]]
    return Response(rows=rows, count=len(rows))
'''


def concerts(code: str = CODE, **changes: object) -> WorkflowVersion:
    """Return a version that asks a host which nobody can reach."""
    return make_version(code=code, **changes)


def policy(*hosts: str, **changes: object) -> Policy:
    return Policy.model_validate({"hosts": tuple(HostRule(host=host) for host in hosts), **changes})


def bundle(*titles: str, city: str = "Oakland", wanted: tuple[str, ...] | None = None) -> ReplayBundle:
    """Return one recorded answer with these titles, and the rows that it must give."""
    exchange = Exchange(
        id="x1",
        method="GET",
        url=f"https://api.events.example/v1/events?city={city}",
        status=200,
        content_type="application/json",
        response_headers={"content-type": "application/json"},
        body='{"events": [' + ", ".join(f'{{"title": "{title}"}}' for title in titles) + "]}",
    )
    rows: list[JsonObject] = [
        {"title": title, "asked_at": NOON.date().isoformat()} for title in (titles if wanted is None else wanted)
    ]
    case = ReplayCase(
        name="the question's own values",
        arguments={"city": "Oakland"},
        now=NOON,
        exchanges=(exchange,),
        rows=tuple(rows),
    )
    return ReplayBundle(cases=(case,))


@contextmanager
def registry_of(environment: dict[str, str]) -> Iterator[Registry]:
    """Open the registry that the commands of a test will use."""
    home = Path(environment["AGENT_SCHOOL_HOME"])
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open_registry(f"sqlite:///{home / 'registry.sqlite'}") as registry:
        yield registry


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """Serve an application on a free loopback port, beside the commands of a test; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        worker = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        worker.start()  # the door listens already: who asks early waits
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            worker.join(timeout=10)
