"""The ids of the specification that are built, and the mark that ties a test to them.

The suite fails when a listed id has no test (see test_requirements.py).
"""

from __future__ import annotations

import pytest

BUILT: frozenset[str] = frozenset()


def requirement(*ids: str) -> pytest.MarkDecorator:
    """Mark a test as proof of the given ids."""
    return pytest.mark.requirement(*ids)
