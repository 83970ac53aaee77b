"""Approvals in a call: asked of the person by elicitation on both revisions, and never taken from a client's model.

A handler that needs one raises NeedsApproval. Where the client can ask, the person is asked, and after a yes the
handler runs once more; where it cannot, the client gets the question as ``needs_input`` with the way at the terminal.
What this does not stop: a client that answers elicitations by itself, which no server can see.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import mcp_types as types
import orjson
import structlog
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from domain.errors import APPROVE, REFUSE, NeedsApproval, UsageProblem
from mcp_server.desk import Asked, Desk
from mcp_server.principals import LOCAL, Principal
from mcp_server.questions import MOST_QUESTIONS, can_ask, elicited
from registry.keys import Scope
from school.approvals import WRITE, grant

DECISION = "decision"  # the one field of the form

Answer = types.CallToolResult | types.InputRequiredResult
Work = Callable[[Asked], Awaitable[Answer]]

log = structlog.get_logger(__name__)


class NotApproved(UsageProblem):
    """A person said no, or did not answer."""

    code = "not_approved"


async def with_approvals(desk: Desk, asked: Asked, work: Work) -> Answer:
    """Run a handler; where it needs a person's approval, ask for it and run it again.

    Raises:
        NeedsApproval: the client cannot ask the person.
        NotApproved: the person did not approve.
    """
    asked = _resumed(desk, asked)
    for _ in range(MOST_QUESTIONS):
        try:
            return await work(asked)
        except NeedsApproval as problem:
            if not can_ask(asked):
                raise
            if asked.ctx.protocol_version in MODERN_PROTOCOL_VERSIONS:
                return _question(asked, problem)
            if not _says_yes(await elicited(asked, problem.message, form_of(problem))):
                raise NotApproved("The person did not approve; nothing was done.") from problem
            asked = _approved(desk, asked, problem.field)
    raise NotApproved("Too many approvals were needed in one call.", remedy="Learn from a page that needs fewer hosts.")


def may_approve(principal: Principal) -> bool:
    """Return whether this key's own word is an approval: an admin key's over HTTP.

    Over stdio whoever writes is the client, and its model can speak for the person.
    """
    return principal.key != LOCAL.key and Scope.ADMIN in principal.scopes


def form_of(problem: NeedsApproval) -> dict[str, Any]:
    """Return the JSON Schema of the form: one choice, and none is made beforehand."""
    decision = {"type": "string", "title": "Decision", "description": problem.remedy, "enum": [APPROVE, REFUSE]}
    return {"type": "object", "properties": {DECISION: decision}, "required": [DECISION]}


def _question(asked: Asked, problem: NeedsApproval) -> types.InputRequiredResult:
    """End the call with the question; what came before it is kept inside its state.

    The SDK seals the state on its way out, for this tool, these arguments and this key alone.
    """
    params = types.ElicitRequestFormParams(message=problem.message, requested_schema=form_of(problem))
    replies = asked.params.input_responses or {}
    state = {
        "approval": problem.field,
        "state": asked.params.request_state,
        "replies": {k: v.model_dump(mode="json", by_alias=True) for k, v in replies.items() if k != DECISION},
    }
    return types.InputRequiredResult(
        input_requests={DECISION: types.ElicitRequest(params=params)}, request_state=orjson.dumps(state).decode()
    )


def _resumed(desk: Desk, asked: Asked) -> Asked:
    """Take up a call that was ended with an approval's question: its earlier state, and the person's decision.

    Raises:
        NotApproved: the decision is not a yes.
    """
    state = _state(asked.params)
    if state is None:
        return asked
    reply = (asked.params.input_responses or {}).get(DECISION)
    replies = {name: types.ElicitResult.model_validate(value) for name, value in state["replies"].items()}
    before = asked.params.model_copy(update={"request_state": state["state"], "input_responses": replies or None})
    asked = replace(asked, params=before)
    if not isinstance(reply, types.ElicitResult):
        return asked  # nothing came back: the question is asked again
    if not _says_yes(reply):
        raise NotApproved("The person did not approve; nothing was done.")
    return _approved(desk, asked, state["approval"])


def _state(params: types.CallToolRequestParams) -> dict[str, Any] | None:
    """Return this module's part of the state, which the server itself sealed and has unsealed."""
    if params.request_state is None:
        return None
    state = orjson.loads(params.request_state)
    return state if isinstance(state, dict) and "approval" in state else None


def _approved(desk: Desk, asked: Asked, field: str) -> Asked:
    """Do what was approved. The call of a tool that writes is approved for this one time only."""
    log.info("approved", what=field[:200])
    if not field.startswith(f"approve:{WRITE}:"):
        grant(desk.school, field, owner=asked.owner, actor=f"{asked.principal.key} (elicitation)")
    return replace(asked, approved=asked.approved | {field})


def _says_yes(reply: types.ElicitResult | None) -> bool:
    return reply is not None and reply.action == "accept" and (reply.content or {}).get(DECISION) == APPROVE
