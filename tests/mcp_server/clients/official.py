"""Where scripts/conformance.sh keeps what is official: the suite, the bundle's own tool, the schema of server.json."""

from __future__ import annotations

import os
from pathlib import Path

CACHE = Path(
    os.environ.get("AGENT_SCHOOL_CONFORMANCE")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "agent-school" / "conformance"
)
NODE = CACHE / "node_modules/node/bin/node"
SUITE = CACHE / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
BUNDLER = CACHE / "node_modules/@anthropic-ai/mcpb/dist/cli/cli.js"
INSPECTOR = CACHE / "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"
SERVER_SCHEMA = CACHE / "server.schema.json"
REASON = "not installed: run scripts/conformance.sh"
