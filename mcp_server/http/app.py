"""The ASGI app: MCP, metrics and OAuth metadata behind the door, health and readiness before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
from mcp.server.streamable_http import MCP_SESSION_ID_HEADER
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.inbound import MCP_PROTOCOL_VERSION_HEADER
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, request_response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import SchoolError
from mcp_server.desk import Desk
from mcp_server.http.door import Door, Rules, refusal
from mcp_server.http.oauth import Issuer, JwtVerifier, issuer_of
from mcp_server.http.rates import Rates
from mcp_server.http.tokens import Tokens
from mcp_server.memory import give_back_freed
from mcp_server.meters import Meters
from mcp_server.principals import Holder, Principal
from mcp_server.server import Served, watch_registry
from registry.keys import ApiKeys
from registry.keys import Scope as KeyScope

PATH = "/mcp"
OLDEST = HANDSHAKE_PROTOCOL_VERSIONS[0]  # what a client speaks that names none
METADATA_PATH = "/.well-known/oauth-protected-resource"  # RFC 9728
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
SAFE_HEADERS = {  # answers are data for programs: nothing in them is to be rendered, framed or kept
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cross-origin-resource-policy": b"same-origin",
}
STAY_SECURE = (b"strict-transport-security", b"max-age=31536000")


@dataclass
class Draining:
    """Whether the server is being stopped: what is at work ends, nothing new begins."""

    begun: bool = False


def build_app(
    desk: Desk,
    served: Served,
    *,
    draining: Draining | None = None,
    everyone: Principal | None = None,
    json_response: bool = False,
) -> Starlette:
    """Return the app. ``everyone`` opens it without keys, for the conformance profile on loopback only.

    ``json_response`` answers with one JSON object instead of a stream: no progress and no questions in a call.

    Raises:
        SettingsProblem: OAuth is set in part.
    """
    settings = desk.school.settings
    draining = draining or Draining()
    issuer = issuer_of(settings)
    rules = Rules(
        tokens=Tokens(ApiKeys(desk.school.registry.shelf), None if issuer is None else JwtVerifier(issuer)),
        rates=Rates(settings),
        meters=desk.meters,
        body_bytes=settings.body_limit_bytes,
        metadata_url="" if issuer is None else metadata_url(issuer),
        everyone=everyone,
    )
    served.server.streamable_http_app(
        streamable_http_path=PATH,
        transport_security=security_of(settings.public_hosts, settings.allowed_origins),
        json_response=json_response,
        max_request_body_size=settings.body_limit_bytes,
        session_idle_timeout=settings.session_idle_s,
    )
    manager = served.server.session_manager

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with manager.run(), anyio.create_task_group() as tasks:
            tasks.start_soon(watch_registry, desk.school, desk.audience)
            tasks.start_soon(give_back_freed)
            yield
            tasks.cancel_scope.cancel()

    bounded = within_sessions(StreamableHTTPASGIApp(manager), desk, settings.sessions_per_key)
    mcp = Door(while_open(bounded, draining), rules)
    metrics = Door(request_response(metrics_page(desk.meters)), rules, needs=KeyScope.ADMIN)
    routes = [
        Route(PATH, endpoint=mcp),
        Route("/metrics", endpoint=metrics, methods=["GET"]),
        Route("/health", endpoint=health, methods=["GET"]),
        Route("/ready", endpoint=readiness(desk, draining), methods=["GET"]),
    ]
    if issuer is not None:
        page = metadata_page(issuer)
        routes += [Route(path, endpoint=page, methods=["GET"]) for path in (METADATA_PATH, METADATA_PATH + PATH)]
    middleware = [Middleware(Outside, meters=desk.meters)]
    if settings.allowed_origins:
        middleware.append(cors(settings.allowed_origins))
    return Starlette(routes=routes, middleware=middleware, lifespan=lifespan)


class Outside:
    """Outermost middleware: safe headers on every answer, and a count by status."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self._app = app
        self._meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                extra = [(name, value) for name, value in SAFE_HEADERS.items() if name not in present]
                if scope["scheme"] == "https":  # also behind a proxy that is trusted to say so
                    extra.append(STAY_SECURE)
                if b"cache-control" not in present:
                    extra.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*message["headers"], *extra]}
                self._meters.requests.labels(status=message["status"]).inc()
            await send(message)

        await self._app(scope, receive, dressed if scope["type"] == "http" else send)


