"""The 24 example questions, planned by rules alone from what was found at their pages."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from domain.errors import NeedsInput
from domain.plan import Plan, PlannerKind
from domain.policy import HostRule, Policy
from generators.emit import describe, emit
from generators.language import understand
from generators.planner import plan as make_plans
from sandbox.check import check
from tests.generators.model_planner.test_recorded_plans import assert_asked
from tests.generators.modelling import Case, case_names, load_case
from tests.requirements import requirement

SHARE = 0.9
POLICY = Policy(hosts=(HostRule(host="events.example"),))


def built_in(case: Case) -> Plan:
    """Return the first plan for a question that is understood anew."""
    intent = understand(case.query.text, case.now)
    return make_plans(case.query, intent, case.findings, case.observation, now=case.now)[0]


def is_valid(plan: Plan, case: Case) -> bool:
    """Whether the plan reads back, describes a tool and becomes code that the check takes."""
    artifact = emit(plan, case.now)
    described = describe(plan)
    return (
        Plan.model_validate_json(plan.model_dump_json()) == plan
        and set(described.input_schema["properties"]) == {parameter.name for parameter in plan.parameters}
        and check(artifact.code, POLICY, artifact.interface).passed
    )


def is_correct(plan: Plan, case: Case) -> bool:
    """Whether the plan asks each thing that the question asks, with the value that was written down beside it."""
    try:
        for name, value in case.params.items():
            assert_asked(name, value, plan.defaults(), case, plan)
    except (AssertionError, KeyError):
        return False
    return bool(plan.fields and plan.hosts and plan.identity and len(plan.trials) >= 3)


def well_planned(names: Iterable[str]) -> list[str]:
    """Return the questions with a valid and correct plan; one that is asked back about has none."""
    good = []
    for name in names:
        case = load_case(name, PlannerKind.BUILTIN)
        try:
            plan = built_in(case)
        except NeedsInput:
            continue
        if is_valid(plan, case) and is_correct(plan, case):
            good.append(name)
    return good


@requirement("PLAN-7", "PLAN-6")
def test_nine_of_ten_example_questions_give_valid_and_correct_plans_without_a_model() -> None:
    names = case_names()
    good = well_planned(names)
    assert len(names) == 24
    assert len(good) >= SHARE * len(names), f"without a right plan: {sorted(set(names) - set(good))}"


@requirement("PLAN-7")
@pytest.mark.parametrize("wrong", [{"city": "Lisbon"}, {"keywords": ["bouldering"]}, {"radius_km": 400.0}])
def test_a_plan_that_asks_something_else_does_not_count_as_correct(wrong: dict[str, object]) -> None:
    case = load_case("hip-hop-parties-sf", PlannerKind.BUILTIN)
    plan = built_in(case)
    assert is_correct(plan, case)
    assert not is_correct(plan, Case(**{**case.__dict__, "params": wrong}))
