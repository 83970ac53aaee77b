"""The process that serves HTTP: one socket, one event loop, a first key, and an end that finishes what is at work."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
import structlog
import uvicorn
from anyio.abc import TaskStatus

from domain.errors import SettingsProblem
from mcp_server.desk import Desk, open_desk
from mcp_server.http.app import PATH, Draining, build_app
from mcp_server.principals import LOCAL, Principal
from mcp_server.server import Served, build_server
from registry.keys import ApiKeys, Scope
from school.app import School

LOOPBACK = ("127.0.0.1", "::1", "localhost")
BACKLOG = 2048
TESTER = Principal(owner="conformance", key="conformance", scopes=frozenset({Scope.CALL, Scope.LEARN}))
KEEP_S = 75  # longer than clients and proxies keep a connection: a call must not meet one that is just being closed
CLOSE_S = 2  # for streams that only listen, once nothing is at work any more

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class HttpOptions:
    """Where to listen; ``port`` 0 takes a free one, TLS needs both files, ``conformance`` asks for no key."""

    host: str = "127.0.0.1"
    port: int = 8765
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    json_response: bool = False
    conformance: bool = False


async def serve_http(school: School, options: HttpOptions) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is at work.

    Raises:
        SettingsProblem: the address cannot be listened on, or the options do not fit together.
    """
    require_sound(options)
    listener = listen(options)
    port = listener.getsockname()[1]
    async with open_desk(school) as desk, AsyncExitStack() as stack:
        served = build_server(desk)
        if options.conformance:
            from mcp_server.conformance import published_fixtures  # noqa: PLC0415 - nobody else needs the fixtures

            stack.enter_context(published_fixtures(served.server, desk))
        draining = Draining()
        app = build_app(
            desk,
            served,
            draining=draining,
            everyone=TESTER if options.conformance else None,
            json_response=options.json_response,
        )
        server = Uvicorn(config_of(app, school, options))
        async with anyio.create_task_group() as tasks:
            await tasks.start(stop_on_signal, server, desk, served, draining)
            announce(school, options, port)  # from here on it is to be stopped in order
            await server.serve(sockets=[listener])
            tasks.cancel_scope.cancel()


class Uvicorn(uvicorn.Server):
    """Leaves signals to this module: uvicorn would raise them again and end the process before the school is closed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


async def stop_on_signal(
    server: uvicorn.Server, desk: Desk, served: Served, draining: Draining, *, task_status: TaskStatus[None]
) -> None:
    """Wait for a signal; then let calls at work end, and stop. A second signal stops at once."""
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        task_status.started()
        asked = 0
        async with anyio.create_task_group() as tasks:
            async for _ in signals:
                asked += 1
                if asked == 1:
                    draining.begun = True
                    tasks.start_soon(drain, server, desk, served)
                else:
                    server.should_exit = server.force_exit = True


async def drain(server: uvicorn.Server, desk: Desk, served: Served) -> None:
    """Wait until no call is at work, at most as long as the settings say, then tell the server to exit.

    Calls that still wait for a job then are answered with the job, which the next server or worker goes on with.
    """
    with anyio.move_on_after(desk.school.settings.drain_timeout_s):
        await desk.meters.idle()
    desk.serving.leave()
    with anyio.move_on_after(CLOSE_S):
        await desk.meters.idle()
    served.listeners.close()
    server.should_exit = True


def require_sound(options: HttpOptions) -> None:
    """Refuse options that would open what must be closed.

    Raises:
        SettingsProblem: with the reason.
    """
    if options.conformance and options.host not in LOOPBACK:
        raise SettingsProblem("The conformance profile asks for no key, so it listens on loopback only.")
    if (options.tls_certificate is None) != (options.tls_key is None):
        raise SettingsProblem("TLS needs both a certificate and its key.")


def listen(options: HttpOptions) -> socket.socket:
    """Return a listening socket.

    Raises:
        SettingsProblem: the address is taken, or not one of this machine.
    """
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
        listener.listen(BACKLOG)
    except OSError as problem:
        listener.close()
        raise SettingsProblem(
            f"{options.host}:{options.port} cannot be listened on: {problem.strerror}.",
            remedy="Choose another --port, or 0 for any free one.",
        ) from problem
    listener.settimeout(0)
    return listener


def config_of(app: object, school: School, options: HttpOptions) -> uvicorn.Config:
    """Return uvicorn's configuration. Forwarded headers count only from proxies that the settings name."""
    proxies = list(school.settings.trusted_proxies)
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # uvicorn's alias of ASGI apps is narrower than Starlette
        loop="none",
        http="auto",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        timeout_keep_alive=KEEP_S,
        timeout_graceful_shutdown=CLOSE_S,
        ssl_certfile=options.tls_certificate,
        ssl_keyfile=options.tls_key,
    )


def announce(school: School, options: HttpOptions, port: int) -> None:
    """Print the address, and the first key when there has never been one. It is printed this once only."""
    scheme = "https" if options.tls_certificate else "http"
    host = f"[{options.host}]" if ":" in options.host else options.host
    lines = [f"Listening on {scheme}://{host}:{port}{PATH}"]
    if options.conformance:
        lines.append("Conformance profile: no key is asked for.")
    else:
        first = ApiKeys(school.registry.shelf).add_first(owner=LOCAL.owner, name="first")
        if first is not None:
            lines.append(f"First key (admin, shown this once): {first.token}")
        lines.append("Keys are made with: main.py keys add NAME")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
