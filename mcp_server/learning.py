"""learn_tool: progress while it works, questions to the person where the client can ask, or a job to ask after.

Asking differs by protocol revision. On 2025-11-25 the server asks in the middle of the call and goes on with the
answer. On 2026-07-28 the call ends with the question, and the client calls again with the answer and the sealed state
of all answers so far.
"""

from __future__ import annotations

from typing import Any

import anyio
import mcp_types as types
import orjson
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from domain.errors import LearnProblem, NeedsApproval, NeedsInput
from domain.events import EventSink
from domain.plan import Query
from mcp_server.desk import Asked, Desk
from mcp_server.progress import reported
from mcp_server.questions import ANSWER, form_of, with_answer
from mcp_server.results import failed, given

ANSWER_S = 600.0  # for a person to answer
QUESTIONS = 5  # in one call; a source that asks more is not being understood

Answers = list[tuple[str, str]]  # field and answer, in the order they were given


async def learn_tool(
    desk: Desk, asked: Asked, arguments: dict[str, Any]
) -> types.CallToolResult | types.InputRequiredResult:
    """Answer a question, learning a tool when none answers.

    Raises:
        SchoolError: see the tree.
    """
    query = Query(text=arguments["query"], site=arguments.get("site"))
    fresh = arguments.get("fresh", False)
    if arguments.get("background"):
        view = desk.jobs.learn(query, owner=asked.owner, fresh=fresh)
        return given({**view.model_dump(mode="json", exclude_none=True), "hint": "Ask get_job how it stands."})
    answers = _answers_so_far(asked.params)
    if answers is None:
        return failed(LearnProblem("The question was not answered; nothing was learned.", remedy="Ask again."))
    for field, answer in answers:
        query = with_answer(query, field, answer)
    for _ in range(QUESTIONS):
        try:
            return given(await _learn(desk, asked, query, fresh=fresh), desk.results, asked.owner)
        except NeedsApproval:  # only a person answers it: see approvals
            raise
        except NeedsInput as problem:
            if not _can_ask(asked) or len(answers) >= QUESTIONS:
                raise
            if asked.ctx.protocol_version in MODERN_PROTOCOL_VERSIONS:
                return _question(problem, answers)
            reply = await _ask(asked, problem)
            if reply is None:
                raise
            answers.append((problem.field, reply))
            query = with_answer(query, problem.field, reply)
    raise LearnProblem("Too many questions remained.", remedy="Say more in the query itself.")


async def _learn(desk: Desk, asked: Asked, query: Query, *, fresh: bool) -> dict[str, Any]:
    from school.answers import answered  # noqa: PLC0415 - what learning needs is loaded when it is needed
    from school.ask import Answer, ask  # noqa: PLC0415 - as in jobs

    async def work(sink: EventSink) -> Answer:
        return await ask(desk.school, query, owner=asked.owner, fresh=fresh, on_progress=sink)

    return answered(await reported(asked, work, longest_s=desk.school.settings.learn_timeout_s))


def _can_ask(asked: Asked) -> bool:
    declared = asked.ctx.session.client_capabilities
    elicitation = declared.elicitation if declared is not None else None
    # An empty capability means forms: that is how the older revision spells it.
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


async def _ask(asked: Asked, problem: NeedsInput) -> str | None:
    reply: types.ElicitResult | None = None
    with anyio.move_on_after(ANSWER_S):
        try:
            reply = await asked.ctx.session.elicit_form(
                problem.message, form_of(problem), related_request_id=asked.ctx.request_id
            )
        except MCPError:  # the client said that it can ask, and then could not
            return None
    return _accepted(reply)


def _question(problem: NeedsInput, answers: Answers) -> types.InputRequiredResult:
    params = types.ElicitRequestFormParams(message=problem.message, requested_schema=form_of(problem))
    state = orjson.dumps({"answers": answers, "field": problem.field}).decode()
    return types.InputRequiredResult(input_requests={ANSWER: types.ElicitRequest(params=params)}, request_state=state)


def _answers_so_far(params: types.CallToolRequestParams) -> Answers | None:
    """Return the answers given so far, or None when the person declined the last question.

    The state was sealed by this server and unsealed before it came here; the responses are the client's own words.
    """
    if params.request_state is None:
        return []
    state = orjson.loads(params.request_state)
    answers: Answers = [(field, answer) for field, answer in state["answers"]]
    reply = (params.input_responses or {}).get(ANSWER)
    if not isinstance(reply, types.ElicitResult):
        return answers  # nothing came back: the question is asked again
    answer = _accepted(reply)
    return None if answer is None else [*answers, (state["field"], answer)]


def _accepted(reply: object) -> str | None:
    if not isinstance(reply, types.ElicitResult) or reply.action != "accept" or not reply.content:
        return None
    answer = reply.content.get(ANSWER)
    return answer.strip() or None if isinstance(answer, str) else None
