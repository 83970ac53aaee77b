"""The official conformance suite against the server's conformance profile, on both protocol revisions."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from mcp_server.conformance.fixtures import FIXTURES
from mcp_server.conformance.versions import OWNER
from registry import open_registry
from tests.mcp_server.clients.official import INSPECTOR, NODE, REASON, SUITE
from tests.mcp_server.serving import Running, running
from tests.requirements import requirement

LEAST_PASSED = {"2025-11-25": 81, "2026-07-28": 152}  # checks; fewer means that scenarios were not run


@pytest.mark.conformance
@pytest.mark.skipif(not (NODE.exists() and SUITE.exists()), reason=f"Node 22 and the suite are {REASON}")
@pytest.mark.parametrize("revision", list(LEAST_PASSED))
@requirement("MCP-1")
def test_every_scored_check_of_the_official_suite_passes(tmp_path: Path, revision: str) -> None:
    with running(tmp_path / "home", "--conformance") as server:
        line = [str(NODE), str(SUITE), "server", "--url", server.url, "--requirements", revision]
        done = subprocess.run(
            [*line, "-o", str(tmp_path / "out")], capture_output=True, text=True, check=False, timeout=110
        )
    summary = done.stdout[done.stdout.find("=== SUMMARY ===") :]
    print(f"{revision}: {summary}")
    total = re.search(r"Total: (\d+) passed", summary)
    assert total is not None, done.stdout[-2000:] + done.stderr[-2000:]
    assert int(total[1]) >= LEAST_PASSED[revision], summary
    assert done.returncode == 0, summary


@pytest.mark.conformance
@pytest.mark.skipif(not (NODE.exists() and INSPECTOR.exists()), reason=f"Node 22 and the Inspector are {REASON}")
@requirement("MCP-1", "MCP-3")
def test_the_inspector_lists_all_tools_strictly(server: Running) -> None:
    line = [str(NODE), str(INSPECTOR), "--cli", server.url, "--transport", "http", "--method", "tools/list", "--strict"]
    done = subprocess.run(
        [*line, "--header", f"Authorization: Bearer {server.made['ada']}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    names = {tool["name"] for tool in json.loads(done.stdout)["tools"]}
    assert {"learn_tool", "echo"} <= names


def test_the_suites_tools_are_the_registrys_own_and_gone_with_the_server(tmp_path: Path) -> None:
    with running(tmp_path / "home", "--conformance") as server:
        with open_registry(server.home / "registry.sqlite") as registry:
            held = {entry.tool.name for entry in registry.tools(OWNER, limit=200).entries}
            assert not registry.tools("local", limit=200).entries
        server.stop()
    assert held == set(FIXTURES)
    with open_registry(tmp_path / "home" / "registry.sqlite") as registry:
        assert not registry.tools(OWNER, limit=200).entries


def test_the_conformance_profile_is_refused_on_an_address_that_others_reach(command) -> None:
    refused = command("serve", "--http", "--host", "0.0.0.0", "--port", "0", "--conformance")
    assert refused.returncode == 2
    assert "loopback only" in refused.stderr + refused.stdout
