"""Learning with a model: recorded replies of both vendors through the real SDKs, then the same proof as without one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.errors import ModelUnavailable
from domain.plan import PlannerKind, Query
from examples.truth import QUERIES_PATH
from generators.llm import Llm, LlmOptions, Ports, open_llm
from generators.llm.replay import ReplayTransport
from school.app import OnNeed, School
from school.ask import ask
from tests.requirements import requirement

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "models"
HIP_HOP = "hip-hop-parties-sf"


def example(identifier: str) -> dict[str, Any]:
    document = json.loads(Path(QUERIES_PATH).read_text())
    return next(query for query in document["queries"] if query["id"] == identifier)


def recorded(vendor: str, label: str, folder: Path) -> ReplayTransport:
    lines = (FIXTURES / f"plan-{vendor}.jsonl").read_text().splitlines()
    chosen = [line for line in lines if json.loads(line)["label"] == f"plan {label}"]
    assert chosen
    file = folder / f"{vendor}.jsonl"
    file.write_text("\n".join(chosen))
    # The site's port stands in the prompt and differs from run to run; the reply still has to prove itself.
    return ReplayTransport([file], exact=False)


@pytest.fixture
async def with_model(school: School, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[School]:
    vendor = request.param
    keys = {f"{vendor}_key": "a-key-that-no-vendor-gave"}
    ports = Ports(cache=school.registry.reply_cache, ledger=school.registry.ledger, clock=school.clock)
    transport = recorded(vendor, HIP_HOP, tmp_path)
    settings = school.settings.model_copy(update={f"{vendor}_api_key": "a-key-that-no-vendor-gave"})
    async with open_llm(LlmOptions.model_validate(keys), ports, transport=transport) as llm:

        async def give() -> Llm:
            return llm

        yield replace(school, settings=settings, llm=OnNeed(give))


@pytest.mark.browser
@pytest.mark.parametrize("with_model", ["openai", "anthropic"], indirect=True)
@requirement("PLAN-6", "LLM-1", "LLM-3", "PLAN-1", "PROVE-3")
async def test_a_models_plan_is_proved_and_published_like_any_other(
    with_model: School, events_site: str, request: pytest.FixtureRequest
) -> None:
    vendor = request.node.callspec.params["with_model"]
    question = example(HIP_HOP)
    query = Query(text=question["query"], site=f"{events_site}/sf", planner=PlannerKind(vendor))
    answer = await ask(with_model, query, at_terminal=True, fresh=True)
    # The model names the fields; the slug is what the true rows begin with.
    assert sorted(str(row["url"]) for row in answer.run.rows) == sorted(row[0] for row in question["expect"]["rows"])
    made = answer.version.provenance
    assert made.planner == vendor
    assert made.model
    assert made.prompt_version
    assert (made.usage.calls, made.usage.input_tokens > 0) == (1, True)
    assert answer.version.verdict.passed
    assert with_model.registry.ledger.spent().calls == 1


@pytest.mark.browser
@requirement("PLAN-6")
async def test_without_a_key_the_built_in_planner_serves_and_says_so(school: School, events_site: str) -> None:
    said: list[str] = []
    query = Query(text="yoga in Oakland", site=f"{events_site}/sf", planner=PlannerKind.OPENAI)
    answer = await ask(school, query, at_terminal=True, on_progress=lambda event: said.append(event.message))
    assert answer.version.provenance.planner == "builtin"
    assert any("built-in planner is used" in message for message in said)


@pytest.mark.browser
@requirement("LLM-1", "PLAN-6")
async def test_when_the_model_does_not_serve_the_built_in_planner_takes_over(school: School, events_site: str) -> None:
    class Down:
        async def ask(self, *_: object, **__: object) -> None:
            raise ModelUnavailable("The vendor is down.", reason="overloaded")

    async def give() -> Down:
        return Down()

    settings = school.settings.model_copy(update={"openai_api_key": "a-key-that-no-vendor-gave"})
    broken = replace(school, settings=settings, llm=OnNeed(give))  # type: ignore[arg-type]  # a double at the vendor's edge
    said: list[str] = []
    query = Query(text="yoga in Oakland", site=f"{events_site}/sf", planner=PlannerKind.OPENAI)
    answer = await ask(broken, query, at_terminal=True, on_progress=lambda event: said.append(event.message))
    assert answer.version.provenance.planner == "builtin"
    assert any("model_unavailable" in message for message in said)
