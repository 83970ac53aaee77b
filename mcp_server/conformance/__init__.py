"""The ``--conformance`` profile: what the official suite expects a server to have, beside everything the server has.

The fixtures are served by the same handlers, transports, listings and middleware as published tools; this package adds
them in front. They need no key and reach nothing outside the process, and are never there without the flag.

Source: the requirements that @modelcontextprotocol/conformance prints for each scenario.
"""

from __future__ import annotations

from mcp_server.conformance.fixtures import publish_fixtures

__all__ = ["publish_fixtures"]
