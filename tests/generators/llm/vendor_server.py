"""A server on loopback that speaks the vendors' wire formats and says what a test scripted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Said:
    """One scripted answer: a text in the right wire format, or a raw body with a status."""

    text: str | None = None
    status: int = 200
    raw: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    end: str = ""
    hangs: bool = False
    tokens: tuple[int, int] = (1000, 100)


class VendorServer:
    """Answers from ``script`` in order; the last answer stays. ``asked`` keeps paths and bodies."""

    def __init__(self) -> None:
        self.script: dict[str, list[Said]] = {}
        self.asked: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.url = ""
        self.gone = asyncio.Event()

    def says(self, wire: str, *answers: Said) -> None:
        """Script a wire: ``responses``, ``chat`` or ``messages``."""
        self.script[wire] = list(answers)

    def paths(self) -> list[str]:
        """The paths that were asked, in order."""
        return [path for path, _, _ in self.asked]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        wire = request.path.rsplit("/", 1)[-1].replace("completions", "chat")
        self.asked.append((request.path, await request.json(), dict(request.headers)))
        script = self.script.get(wire, [Said(status=404, raw='{"error": {"message": "no such path"}}')])
        said = script.pop(0) if len(script) > 1 else script[0]
        if said.hangs:
            await self.gone.wait()
        if said.text is None:
            kind = "application/json" if said.raw.startswith("{") else "text/html"
            return web.Response(status=said.status, text=said.raw, headers=said.headers, content_type=kind)
        return web.json_response(WIRES[wire](said))


def _responses(said: Said) -> dict[str, Any]:
    part: dict[str, Any] = {"type": "output_text", "text": said.text, "annotations": []}
    if said.end == "refusal":
        part = {"type": "refusal", "refusal": said.text}
    cut = said.end == "length"
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": "m",
        "status": "incomplete" if cut else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "output": [{"id": "m", "type": "message", "role": "assistant", "status": "completed", "content": [part]}],
        "usage": {
            "input_tokens": said.tokens[0],
            "output_tokens": said.tokens[1],
            "total_tokens": sum(said.tokens),
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 0},
        },
    }


def _chat(said: Said) -> dict[str, Any]:
    message = {"role": "assistant", "content": said.text, "refusal": None}
    ends = {"refusal": "content_filter", "length": "length"}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": ends.get(said.end, "stop")}],
        "usage": {
            "prompt_tokens": said.tokens[0],
            "completion_tokens": said.tokens[1],
            "total_tokens": sum(said.tokens),
        },
    }


def _messages(said: Said) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [{"type": "text", "text": said.text}],
        "stop_reason": {"refusal": "refusal", "length": "max_tokens"}.get(said.end, "end_turn"),
        "stop_sequence": None,
        "usage": {"input_tokens": said.tokens[0], "output_tokens": said.tokens[1]},
    }


WIRES = {"responses": _responses, "chat": _chat, "messages": _messages}


@asynccontextmanager
async def vendor_server() -> AsyncIterator[VendorServer]:
    """Serve on a free port of loopback."""
    server = VendorServer()
    app = web.Application()
    app.router.add_post("/{tail:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        server.gone.set()
        await runner.cleanup()
