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
BUILT = frozenset(
    f"{family}-{number}"
    for family, numbers in {
        "BOX": (1, 2, 3, 4, 5, 6, 7, 8, 9),
        "CLI": (1, 2, 3),
        "DRIFT": (1, 4),
        "GEN": (1, 2, 3, 4, 5),
        "JOB": (1,),
        "IMPORT": (1,),
        "LEARN": (1, 2, 3, 4, 5, 6, 7),
        "LLM": (1, 2, 3, 4),
        "MCP": (1, 2, 3, 4, 5, 6, 7, 8, 9),
        "OPS": (2, 3, 5, 7),
        "PLAN": (1, 2, 3, 4, 5, 6, 7),
        "PROVE": (1, 2, 3, 4, 5, 6, 7, 8),
        "REG": (1, 2, 3, 4, 5, 6),
    }.items()
    for number in numbers
)
"""Ids whose every part is built and proved here; what is built in part is not listed."""


def requirement(*ids: str) -> pytest.MarkDecorator:
    """Mark a test as proof of the given ids."""
    return pytest.mark.requirement(*ids)
