"""What a request takes is known before it is sent, and what is shown gets coarser before it is too much."""

from __future__ import annotations

import json
import struct
from functools import partial

import pytest

from domain.observation import Form, FormField
from domain.plan import FieldType, Parameter, PlannerKind, SourceBinding
from domain.policy import HostRule, Policy
from domain.run import Diagnosis, Outcome
from domain.workflow import Artifact
from generators.llm import ModelRequest, Picture, Scope, Stage, Turn
from generators.llm.size import fitting, tokens_of
from generators.model_planner import plan_with_model
from generators.repair import repair
from generators.view import view
from generators.write import write, write_request
from tests.generators.llm.vendor_server import Said, vendor_server
from tests.generators.model_planner.test_recorded_plans import planned
from tests.generators.modelling import load_case, opened
from tests.requirements import requirement

POLICY = Policy(hosts=(HostRule(host="events.example"),))
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 1280, 900)
GOOD_CASE = "hip-hop-parties-sf"


def asked(text: str, **more: object) -> ModelRequest:
    return ModelRequest(stage=Stage.PLAN, system="", turns=(Turn(text=text),), prompt_version="t-1", **more)  # type: ignore[arg-type]  # a shorthand


@requirement("LLM-2", "LEARN-5")
def test_text_schema_and_the_area_of_pictures_count() -> None:
    assert tokens_of(asked("x" * 396)) == (398 + 2) // 4
    assert tokens_of(asked("", schema={"type": "object"})) == (4 + len(json.dumps({"type": "object"}))) // 4
    assert tokens_of(asked("", pictures=(Picture(data=PNG),))) == 1 + 1280 * 900 // 750
    assert tokens_of(asked("", pictures=(Picture(data=b"?"),))) == 1 + 1_600


@requirement("LLM-2")
def test_the_first_form_that_fits_is_taken_and_the_coarsest_where_none_does() -> None:
    forms = [partial(asked, "x" * size) for size in (4_000, 400, 40)]
    assert [len(fitting(forms, most).turns[0].text) for most in (None, 2_000, 150, 1)] == [4_000, 4_000, 400, 40]


@requirement("LEARN-5", "LLM-2")
@pytest.mark.parametrize("most", [4_500, 3_500, 3_000])
async def test_a_plan_prompt_beyond_its_limit_shows_less_and_still_every_kind_of_source(most: int) -> None:
    case = load_case(GOOD_CASE)
    async with vendor_server() as server, opened(server.url, attempts=1) as desk:
        server.says("responses", Said(text="{}"))
        with pytest.raises(Exception, match="no valid reply"):
            await plan_with_model(
                desk.llm,
                case.query,
                case.intent,
                case.findings,
                case.observation,
                now=case.now,
                scope=Scope(),
                view="what the page shows " * 60,
                most_tokens=most,
            )
    body = server.asked[0][1]
    text = body["input"][0]["content"]
    size = (len(json.dumps([body["instructions"], text])) + len(json.dumps(body["text"]["format"]["schema"]))) // 4
    assert size <= most
    assert ("what the page shows" in text) is (most == 4_500)
    kinds = {candidate.kind.value for candidate in case.findings.candidates}
    assert [kind for kind in kinds if f": {kind}, " not in text] == []
    assert "a15 city" in text


@requirement("LEARN-5", "LLM-2")
async def test_code_is_asked_for_with_the_largest_view_that_fits() -> None:
    case = load_case(GOOD_CASE)
    plan = (await planned(case, PlannerKind.OPENAI)).plan
    views = ("the whole view " * 400, "half of it " * 100, "a line")
    async with vendor_server() as server, opened(server.url, attempts=1) as desk:
        server.says("responses", *(Said(text=f"no code {n}") for n in range(9)))
        for most in (6_000, 3_600, 100):
            with pytest.raises(Exception, match="no valid reply"):
                await write(
                    desk.llm,
                    plan,
                    POLICY,
                    now=case.now,
                    scope=Scope(),
                    view=views[0],
                    coarser=views[1:],
                    most_tokens=most,
                )
    firsts = [body["input"][0]["content"] for _, body, _ in server.asked if len(body["input"]) == 1]
    assert [next(n for n, shown in enumerate(views) if shown in text) for text in firsts] == [0, 1, 2]


@requirement("PROVE-3", "LLM-2")
async def test_a_repair_beyond_its_limit_loses_pages_first_and_then_the_picture_but_never_what_failed() -> None:
    case = load_case(GOOD_CASE)
    plan = (await planned(case, PlannerKind.OPENAI)).plan
    page = "\n".join(f"line {n} of the page" for n in range(200))
    diagnosis = Diagnosis(
        outcome=Outcome.FAILED, arguments={"city": "Oakland"}, pages=(page,), aria=page, screenshot="iVBORw0KGgo="
    )
    shown = []
    async with vendor_server() as server, opened(server.url, attempts=1) as desk:
        server.says("responses", *(Said(text=f"no code {n}") for n in range(9)))
        for most in (None, 3_900, 2_200, 1):
            with pytest.raises(Exception, match="no valid reply"):
                await repair(
                    desk.llm,
                    plan,
                    Artifact(code="pass"),
                    diagnosis,
                    POLICY,
                    tried=(),
                    scope=Scope(),
                    most_tokens=most,
                )
            parts = next(
                body["input"][0]["content"] for _, body, _ in reversed(server.asked) if len(body["input"]) == 1
            )
            text = parts if isinstance(parts, str) else parts[0]["text"]
            assert "a trial run ended as failed" in text
            assert "Oakland" in text
            shown.append((text.count("of the page"), not isinstance(parts, str)))
    lines, pictures = zip(*shown, strict=True)
    assert lines[0] > lines[1] > lines[3] > 0
    assert pictures == (True, True, False, False)


@requirement("GEN-4", "GEN-5")
async def test_choices_among_which_the_questions_value_stands_are_read_when_code_runs_and_never_told_to_it() -> None:
    case = load_case(GOOD_CASE)
    plan = (await planned(case, PlannerKind.OPENAI)).plan

    def told(default: str) -> str:
        binding = SourceBinding(name="branch", location="body", mapping={"harbour": "H", "old town": "O"})
        branch = Parameter(
            name="branch", type=FieldType.STRING, description="Branch.", default=default, bindings=(binding,)
        )
        request = write_request(plan.model_copy(update={"parameters": (branch,)}), POLICY, now=case.now)
        return next(line for line in request.turns[0].text.splitlines() if line.startswith("- branch"))

    assert "read the options when it runs" in told("Harbour")
    assert "harbour" not in told("Harbour").casefold()
    assert '"harbour": "H"' in told("Elsewhere")


@requirement("LEARN-5")
def test_a_select_whose_label_holds_all_its_options_takes_one_short_line() -> None:
    case = load_case(GOOD_CASE)
    label = "City " + "".join(f"Name{n}" for n in range(80))
    form = Form(method="GET", action="/s", fields=(FormField(name="city", kind="select", label=label),))
    page = case.observation.pages[0].model_copy(update={"forms": (form,)})
    text = view(case.observation.model_copy(update={"pages": (page,)}), candidates=())
    line = next(line for line in text.splitlines() if line.startswith("form GET"))
    assert "city (select: City Name0Name1" in line
    assert len(line) < 90
