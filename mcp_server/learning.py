"""learn_tool: progress while it works, questions to the person where the client can ask, or a job to ask after.

Asking differs by protocol revision. On 2025-11-25 the server asks in the middle of the call and goes on with the
answer. On 2026-07-28 the call ends with the question, and the client calls again with the answer and the sealed name
of the job that waits for it.
"""

from __future__ import annotations

from typing import Any

import mcp_types as types
import orjson
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from domain.errors import LearnProblem, NeedsApproval, NeedsInput
from domain.events import EventSink, never_falling
from domain.job import Job, JobState
from domain.plan import Query
from mcp_server.desk import Asked, Desk
from mcp_server.jobs import JobView, view_of
from mcp_server.presence import ended_with
from mcp_server.progress import reported
from mcp_server.questions import ANSWER, MOST_QUESTIONS, can_ask, elicited, form_of
from mcp_server.results import concise, failed, given
from mcp_server.tool_shapes import wants_all
from school.jobs import Learning
from school.jobs.board import outcome

QUEUE_S = 60.0  # that a job may wait for its turn beside the time it may take


async def learn_tool(
    desk: Desk, asked: Asked, arguments: dict[str, Any]
) -> types.CallToolResult | types.InputRequiredResult:
    """Answer a question, learning a tool when none answers.

    Learning is a job in any case, so that it outlives this process; a call that waits for it and is cancelled
    cancels it.

    Raises:
        SchoolError: see the tree.
    """
    query = Query(text=arguments["query"], site=arguments.get("site"))
    learning = Learning(query=query, fresh=arguments.get("fresh", False))
    jobs = desk.jobs.desk
    if arguments.get("background"):
        view = view_of(jobs.learn(learning, owner=asked.owner))
        return _handed_back(desk, asked, view, "Ask get_job how it stands.")
    state = _state(asked.params)
    if state is None:
        answer = None if learning.fresh else await _from_tools(desk, asked, query)
        if answer is not None:
            return _given(desk, asked, answer)
        return await _led_to_its_end(desk, asked, jobs.learn(learning, owner=asked.owner).id)
    job_id, replied = state
    if replied is not None and not replied:
        jobs.cancel(job_id, asked.owner)
        return failed(LearnProblem("The question was not answered; nothing was learned.", remedy="Ask again."))
    if replied is not None and jobs.get(job_id, asked.owner).state is JobState.NEEDS_INPUT:
        jobs.answer(job_id, asked.owner, replied, by_person=True)
    return await _led_to_its_end(desk, asked, job_id)


def _given(desk: Desk, asked: Asked, answer: dict[str, Any]) -> types.CallToolResult:
    told = None if wants_all(asked.params.arguments or {}) else concise(answer)
    return given(answer, desk.results, asked.owner, told=told)


def _handed_back(desk: Desk, asked: Asked, view: JobView, hint: str) -> types.CallToolResult:
    """Return a job in place of its result."""
    return given({**view.model_dump(mode="json", exclude_none=True), "hint": hint}, desk.results, asked.owner)


async def _from_tools(desk: Desk, asked: Asked, query: Query) -> dict[str, Any] | None:
    from school.answers import answered  # noqa: PLC0415 - what understanding needs is loaded when it is needed
    from school.ask import reuse  # noqa: PLC0415 - as above

    answer = await reuse(desk.school, query, owner=asked.owner)
    return None if answer is None else answered(answer)


async def _led_to_its_end(desk: Desk, asked: Asked, job_id: str) -> types.CallToolResult | types.InputRequiredResult:
    """Follow a job, asking the person what it asks, until it is over or the call must end with its question."""
    jobs = desk.jobs.desk
    for _ in range(MOST_QUESTIONS):
        job = await _followed(desk, asked, job_id)
        if job.state is JobState.RUNNING:
            hint = "This server is stopping; the job goes on with the next one. Ask get_job there how it stands."
            return _handed_back(desk, asked, view_of(job), hint)
        try:
            return _given(desk, asked, outcome(job))
        except NeedsApproval:  # only a person answers it, and the call then begins anew: see approvals
            jobs.cancel(job_id, asked.owner)
            raise
        except NeedsInput as problem:
            if can_ask(asked) and asked.ctx.protocol_version in MODERN_PROTOCOL_VERSIONS:
                return _question(problem, job_id)
            reply = _accepted(await elicited(asked, problem.message, form_of(problem))) if can_ask(asked) else None
            if reply is None:
                jobs.cancel(job_id, asked.owner)
                raise
            jobs.answer(job_id, asked.owner, reply, by_person=True)
    jobs.cancel(job_id, asked.owner)
    raise LearnProblem("Too many questions remained.", remedy="Say more in the query itself.")


async def _followed(desk: Desk, asked: Asked, job_id: str) -> Job:
    jobs = desk.jobs.desk

    async def work(sink: EventSink) -> Job:
        with ended_with(desk.serving):
            return await jobs.follow(job_id, asked.owner, never_falling(sink))
        return jobs.get(job_id, asked.owner)

    over = False
    try:
        job = await reported(asked, work, longest_s=desk.school.settings.learn_timeout_s + QUEUE_S)
        over = True
    finally:
        # The client has left or cancelled, or its patience is over. A server that stops ends no job.
        if not over and not desk.serving.left.is_set():
            jobs.cancel(job_id, asked.owner)
    return job


def _question(problem: NeedsInput, job_id: str) -> types.InputRequiredResult:
    params = types.ElicitRequestFormParams(message=problem.message, requested_schema=form_of(problem))
    state = orjson.dumps({"job": job_id}).decode()
    return types.InputRequiredResult(input_requests={ANSWER: types.ElicitRequest(params=params)}, request_state=state)


def _state(params: types.CallToolRequestParams) -> tuple[str, str | None] | None:
    """Return the job that an earlier part of this call began, and the answer: "" declined, None not there yet.

    The state was sealed by this server and unsealed before it came here; the responses are the client's own words.
    """
    if params.request_state is None:
        return None
    state = orjson.loads(params.request_state)
    reply = (params.input_responses or {}).get(ANSWER)
    if not isinstance(reply, types.ElicitResult):
        return state["job"], None  # nothing came back: the question is asked again
    return state["job"], _accepted(reply) or ""


def _accepted(reply: object) -> str | None:
    if not isinstance(reply, types.ElicitResult) or reply.action != "accept" or not reply.content:
        return None
    answer = reply.content.get(ANSWER)
    return answer.strip() or None if isinstance(answer, str) else None
