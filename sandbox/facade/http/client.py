"""The client that ``run`` is given as ``http``.

It has httpx's methods and asks the broker for every request; what it may reach is the policy's
business, decided outside. Redirects are followed by the broker, unless ``follow_redirects=False``.
"""

from __future__ import annotations

import json as encoder
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NoReturn, Self
from urllib.parse import urlencode

from sandbox.facade.http.errors import KINDS, TransportError
from sandbox.facade.http.messages import Cookies, Headers, Request, Response
from sandbox.facade.http.settings import BasicAuth, seconds
from sandbox.facade.http.urls import absolute

Answer = tuple[dict[str, Any], bytes]
Transport = Callable[[dict[str, Any], bytes], Awaitable[Answer]]


class AsyncClient:
    """The type of ``http``. It is handed to ``run`` and cannot be made in a workflow."""

    def __init__(self, *args: Any, **kwargs: Any) -> NoReturn:
        del args, kwargs
        raise RuntimeError("use the client that run() is given as http: a workflow cannot make its own")

    async def request(self, method: str, url: Any, **options: Any) -> Response:
        """Return the answer to a request (see Client)."""
        raise NotImplementedError


class Client(AsyncClient):
    """The client of one run. ``transport(meta, body)`` asks the broker (see sandbox.driver for the shapes)."""

    def __init__(self, transport: Transport, *, base_url: str = "") -> None:
        self._transport = transport
        self.headers = Headers()
        self.cookies = Cookies()
        self.base_url = base_url

    async def request(  # type: ignore[override]  # the options by their names
        self,
        method: str,
        url: Any,
        *,
        params: Any = None,
        headers: Any = None,
        json: Any = None,
        data: Any = None,
        content: bytes | str | None = None,
        cookies: Any = None,
        auth: Any = None,
        timeout: Any = None,  # noqa: ASYNC109 - httpx's signature
        follow_redirects: Any = True,
    ) -> Response:
        """Return the answer to a request; statuses of 4xx and 5xx are answers too.

        Raises:
            TransportError: no answer; ``ProxyError`` when the request is outside the policy.
        """
        address = absolute(url, self.base_url, params)
        body, kind = _body(json, data, content)
        fields = self._fields(headers, cookies, auth)
        if kind and not any(name.lower() == "content-type" for name, _ in fields):
            fields.append(["content-type", kind])
        request = Request(method, address, Headers(fields), body)
        return await self._answer(request, fields, follow_redirects, timeout)

    def build_request(
        self,
        method: str,
        url: Any,
        *,
        params: Any = None,
        headers: Any = None,
        json: Any = None,
        data: Any = None,
        content: bytes | str | None = None,
        cookies: Any = None,
        timeout: Any = None,
    ) -> Request:
        """Return a request for ``send``; the timeout is that of ``send``."""
        del timeout
        body, kind = _body(json, data, content)
        fields = Headers(self._fields(headers, cookies, None))
        if kind and "content-type" not in fields:
            fields["content-type"] = kind
        return Request(method, absolute(url, self.base_url, params), fields, body)

    async def send(
        self,
        request: Request,
        *,
        auth: Any = None,
        stream: bool = False,
        follow_redirects: Any = True,
        timeout: Any = None,  # noqa: ASYNC109 - as request has it
    ) -> Response:
        """Return the answer to a request that ``build_request`` made, read in full."""
        del stream
        fields = [[name, value] for name, value in request.headers.multi_items()]
        if auth is not None:
            fields += self._fields(None, None, auth)[-1:]
        return await self._answer(request, fields, follow_redirects, timeout)

    @asynccontextmanager
    async def stream(self, method: str, url: Any, **options: Any) -> AsyncIterator[Response]:
        """Give the answer for ``async with``; it is read in full, and its pieces are made of that."""
        yield await self.request(method, url, **options)

    async def _answer(self, request: Request, fields: list[list[str]], follow: Any, timeout: Any) -> Response:  # noqa: ASYNC109 - as request has it
        meta: dict[str, Any] = {"t": "http", "m": request.method, "u": request.address, "h": fields}
        meta |= {"r": follow is not False, "s": seconds(timeout)}
        answer, received = await self._transport(meta, request.content)
        if "err" in answer:
            raise _error(answer["err"], request)
        hops = answer.get("n") or ()
        return Response(
            answer["s"], headers=answer["h"], content=received, request=request, url=answer.get("u", ""), hops=hops
        )

    async def get(self, url: Any, **options: Any) -> Response:
        """GET an address (params, headers, cookies, timeout, follow_redirects)."""
        return await self.request("GET", url, **options)

    async def head(self, url: Any, **options: Any) -> Response:
        """HEAD an address."""
        return await self.request("HEAD", url, **options)

    async def options(self, url: Any, **options: Any) -> Response:
        """OPTIONS of an address."""
        return await self.request("OPTIONS", url, **options)

    async def post(self, url: Any, **options: Any) -> Response:
        """POST to an address (json, data or content)."""
        return await self.request("POST", url, **options)

    async def put(self, url: Any, **options: Any) -> Response:
        """PUT to an address."""
        return await self.request("PUT", url, **options)

    async def patch(self, url: Any, **options: Any) -> Response:
        """PATCH an address."""
        return await self.request("PATCH", url, **options)

    async def delete(self, url: Any, **options: Any) -> Response:
        """DELETE an address."""
        return await self.request("DELETE", url, **options)

    async def aclose(self) -> None:
        """Do nothing: the broker owns the connections."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *details: object) -> None:
        return None

    def _fields(self, headers: Any, cookies: Any, auth: Any) -> list[list[str]]:
        given = Headers(headers) if headers else None
        fields = [[n, v] for n, v in self.headers.multi_items() if given is None or n not in given]
        fields += [[n, v] for n, v in given.multi_items()] if given is not None else []
        jar = {**self.cookies, **(cookies or {})}
        if jar:
            fields.append(["cookie", "; ".join(f"{name}={value}" for name, value in jar.items())])
        if auth is not None:
            basic = auth if isinstance(auth, BasicAuth) else BasicAuth(*auth)
            fields.append(["authorization", basic.header])
        return fields


def _body(json: Any, data: Any, content: bytes | str | None) -> tuple[bytes, str]:
    if json is not None:
        return encoder.dumps(json, ensure_ascii=False, separators=(",", ":")).encode(), "application/json"
    if isinstance(data, str | bytes):
        content = data
    elif data is not None:
        pairs = {name: "" if value is None else value for name, value in dict(data).items()}
        return urlencode(pairs, doseq=True).encode(), "application/x-www-form-urlencoded"
    if content is None:
        return b"", ""
    return (content.encode() if isinstance(content, str) else bytes(content)), ""


def _error(problem: Any, request: Request) -> TransportError:
    facts = problem if isinstance(problem, dict) else {"kind": str(problem), "message": str(problem)}
    kind = KINDS.get(str(facts.get("kind")), TransportError)
    return kind(str(facts.get("message") or "the request failed"), request=request)
