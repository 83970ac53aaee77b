"""Running use cases from a terminal: one event loop, one School, typed errors to exit statuses."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import anyio
import typer

from domain.errors import NeedsInput, SchoolError, UsageProblem
from school import show
from school.app import School, open_school
from school.settings import load_settings

T = TypeVar("T")
OK, ERROR, USAGE, ASKS = 0, 1, 2, 3  # CLI-1


def run(
    use: Callable[[School], Awaitable[T]],
    *,
    as_json: bool,
    on_error: Callable[[SchoolError], Any],
    passing: type[SchoolError] | tuple[()] = (),
) -> T:
    """Open the School, run one use case, and end the process with CLI-2's status when it raises.

    With ``as_json`` the object that ``on_error`` makes is printed on stdout and nothing else. Errors of the kind
    ``passing`` are the caller's to deal with.
    """

    async def inside() -> T:
        async with AsyncExitStack() as stack:
            settings = load_settings()
            if settings.otel_traces_exporter:
                from school.tracing import traced  # noqa: PLC0415 - an extra that few turn on

                stack.enter_context(traced(settings.otel_traces_exporter))
            school = await stack.enter_async_context(open_school(settings))
            return await use(school)

    try:
        return anyio.run(inside, backend_options={"use_uvloop": True})
    except SchoolError as problem:
        if isinstance(problem, passing):
            raise
        if as_json:
            print_json(on_error(problem))
        else:
            show.problem(problem)
        raise typer.Exit(status_of(problem)) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def status_of(problem: SchoolError) -> int:
    """Return the exit status: 3 needs input, 2 usage, 1 anything else."""
    if isinstance(problem, NeedsInput):
        return ASKS
    return USAGE if isinstance(problem, UsageProblem) else ERROR


def print_json(value: object) -> None:
    """Print one JSON object on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def plain_error(problem: SchoolError) -> dict[str, Any]:
    """Return the JSON object of an error for commands other than ask."""
    return {"status": "error", "error": problem.as_json()}
