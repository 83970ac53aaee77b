"""The ids of the specification, those that are built, and the mark that ties a test to them.

The suite fails when a listed id has no test (see test_requirements.py).
"""

from __future__ import annotations

import pytest

KNOWN: frozenset[str] = frozenset(
    ["AGENT-1", "BOX-1", "BOX-2", "BOX-3", "BOX-4", "BOX-5", "BOX-6", "BOX-7", "BOX-8", "BOX-9", "CLI-1", "CLI-2", "CLI-3", "DESIGN-1", "DRIFT-1", "DRIFT-2", "DRIFT-3", "DRIFT-4", "FLOW-1", "GEN-1", "GEN-2", "GEN-3", "GEN-4", "GEN-5", "IMPORT-1", "JOB-1", "LEARN-1", "LEARN-2", "LEARN-3", "LEARN-4", "LEARN-5", "LEARN-6", "LEARN-7", "LLM-1", "LLM-2", "LLM-3", "LLM-4", "MCP-1", "MCP-2", "MCP-3", "MCP-4", "MCP-5", "MCP-6", "MCP-7", "MCP-8", "MCP-9", "OPS-1", "OPS-2", "OPS-3", "OPS-4", "OPS-5", "OPS-6", "OPS-7", "PLAN-1", "PLAN-2", "PLAN-3", "PLAN-4", "PLAN-5", "PLAN-6", "PLAN-7", "PROVE-1", "PROVE-2", "PROVE-3", "PROVE-4", "PROVE-5", "PROVE-6", "PROVE-7", "PROVE-8", "REG-1", "REG-2", "REG-3", "REG-4", "REG-5", "REG-6", "VOICE-1", "WEB-1", "WEB-2"]
)
BUILT: frozenset[str] = frozenset()


def requirement(*ids: str) -> pytest.MarkDecorator:
    """Mark a test as proof of the given ids."""
    return pytest.mark.requirement(*ids)
