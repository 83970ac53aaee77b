"""Tasks that sound like code, planned on recorded replies; those that need code are learned whole in tests.flows."""

from __future__ import annotations

import json

import pytest

from domain.errors import NeedsInput
from domain.plan import PlannerKind
from domain.policy import HostRule, Policy
from domain.run import Diagnosis
from generators.llm import Scope
from generators.llm.replay import reply_text
from generators.model_planner import Planned, plan_with_model
from generators.repair import diagnose
from sandbox.check import check
from tests.generators.modelling import FIXTURES, Case, Desk, load_case, opened, replayed
from tests.requirements import requirement

LEARNED = sorted(path.stem for path in FIXTURES.glob("learn-*.jsonl"))
AGREED = Policy(hosts=(HostRule(host="site.example"),), methods=("GET", "HEAD", "POST"))


async def plan_task(desk: Desk, case: Case) -> Planned:
    return await plan_with_model(
        desk.llm,
        case.query,
        case.intent,
        case.findings,
        case.observation,
        now=case.now,
        scope=Scope(job_id="task"),
        view=case.view,
    )


@requirement("PLAN-1")
@pytest.mark.parametrize(
    ("name", "planner", "fields"),
    [
        ("counts-per-category", PlannerKind.ANTHROPIC, {"category", "event_count"}),
        ("archive-by-browser", PlannerKind.OPENAI, {"title", "city", "price"}),
        ("yc-by-browser", PlannerKind.OPENAI, {"title", "start_at", "organizer"}),
    ],
)
async def test_a_task_that_sounds_like_code_is_planned_on_found_records_where_they_suffice(
    name: str, planner: PlannerKind, fields: set[str]
) -> None:
    async with opened(transport=replayed(f"task-{name}")) as desk:
        planned = await plan_task(desk, load_case(name, planner, "tasks"))
    assert planned.generator == "template"
    assert fields <= {f.name for f in planned.plan.fields}


@requirement("PLAN-5")
async def test_what_the_model_is_unsure_of_is_asked_back() -> None:
    async with opened(transport=replayed("task-parties-by-browser")) as desk:
        with pytest.raises(NeedsInput, match="city alone") as caught:
            await plan_task(desk, load_case("parties-by-browser", folder="tasks"))
    assert (caught.value.field, len(caught.value.choices)) == ("distance", 2)


@requirement("GEN-1", "GEN-5", "BOX-1")
@pytest.mark.parametrize("name", LEARNED)
def test_code_as_models_gave_it_is_within_the_rules_that_the_prompt_tells(name: str) -> None:
    rows = [json.loads(line) for line in (FIXTURES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows[1:]:
        text = reply_text(row["answer"])
        interface = "page" if "page: Page" in text else "http"
        assert check(with_models(text), AGREED, interface).violations == ()


def with_models(code: str) -> str:
    """Put models in place of the three that a program puts in, for a check without their plan."""
    response = "class Response(BaseModel):\n    rows: list[Item]\n    count: int\n    truncated: bool\n"
    return (
        code.replace("class Request(BaseModel): ...", "class Request(BaseModel):\n    limit: int | None = None\n")
        .replace("class Item(BaseModel): ...", "class Item(BaseModel):\n    url: str | None = None\n")
        .replace("class Response(BaseModel): ...", response)
    )


def test_a_diagnosis_without_runs_says_so() -> None:
    assert diagnose() == Diagnosis()
