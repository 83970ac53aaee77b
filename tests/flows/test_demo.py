"""The demo shows the whole way and ends with rows that came through an MCP client."""

from __future__ import annotations

import pytest

from tests.conftest import Command
from tests.requirements import requirement


@pytest.mark.browser
@requirement("CLI-3", "MCP-1")
def test_the_demo_ends_with_rows_through_an_mcp_client(command: Command) -> None:
    done = command("demo")
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Published:" in done.stdout
    assert "rows in" in done.stdout
    assert "San Francisco" in done.stdout
