"""The ``--conformance`` profile: what the official suite expects a server to have, beside everything the server has.

The suite's tools are published in the registry and served by the same gate, listing, lookup, transports and
middleware as learned ones; resources and prompts stand beside the server's own. They need no key and reach nothing
outside the process, and are there only as long as a server with the flag runs.

Source: the requirements that @modelcontextprotocol/conformance prints for each scenario.
"""

from __future__ import annotations

from mcp_server.conformance.fixtures import published_fixtures

__all__ = ["published_fixtures"]
