"""The official conformance suite against the server's conformance profile, on both protocol revisions."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.mcp_server.serving import running
from tests.requirements import requirement

CACHE = Path(
    os.environ.get("AGENT_SCHOOL_CONFORMANCE")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "agent-school" / "conformance"
)
NODE = CACHE / "node_modules/node/bin/node"
SUITE = CACHE / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
LEAST_PASSED = {"2025-11-25": 81, "2026-07-28": 152}  # checks; fewer means that scenarios were not run


@pytest.mark.conformance
@pytest.mark.skipif(
    not (NODE.exists() and SUITE.exists()), reason="Node 22 and the suite are not installed: scripts/conformance.sh"
)
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


def test_the_conformance_profile_is_refused_on_an_address_that_others_reach(command) -> None:
    refused = command("serve", "--http", "--host", "0.0.0.0", "--port", "0", "--conformance")
    assert refused.returncode == 2
    assert "loopback only" in refused.stderr + refused.stdout
