"""Plans made from recorded replies of both vendors, through the real SDKs, with no network and no key."""

from __future__ import annotations

import ast

import pytest

from domain.meaning.words import forms
from domain.plan import Plan, PlannerKind, SourceKind
from domain.values import JsonValue
from generators.emit import describe, emit
from generators.llm import Scope
from generators.model_planner import Planned, plan_with_model
from tests.generators.modelling import Case, case_names, load_case, opened, replayed
from tests.requirements import requirement

PROVIDERS = pytest.mark.parametrize("planner", [PlannerKind.OPENAI, PlannerKind.ANTHROPIC], ids=str)
ALL_CASES = pytest.mark.parametrize("name", case_names())


async def planned(case: Case, planner: PlannerKind, **options: object) -> Planned:
    async with opened(transport=replayed(f"plan-{planner.value}"), **options) as desk:
        return await plan_with_model(
            desk.llm,
            case.query,
            case.intent,
            case.findings,
            case.observation,
            now=case.now,
            scope=Scope(),
        )


@requirement("PLAN-1", "PLAN-6", "PLAN-7", "GEN-5")
@PROVIDERS
@ALL_CASES
async def test_a_recorded_reply_becomes_a_plan_that_asks_what_the_question_asks(
    name: str, planner: PlannerKind
) -> None:
    case = load_case(name, planner)
    result = await planned(case, planner)
    defaults = result.plan.defaults()
    assert (result.plan.planner, result.generator, result.usage.calls) == (planner, "template", 1)
    assert result.prompt_version.startswith("plan-")
    for wanted, value in case.params.items():
        assert_asked(wanted, value, defaults, case, result.plan)


def assert_asked(name: str, value: JsonValue, defaults: dict[str, JsonValue], case: Case, plan: Plan) -> None:
    if name in {"date_from", "date_to"} and case.when:
        assert defaults[name] == case.when
    elif name == "keywords":
        about = " ".join(
            [*map(str, defaults["keywords"] or []), case.observation.pages[0].final_url, plan.title]
        ).lower()
        assert [w for w in value if not any(form in about for form in forms(w.lower()))] == []
    elif name == "radius_km":
        assert defaults["radius_miles"] == pytest.approx(float(str(value)) / 1.609344, rel=0.01)
    elif name == "currency" and "currency" not in {p.name for p in plan.parameters}:
        assert plan.source.kind is SourceKind.HTML  # the archive's prices carry their currency in the text
    elif isinstance(value, str):
        assert str(defaults[name]).lower() == value.lower()
    else:
        assert defaults[name] == value


@requirement("PLAN-1", "LEARN-5")
@PROVIDERS
@ALL_CASES
async def test_every_locator_address_and_binding_of_a_plan_was_found_not_written_by_the_model(
    name: str, planner: PlannerKind
) -> None:
    case = load_case(name, planner)
    plan = (await planned(case, planner)).plan
    candidate = next(c for c in case.findings.candidates if c.source == plan.records)
    columns = {c.locator: c for c in candidate.columns}
    assert {f.locator for f in plan.fields} <= set(columns)
    assert all(columns[f.locator].type is f.type for f in plan.fields)
    assert plan.paging == candidate.paging
    assert len(plan.trials) >= 3
    assert {t.expect for t in plan.trials} >= {"rows", "empty"}
    names = {f.name for f in plan.fields}
    assert {f for p in plan.parameters for b in p.bindings if b.kind == "filter" for f in b.fields} <= names
    assert set(plan.identity) <= names


@requirement("GEN-1", "PLAN-1")
@PROVIDERS
@pytest.mark.parametrize("name", ["hip-hop-parties-sf", "tech-conferences-next-month", "pottery-archive-london"])
async def test_a_model_plan_over_found_records_is_rendered_by_the_templates(name: str, planner: PlannerKind) -> None:
    case = load_case(name, planner)
    plan = (await planned(case, planner)).plan
    code = emit(plan, case.now).code
    ast.parse(code)
    assert set(describe(plan).input_schema["properties"]) == {p.name for p in plan.parameters}


@requirement("LLM-1")
@pytest.mark.parametrize("name", ["hip-hop-parties-sf", "pottery-archive-london", "cheapest-wine-la"])
async def test_chat_completions_give_the_same_plans(name: str) -> None:
    case = load_case(name)
    async with opened(transport=replayed("plan-chat"), openai_wire="chat") as desk:
        result = await plan_with_model(
            desk.llm, case.query, case.intent, case.findings, case.observation, now=case.now, scope=Scope()
        )
    assert result.plan.defaults() == (await planned(case, PlannerKind.OPENAI)).plan.defaults()


@requirement("PLAN-2")
async def test_the_plan_of_a_question_with_a_distance_filters_by_great_circle_around_the_place() -> None:
    plan = (await planned(load_case("hip-hop-parties-sf"), PlannerKind.OPENAI)).plan
    by_name = {p.name: p for p in plan.parameters}
    assert [b.kind for b in by_name["city"].bindings] == ["filter", "role"]
    assert by_name["radius_miles"].bindings[0].model_dump(mode="json") == {
        "kind": "filter",
        "relation": "within",
        "topic": "distance",
        "fields": ["latitude", "longitude"],
        "true_values": [],
        "any_of": False,
    }


@requirement("PLAN-3")
async def test_a_proven_source_parameter_is_bound_beside_the_filter_that_makes_sure() -> None:
    plan = (await planned(load_case("pottery-archive-london"), PlannerKind.OPENAI)).plan
    city = next(p for p in plan.parameters if p.name == "city")
    assert [(b.kind, getattr(b, "name", "")) for b in city.bindings] == [("source", "city"), ("filter", "")]
