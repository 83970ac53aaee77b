"""The code check: hygiene and good messages for repair. The operating system is the boundary.

``check`` says what is wrong with a module under a policy; ``compile_workflow`` turns a module that
passed into marshalled code whose every access goes through the guards of sandbox.facade.
It does not stop an escape through a bug of the interpreter or a library, nor waste of time and
memory at run time: those are the jail's part.
"""

from __future__ import annotations

import marshal
from collections import OrderedDict
from threading import Lock
from typing import Final

from domain.errors import CodeRefused
from domain.policy import CheckReport, Policy, Severity, Violation
from domain.values import content_hash
from sandbox.facade.imports import Interface
from sandbox.rules import examine
from sandbox.rules.transformation import compiled, guarded
from sandbox.stateless import state_of

KEPT: Final = 256  # results in memory; one has about 10 kB
MOST_VIOLATIONS: Final = 50  # a report longer than this helps nobody

_kept: OrderedDict[tuple[str, str, str], tuple[CheckReport, bytes]] = OrderedDict()
_lock = Lock()


def check(source: str, policy: Policy, interface: Interface = "http") -> CheckReport:
    """Return what the code rules say about a module. Never raises, whatever the text.

    ``stateless`` is True when the fast level may keep a child for it (see sandbox.stateless).
    """
    return _result(source, policy, interface)[0]


def compile_workflow(source: str, policy: Policy, interface: Interface = "http") -> bytes:
    """Return a checked module as marshalled code, for ``exec`` in ``sandbox.facade.environment(interface)``.

    Raises:
        CodeRefused: the module has violations; ``facts["violations"]`` lists them as JSON.
    """
    report, code = _result(source, policy, interface)
    if report.passed:
        return code
    errors = [violation for violation in report.violations if violation.severity is Severity.ERROR]
    first = errors[0]
    more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
    raise CodeRefused(
        f"The code breaks rule {first.code} in line {first.line}: {first.message}{more}",
        remedy=first.remedy,
        violations=[violation.model_dump(mode="json") for violation in errors],
    )


def _result(source: str, policy: Policy, interface: Interface) -> tuple[CheckReport, bytes]:
    key = (content_hash(source.encode("utf-8", "surrogatepass").hex()), policy.digest(), interface)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    result = _examined(source, policy, interface)
    with _lock:
        _kept[key] = result
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return result


def _examined(source: str, policy: Policy, interface: Interface) -> tuple[CheckReport, bytes]:
    violations, facts = examine(source, policy, interface)
    if facts is None or any(violation.severity is Severity.ERROR for violation in violations):
        return CheckReport(violations=violations[:MOST_VIOLATIONS]), b""
    stateless = interface == "http" and not state_of(facts)
    tree = guarded(facts.tree, frozenset(facts.classes))
    if isinstance(tree, tuple):
        return CheckReport(violations=(*violations, *tree)), b""
    code = compiled(tree)
    if isinstance(code, Violation):
        return CheckReport(violations=(*violations, code)), b""
    return CheckReport(violations=violations, stateless=stateless), marshal.dumps(code)
