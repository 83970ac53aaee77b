"""What the authoring tools do (MCP-8): the client's model writes, this server checks, tries, judges and publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mcp_types as types
import orjson

from domain.errors import NotProved
from domain.events import EventSink
from domain.plan import Trial
from domain.policy import CheckReport
from domain.run import Run
from mcp_server.desk import Asked, Desk
from mcp_server.progress import reported
from mcp_server.questions import can_ask
from mcp_server.results import given

if TYPE_CHECKING:  # what learning needs is loaded when it is needed
    from school.author import Attempted, Observed

ROWS_SHOWN = 3
CELL_CHARACTERS = 200
VIOLATIONS_SHOWN = 20


async def observe_source(desk: Desk, asked: Asked, arguments: dict[str, Any]) -> types.CallToolResult:
    """Observe a source and hand out what an author needs.

    Raises:
        NeedsApproval: forms are to be sent, and no person has agreed.
        SchoolError: the address cannot be observed.
    """
    from school.author import observe_for_author  # noqa: PLC0415 - loaded when an author first needs it
    from school.author_brief import brief_text, brief_values  # noqa: PLC0415 - loaded when an author first needs it

    async def work(sink: EventSink) -> Observed:
        site, query = arguments["site"].strip(), arguments.get("query", "").strip()
        forms = arguments.get("send_forms", False)
        return await observe_for_author(desk.school, site, query, owner=asked.owner, send_forms=forms, on_progress=sink)

    observed = await reported(asked, work, longest_s=desk.school.settings.learn_timeout_s)
    handle = desk.handles.keep(asked.owner, observed)
    text = brief_text(observed, handle, desk.school.clock.now())
    return types.CallToolResult(
        content=[types.TextContent(text=text)], structured_content=brief_values(observed, handle)
    )


async def check_workflow(desk: Desk, asked: Asked, arguments: dict[str, Any]) -> types.CallToolResult:
    """Hold code against the rules.

    Raises:
        UnknownHandle: nothing is kept under the handle.
    """
    from school.author import check_code  # noqa: PLC0415 - loaded when an author first needs it

    report = check_code(desk.handles.get(asked.owner, arguments["handle"]), arguments["code"])
    return given(_checked(report))


async def try_workflow(desk: Desk, asked: Asked, arguments: dict[str, Any]) -> types.CallToolResult:
    """Run code on trials and judge it.

    Raises:
        SchoolError: unknown handle, or trials that prove nothing.
    """
    from school.author import attempt  # noqa: PLC0415 - loaded when an author first needs it

    observed = desk.handles.get(asked.owner, arguments["handle"])

    async def work(sink: EventSink) -> Attempted:
        trials = _trials(arguments)
        return await attempt(desk.school, observed, arguments["code"], trials, owner=asked.owner, on_progress=sink)

    done = await reported(asked, work, longest_s=desk.school.settings.learn_timeout_s)
    return given(_attempted(done), desk.results, asked.owner)


async def publish_workflow(desk: Desk, asked: Asked, arguments: dict[str, Any]) -> types.CallToolResult:
    """Prove code once more, and publish it when it passes.

    The person agrees to the policy first, where the client can ask. Where it cannot, the policy is what the given
    address itself stands for, as with learn_tool; more than that was agreed when the source was observed.

    Raises:
        NeedsApproval: the person has not agreed to the policy yet.
        SchoolError: unknown handle, a name that is refused, or trials that prove nothing.
    """
    from school.approvals import policy_question  # noqa: PLC0415 - loaded when an author first needs it
    from school.author import attempt, face_of, publish  # noqa: PLC0415 - as above
    from school.author_brief import policy_values  # noqa: PLC0415 - as above

    observed = desk.handles.get(asked.owner, arguments["handle"])
    words = {name: arguments[name].strip() for name in ("name", "title", "description")}
    face = face_of(desk.school, observed, owner=asked.owner, **words)
    agreement = policy_question(words["name"], observed.policy)
    if can_ask(asked) and agreement.field not in asked.approved:
        raise agreement

    async def work(sink: EventSink) -> Attempted:
        code, trials = arguments["code"], _trials(arguments)
        return await attempt(desk.school, observed, code, trials, owner=asked.owner, on_progress=sink, face=face)

    done = await reported(asked, work, longest_s=desk.school.settings.learn_timeout_s)
    if done.proved is None:
        return _refused(done)
    version = await publish(desk.school, observed, done.proved, owner=asked.owner)
    tool = {"name": version.name, "version": version.number, "input_schema": version.tool.input_schema}
    value = {"status": "ok", "tool": tool, "policy": policy_values(observed), **_attempted(done)}
    return given(value, desk.results, asked.owner)


def _refused(done: Attempted) -> types.CallToolResult:
    problem = NotProved(
        f"Not published: {done.reason[:1000]}", remedy="Mend the code until try_workflow passes, then publish again."
    )
    value = {"status": "error", "error": problem.as_json(), **_attempted(done)}
    text = orjson.dumps({"status": "error", "error": problem.as_json()}).decode()
    return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=value, is_error=True)


def _trials(arguments: dict[str, Any]) -> tuple[Trial, ...]:
    return tuple(
        Trial(name=f"trial {number} of the author", arguments=one["arguments"], expect=one.get("expect", "any"))
        for number, one in enumerate(arguments.get("trials") or [], 1)
    )


def _checked(report: CheckReport) -> dict[str, Any]:
    shown = [v.model_dump(mode="json") for v in report.violations[:VIOLATIONS_SHOWN]]
    return {"passed": report.passed, "violations": shown, "count": len(report.violations)}


def _attempted(done: Attempted) -> dict[str, Any]:
    verdict = done.verdict
    return {
        "passed": done.proved is not None,
        "reason": done.reason[:2000],
        "violations": _checked(done.report)["violations"],
        "verdict": verdict.model_dump(mode="json", exclude={"trials"}) if verdict is not None else None,
        "trials": [
            {"name": trial.name, "expect": trial.expect, **_run(run)}
            for trial, run in zip(done.plan.trials, done.runs, strict=False)  # a refused run ends the trials early
        ],
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "arguments": run.arguments,
        "outcome": run.outcome.value,
        "count": len(run.rows),
        "rows": [{name: _short(value) for name, value in row.items()} for row in run.rows[:ROWS_SHOWN]],
        "error": run.error.model_dump(mode="json", exclude={"traceback"}) if run.error is not None else None,
        "denied": [denial.reason for denial in run.denials[:3]],
    }


def _short(value: object) -> object:
    return f"{value[:CELL_CHARACTERS]}…" if isinstance(value, str) and len(value) > CELL_CHARACTERS else value
