"""A registry that is out of reach for a moment: the server says so, outlives it, and goes on as before."""

from __future__ import annotations

from pathlib import Path

import httpx2
import psycopg
import pytest

from mcp_server.server import STATE_KEY, state_key
from registry import open_registry
from tests.mcp_server.serving import connected, running
from tests.mcp_server.test_http_door import asking, bearer, modern
from tests.postgres import postgres_database
from tests.registry.conftest import postgres_server
from tests.registry.making import make_version
from tests.requirements import requirement

__all__ = ["postgres_server"]


def let_in(url: str, *, may: bool) -> None:
    """Open the database, or close it to everybody and end who is connected."""
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {'true' if may else 'false'}".encode())
        if not may:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %(name)s", {"name": name}
            )


@requirement("MCP-1", "MCP-6", "REG-1")
async def test_a_server_outlives_its_database_and_says_meanwhile_that_keys_cannot_be_checked(
    tmp_path: Path, postgres_server: str
) -> None:
    with postgres_database(postgres_server) as url, running(tmp_path / "home", database=url) as server:
        async with httpx2.AsyncClient(base_url=server.base, timeout=30) as http:
            let_in(url, may=False)
            while "registry_away" not in server.errors.read_text():  # its own look at the registry has failed
                assert (await http.get("/ready")).json() == {"status": "registry", "code": "registry_unusable"}
            sent = {**bearer(server.key), **modern("tools/list")}
            refused = await http.post("/mcp", json=asking("tools/list"), headers=sent)
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            assert refused.json()["error"]["code"] == "registry_unusable"
            assert "school_" not in refused.text  # where the database is is nobody's business
            let_in(url, may=True)
            while (await http.get("/ready")).status_code != 200:
                continue
        with open_registry(url, keys_folder=server.home / "keys") as registry:
            registry.publish(make_version("came_later", owner="local"), actor="test")
        async with connected(server, "legacy") as client:
            assert "came_later" in {tool.name for tool in (await client.list_tools()).tools}
    assert server.process.returncode == 0


@pytest.mark.parametrize("left", [None, b"", b"half a key"])
def test_the_key_of_states_is_made_once_and_a_half_written_one_is_replaced(tmp_path: Path, left: bytes | None) -> None:
    if left is not None:  # by a process that ended while it wrote
        (tmp_path / STATE_KEY).write_bytes(left)
    key = state_key(tmp_path)
    assert len(key) == 32
    assert state_key(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == [STATE_KEY]
    assert (tmp_path / STATE_KEY).stat().st_mode & 0o777 == 0o600
