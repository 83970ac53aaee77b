"""One call inside a child: arguments in, ``run`` driven to its end, one JSON frame out.

Everything here runs beside untrusted code and may be subverted by it; the parent believes nothing
that it says except that it is the answer of this child to its own call.
"""

from __future__ import annotations

import contextvars
import json
import resource
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any

import pydantic

from sandbox import limits
from sandbox.driver import Answer, Call, Meta, drive
from sandbox.facade.fingerprint import fingerprint
from sandbox.facade.http import Client
from sandbox.facade.kit import clock
from sandbox.seccomp import Filter
from sandbox.wire import Channel, pack

MESSAGE_CHARACTERS = 300
_TRACE_LINES = 20


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A loaded module. ``request`` is its model, or None for code that takes the bare arguments."""

    namespace: dict[str, Any]
    request: Any
    run: Callable[[Any, Any], Awaitable[Any]]
    filename: str
    interface: str
    cpu_s: int
    program: Filter | None
    descriptor: int


def serve(workflow: Workflow, *, kept: bool) -> None:
    """Wear the child's limits, say ready, and answer one call, or with ``kept`` one after another."""
    limits.wear_child(workflow.program, _KEPT_CPU_S if kept else workflow.cpu_s)
    channel = Channel(workflow.descriptor)
    before = _fingerprint(workflow) if kept else None
    channel.write(_READY)
    while frame := channel.receive():
        meta, body = answer(workflow, channel, frame[0])
        if not kept or meta["t"] != "result" or _fingerprint(workflow) != before:
            channel.send({**meta, "fin": True}, body)
            return
        channel.send(meta, body)


_READY = pack({"t": "ready"})
_KEPT_CPU_S = 600  # over its life; the parent bounds each call by its deadline


def answer(workflow: Workflow, channel: Channel, job: Meta) -> tuple[Meta, bytes]:
    """Return the frame that ends the call: ``result`` with the output as body, or ``error``."""
    started = _cpu_ms()
    try:
        body = contextvars.Context().run(_run, workflow, channel, job)
        meta: Meta = {"t": "result"}
    except BaseException as error:  # noqa: BLE001 - the workflow is untrusted; its every end is reported
        meta, body = error_frame(error, workflow.filename), b""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {**meta, "e": job["e"], "cpu_ms": _cpu_ms() - started, "rss_kb": usage.ru_maxrss}, body


class ArgumentsRefused(Exception):
    """The arguments do not fit the workflow's Request."""


def error_frame(error: BaseException, filename: str) -> Meta:
    """Return a typed account of an exception: no values of frames, and lines of the artifact only."""
    trace = _trace(error.__traceback__, filename)
    return {
        "t": "error",
        "kind": _kind(error),
        "name": type(error).__name__,
        "message": str(error)[:MESSAGE_CHARACTERS].encode("utf-8", "replace").decode(),
        "status": _status(error),
        "trace": trace,
    }


def _run(workflow: Workflow, channel: Channel, job: Meta) -> bytes:
    clock.set_now(datetime.fromisoformat(job["now"]))
    request = _request(workflow, job["arguments"])
    if workflow.interface == "page":
        from sandbox.gate_client import run_page  # noqa: PLC0415 - only the zygote of page workflows carries it

        return _dump(run_page(workflow.run, request, channel, workflow.descriptor, job["e"]))
    return _dump(drive(_coroutine(workflow.run(request, Client(_ask))), channel, job["e"]))


def _request(workflow: Workflow, arguments: Any) -> Any:
    if workflow.request is None:
        return arguments
    try:
        return workflow.request.model_validate(arguments)
    except pydantic.ValidationError as error:
        problems = (f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in error.errors()[:5])
        raise ArgumentsRefused("; ".join(problems)) from None


async def _ask(meta: Meta, body: bytes) -> Answer:
    answered: Answer = await Call(meta, body)
    return answered


async def _coroutine(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


def _dump(result: Any) -> bytes:
    if isinstance(result, pydantic.BaseModel):
        return result.model_dump_json().encode()
    return json.dumps(result, separators=(",", ":"), allow_nan=False).encode()


def _kind(error: BaseException) -> str:
    """Return what the parent acts on; anything else is ``failed``."""
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, limits.CpuLimitReached):
        return "cpu"
    if isinstance(error, ArgumentsRefused):
        return "arguments"
    seen: BaseException | None = error
    for _ in range(_CAUSES):
        if seen is None:
            break
        kind = _KINDS.get(type(seen).__name__)
        if kind is not None:
            return kind
        seen = seen.__cause__ or seen.__context__
    return "failed"


_CAUSES = 5  # a workflow may wrap what it met in an exception of its own
_KINDS = {
    "SourceChanged": "source_changed",
    "ProxyError": "denied",
    "HTTPStatusError": "status",
    "ReadError": "limited",
}


def _status(error: BaseException) -> int:
    status = getattr(getattr(error, "response", None), "status_code", 0)
    return status if isinstance(status, int) else 0


def _trace(trace: TracebackType | None, filename: str) -> list[list[Any]]:
    """Return ``[line, function]`` of the artifact's frames, outermost first."""
    lines: list[list[Any]] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == filename:
            lines.append([trace.tb_lineno, code.co_name])
        trace = trace.tb_next
    return lines[-_TRACE_LINES:]


def _cpu_ms() -> float:
    return time.process_time() * 1000


def _fingerprint(workflow: Workflow) -> Any:
    """Return what must not change between the calls of a kept child."""
    return fingerprint(workflow.namespace)
