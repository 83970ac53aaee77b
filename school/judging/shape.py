"""Tests on single runs: did it end well, is the schema kept, are fields filled, is the empty trial empty."""

from __future__ import annotations

from domain.run import Finding, Outcome
from domain.values import JsonObject
from school.judging.case import Case, failed, not_applicable, passed

REQUIRED_FILL = 0.95  # PROVE-2


def runs_end_well(case: Case) -> Finding:
    """Every trial ended with a result that keeps the output schema (the sandbox validates it)."""
    for tried in case.tried:
        if tried.run.outcome is not Outcome.OK:
            error = tried.run.error
            return failed("runs_end_well", f"trial {tried.trial.name}: {error.message if error else tried.run.outcome}")
    return passed("runs_end_well", f"{len(case.tried)} trials")


def expectations_met(case: Case) -> Finding:
    """Trials that must have rows have some; the one that must be empty is empty."""
    checked = [tried for tried in case.tried if tried.trial.expect != "any"]
    if not checked:
        return not_applicable("expectations_met", "no trial has an expectation")
    for tried in checked:
        rows = len(tried.run.rows)
        if tried.trial.expect == "rows" and not rows:
            return failed("expectations_met", f"trial {tried.trial.name} should have rows and has none")
        if tried.trial.expect == "empty" and rows:
            return failed("expectations_met", f"trial {tried.trial.name} should be empty and has {rows} rows")
    return passed("expectations_met", ", ".join(f"{t.trial.name}: {len(t.run.rows)} rows" for t in checked))


def some_rows(case: Case) -> Finding:
    """At least one trial has rows; else nothing shows that the workflow works."""
    widest = case.widest()
    if widest is None:
        return failed("some_rows", "no trial has a single row")
    return passed("some_rows", f"{len(widest.rows)} rows in the widest trial")


def no_dead_fields(case: Case) -> Finding:
    """No field is null in every row."""
    rows = case.all_rows()
    if not rows:
        return not_applicable("no_dead_fields", "there are no rows")
    dead = [f.name for f in case.plan.fields if all(row.get(f.name) in (None, [], "") for row in rows)]
    return failed("no_dead_fields", f"always null: {', '.join(dead)}") if dead else passed("no_dead_fields")


def required_filled(case: Case) -> Finding:
    """Required fields are filled in at least 95 % of rows."""
    rows = case.all_rows()
    needed = [field.name for field in case.plan.fields if field.required]
    if not rows or not needed:
        return not_applicable("required_filled", "there are no rows, or no required fields")
    for name in needed:
        share = _fill(rows, name)
        if share < REQUIRED_FILL:
            return failed("required_filled", f"{name} is filled in {share:.0%} of {len(rows)} rows")
    return passed("required_filled", f"{len(needed)} fields over {len(rows)} rows")


def _fill(rows: list[JsonObject], name: str) -> float:
    return sum(row.get(name) not in (None, "") for row in rows) / len(rows)
