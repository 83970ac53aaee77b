"""Replies as models truly give them when they do not do as asked, recorded from both wires through the real SDKs."""

from __future__ import annotations

import pytest

from domain.errors import ModelReplyInvalid, ModelUnavailable
from domain.plan import PlannerKind
from generators.llm import Scope
from generators.model_planner import Planned, plan_with_model
from tests.generators.modelling import Desk, load_case, opened, replayed
from tests.requirements import requirement

PROVIDERS = pytest.mark.parametrize("planner", [PlannerKind.OPENAI, PlannerKind.ANTHROPIC], ids=str)
OTHER_KEY = {PlannerKind.OPENAI: "anthropic_key", PlannerKind.ANTHROPIC: "openai_key"}


async def planned(desk: Desk, name: str, planner: PlannerKind) -> Planned:
    case = load_case(name, planner)
    return await plan_with_model(
        desk.llm, case.query, case.intent, case.findings, case.observation, now=case.now, scope=Scope(job_id="job")
    )


@requirement("PLAN-1", "LLM-1")
@PROVIDERS
@pytest.mark.parametrize(
    ("name", "rejected"),
    [
        ("hip-hop-parties-sf", 1),  # JSON that ends in its middle
        ("yc-co-founder", 1),  # title and description in another language than the question
        ("family-berkeley-weekend", 0),  # a fence around the JSON, and words around the fence
        ("running-near-oakland", 2),  # nothing at all, then an id that was never offered
    ],
)
async def test_a_reply_that_is_no_plan_goes_back_with_what_is_wrong_and_the_next_one_serves(
    name: str, rejected: int, planner: PlannerKind
) -> None:
    transport = replayed(f"broken-{planner.value}")
    async with opened(transport=transport, timeout_s=60.0, **{OTHER_KEY[planner]: None}) as desk:
        done = await planned(desk, name, planner)
    assert (done.rejected, done.usage.calls, transport.asked) == (rejected, rejected + 1, rejected + 1)
    assert (done.plan.planner, done.plan.title.isascii()) == (planner, True)
    assert desk.ledger.spent(job_id="job").calls == rejected + 1


@requirement("PLAN-1", "PROVE-7", "PLAN-6")
@PROVIDERS
async def test_a_refusal_in_words_that_is_repeated_is_not_paid_for_a_third_time(planner: PlannerKind) -> None:
    transport = replayed(f"broken-{planner.value}")
    async with opened(transport=transport, timeout_s=60.0, **{OTHER_KEY[planner]: None}) as desk:
        with pytest.raises(ModelReplyInvalid) as caught:
            await planned(desk, "free-yoga-oakland", planner)
    assert (transport.asked, caught.value.facts["where"]) == (2, ["reply"])


@requirement("LLM-2", "LLM-1")
@PROVIDERS
async def test_a_limit_and_an_overload_are_waited_out_with_growing_pauses(planner: PlannerKind) -> None:
    async with opened(
        transport=replayed(f"broken-{planner.value}"), timeout_s=60.0, **{OTHER_KEY[planner]: None}
    ) as desk:
        done = await planned(desk, "by-bay-founders-guild", planner)
    assert (done.usage.calls, desk.pauses) == (1, [1.5, 3.0])


@requirement("LLM-1", "LLM-2")
@PROVIDERS
async def test_a_wrong_key_is_told_at_once_and_costs_nothing(planner: PlannerKind) -> None:
    transport = replayed(f"broken-{planner.value}")
    async with opened(transport=transport, timeout_s=60.0, **{OTHER_KEY[planner]: None}) as desk:
        with pytest.raises(ModelUnavailable) as caught:
            await planned(desk, "private-networking-founders", planner)
    assert (caught.value.facts["reason"], transport.asked) == ("wrong_key", 1)
    assert desk.ledger.spent(job_id="job").calls == 0
