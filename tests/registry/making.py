"""Values that registry tests store: whole, valid and small."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.cost import Usage
from domain.plan import Field, FieldType, Intent, Plan, PlanStep, RecordSource, RequestTemplate, Source, SourceKind
from domain.policy import HostRule, Policy
from domain.run import Outcome, Run, RunKind, Spent, Verdict
from domain.tool import Tool
from domain.workflow import Artifact, Provenance, WorkflowVersion

NOON = datetime(2027, 5, 1, 12, tzinfo=UTC)


class HeldClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def make_plan(name: str, **changes: object) -> Plan:
    url = "https://api.events.example/v1/events"
    values: dict[str, object] = {
        "query": "jazz concerts in Oakland",
        "intent": Intent(text="jazz concerts in Oakland"),
        "tool_name": name,
        "title": name.replace("_", " ").title(),
        "description": f"Finds {name.replace('_', ' ')}.",
        "parameters": (),
        "fields": (Field(name="title", type=FieldType.STRING, locator="title"),),
        "steps": (PlanStep(order=1, action="Ask the API"),),
        "source": Source(kind=SourceKind.JSON, url=url, reason="answers with JSON"),
        "records": RecordSource(request=RequestTemplate(url=url), records="events"),
        "example_queries": ("what jazz is on tonight",),
        "tags": ("music",),
    }
    return Plan.model_validate(values | changes)


def make_version(
    name: str = "list_concerts",
    *,
    owner: str = "local",
    code: str = '"""Lists concerts."""\n',
    description: str | None = None,
    passed: bool = True,
    input_schema: dict | None = None,
    output_schema: dict | None = None,
    policy: Policy | None = None,
    usage: Usage | None = None,
    **plan_changes: object,
) -> WorkflowVersion:
    plan = make_plan(name, **plan_changes)
    return WorkflowVersion(
        owner=owner,
        tool=Tool(
            name=name,
            title=plan.title,
            description=plan.description if description is None else description,
            input_schema=input_schema or {"type": "object", "properties": {"city": {"type": "string"}}},
            output_schema=output_schema or {"type": "object", "properties": {"rows": {"type": "array"}}},
        ),
        plan=plan,
        artifact=Artifact(code=code),
        policy=policy or Policy(hosts=(HostRule(host="api.events.example"),)),
        provenance=Provenance(planner="builtin", generator="template", created_at=NOON, usage=usage or Usage()),
        verdict=Verdict(passed=passed),
        examples=({"city": "Oakland"},),
    )


def make_run(number: int = 1, *, tool: str = "list_concerts", kind: RunKind = RunKind.CALL, **changes: object) -> Run:
    values: dict[str, object] = {
        "id": f"run-{number}",
        "kind": kind,
        "artifact_sha256": "0" * 64,
        "arguments": {"city": "Oakland"},
        "outcome": Outcome.OK,
        "output": {"rows": [{"title": "a"}, {"title": "b"}], "count": 2, "truncated": False},
        "spent": Spent(wall_ms=float(number), cpu_ms=1.0, memory_mb=20.0, requests=1, bytes_in=1000),
        "started_at": NOON,
        "tool": tool,
        "version": 1,
    }
    return Run.model_validate(values | changes)
