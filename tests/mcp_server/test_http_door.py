"""What gets through the door of the HTTP server, what does not, and that others are served meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from registry.keys import Scope
from tests.mcp_server.serving import Running, connected, running, until
from tests.requirements import requirement

MODERN = "2026-07-28"
ENVELOPE = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def asking(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": ENVELOPE}}


def modern(method: str, name: str | None = None) -> dict[str, str]:
    named = {} if name is None else {"Mcp-Name": name}
    return {**ACCEPT, "MCP-Protocol-Version": MODERN, "Mcp-Method": method, **named}


@pytest.fixture
async def http(server: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=server.base, timeout=30) as client:
        yield client


@requirement("MCP-6")
async def test_nothing_but_health_is_open_without_a_key(http: httpx2.AsyncClient) -> None:
    assert [(await http.get(path)).status_code for path in ("/health", "/ready")] == [200, 200]
    for method, path in (("GET", "/mcp"), ("POST", "/mcp"), ("DELETE", "/mcp"), ("GET", "/metrics")):
        refused = await http.request(method, path)
        assert refused.status_code == 401, path
        assert refused.headers["www-authenticate"] == 'Bearer realm="agent-school"'
        assert refused.json()["error"]["code"] == "unauthorized"
    assert (await http.get("/")).status_code == 404


@requirement("MCP-6")
async def test_wrong_expired_and_revoked_keys_are_refused_alike(server: Running, http: httpx2.AsyncClient) -> None:
    expired = server.add_key("eve", lives=timedelta(microseconds=0))
    revoked = server.add_key("eve")
    key_id, secret = revoked.split("_", 2)[1:]
    _revoke(server, key_id)
    tokens = (
        expired,
        revoked,
        server.key[:-1] + ("A" if server.key[-1] != "A" else "B"),
        f"school_{key_id[::-1]}_{secret}",
        "school__",
        "nonsense",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.",
    )
    answers = [await http.get("/mcp", headers=bearer(token)) for token in tokens]
    assert [answer.status_code for answer in answers] == [401] * len(tokens)
    assert len({answer.text for answer in answers}) == 1
    assert all('error="invalid_token"' in answer.headers["www-authenticate"] for answer in answers)
    assert (await http.get("/metrics", headers={"Authorization": f"Basic {server.key}"})).status_code == 401


def _revoke(server: Running, key_id: str) -> None:
    from registry import open_registry
    from registry.keys import ApiKeys

    with open_registry(server.home / "registry.sqlite") as registry:
        ApiKeys(registry.shelf).revoke(key_id, actor="test")


@requirement("MCP-6")
async def test_a_scope_that_a_key_lacks_is_a_403_that_names_it(server: Running, http: httpx2.AsyncClient) -> None:
    key = server.add_key("caller", frozenset({Scope.CALL}))
    refused = await http.get("/metrics", headers=bearer(key))
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]
    assert 'scope="admin"' in refused.headers["www-authenticate"]
    body = asking("tools/call", name="learn_tool", arguments={"query": "x"})
    headers = {**bearer(key), **modern("tools/call", "learn_tool")}
    learning = await http.post("/mcp", json=body, headers=headers)
    assert learning.status_code == 403
    assert 'scope="learn"' in learning.headers["www-authenticate"]
    escaped = httpx2.Request("POST", "x", json=body).content.replace(b"learn_tool", b"learn\\u005ftool")
    assert (await http.post("/mcp", content=escaped, headers={**headers, "Content-Type": "application/json"})
            ).status_code == 403  # fmt: skip
    calling = await http.post(
        "/mcp",
        json=asking("tools/call", name="echo_shared", arguments={"text": "may"}),
        headers={**bearer(key), **modern("tools/call", "echo_shared")},
    )
    assert calling.json()["result"]["structuredContent"]["rows"] == [{"text": "may"}]


@requirement("MCP-6")
async def test_foreign_hosts_and_origins_are_refused(server: Running, http: httpx2.AsyncClient) -> None:
    headers = {**bearer(server.key), **modern("tools/list")}
    for more, status in (
        ({"Host": "evil.example"}, 421),
        ({"Host": "localhost.evil.example:80"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example:80"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": server.base}, 200),
        ({}, 200),
    ):
        answer = await http.post("/mcp", json=asking("tools/list"), headers={**headers, **more})
        assert answer.status_code == status, more
    assert "access-control-allow-origin" not in (await http.get("/health", headers={"Origin": "null"})).headers


@requirement("MCP-6")
async def test_every_answer_carries_safe_headers(server: Running, http: httpx2.AsyncClient) -> None:
    answers = [
        await http.get("/health"),
        await http.get("/nowhere"),
        await http.get("/mcp"),
        await http.post("/mcp", json=asking("tools/list"), headers={**bearer(server.key), **modern("tools/list")}),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 401, 200]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers


@requirement("MCP-1", "MCP-4")
async def test_malformed_messages_get_the_right_status_and_error(server: Running, http: httpx2.AsyncClient) -> None:
    headers = {**bearer(server.key), **modern("tools/list"), "Content-Type": "application/json"}
    deep = b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    for body, status, code in (
        (b"{", 400, -32700),
        (b"", 400, -32700),
        (b"\xff\xfe", 400, -32700),
        (deep, 400, -32700),
        (b"[]", 400, -32600),
        (b'"text"', 400, -32600),
        (b'{"jsonrpc":"1.0","id":1,"method":"tools/list"}', 400, -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}', 400, -32602),
        (b'{"jsonrpc":"2.0","id":{},"method":"tools/list","params":{}}', 400, -32600),
    ):
        answer = await http.post("/mcp", content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), body[:60]
        assert "Traceback" not in answer.text
    for version in ("1999-01-01", "nonsense", "2026-07-28x"):
        unserved = await http.post(
            "/mcp", json=asking("tools/list"), headers={**headers, "MCP-Protocol-Version": version}
        )
        assert unserved.status_code == 400, version
    unknown = await http.post("/mcp", json=asking("nothing/here"), headers={**headers, "Mcp-Method": "nothing/here"})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, -32601)
    missing = await http.post(
        "/mcp",
        json=asking("tools/call", name="not_there", arguments={}),
        headers={**headers, **modern("tools/call", "not_there")},
    )
    assert missing.json()["error"] == {"code": -32602, "message": "Unknown tool: not_there"}
    cursor = await http.post("/mcp", json=asking("tools/list", cursor="AAAA"), headers=headers)
    assert cursor.json()["error"]["code"] == -32602
    gone = await http.post(
        "/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
        headers={**bearer(server.key), **ACCEPT, "Mcp-Session-Id": "nothing"},
    )
    assert gone.status_code == 404
    plain = await http.post("/mcp", content=b"{}", headers={**headers, "Content-Type": "text/plain"})
    assert plain.status_code == 400


@requirement("MCP-6")
async def test_a_body_past_the_bound_is_refused_however_it_is_sent(server: Running, http: httpx2.AsyncClient) -> None:
    headers = {**bearer(server.key), **modern("tools/list"), "Content-Type": "application/json"}

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 50_000

    for content in (b"x" * 1_100_000, chunks()):
        try:
            answer = await http.post("/mcp", content=content, headers=headers)
        except (httpx2.WriteError, httpx2.ReadError, httpx2.RemoteProtocolError):
            continue  # the server closed the connection while the rest was still being sent
        assert answer.status_code == 413


@requirement("MCP-6")
async def test_a_session_belongs_to_the_key_that_opened_it(server: Running, http: httpx2.AsyncClient) -> None:
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    opened = await http.post(
        "/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        headers={**bearer(server.made["ada"]), **ACCEPT},
    )
    session = {**ACCEPT, "Mcp-Session-Id": opened.headers["mcp-session-id"]}
    listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    taken = await http.post("/mcp", json=listing, headers={**session, **bearer(server.made["bea"])})
    assert taken.status_code == 404
    await http.post(
        "/mcp",
        json={"jsonrpc": "2.0", "method": "notifications/initialized"},
        headers={**session, **bearer(server.made["ada"])},
    )
    kept = await http.post("/mcp", json=listing, headers={**session, **bearer(server.made["ada"])})
    assert kept.status_code == 200


@requirement("MCP-6")
async def test_one_key_cannot_take_all_sessions_and_idle_ones_end(tmp_path) -> None:
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
    with running(tmp_path / "home", sessions_per_key="2", session_idle_s="2") as small:
        other = small.add_key("other")
        async with httpx2.AsyncClient(timeout=30) as http, AsyncExitStack() as streams:

            async def opened(key: str) -> httpx2.Response:
                return await http.post(small.url, json=message, headers={**ACCEPT, **bearer(key)})

            for _ in range(2):
                session = {"Mcp-Session-Id": (await opened(small.key)).headers["mcp-session-id"]}
                # With a stream open it is not idle.
                listening = http.stream("GET", small.url, headers={**ACCEPT, **bearer(small.key), **session})
                assert (await streams.enter_async_context(listening)).status_code == 200
            refused = await opened(small.key)
            assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_sessions")
            assert (await opened(other)).status_code == 200
            async with connected(small, "auto") as client:  # the newer revision needs no session
                assert (await client.list_tools()).tools
            await streams.aclose()
            await until(small, "school_sessions", 0)
            again = {**ACCEPT, **bearer(small.key), **session}
            assert (await http.post(small.url, json=message, headers=again)).status_code == 404
            assert (await opened(small.key)).status_code == 200


@requirement("MCP-6")
async def test_floods_are_slowed_per_key_and_per_address_and_others_are_served(tmp_path) -> None:
    with running(tmp_path / "home", rate_per_key="30", bad_keys_per_address="5") as limited:
        other = limited.add_key("other")
        async with httpx2.AsyncClient(base_url=limited.base, timeout=30) as http:
            guessed = [(await http.get("/mcp", headers=bearer(f"school_{n}_x"))).status_code for n in range(12)]
            assert set(guessed) == {401, 429}
            assert guessed.count(401) <= 10
            headers = {**bearer(limited.key), **modern("tools/list")}
            answers = await asyncio.gather(
                *(http.post("/mcp", json=asking("tools/list"), headers=headers) for _ in range(80))
            )
            statuses = [answer.status_code for answer in answers]
            assert set(statuses) == {200, 429}
            assert statuses.count(200) <= 60  # a minute may turn in the middle
            slowed = next(answer for answer in answers if answer.status_code == 429)
            assert 1 <= int(slowed.headers["retry-after"]) <= 60
            served = await http.post(
                "/mcp", json=asking("tools/list"), headers={**bearer(other), **modern("tools/list")}
            )
            assert served.status_code == 200


@requirement("MCP-6")
async def test_the_first_start_makes_one_admin_key_and_later_starts_none(tmp_path) -> None:
    home = tmp_path / "home"
    with running(home) as first:
        assert first.key.startswith("school_")
        async with connected(first, "auto") as client:
            assert (await client.list_tools()).tools
        assert first.stop() == 0
        rest = first.process.stdout.read()
    with running(home) as again:
        again.stop()
        printed = f"{again.key}{again.process.stdout.read()}"
        assert first.key.split("_", 2)[2] not in printed + rest
        assert again.key == ""
    stored = (home / "registry.sqlite").read_bytes()
    assert first.key.split("_", 2)[2].encode() not in stored


@requirement("MCP-6")
async def test_named_hosts_and_origins_are_let_in(tmp_path) -> None:
    settings = {"public_hosts": "tools.example.org", "allowed_origins": "https://app.example.org"}
    with running(tmp_path / "home", **settings) as public:
        headers = {
            **bearer(public.key),
            **modern("tools/list"),
            "Host": "tools.example.org",
            "Origin": "https://app.example.org",
        }
        async with httpx2.AsyncClient(base_url=public.base) as http:
            answer = await http.post("/mcp", json=asking("tools/list"), headers=headers)
            assert answer.status_code == 200
            assert answer.headers["access-control-allow-origin"] == "https://app.example.org"


@requirement("MCP-6")
async def test_a_forwarded_address_counts_only_from_a_proxy_that_is_trusted(tmp_path) -> None:
    for trusted, statuses in (("", {401, 429}), ("127.0.0.1", {401})):
        settings = {"trusted_proxies": trusted} if trusted else {}
        with running(tmp_path / f"home{trusted}", bad_keys_per_address="3", **settings) as behind:
            async with httpx2.AsyncClient(base_url=behind.base) as http:
                said = [
                    {"X-Forwarded-For": f"203.0.113.{number}", "X-Forwarded-Proto": "https"} for number in range(10)
                ]
                answers = [await http.get("/mcp", headers=each) for each in said]
        assert {answer.status_code for answer in answers} == statuses
        # Only who is trusted to say that the client speaks TLS makes the server ask browsers to stay with it.
        secure = {answer.headers.get("strict-transport-security") for answer in answers}
        assert secure == ({"max-age=31536000"} if trusted else {None})


@requirement("MCP-6")
async def test_a_taken_port_is_a_clear_error(server: Running, command) -> None:
    refused = await asyncio.to_thread(command, "serve", "--http", "--port", server.base.rpartition(":")[2])
    assert refused.returncode == 2
    assert "--port" in refused.stderr + refused.stdout
