"""What planning with a model takes, on the recorded replies of both vendors: calls, tokens, time of our own, rows.

Run: python -m benchmarks.models [--no-rows]

The replies were written by hand through a stand-in endpoint, and its token counts are four characters a
token: the figures tell what the prompts cost and that the plans are right, not how well a vendor answers.
Rows are those of the plan's own workflow, run in the sandbox against the bundled site, held against its truth.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from domain.errors import NeedsInput
from domain.observation import Findings, Observation
from domain.plan import Intent, Plan, PlannerKind, Query
from domain.policy import HostRule, Policy
from domain.run import RunKind
from examples.events_site.serve import running
from generators.emit import describe, emit
from generators.language import understand
from generators.llm import LlmOptions, Ports, Scope, open_llm
from generators.llm.memory import MemoryCache, MemoryLedger
from generators.llm.replay import ReplayTransport
from generators.model_planner import Planned, plan_with_model
from generators.planner import plan as plan_by_rules
from sandbox.runner import Runner, open_runner

ROOT = Path(__file__).parents[1]
RECORDED = ROOT / "tests" / "fixtures" / "models"
QUERIES = ROOT / "examples" / "queries.json"
FAKE_SITE = "https://events.example"
PLANNERS = (PlannerKind.OPENAI, PlannerKind.ANTHROPIC)
RENAMED = {"name": "title", "date": "start_at"}
CHARACTERS_PER_TOKEN = 4
MOST_CALLS = 3
MOST_INPUT = 10_000
PICTURE_TOKENS = 1_536  # of 1280 by 900 pixels, at 750 pixels a token (Anthropic's vision guide)


@dataclass(frozen=True, kw_only=True)
class HeldClock:
    """The time of the recordings."""

    at: datetime

    def now(self) -> datetime:
        """Return it."""
        return self.at


@dataclass(frozen=True, kw_only=True)
class Line:
    """The figures of one question with one vendor. ``plan_ms`` is without the model's own time."""

    name: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    plan_ms: float
    plan: Plan


async def plan_once(case: dict[str, Any], planner: PlannerKind) -> Line:
    """Plan one recorded question."""
    now = datetime.fromisoformat(case["now"])
    clock = HeldClock(at=now)
    options = LlmOptions(openai_key=SecretStr("recorded"), anthropic_key=SecretStr("recorded"))
    ports = Ports(cache=MemoryCache(clock), ledger=MemoryLedger(), clock=clock)
    transport = ReplayTransport([RECORDED / f"plan-{planner.value}.jsonl"])
    findings = Findings.model_validate(case["findings"])
    observation = Observation.model_validate(case["observation"])
    async with open_llm(options, ports, transport=transport) as llm:
        started = time.perf_counter()
        planned: Planned = await plan_with_model(
            llm,
            Query(text=case["query"], planner=planner),
            Intent.model_validate(case["intent"]),
            findings,
            observation,
            now=now,
            scope=Scope(),
        )
        spent_ms = (time.perf_counter() - started) * 1000
    usage = planned.usage
    return Line(
        name=case["id"],
        calls=usage.calls,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cost_usd=usage.cost_usd,
        plan_ms=spent_ms,
        plan=planned.plan,
    )


async def rows_right(plan: Plan, wanted: dict[str, Any], site: str, runner: Runner, now: datetime) -> bool:
    """Return whether the plan's workflow gives exactly the true rows."""
    here = urlsplit(site)
    host = str(here.hostname)
    policy = Policy(hosts=(HostRule(host=host, port=here.port),), private_hosts=(host,))
    moved = Plan.model_validate_json(plan.model_dump_json().replace(FAKE_SITE, site))
    run = await runner.run(
        emit(moved, now),
        moved.defaults(),
        policy,
        kind=RunKind.TRIAL,
        now=now,
        output_schema=describe(moved).output_schema,
    )
    key = [RENAMED.get(name, name) for name in wanted["expect"]["key"]]
    got = [tuple(_plain(row.get(name)) for name in key) for row in run.rows]
    true = [tuple(_plain(value) for value in row) for row in wanted["expect"]["rows"]]
    return got == true if wanted["expect"]["ordered"] else sorted(got) == sorted(true)


def _plain(value: object) -> str:
    return str(value).rsplit("/", 1)[-1]


