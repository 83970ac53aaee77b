"""OAuth 2.1 resource server: JWTs of a real issuer's key set, over real HTTP."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.mcp_server.serving import Running, connected, running
from tests.mcp_server.test_http_door import asking, bearer, modern
from tests.requirements import requirement

ISSUER = "https://login.example.org"
AUDIENCE = "https://tools.example.org/mcp"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def published() -> dict[str, Any]:
    first = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(RSA_KEY.public_key()))
    second = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC_KEY.public_key()))
    return {"keys": [{**first, "kid": "one", "use": "sig"}, {**second, "kid": "two", "alg": "ES256"}]}


@pytest.fixture(scope="module")
def jwks() -> Iterator[str]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(published()).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{site.server_port}/jwks"
        site.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def resource(jwks: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    settings = {"oauth_issuer": ISSUER, "oauth_audience": AUDIENCE, "oauth_jwks_url": jwks}
    with running(tmp_path_factory.mktemp("oauth") / "home", **settings) as started:
        started.publish("echo", owner="oauth:ada")
        yield started


def token(key: Any = RSA_KEY, algorithm: str = "RS256", kid: str | None = "one", **changes: Any) -> str:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": time.time() + 60, "scope": "call openid", **changes}
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm, headers={} if kid is None else {"kid": kid})


@requirement("MCP-6")
async def test_a_token_of_the_issuer_opens_the_door_for_its_subject(resource: Running) -> None:
    for made in (token(), token(EC_KEY, "ES256", "two", aud=[AUDIENCE, "https://other.example"])):
        async with connected(resource, "auto", made) as client:
            assert (await client.call_tool("echo", {"text": "hi"})).structured_content["rows"] == [{"text": "hi"}]
    async with connected(resource, "legacy", token(sub="bea")) as client:
        assert "echo" not in {tool.name for tool in (await client.list_tools()).tools}


@requirement("MCP-6")
async def test_tokens_that_do_not_hold_are_refused(resource: Running) -> None:
    public = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    unsigned = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "none", "kid": "one"}, {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": 9e9})
    )
    head, payload, signature = token().split(".")
    wider = base64.urlsafe_b64encode(json.dumps({"sub": "root"}).encode()).decode().rstrip("=")
    bad = {
        "expired": token(exp=time.time() - 120),
        "no end": token(exp=None),
        "not yet": token(nbf=time.time() + 600),
        "another audience": token(aud="https://other.example/mcp"),
        "no audience": token(aud=None),
        "another issuer": token(iss="https://evil.example"),
        "nobody": token(sub=None),
        "a stranger's key": token(STRANGER),
        "an unknown key": token(STRANGER, kid="nine"),
        "no key id": token(kid=None),
        "unsigned": f"{unsigned}.",
        "changed": f"{head}.{wider}.{signature}",
        "the public key as a password": _hmac(public),
        "cut": f"{head}.{payload}",
    }
    async with httpx2.AsyncClient(base_url=resource.base) as http:
        for reason, made in bad.items():
            refused = await http.post(
                "/mcp", json=asking("tools/list"), headers={**bearer(made), **modern("tools/list")}
            )
            assert refused.status_code == 401, reason
            assert "login.example" not in refused.text


def _hmac(public: bytes) -> str:
    import hashlib
    import hmac

    def part(value: bytes) -> bytes:
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    head = part(json.dumps({"alg": "HS256", "kid": "one"}).encode())
    body = part(json.dumps({"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": time.time() + 60}).encode())
    signed = hmac.new(public, head + b"." + body, hashlib.sha256).digest()
    return b".".join((head, body, part(signed))).decode()


@requirement("MCP-6")
async def test_clients_are_told_where_to_get_a_token_and_which_scope_is_lacking(resource: Running) -> None:
    metadata = "https://tools.example.org/.well-known/oauth-protected-resource/mcp"
    async with httpx2.AsyncClient(base_url=resource.base) as http:
        refused = await http.post("/mcp", json={})
        assert f'resource_metadata="{metadata}"' in refused.headers["www-authenticate"]
        told = (await http.get("/.well-known/oauth-protected-resource/mcp")).json()
        assert (told["resource"], told["authorization_servers"]) == (AUDIENCE, [ISSUER])
        assert told["scopes_supported"] == ["call", "learn", "admin"]
        body = asking("tools/call", name="learn_tool", arguments={"query": "x"})
        lacking = await http.post("/mcp", json=body, headers={**bearer(token()), **modern("tools/call", "learn_tool")})
        assert lacking.status_code == 403
        assert 'scope="learn"' in lacking.headers["www-authenticate"]
        none = await http.post(
            "/mcp",
            json=asking("tools/call", name="echo", arguments={}),
            headers={**bearer(token(scope="openid")), **modern("tools/call", "echo")},
        )
        assert none.json()["result"]["structuredContent"]["error"]["code"] == "forbidden"


def test_oauth_that_is_set_in_part_is_a_clear_error(command, tmp_path: Path) -> None:
    refused = command("serve", "--http", "--port", "0", AGENT_SCHOOL_OAUTH_ISSUER=ISSUER)
    assert refused.returncode == 2
    assert "AGENT_SCHOOL_OAUTH_JWKS_URL" in refused.stderr + refused.stdout
