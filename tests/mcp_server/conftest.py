"""One HTTP server for the tests that need no settings of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mcp_server.serving import Running, running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, events_site: str) -> Iterator[Running]:
    """A server with its first key; two owners have a tool each, and one of these is shared."""
    host = events_site.split("//")[1]
    with running(tmp_path_factory.mktemp("http") / "home", private_hosts=host) as started:
        started.made = {name: started.add_key(name) for name in ("ada", "bea")}
        started.publish("echo", owner="ada")
        started.publish("echo_shared", owner="ada", shared=True)
        started.publish("echo_bea", owner="bea")
        yield started


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "conformance: needs the official suite (scripts/conformance.sh installs it)")
