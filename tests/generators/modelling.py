"""What tests of the model layer share: a held clock, options towards a local server, a small request."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from pydantic import SecretStr

from domain.events import Progress
from domain.observation import Findings, Observation
from domain.plan import Intent, PlannerKind, Query
from generators.llm import Llm, LlmOptions, ModelRequest, Ports, Stage, Turn, open_llm
from generators.llm.memory import MemoryCache, MemoryLedger
from generators.llm.replay import ReplayTransport

FIXTURES = Path(__file__).parents[1] / "fixtures" / "models"
KEY = "sk-test-0123456789abcdef"


@dataclass
class HeldClock:
    """Stands still until a test moves it."""

    at: datetime = datetime(2027, 5, 12, 12, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the held time."""
        return self.at

    def move(self, **parts: float) -> None:
        """Move on."""
        self.at += timedelta(**parts)


@dataclass
class Desk:
    """An open model layer with all that a test looks at afterwards."""

    llm: Llm
    clock: HeldClock
    ledger: MemoryLedger
    events: list[Progress] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)


@asynccontextmanager
async def opened(
    url: str = "", *, transport: httpx2.AsyncBaseTransport | None = None, **changes: Any
) -> AsyncIterator[Desk]:
    """Open the model layer towards a local server, or over a transport."""
    clock, ledger, pauses = HeldClock(), MemoryLedger(), []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    given = {
        "openai_key": SecretStr(KEY),
        "anthropic_key": SecretStr(KEY),
        "openai_url": f"{url}/v1" if url else "https://api.openai.com/v1",
        "anthropic_url": url or "https://api.anthropic.com",
        "timeout_s": 10.0,
    }
    options = LlmOptions.model_validate({**given, **changes})
    ports = Ports(cache=MemoryCache(clock), ledger=ledger, clock=clock, sleep=sleep, jitter=lambda: 0.5)
    async with open_llm(options, ports, transport=transport) as llm:
        yield Desk(llm=llm, clock=clock, ledger=ledger, pauses=pauses)


def request(text: str = "What is here?", *, stage: Stage = Stage.PLAN) -> ModelRequest:
    """Return a small request."""
    return ModelRequest(stage=stage, system="Answer.", turns=(Turn(text=text),), prompt_version="test-1")


@dataclass(frozen=True)
class Case:
    """One example question with what was found at its page."""

    id: str
    query: Query
    now: datetime
    intent: Intent
    findings: Findings
    observation: Observation
    params: dict[str, Any]
    when: str | None
    view: str = ""


def load_case(name: str, planner: PlannerKind = PlannerKind.OPENAI, folder: str = "cases") -> Case:
    """Return a recorded case (one of the example questions, or one of the ``tasks``)."""
    raw = json.loads((FIXTURES / folder / f"{name}.json").read_text(encoding="utf-8"))
    return Case(
        id=raw["id"],
        query=Query(text=raw["query"], planner=planner, source=raw.get("source")),
        now=datetime.fromisoformat(raw["now"]),
        intent=Intent.model_validate(raw["intent"]),
        findings=Findings.model_validate(raw["findings"]),
        observation=Observation.model_validate(raw["observation"]),
        params=raw["params"],
        when=raw["when"],
        view=raw.get("view", ""),
    )


def case_names() -> list[str]:
    """Return the names of all recorded cases."""
    return sorted(path.stem for path in (FIXTURES / "cases").glob("*.json"))


def replayed(*names: str) -> ReplayTransport:
    """Return a transport that answers from recordings."""
    return ReplayTransport([FIXTURES / f"{name}.jsonl" for name in names])
