"""The transformation alone, without the rules in front."""

from __future__ import annotations

import ast

from sandbox.rules.restricted import RestrictedWorkflow


def refusals(source: str) -> list[str]:
    """Return what RestrictedPython's policy refuses in a source."""
    transformer = RestrictedWorkflow(frozenset())
    transformer.visit(ast.parse(source))
    return list(transformer.errors)
