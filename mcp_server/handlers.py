"""What the stable tools do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio
import jsonschema_rs
import mcp_types as types
import structlog

from domain.errors import APPROVAL, APPROVE, InvalidArguments, NeedsApproval, RunKilled, SchoolError
from domain.workflow import Status, WorkflowVersion
from mcp_server import author_tools, authoring, meta_tools
from mcp_server.approvals import may_approve
from mcp_server.desk import Asked, Desk
from mcp_server.jobs import JobState, JobView
from mcp_server.learning import learn_tool
from mcp_server.presence import ended_with
from mcp_server.principals import require_scope
from mcp_server.results import concise, failed, given
from mcp_server.tool_shapes import FULL, wants_all
from registry.keys import Scope
from school.approvals import approval_of, calls_approved, grant, write_question
from school.call import call
from school.called import Called

BRIEF = {"name", "version", "title", "description", "input_schema"}  # of a tool, enough to call it
Answer = types.CallToolResult | types.InputRequiredResult
Handler = Callable[[Desk, Asked, dict[str, Any]], Awaitable[Answer]]


@dataclass(frozen=True, kw_only=True)
class Stable:
    """One stable tool: what it needs, what it takes, what it does."""

    scope: Scope
    validator: Any
    handler: Handler


async def handle(desk: Desk, asked: Asked, name: str, arguments: dict[str, Any]) -> Answer:
    """Run one stable tool; bad input and expected problems become error results."""
    stable = HANDLERS[name]
    try:
        require_scope(asked.principal, stable.scope)
        if not stable.validator.is_valid(arguments):
            problem = next(iter(stable.validator.iter_errors(arguments)))
            raise InvalidArguments(f"{name}: {problem.message[:300]}")
        return await stable.handler(desk, asked, arguments)
    except NeedsApproval:  # the person is asked, where the client can
        raise
    except SchoolError as problem:
        return failed(problem)


async def search_tools(desk: Desk, asked: Asked, arguments: dict[str, Any]) -> Answer:
    """Find tools; each hit carries its input schema."""
    registry = desk.school.registry
    hits = registry.search(
        arguments["query"], asked.owner, host=arguments.get("host"), limit=arguments.get("limit", 10)
    )
    if wants_all(arguments):
        tools = [_whole(registry.tool(hit.name, asked.owner)) for hit in hits]
    else:
        tools = [hit.model_dump(include=BRIEF) for hit in hits]
    hint = "" if tools else "No tool fits. learn_tool makes one from a site's address."
    return given({"tools": tools, "count": len(tools), **({"hint": hint} if hint else {})})


async def describe_tool(desk: Desk, asked: Asked, arguments: dict[str, Any]) -> Answer:
    """Describe one tool in full."""
    version = desk.school.registry.tool(arguments["name"], asked.owner)
    return given(_whole(version) if wants_all(arguments, default=FULL) else _brief(version))


async def call_tool(desk: Desk, asked: Asked, arguments: dict[str, Any]) -> Answer:
    """Run a published tool by name."""
    return await call_published(
        desk, asked, arguments["name"], arguments.get("arguments") or {}, full=wants_all(arguments)
    )


async def call_published(
    desk: Desk, asked: Asked, name: str, arguments: dict[str, Any], *, full: bool = False
) -> types.CallToolResult:
    """Run a published tool within the server's own deadline, and shape its output; ``full`` tells of the run too.

    Raises:
        SchoolError: the call did not end well.
    """
    require_scope(asked.principal, Scope.CALL)
    if not desk.school.runner.started:
        with anyio.CancelScope(shield=True):  # all callers share it: one that leaves must not end its start
            await desk.school.runner.get()
    longest_s = desk.school.settings.call_timeout_s
    with anyio.move_on_after(longest_s):
        admit = partial(require_confirmed, desk, asked, arguments)
        done = await call(desk.school, name, arguments, owner=asked.owner, admit=admit)
        structlog.contextvars.bind_contextvars(run=done.run.id)  # taken back by dispatch, which bound it empty
        if done.trial is not None and done.version.status is Status.PUBLISHED:
            await desk.audience.tell_tools_changed()  # the first call of an imported draft published it
        output = done.run.output
        value = output if isinstance(output, dict) else {"result": output}
        if full:
            value = {"run": _run(done), **value}
        return given(value, desk.results, asked.owner)
    raise RunKilled(
        f"{name} took longer than {longest_s:g} seconds.", remedy="Ask for less, such as a smaller limit, or try later."
    )


def require_confirmed(desk: Desk, asked: Asked, arguments: dict[str, Any], version: WorkflowVersion) -> None:
    """Refuse the call of a tool that changes something at its site, until a person has confirmed it (PROVE-8).

    Raises:
        NeedsApproval: nobody has, neither this call nor all calls of the tool.
    """
    if version.tool.annotations.read_only_hint:
        return
    question = write_question(version, arguments)
    if question.field not in asked.approved and not calls_approved(desk.school, version.name, owner=asked.owner):
        raise question


async def get_job(desk: Desk, asked: Asked, arguments: dict[str, Any]) -> Answer:
    """Tell how a job stands, waiting for its end if asked to, as long as the server serves."""
    view = desk.jobs.get(arguments["job_id"], asked.owner)
    with ended_with(desk.serving):
        view = await desk.jobs.wait(view.job_id, asked.owner, longest_s=arguments.get("wait_s", 0))
    return _job(desk, asked, view, full=wants_all(arguments))


async def answer_job(desk: Desk, asked: Asked, arguments: dict[str, Any]) -> Answer:
    """Answer a job's question. An approval is a person's: a client's own word is no answer to it.

    Raises:
        NeedsApproval: a person must approve.
    """
    view = desk.jobs.get(arguments["job_id"], asked.owner)
    question = view.question or {}
    field = str(question.get("field", ""))
    if field.startswith(APPROVAL) and arguments["answer"].strip() == APPROVE and field not in asked.approved:
        problem = approval_of(question)
        if not may_approve(asked.principal):
            raise problem
        grant(desk.school, field, owner=asked.owner, actor=asked.principal.key)
    elif field.startswith(APPROVAL) and field not in asked.approved:  # whoever may cancel a job may refuse for it
        return _job(desk, asked, desk.jobs.cancel(arguments["job_id"], asked.owner))
    return _job(desk, asked, desk.jobs.answer(arguments["job_id"], asked.owner, arguments["answer"]))


async def cancel_job(desk: Desk, asked: Asked, arguments: dict[str, Any]) -> Answer:
    """End a job."""
    return _job(desk, asked, desk.jobs.cancel(arguments["job_id"], asked.owner))


def _job(desk: Desk, asked: Asked, view: JobView, *, full: bool = False) -> Answer:
    value = view.model_dump(mode="json", exclude_none=True)
    if view.state is JobState.NEEDS_INPUT:
        approval = str((view.question or {}).get("field", "")).startswith(APPROVAL)
        value["hint"] = "A person must approve this." if approval else "Answer with answer_job."
    result = value.get("result")
    told = {**value, "result": concise(result)} if isinstance(result, dict) and not full else None
    return given(value, desk.results, asked.owner, told=told)


def _run(done: Called) -> dict[str, Any]:
    """Return what is told of a run beside its rows."""
    return {
        "id": done.run.id,
        "tool": done.version.name,
        "version": done.version.number,
        "source": {"kind": done.version.plan.source.kind.value, "url": done.version.plan.source.url},
        "spent": done.run.spent.model_dump(mode="json"),
    }


def _whole(version: WorkflowVersion) -> dict[str, Any]:
    return {
        **_brief(version),
        "output_schema": version.tool.output_schema,
        "source": {"kind": version.plan.source.kind.value, "url": version.plan.source.url},
        "may_ask": [rule.host for rule in version.policy.hosts],
        "proof": [f.model_dump(mode="json") for f in version.verdict.findings],
        "examples": list(version.examples),
    }


def _brief(version: WorkflowVersion) -> dict[str, Any]:
    return {**version.tool.model_dump(include=BRIEF), "version": version.number}


HANDLERS: dict[str, Stable] = {
    tool.name: Stable(scope=scope, validator=jsonschema_rs.validator_for(tool.input_schema), handler=handler)
    for tool, scope, handler in (
        (meta_tools.SEARCH_TOOLS, Scope.CALL, search_tools),
        (meta_tools.DESCRIBE_TOOL, Scope.CALL, describe_tool),
        (meta_tools.CALL_TOOL, Scope.CALL, call_tool),
        (meta_tools.LEARN_TOOL, Scope.LEARN, learn_tool),
        (meta_tools.GET_JOB, Scope.CALL, get_job),
        (meta_tools.ANSWER_JOB, Scope.LEARN, answer_job),
        (meta_tools.CANCEL_JOB, Scope.LEARN, cancel_job),
        (author_tools.OBSERVE_SOURCE, Scope.LEARN, authoring.observe_source),
        (author_tools.CHECK_WORKFLOW, Scope.LEARN, authoring.check_workflow),
        (author_tools.TRY_WORKFLOW, Scope.LEARN, authoring.try_workflow),
        (author_tools.PUBLISH_WORKFLOW, Scope.LEARN, authoring.publish_workflow),
    )
}
