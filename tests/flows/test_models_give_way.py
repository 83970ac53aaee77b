"""When a model does not serve, or serves badly, another takes over, within the budget, and the answer says so.

Through the command line, with a scripted server at the vendors' edge.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest

from tests.conftest import Command, one_object
from tests.flows.test_models import FIXTURES, HIP_HOP, RECORDED_SITE, example
from tests.generators.llm.vendor_server import Said, VendorServer, vendor_server
from tests.requirements import requirement

pytestmark = pytest.mark.browser
KEY = "sk-nobody-gave-this-key"
OPENAI, ANTHROPIC = "openai:gpt-5.4-mini", "anthropic:claude-haiku-4-5"
YOGA = "yoga in Oakland"


async def asked(
    command: Command, server: VendorServer, text: str, site: str, planner: str = "auto", **settings: str
) -> dict[str, Any]:
    """Ask at the command line with keys for both vendors; the loop serves their edge meanwhile."""
    line = ["--query", text, "--site", site, "--fresh", "--planner", planner, "--json"]
    given = {
        "AGENT_SCHOOL_PLANNER": "auto",
        "AGENT_SCHOOL_MODEL_ATTEMPTS": "1",
        "OPENAI_API_KEY": KEY,
        "ANTHROPIC_API_KEY": KEY,
        "OPENAI_BASE_URL": f"{server.url}/v1",
        "ANTHROPIC_BASE_URL": server.url,
    }
    done = await asyncio.to_thread(command, *line, **(given | settings))
    assert KEY not in done.stdout + done.stderr
    assert done.stdout, done.stderr
    return one_object(done)


def by_rules(answer: dict[str, Any]) -> bool:
    """Whether the built-in planner made the tool, and the rows are those of Oakland."""
    rows = answer["rows"]
    made = (answer["status"], answer["llm"]["planner"], answer["llm"]["model"]) == ("ok", "builtin", None)
    return made and bool(rows) and {row["city"] for row in rows} == {"Oakland"}


@requirement("LLM-1", "LLM-2", "PLAN-6", "CLI-2")
async def test_a_wrong_key_here_and_a_storm_there_leave_the_rules_and_the_answer_names_both(
    command: Command, events_site: str
) -> None:
    async with vendor_server() as server:
        server.says("responses", Said(status=401, raw=f'{{"error": {{"message": "bad key {KEY}"}}}}'))
        server.says("messages", Said(status=529, raw='{"error": {}}'))
        answer = await asked(command, server, YOGA, f"{events_site}/sf")
    assert by_rules(answer)
    assert answer["llm"]["passed_over"][:2] == [f"{OPENAI}: wrong_key", f"{ANTHROPIC}: overloaded"]
    assert (answer["llm"]["calls"], answer["llm"]["cost_usd"]) == (0, 0.0)


@requirement("LLM-1", "LLM-2", "CLI-2")
async def test_the_other_provider_takes_over_a_rate_limit_and_the_answer_says_so(
    command: Command, events_site: str
) -> None:
    lines = (FIXTURES / "plan-anthropic.jsonl").read_text().splitlines()
    row = next(row for line in lines if (row := json.loads(line))["label"] == f"plan {HIP_HOP}")
    question = example(HIP_HOP)
    async with vendor_server() as server:
        server.says("responses", Said(status=429, raw="{}", headers={"Retry-After": "600"}))
        server.says("messages", Said(text=row["answer"]["content"][0]["text"]))
        answer = await asked(command, server, question["query"], f"{events_site}/sf", "openai")
    assert sorted(str(row["url"]) for row in answer["rows"]) == sorted(row[0] for row in question["expect"]["rows"])
    assert (answer["llm"]["planner"], answer["llm"]["model"], answer["llm"]["calls"]) == ("anthropic", ANTHROPIC, 1)
    assert answer["llm"]["input_tokens"] == 1_000
    assert answer["llm"]["passed_over"] == [f"{OPENAI}: rate_limited"]


@requirement("PLAN-1", "PLAN-6", "PROVE-7")
async def test_cut_fenced_and_foreign_replies_end_after_three_and_what_they_cost_is_told(
    command: Command, events_site: str
) -> None:
    foreign = '{"title": "События", "description": "Перечисляет события и места"}'
    async with vendor_server() as server:
        server.says("responses", Said(text='{"title": "Yog'), Said(text='```json\n{"title"\n```'), Said(text=foreign))
        answer = await asked(command, server, YOGA, f"{events_site}/sf")
    assert by_rules(answer)
    assert len(server.asked) == 3
    told = {name: answer["llm"][name] for name in ("calls", "input_tokens", "output_tokens", "passed_over")}
    assert told == {
        "calls": 3,
        "input_tokens": 3_000,
        "output_tokens": 300,
        "passed_over": [f"{OPENAI}: model_reply_invalid"],
    }


@requirement("LLM-2", "PLAN-6")
async def test_the_budget_of_one_job_holds_for_a_question_at_the_terminal_too(
    command: Command, events_site: str
) -> None:
    async with vendor_server() as server:
        server.says("responses", *(Said(text=f'{{"no": {n}}}', tokens=(9_000, 100)) for n in range(9)))
        answer = await asked(command, server, YOGA, f"{events_site}/sf", AGENT_SCHOOL_JOB_TOKENS="12000")
    assert by_rules(answer)
    assert (len(server.asked), answer["llm"]["calls"]) == (1, 1)
    assert answer["llm"]["passed_over"] == ["models: budget_exhausted"]


@requirement("PLAN-6", "LLM-1")
async def test_a_refusal_is_passed_on_to_the_other_and_two_refusals_to_the_rules(
    command: Command, events_site: str
) -> None:
    async with vendor_server() as server:
        for wire in ("responses", "messages"):
            server.says(wire, Said(text="I cannot help with that.", end="refusal"))
        answer = await asked(command, server, YOGA, f"{events_site}/sf")
    assert by_rules(answer)
    assert answer["llm"]["passed_over"] == [f"{OPENAI}: refused", f"{ANTHROPIC}: refused"]
    assert answer["llm"]["calls"] == 2  # a refusal is paid for


@requirement("PROVE-3", "PROVE-7", "PLAN-6")
async def test_repairs_that_never_help_end_after_three_and_the_rules_take_over(
    command: Command, events_site: str
) -> None:
    rows = [json.loads(line) for line in (FIXTURES / "learn-topics-anthropic.jsonl").read_text().splitlines()]
    plan, code = (row["answer"]["content"][0]["text"].replace(RECORDED_SITE, events_site) for row in rows[:2])
    told = '"""Read the topics, then the page of each."""'
    assert told in code
    broken = [Said(text=code.replace(told, f'{told}\n    raise ValueError("round {n}")')) for n in range(9)]
    text = "topics"
    async with vendor_server() as server:
        server.says("messages", Said(text=plan), *broken)
        answer = await asked(command, server, text, f"{events_site}/discover", "anthropic")
    said = [str(body["messages"][-1]["content"]) for path, body, _ in server.asked if path == "/v1/messages"]
    attempts = [found[1] if (found := re.search(r"Attempt: (\d) of 3", text)) else "" for text in said]
    assert attempts[:5] == ["", "", "1", "2", "3"]  # plan, code, three repairs
    others = attempts[5:]  # a plan by the rules that fails its proof is worth as many: one for each kind or page
    assert others == ["1", "2", "3"] * (len(others) // 3)
    assert len(others) <= 6
    assert answer["llm"]["calls"] == len(said)
    assert (answer["llm"]["planner"], answer["llm"]["generator"]) == ("builtin", "template")
    assert answer["llm"]["passed_over"][0] == "anthropic:claude-sonnet-5: not_proved"
