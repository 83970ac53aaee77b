"""What a rule is: a numbered class with its reason, remedy and examples, that looks at one kind of node."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from domain.policy import Severity, Violation
from domain.rules import RuleDoc
from sandbox.rules.facts import ModuleFacts


@dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """One place that breaks a rule. ``remedy`` replaces the rule's own where more can be said."""

    message: str
    node: ast.AST | None = None
    remedy: str = ""


Breaches = Iterator[Breach]


class Rule(ABC):
    """One rule. Subclasses say what they are in class attributes; these become the documentation.

    ``nodes`` are the node types that ``examine`` is called with; ``ast.Module`` stands for the whole.
    ``interface`` limits the rule to ``http`` or ``page`` workflows.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    reason: ClassVar[str]
    remedy: ClassVar[str]
    bad_example: ClassVar[str]
    good_example: ClassVar[str] = ""
    severity: ClassVar[Severity] = Severity.ERROR
    nodes: ClassVar[tuple[type[ast.AST], ...]] = (ast.Module,)
    interface: ClassVar[str] = ""

    @abstractmethod
    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield the breaches at a node."""

    @classmethod
    def doc(cls) -> RuleDoc:
        """Return the rule as a value for docs and prompts."""
        return RuleDoc(
            code=cls.code,
            title=cls.title,
            reason=cls.reason,
            remedy=cls.remedy,
            bad_example=cls.bad_example,
            good_example=cls.good_example,
        )

    @classmethod
    def violation(cls, breach: Breach) -> Violation:
        """Return a breach as what the check reports."""
        return Violation(
            code=cls.code,
            line=getattr(breach.node, "lineno", 1),
            column=getattr(breach.node, "col_offset", 0),
            message=breach.message,
            reason=cls.reason,
            remedy=breach.remedy or cls.remedy,
            severity=cls.severity,
        )