def tell(planner: PlannerKind, lines: list[Line], right: int | None) -> None:
    """Print one vendor's table."""
    print(f"\n{planner.value}: {len(lines)} questions")
    for what, values in (
        ("calls", [float(line.calls) for line in lines]),
        ("input tokens", [float(line.input_tokens) for line in lines]),
        ("output tokens", [float(line.output_tokens) for line in lines]),
        ("own time, ms", [line.plan_ms for line in lines[1:]]),
    ):
        print(f"  {what:<14} median {statistics.median(values):8.1f}   most {max(values):8.1f}")
    print(f"  cost           {sum(line.cost_usd for line in lines) / len(lines):.4f} USD a tool by the price table")
    if right is not None:
        print(f"  rows right     {right} of {len(lines)}")


def tell_rules(cases: list[dict[str, Any]]) -> None:
    """Print the same questions planned by rules alone; one that is asked back about has no plan."""
    spent_ms, asked_back = [], []
    for case in cases:
        now = datetime.fromisoformat(case["now"])
        query = Query(text=case["query"], planner=PlannerKind.BUILTIN)
        findings = Findings.model_validate(case["findings"])
        observation = Observation.model_validate(case["observation"])
        started = time.perf_counter()
        try:
            plan_by_rules(query, understand(query.text, now), findings, observation, now=now)
        except NeedsInput:
            asked_back.append(case["id"])
        spent_ms.append((time.perf_counter() - started) * 1000)
    print(f"\nbuiltin: {len(cases) - len(asked_back)} of {len(cases)} planned")
    print(f"  asked back     {', '.join(asked_back) or 'none'}")
    middle, most = statistics.median(spent_ms[1:]), max(spent_ms)
    print(f"  time, ms       median {middle:8.1f}   most {most:8.1f} (the first loads places)")


def tell_tasks() -> None:
    """Print the recorded tasks: calls, tokens, repair rounds, and the view's size against the HTML's."""
    print("\ntask                     calls  input tokens  output tokens  repairs   HTML tokens  view tokens")
    for file in sorted(RECORDED.glob("task-*.jsonl")):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        case = json.loads((RECORDED / "tasks" / f"{file.stem.removeprefix('task-')}.json").read_text(encoding="utf-8"))
        used = [row["answer"]["usage"] for row in rows]
        html, view = case.get("html_characters", 0) // CHARACTERS_PER_TOKEN, len(case["view"]) // CHARACTERS_PER_TOKEN
        sums = [sum(usage[part] for usage in used) for part in ("input_tokens", "output_tokens")]
        print(
            f"{case['id']:<24} {len(rows):>5}  {sums[0]:>12}  {sums[1]:>13}  {max(len(rows) - 2, 0):>7}"
            f"  {html or '-':>12}  {view or '-':>11}"
        )


def tell_learned() -> None:
    """Print the tools that were learned whole on recorded replies, against what a tool may take.

    Four characters count as a token, here as at the stand-in endpoint. A picture is counted by its area, as the
    vendors bill it, and not by the length of its base64.
    """
    print(f"\nlearned whole, at most {MOST_CALLS} calls and {MOST_INPUT:,} input tokens each")
    print("task                     vendor     calls  input tokens  output tokens  repairs")
    for file in sorted(RECORDED.glob("learn-*.jsonl")):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        name, _, vendor = file.stem.removeprefix("learn-").rpartition("-")
        pictures = [row["picture_tokens_as_base64"] for row in rows]
        used = [row["answer"]["usage"] for row in rows]
        given = sum(u["input_tokens"] for u in used) - sum(pictures) + PICTURE_TOKENS * sum(map(bool, pictures))
        wrote = sum(u["output_tokens"] for u in used)
        within = "" if len(rows) <= MOST_CALLS and given <= MOST_INPUT else "   over"
        print(f"{name:<24} {vendor:<10} {len(rows):>5}  {given:>12}  {wrote:>13}  {max(len(rows) - 2, 0):>7}{within}")


async def main() -> None:
    """Measure and print."""
    cases = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((RECORDED / "cases").glob("*.json"))]
    lines = {planner: [await plan_once(case, planner) for case in cases] for planner in PLANNERS}
    if "--no-rows" in sys.argv:
        for planner in PLANNERS:
            tell(planner, lines[planner], None)
    else:
        queries = json.loads(QUERIES.read_text(encoding="utf-8"))
        wanted = {query["id"]: query for query in queries["queries"]}
        now = datetime.fromisoformat(queries["now"]).astimezone(UTC)
        async with running() as site, open_runner() as runner:
            for planner in PLANNERS:
                right = [await rows_right(line.plan, wanted[line.name], site, runner, now) for line in lines[planner]]
                tell(planner, lines[planner], sum(right))
                wrong = [line.name for line, good in zip(lines[planner], right, strict=True) if not good]
                print(f"  not right      {', '.join(wrong) or 'none'}")
    tell_rules(cases)
    tell_tasks()
    tell_learned()


if __name__ == "__main__":
    asyncio.run(main())
