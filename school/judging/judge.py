"""The verdict: every test of PROVE-2, in an order that puts the plainest reason first."""

from __future__ import annotations

from collections.abc import Callable

from domain.run import CheckOutcome, Finding, TrialEvidence, Verdict
from school.judging.case import Case
from school.judging.claims import filters_hold
from school.judging.emptiness import empty_is_honest, left_out_is_told
from school.judging.evidence import nothing_baked, own_records_found, page_shows_rows
from school.judging.relations import narrower_is_subset, pages_disjoint, parameters_matter, runs_agree
from school.judging.shape import expectations_met, no_dead_fields, required_filled, runs_end_well, some_rows

CHECKS: tuple[Callable[[Case], Finding], ...] = (
    runs_end_well,
    some_rows,
    expectations_met,
    no_dead_fields,
    required_filled,
    filters_hold,
    empty_is_honest,
    left_out_is_told,
    narrower_is_subset,
    parameters_matter,
    pages_disjoint,
    runs_agree,
    nothing_baked,
    page_shows_rows,
    own_records_found,
)


def judge(case: Case) -> Verdict:
    """Return the verdict on a case; it passes when no test fails.

    A test that cannot apply says ``not_applicable`` with its reason, and never counts as passed.
    """
    findings = tuple(check(case) for check in CHECKS)
    return Verdict(
        passed=all(finding.outcome is not CheckOutcome.FAILED for finding in findings),
        findings=findings,
        trials=tuple(
            TrialEvidence(
                name=tried.trial.name,
                arguments=tried.run.arguments,
                rows=len(tried.run.rows),
                outcome=tried.run.outcome,
                wall_ms=tried.run.spent.wall_ms,
            )
            for tried in case.tried
        ),
    )
