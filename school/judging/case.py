"""What is judged: the plan, its code, the trials' runs, and what was seen at the source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.observation import Findings, Observation
from domain.plan import FilterBinding, Parameter, Plan, Relation, RoleBinding, Trial
from domain.run import CheckOutcome, Finding, Run
from domain.values import JsonObject, JsonValue, Value


class TriedTrial(Value):
    """A trial with its run."""

    trial: Trial
    run: Run


class Case(Value):
    """Everything a verdict rests on. ``repeat`` is a second run of the first trial."""

    plan: Plan
    code: str
    observation: Observation
    findings: Findings
    tried: tuple[TriedTrial, ...]
    repeat: Run | None = None
    now: datetime

    def effective(self, arguments: JsonObject) -> JsonObject:
        """Return the arguments as the workflow sees them: given ones over the defaults."""
        return {**self.plan.defaults(), **arguments}

    def all_rows(self) -> list[JsonObject]:
        """Return the rows of all trials, doubles included."""
        return [row for tried in self.tried for row in tried.run.rows]

    def widest(self) -> Run | None:
        """Return the run with most rows, or None when no run has any."""
        best = max((tried.run for tried in self.tried), key=lambda run: len(run.rows), default=None)
        return best if best is not None and best.rows else None


def passed(check: str, evidence: str = "") -> Finding:
    """Return a passed test."""
    return Finding(check=check, outcome=CheckOutcome.PASSED, evidence=evidence)


def failed(check: str, evidence: str) -> Finding:
    """Return a failed test with its evidence."""
    return Finding(check=check, outcome=CheckOutcome.FAILED, evidence=evidence)


def not_applicable(check: str, reason: str) -> Finding:
    """Return a test that cannot apply, with the reason. It never stands for a pass."""
    return Finding(check=check, outcome=CheckOutcome.NOT_APPLICABLE, evidence=reason)


def filters_of(plan: Plan) -> Iterator[tuple[Parameter, FilterBinding]]:
    """Yield each parameter that filters rows, with its binding."""
    for parameter in plan.parameters:
        for binding in parameter.bindings:
            if isinstance(binding, FilterBinding):
                yield parameter, binding


def parameter_with_role(plan: Plan, role: str) -> Parameter | None:
    """Return the parameter that plays a role, if there is one."""
    for parameter in plan.parameters:
        if any(isinstance(b, RoleBinding) and b.role == role for b in parameter.bindings):
            return parameter
    return None


def radius_of(plan: Plan) -> Parameter | None:
    """Return the parameter that is a distance, if there is one."""
    return next((p for p, b in filters_of(plan) if b.relation is Relation.WITHIN), None)


def is_set(value: JsonValue) -> bool:
    """Return whether an argument asks for something."""
    return value not in (None, [], "")


def cut(tried: TriedTrial) -> bool:
    """Return whether a trial's answer says that there is more than it gives."""
    return isinstance(tried.run.output, dict) and bool(tried.run.output.get("truncated"))


def took_all(case: Case, tried: TriedTrial) -> bool:
    """Return whether a trial neither filtered nor cut: a short one beside the question's own shows but a few rows."""
    return not cut(tried) and not any(is_set(v) for k, v in case.effective(tried.run.arguments).items() if k != "limit")
