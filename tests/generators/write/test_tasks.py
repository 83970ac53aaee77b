"""Tasks that templates cannot express, from the question to rows, on recorded replies and in the real sandbox."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from domain.errors import NeedsInput
from domain.plan import PlannerKind
from domain.policy import HostRule, Policy
from domain.run import Diagnosis, Outcome, Run, RunKind
from domain.workflow import Artifact
from generators.emit import describe
from generators.llm import Scope
from generators.model_planner import Planned, plan_with_model
from generators.repair import diagnose, fingerprint, repair
from generators.write import Written, write
from sandbox.check import check
from sandbox.runner import open_runner
from tests.generators.modelling import Case, Desk, load_case, opened, replayed_task
from tests.generators.write.reading_room import books, reading_room
from tests.requirements import requirement

FAKE = "https://room.example"
AGREED = Policy(hosts=(HostRule(host="room.example"),), methods=("GET", "HEAD", "POST"))


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


@requirement("GEN-1", "PROVE-3", "PLAN-1")
async def test_books_behind_a_form_are_planned_written_tried_repaired_and_found() -> None:
    case = load_case("books-by-form", folder="tasks")
    async with reading_room() as url, opened(transport=replayed_task("books-by-form")) as desk, open_runner() as runner:
        here = urlsplit(url)
        policy = Policy(
            hosts=(HostRule(host=str(here.hostname), port=here.port),),
            private_hosts=(str(here.hostname),),
            methods=AGREED.methods,
        )

        async def tried(artifact: Artifact) -> Run:
            code = artifact.code.replace(FAKE, url)
            assert check(code, policy, "http").violations == ()
            run = await runner.run(
                Artifact(code=code),
                planned.plan.defaults(),
                policy,
                kind=RunKind.TRIAL,
                now=case.now,
                record=True,
                output_schema=describe(planned.plan).output_schema,
            )
            return Run.model_validate_json(run.model_dump_json().replace(url, FAKE))

        planned = await plan_task(desk, case)
        first = await write(
            desk.llm, planned.plan, AGREED, now=case.now, scope=Scope(job_id="task"), view=case.view_for_code
        )
        failed = await tried(first.artifact)
        again = await repair(
            desk.llm,
            planned.plan,
            first.artifact,
            diagnose(runs=[failed]),
            AGREED,
            tried=(fingerprint(first.artifact.code),),
            scope=Scope(job_id="task"),
        )
        assert isinstance(again, Written)
        good = await tried(again.artifact)
    wanted = [b for b in books() if b["topic"] == "Poetry" and b["branch"] == "Harbour" and b["available"] == "yes"]
    assert (planned.generator, failed.outcome) == ("model", Outcome.SOURCE_CHANGED)
    assert [(r["title"], r["author"], r["shelf_mark"], r["available"]) for r in good.rows] == [
        (b["title"], b["author"], b["shelf"], True) for b in wanted
    ]
    spent = desk.ledger.spent(job_id="task")
    assert spent.calls == 3
    assert spent.input_tokens < 12_500


@requirement("GEN-1")
@pytest.mark.parametrize(
    ("name", "planner", "interface"),
    [("yc-by-browser", PlannerKind.OPENAI, "page"), ("next-per-topic", PlannerKind.ANTHROPIC, "http")],
)
async def test_recorded_code_for_pages_and_joins_passes_the_code_check(
    name: str, planner: PlannerKind, interface: str
) -> None:
    case = load_case(name, planner, "tasks")
    policy = Policy(hosts=(HostRule(host="events.example"),), methods=AGREED.methods)
    async with opened(transport=replayed_task(name)) as desk:
        planned = await plan_task(desk, case)
        code = await write(desk.llm, planned.plan, policy, now=case.now, scope=Scope(), view=case.view_for_code)
    assert (code.artifact.interface, planned.plan.browser) == (interface, interface == "page")
    assert check(code.artifact.code, policy, code.artifact.interface).violations == ()
    assert "```" not in code.artifact.code
    assert code.prompt_version.startswith("write-")


@requirement("PLAN-1")
@pytest.mark.parametrize(
    ("name", "planner", "fields"),
    [
        ("counts-per-category", PlannerKind.ANTHROPIC, {"category", "event_count"}),
        ("archive-by-browser", PlannerKind.OPENAI, {"title", "city", "price"}),
    ],
)
async def test_a_task_that_sounds_like_code_is_planned_on_found_records_where_they_suffice(
    name: str, planner: PlannerKind, fields: set[str]
) -> None:
    async with opened(transport=replayed_task(name)) as desk:
        planned = await plan_task(desk, load_case(name, planner, "tasks"))
    assert planned.generator == "template"
    assert fields <= {f.name for f in planned.plan.fields}


@requirement("PLAN-5")
async def test_what_the_model_is_unsure_of_is_asked_back() -> None:
    async with opened(transport=replayed_task("parties-by-browser")) as desk:
        with pytest.raises(NeedsInput, match="city alone") as caught:
            await plan_task(desk, load_case("parties-by-browser", folder="tasks"))
    assert (caught.value.field, len(caught.value.choices)) == ("distance", 2)


def test_a_diagnosis_without_runs_says_so() -> None:
    assert diagnose() == Diagnosis()
