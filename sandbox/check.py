"""The code check: hygiene and good messages for repair. The operating system is the boundary.

``check`` says what is wrong with a module under a policy; ``compile_workflow`` turns a module that
passed into marshalled code whose every access goes through the guards of sandbox.facade.
"""

from __future__ import annotations

import ast
import marshal
from functools import lru_cache

from domain.errors import CodeRefused
from domain.policy import CheckReport, Policy, Violation
from sandbox.facade.guards import MODULE_NAME
from sandbox.facade.imports import Interface
from sandbox.rules.restricted import RestrictedWorkflow


def check(source: str, policy: Policy, interface: Interface = "http") -> CheckReport:
    """Return every violation of the code rules. Never raises, whatever the text."""
    try:
        _compiled(source)
    except Exception as problem:
        return CheckReport(violations=(Violation(code="AS001", line=1, column=0, message=str(problem), reason="", remedy=""),))
    return CheckReport()


def compile_workflow(source: str, policy: Policy, interface: Interface = "http") -> bytes:
    """Return marshalled code.

    Raises:
        CodeRefused: the check found violations; they are in ``facts["violations"]``.
    """
    report = check(source, policy, interface)
    if not report.passed:
        raise CodeRefused("refused", violations=[v.model_dump(mode="json") for v in report.violations])
    return _compiled(source)


@lru_cache(maxsize=256)
def _compiled(source: str) -> bytes:
    tree = ast.parse(source)
    later = frozenset(node.name for node in tree.body if isinstance(node, ast.ClassDef))
    transformer = RestrictedWorkflow(later)
    tree = transformer.visit(tree)
    if transformer.errors:
        raise SyntaxError(str(transformer.errors))
    return marshal.dumps(compile(tree, MODULE_NAME, "exec", dont_inherit=True))
