"""Runs the site on loopback, in the process of whoever asks for it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterable
from datetime import date

import uvicorn
from starlette.types import ASGIApp

from examples.events_site.app import DEFAULT_SEED, DEFAULT_TODAY, build
from examples.events_site.generate import DEFAULT_EVENTS

_HOST = "127.0.0.1"


@contextlib.asynccontextmanager
async def running(
    seed: int = DEFAULT_SEED,
    faults: Iterable[str] = (),
    today: date = DEFAULT_TODAY,
    events: int = DEFAULT_EVENTS,
    *,
    port: int = 0,
) -> AsyncIterator[str]:
    """The site's base URL, while it runs; connections are taken from the first moment.

    Raises:
        ValueError: a fault has no such name.
        OSError: the port is taken.
    """
    async with serving(build(seed, faults, today, events), port=port) as url:
        yield url


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, *, port: int = 0) -> AsyncIterator[str]:
    """The base URL of any application, while it runs.

    The socket listens before the server starts, so nobody has to wait for it to be ready: what comes
    early stands in the socket's queue.

    Raises:
        OSError: the port is taken.
    """
    listener = socket.create_server((_HOST, port), backlog=256)
    config = uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    server = _Quiet(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://{_HOST}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()


class _Quiet(uvicorn.Server):
    """Leaves the signals to the process that it runs in."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]  # the parent's own has no annotation
        """Captures none."""
        yield
