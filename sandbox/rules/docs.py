"""Writes the reference of the rules from their classes: ``python -m sandbox.rules.docs > docs/reference/rules.md``."""

from __future__ import annotations

import sys

from domain.policy import Severity
from domain.rules import RuleDoc
from sandbox.rules import RULES, catalogue
from sandbox.rules.imports import importable

_FAMILIES = {
    "AS0": "The text",
    "AS1": "The module",
    "AS2": "Imports",
    "AS3": "Names and attributes",
    "AS4": "Classes",
    "AS5": "Annotations",
    "AS6": "Policy and secrets",
    "AS7": "Resources and errors",
    "AS8": "Page workflows",
    "AS9": "Transformation",
}
_OPENING = """# Rules of the code check

Generated code is checked before it runs. Each rule has a number; a violation names it with its place, the reason and
a remedy. The check is hygiene and gives good messages for repair; the operating system is the boundary.

This page is made from the rule classes by `python -m sandbox.rules.docs > docs/reference/rules.md`.
"""


def render() -> str:
    """Return the page in Markdown."""
    warnings = {rule.code for rule in RULES if rule.severity is Severity.WARNING}
    parts = [_OPENING]
    family = ""
    for doc in catalogue():
        if doc.code[:3] != family:
            family = doc.code[:3]
            parts.append(f"## {_FAMILIES[family]}\n")
        parts.append(_section(doc, is_warning=doc.code in warnings))
    parts.append("## What can be imported\n")
    parts.extend(f"- `{name}`: {_names(names)}" for name, names in sorted(importable("page").items()))
    return "\n".join(parts) + "\n"


def _names(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _section(doc: RuleDoc, *, is_warning: bool) -> str:
    lines = [f"### {doc.code} {doc.title}\n"]
    if is_warning:
        lines.append("A warning: the code is admitted.\n")
    lines.append(f"{doc.reason}\n\n**Instead:** {doc.remedy}\n\nRefused:\n\n```python\n{doc.bad_example}\n```\n")
    if doc.good_example:
        lines.append(f"Admitted:\n\n```python\n{doc.good_example}\n```\n")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(render())
