"""A page tool of the events site is made by hand and called while another tool's page tries everything to get out."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.boxed_pages.__main__ import perform
from tests.requirements import requirement

pytestmark = pytest.mark.browser


@pytest.mark.timeout(300)  # three trials and a proof in real browsers
@requirement("BOX-5", "MCP-8")
async def test_a_page_tool_made_by_hand_is_called_while_another_page_tries_the_network(
    environment: dict[str, str], events_site: str, tmp_path: Path
) -> None:
    seen = await perform(events_site, tmp_path / "home", environment)
    assert seen.rows
    assert all("night" in row["name"].lower() and row["url"].startswith(events_site) for row in seen.rows)
    told = {"fetch", "metadata", "private", "file", "worker", "delete", "redirect"}
    assert {f"{name}: refused" for name in told} <= seen.told
    assert not [line for line in seen.told if "REACHED" in line]
    assert (seen.arrived, seen.changed, seen.missing) == ([], [], [])
    for more in ("http://169.254.169.254/latest", "http://10.9.9.9/", f"https://{seen.elsewhere}/"):
        # a WebSocket of a worker asks the proxy for a tunnel, which has no path
        assert any(line.startswith(f"{more} was refused") for line in seen.refused), more
    assert seen.held
