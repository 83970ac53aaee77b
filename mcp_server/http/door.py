"""The door of the HTTP server: every request but health passes here before anything reads it.

In this order: the address' limit, the key or token, the key's limit, the body's bound, the scope. A refusal says what
to do and nothing about who else there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anyio
import orjson
import structlog
from mcp.server.auth.middleware.auth_context import AuthContextMiddleware
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import RegistryUnusable
from mcp_server.handlers import HANDLERS
from mcp_server.http.rates import Rates
from mcp_server.http.tokens import Tokens
from mcp_server.meters import Meters
from mcp_server.presence import KEY, Presence
from mcp_server.principals import Holder, Principal
from registry.keys import Scope as KeyScope

BODY_TIMEOUT_S = 15.0  # to send a whole body; who is slower holds a connection for nothing
AWAY_S = 5  # until a client may ask again when keys cannot be checked
REALM = "agent-school"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the door holds requests against. ``everyone`` lets all in as that principal (conformance only)."""

    tokens: Tokens
    rates: Rates
    meters: Meters
    body_bytes: int
    metadata_url: str = ""
    everyone: Principal | None = None


class Door:
    """ASGI middleware that lets only holders of a key through; ``needs`` is a scope for the whole path."""

    def __init__(self, app: ASGIApp, rules: Rules, *, needs: KeyScope | None = None) -> None:
        self._app = AuthContextMiddleware(app)  # the SDK seals states for whom this finds
        self._rules = rules
        self._needs = needs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        checked = await self._check(scope, receive)
        if isinstance(checked, Response):
            await checked(scope, receive, send)
            return
        principal, body = checked
        presence = Presence()
        scope = {**scope, "user": Holder(principal), KEY: presence}
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(watch, receive, presence)
            await self._app(scope, replay(body, presence), send)
            tasks.cancel_scope.cancel()

    async def _check(self, scope: Scope, receive: Receive) -> tuple[Principal, bytes] | Response:
        address = scope["client"][0] if scope.get("client") else "unknown"
        if (wait_s := await self._rules.rates.address(address)) is not None:
            return self._too_many(wait_s, "address_limit")
        headers = Headers(scope=scope)
        try:
            principal = self._rules.everyone or await self._rules.tokens.principal(bearer(headers))
        except RegistryUnusable as problem:
            log.warning("key_not_checked", code=problem.code, reason=problem.message)
            return self._away()
        if principal is None:
            if (wait_s := await self._rules.rates.bad_key(address)) is not None:
                return self._too_many(wait_s, "bad_key_limit")
            return self._unknown(given=bool(bearer(headers)))
        if (wait_s := await self._rules.rates.key(principal.key)) is not None:
            return self._too_many(wait_s, "key_limit")
        if self._needs is not None and self._needs not in principal.scopes:
            return self._lacks(self._needs)
        return await self._read(scope, receive, headers, principal)

    async def _read(
        self, scope: Scope, receive: Receive, headers: Headers, principal: Principal
    ) -> tuple[Principal, bytes] | Response:
        body = b""
        if scope["method"] == "POST":
            read = await read_body(scope, receive, headers, self._rules.body_bytes)
            if isinstance(read, Response):
                self._rules.meters.refused.labels(reason="body").inc()
                return read
            body = read
            lacking = lacking_scope(body, principal)
            if lacking is not None:
                return self._lacks(lacking)
        return principal, body

    def _away(self) -> Response:
        self._rules.meters.refused.labels(reason="registry").inc()
        remedy = f"Try again in {AWAY_S} s; if this stays, the server's log has the details."
        return refusal(503, "registry_unusable", "Keys cannot be checked now.", remedy, {"Retry-After": str(AWAY_S)})

    def _unknown(self, *, given: bool) -> Response:
        self._rules.meters.refused.labels(reason="no_key" if not given else "bad_key").inc()
        parts = {"realm": REALM}
        if given:  # RFC 6750: without a credential the answer carries no error code
            parts |= {"error": "invalid_token", "error_description": "The key or token is wrong, revoked or expired"}
        remedy = "Send a key: 'Authorization: Bearer …'. One is made with: main.py keys add NAME"
        return self._refusal(401, "unauthorized", "A valid key is needed.", remedy, parts)

    def _lacks(self, scope: KeyScope) -> Response:
        self._rules.meters.refused.labels(reason="scope").inc()
        parts = {"realm": REALM, "error": "insufficient_scope", "scope": scope.value}
        remedy = f"Use a key with it; one is made with: main.py keys add NAME --scope {scope.value}"
        return self._refusal(403, "forbidden", f"The key lacks the scope {scope.value!r}.", remedy, parts)

    def _refusal(self, status: int, code: str, message: str, remedy: str, parts: Mapping[str, str]) -> Response:
        if self._rules.metadata_url:
            parts = {**parts, "resource_metadata": self._rules.metadata_url}
        told = ", ".join(f'{name}="{value}"' for name, value in parts.items())
        return refusal(status, code, message, remedy, {"WWW-Authenticate": f"Bearer {told}"})

    def _too_many(self, wait_s: int, reason: str) -> Response:
        self._rules.meters.refused.labels(reason=reason).inc()
        return refusal(
            429, "too_many_requests", "Too many requests.", f"Wait {wait_s} s.", {"Retry-After": str(wait_s)}
        )


def bearer(headers: Headers) -> str:
    """Return the bearer token of a request, or an empty text."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def refusal(status: int, code: str, message: str, remedy: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error answer in the project's own shape."""
    return JSONResponse(
        {"error": {"code": code, "message": message, "remedy": remedy}}, status_code=status, headers=headers
    )


async def read_body(scope: Scope, receive: Receive, headers: Headers, most: int) -> bytes | Response:
    """Read a whole body of at most ``most`` bytes, or return the refusal."""
    too_large = refusal(413, "body_too_large", f"The body is larger than {most} bytes.", "Send less.")
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        return too_large
    body = bytearray()
    with anyio.move_on_after(BODY_TIMEOUT_S):
        try:
            async for chunk in Request(scope, receive).stream():
                body += chunk
                if len(body) > most:
                    return too_large
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        return bytes(body)
    return refusal(408, "body_too_slow", "The body did not come in time.", "Send it at once.")


def lacking_scope(body: bytes, principal: Principal) -> KeyScope | None:
    """Return the scope that a call of a stable tool needs and the key lacks.

    This gives clients the answer of RFC 6750 to act on; what really keeps a key out is the handler's own check.
    """
    if KeyScope.LEARN in principal.scopes:
        return None
    try:
        message: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None  # the transport has the right error for it
    if not isinstance(message, dict) or message.get("method") != "tools/call":
        return None
    params = message.get("params")
    name = params.get("name") if isinstance(params, dict) else None
    stable = HANDLERS.get(name) if isinstance(name, str) else None
    return stable.scope if stable is not None and stable.scope not in principal.scopes else None


async def watch(receive: Receive, presence: Presence) -> None:
    """Note when the client leaves. In JSON mode nothing else would look."""
    while (await receive())["type"] != "http.disconnect":
        continue
    presence.leave()


def replay(body: bytes, presence: Presence) -> Receive:
    """Return a ``receive`` that gives the body that was read, then the client's leaving."""
    begun = False

    async def again() -> Message:
        nonlocal begun
        if not begun:
            begun = True
            return {"type": "http.request", "body": body, "more_body": False}
        await presence.left.wait()
        return {"type": "http.disconnect"}

    return again
