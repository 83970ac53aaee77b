"""The model planner: a question and findings become one grounded plan; the model chooses and names, no more.

Locators, addresses, paging and hosts come from what was found and probed. A reply that names
something else goes back with the reasons, at most twice. The built-in planner is the fallback.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.cost import Usage
from domain.errors import NeedsInput
from domain.observation import Findings, Observation
from domain.plan import Intent, Plan, PlannerKind, Query, SourceKind
from generators.llm import Llm, ModelRequest, Problem, Provider, ReplyRejected, Scope, Stage, Turn
from generators.llm.rejection import read_json
from generators.llm.schema import strict_schema
from generators.llm.size import tokens_of
from generators.model_planning.building import build
from generators.model_planning.checking import problems_of
from generators.model_planning.offer import DETAILS, Offer, offer_of
from generators.model_planning.reply import PlanReply
from generators.prompts import fenced, load_prompt

UNSURE = 0.5
MOST_OUTPUT = 6_000
MOST_CHOICES = 8


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan by a model, and what it took.

    ``generator`` says who must write the code: ``template`` (emit) or ``model`` (write). ``passed_over``
    lists the models that did not serve before, with the reason. ``sends_forms``: its code must POST what the page's
    form takes, which a person has to agree to.
    """

    plan: Plan
    generator: Literal["template", "model"]
    model: str
    usage: Usage
    prompt_version: str
    passed_over: tuple[str, ...] = ()
    rejected: int = 0
    sends_forms: bool = False


async def plan_with_model(
    llm: Llm,
    query: Query,
    intent: Intent,
    findings: Findings,
    observation: Observation,
    *,
    now: datetime,
    scope: Scope,
    view: str = "",
    credentials: Sequence[str] = (),
    most_tokens: int | None = None,
) -> Planned:
    """Return the plan that a model chose among what was found.

    ``view`` is the compact view of the observation, or ""; ``credentials`` are the names of those for login forms.
    ``most_tokens`` bounds the request: beyond it the view goes first, then the offer gets coarser.

    Raises:
        NeedsInput: the model is unsure of something that the question demands.
        ModelUnavailable, ModelReplyInvalid, BudgetExhausted: no plan by a model; the built-in planner can take over.
    """
    for detail, shown in [(DETAILS[0], view), *((detail, "") for detail in DETAILS)]:
        offer = offer_of(findings, observation, only=query.source, detail=detail)
        request = plan_request(query, intent, offer, now=now, view=shown, credentials=credentials)
        if most_tokens is None or tokens_of(request) <= most_tokens:
            break
    seen = f"{offer.text}\n{view}"

    def read(text: str) -> PlanReply:
        reply = read_json(text, PlanReply)
        problems = _other_kind(reply, query)
        problems += list(problems_of(reply, offer, intent, today=now.date(), seen=seen, logs_in=bool(credentials)))
        if problems:
            raise ReplyRejected(problems)
        return reply

    first = Provider(query.planner.value) if query.planner.value in set(Provider) else None
    answer = await llm.ask(request, read, scope, first=first)
    _ask_back(answer.value)
    plan = build(
        answer.value,
        query=query,
        intent=intent,
        findings=findings,
        observation=observation,
        offer=offer,
        planner=PlannerKind(answer.model.provider.value),
    )
    return Planned(
        plan=plan,
        generator="template" if answer.value.candidate is not None else "model",
        model=str(answer.model),
        usage=answer.usage,
        prompt_version=answer.prompt_version,
        passed_over=answer.passed_over,
        rejected=answer.rejected,
        sends_forms=answer.value.candidate is None and _posts(observation),
    )


def _other_kind(reply: PlanReply, query: Query) -> list[Problem]:
    wrong = query.source is SourceKind.BROWSER and reply.candidate is None and reply.method != "browser"
    return [Problem(where="method", what="must be browser: that source kind was asked for")] if wrong else []


def _posts(observation: Observation) -> bool:
    return any(form.method.upper() == "POST" for page in observation.pages[:1] for form in page.forms)


def plan_request(
    query: Query, intent: Intent, offer: Offer, *, now: datetime, view: str = "", credentials: Sequence[str] = ()
) -> ModelRequest:
    """Return the request that the plan prompt gives; equal questions give equal requests."""
    prompt = load_prompt("plan")
    data = f"{offer.text}\n\nThe page:\n{view}" if view else offer.text
    message = prompt.fill(
        question=json.dumps(query.text, ensure_ascii=False),
        now=f"{now:%A %Y-%m-%d}",
        understood=_understood(intent),
        credentials=", ".join(credentials),
        only=query.source.value if query.source else "",
        data=fenced(data, "source"),
    )
    return ModelRequest(
        stage=Stage.PLAN,
        system=prompt.instructions(),
        turns=(Turn(text=message),),
        prompt_version=prompt.version,
        schema_name="plan",
        schema=strict_schema(PlanReply),
        max_output_tokens=MOST_OUTPUT,
    )


def _understood(intent: Intent) -> str:
    said = [
        f"{c.topic.value} {c.relation.value} {json.dumps(c.value, ensure_ascii=False)}{c.unit and ' ' + c.unit}"
        for c in intent.constraints
    ]
    return "; ".join(said)


def _ask_back(reply: PlanReply) -> None:
    question = reply.question
    if question is not None and reply.confidence < UNSURE:
        raise NeedsInput(question.text, field=question.field[:40], choices=tuple(question.choices[:MOST_CHOICES]))
