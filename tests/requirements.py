"""The ids of the specification, those that are built, and the mark that ties a test to them.

The suite fails when a listed id has no test (see test_requirements.py).
"""

from __future__ import annotations

import pytest

HIGHEST = {
    "AGENT": 1,
    "BOX": 9,
    "CLI": 3,
    "DESIGN": 1,
    "DRIFT": 4,
    "FLOW": 1,
    "GEN": 5,
    "IMPORT": 1,
    "JOB": 1,
    "LEARN": 7,
    "LLM": 4,
    "MCP": 9,
    "OPS": 7,
    "PLAN": 7,
    "PROVE": 8,
    "REG": 6,
    "VOICE": 1,
    "WEB": 2,
}
"""The highest number of each family of ids in the specification."""

KNOWN = frozenset(f"{family}-{number}" for family, highest in HIGHEST.items() for number in range(1, highest + 1))
BUILT: frozenset[str] = frozenset()


def requirement(*ids: str) -> pytest.MarkDecorator:
    """Mark a test as proof of the given ids."""
    return pytest.mark.requirement(*ids)
