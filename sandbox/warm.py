"""Does everything once before the jail closes: a child can open no file, so no import may be left for it."""

from __future__ import annotations

import importlib
import socket
from typing import Any

from sandbox import child, facade
from sandbox.seccomp import Profile
from sandbox.wire import Channel

# what the standard library imports late, and the facade and pydantic then need
_LATE = (
    "_strptime", "base64", "binascii", "decimal", "encodings.ascii", "encodings.idna", "encodings.latin_1",
    "encodings.utf_8", "encodings.utf_8_sig", "encodings.cp1252", "html.entities", "ipaddress", "json.encoder",
    "linecache", "statistics", "traceback", "unicodedata", "urllib.parse", "zoneinfo",
)  # fmt: skip
_SAMPLE = """
from pydantic import BaseModel, Field
class Request(BaseModel):
    word: str = Field(default="x", description="a word", max_length=10)
    at: "int | None" = None
class Item(BaseModel):
    name: str
    price: float | None = Field(default=None, ge=0)
    tags: list[str] = []
class Response(BaseModel):
    rows: list[Item]
    count: int
    truncated: bool = False
async def run(request, http):
    answer = await http.get("http://warm.example/list", params={"q": request.word})
    answer.raise_for_status()
    rows = [Item.model_validate(row) for row in answer.json()["rows"]]
    return Response(rows=rows, count=len(rows))
"""
_OFTEN = 40  # until the interpreter has specialised the code, which would otherwise be rewritten in each child


def warm(profile: Profile) -> None:
    """Import and use all that children use, so that nothing is left to be imported or built late."""
    for name in _LATE:
        importlib.import_module(name)
    facade.warm()
    facade.environment(profile)
    _call_once()
    if profile == "page":
        _warm_pages()
    facade.seal()


def _warm_pages() -> None:
    import asyncio  # noqa: PLC0415 - the image of http workflows stays without it

    from sandbox import gate_client  # noqa: PLC0415 - the same

    gate_client.warm()
    asyncio.run(asyncio.sleep(0))


def _call_once() -> None:
    namespace: dict[str, Any] = {"__name__": "workflow"}
    exec(compile(_SAMPLE, "<warm>", "exec", dont_inherit=True), namespace)  # noqa: S102 - the constant above
    workflow = child.Workflow(
        namespace=namespace,
        request=namespace["Request"],
        run=namespace["run"],
        filename="<warm>",
        interface="http",
        cpu_s=1,
        program=None,
        descriptor=-1,
    )
    ours, theirs = socket.socketpair()
    with ours, theirs:
        parent, inside = Channel(ours.fileno()), Channel(theirs.fileno())
        rows = b'{"rows": [{"name": "a", "price": "1.5", "tags": ["b"]}]}'
        fields = [["content-type", "application/json; charset=utf-8"]]
        job = {"e": 1, "arguments": {"word": "y"}, "now": "2026-01-01T00:00:00+00:00"}
        for _ in range(_OFTEN):
            parent.send({"e": 1, "id": 1, "s": 200, "u": "http://warm.example/list", "h": fields, "n": []}, rows)
            ended, _ = child.answer(workflow, inside, job)
        if ended["t"] != "result":
            raise RuntimeError(f"the warm-up call failed: {ended}")
        child.answer(workflow, inside, {**job, "arguments": {"word": 1}})