def while_open(app: ASGIApp, draining: Draining) -> ASGIApp:
    """Return the app, closed to new calls once draining has begun; answers to calls at work still come in."""

    async def passing(scope: Scope, receive: Receive, send: Send) -> None:
        if not draining.begun or scope["type"] != "http" or scope["method"] != "POST":
            await app(scope, receive, send)
            return
        first = await receive()
        if b'"method"' not in first.get("body", b""):  # an answer to a question that a call at work has asked
            await app(scope, before(first, receive), send)
            return
        answer = refusal(503, "stopping", "This server is stopping.", "Try again.", {"Retry-After": "5"})
        await answer(scope, receive, send)

    return passing


def within_sessions(app: ASGIApp, desk: Desk, most: int) -> ASGIApp:
    """Return the app, closed to a further session of a key that has ``most`` open: all sessions share one bound.

    A request without a session of a client of the older revision can only be one that opens it.
    """

    async def passing(scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else None
        user = scope.get("user")
        if (
            headers is None
            or not isinstance(user, Holder)
            or MCP_SESSION_ID_HEADER in headers
            or headers.get(MCP_PROTOCOL_VERSION_HEADER, OLDEST) not in HANDSHAKE_PROTOCOL_VERSIONS
            or desk.audience.sessions_of(user.principal.key) < most
        ):
            await app(scope, receive, send)
            return
        desk.meters.refused.labels(reason="sessions").inc()
        answer = refusal(
            429,
            "too_many_sessions",
            f"The key has {most} sessions open.",
            "End those that are done with (DELETE), or wait until idle ones end.",
            {"Retry-After": "60"},
        )
        await answer(scope, receive, send)

    return passing


def before(first: Message, receive: Receive) -> Receive:
    """Return a ``receive`` that begins with a message that was taken already."""
    waiting = [first]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def health(_: Request) -> Response:
    """Answer that the process is alive."""
    return JSONResponse({"status": "ok"})


def readiness(desk: Desk, draining: Draining) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that tells whether new calls are welcome."""

    async def ready(_: Request) -> Response:
        if draining.begun:
            return JSONResponse({"status": "stopping"}, status_code=503)
        try:
            desk.school.registry.generation()
        except SchoolError as problem:
            return JSONResponse({"status": "registry", "code": problem.code}, status_code=503)
        return JSONResponse({"status": "ready"})

    return ready


def metrics_page(meters: Meters) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of the numbers."""

    async def page(_: Request) -> Response:
        return Response(meters.page(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return page


def metadata_page(issuer: Issuer) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that tells clients where to get a token (RFC 9728)."""
    told = {
        "resource": issuer.audience,
        "authorization_servers": [issuer.name],
        "scopes_supported": [scope.value for scope in KeyScope],
        "bearer_methods_supported": ["header"],
        "resource_name": "Agent School",
    }

    async def page(_: Request) -> Response:
        return JSONResponse(told)

    return page


def metadata_url(issuer: Issuer) -> str:
    """Return the address of the metadata, as RFC 9728 makes it from the resource's own."""
    scheme, _, rest = issuer.audience.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}{METADATA_PATH}{slash}{path}".rstrip("/")


def security_of(hosts: tuple[str, ...], origins: tuple[str, ...]) -> TransportSecuritySettings:
    """Return which Host and Origin headers are taken: loopback's, and those that the settings name.

    A page on another origin, or a name that was rebound to this machine, must not speak to the server.
    """
    own = tuple(f"{host}:*" for host in LOOPBACK)
    named = tuple(host if ":" in host else f"{host}:*" for host in hosts)
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[*own, *hosts, *named],
        allowed_origins=[*(f"http://{host}" for host in own), *origins],
    )


def cors(origins: tuple[str, ...]) -> Middleware:
    """Return what lets pages of the named origins read the answers."""
    return Middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Mcp-Session-Id", "MCP-Protocol-Version", "Last-Event-ID"],
        expose_headers=["Mcp-Session-Id", "WWW-Authenticate"],
    )
