"""The model generator: a plan that templates cannot express becomes code, written by a model.

The models of request and row are made here from the plan, so that what a model writes cannot
change the tool's schema. The code check and the trials decide whether it is any good.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal

from domain.cost import Usage
from domain.plan import Binding, Field, FilterBinding, Parameter, Plan, RoleBinding
from domain.policy import Policy
from domain.rules import RuleDoc
from domain.values import JsonValue
from domain.workflow import Artifact
from generators.given_models import put_back
from generators.llm import Answer, Llm, ModelRequest, Provider, Scope, Stage, Turn
from generators.llm.code_reading import read_module
from generators.llm.size import fitting
from generators.prompts import Prompt, fenced, kit_reference, load_prompt
from generators.templates.models import MOMENT_ALIASES, item_type, models, parameter_type

MOST_OUTPUT = 12_000
MOST_RULES = 40
Shown = Literal["models", "outline", "names"]
_ROLES = {
    "sort": "order of the rows: of {fields} one or several, joined by commas, - in front for descending; "
    "empty values last",
    "limit": "at most so many rows, once sorted",
    "currency": "only rows in this currency ({fields}) pass a price filter",
    "place_of_distance": "centre of the distance to {fields}",
}


@dataclass(frozen=True, kw_only=True)
class Written:
    """Code by a model, and what it took. It has passed no check but its shape."""

    artifact: Artifact
    model: str
    usage: Usage
    prompt_version: str
    passed_over: tuple[str, ...] = ()
    rejected: int = 0


async def write(
    llm: Llm,
    plan: Plan,
    policy: Policy,
    *,
    now: datetime,
    scope: Scope,
    view: str = "",
    coarser: Sequence[str] = (),
    rules: Sequence[RuleDoc] = (),
    credentials: Sequence[str] = (),
    most_tokens: int | None = None,
) -> Written:
    """Return a module that a model wrote for the plan.

    ``view`` is the compact view of the observation, ``coarser`` are smaller ones for a request beyond ``most_tokens``.
    ``rules`` are those of the code check that the prompt should name beside its own summary,
    ``credentials`` the names of those for login forms.

    Raises:
        ModelUnavailable, ModelReplyInvalid, BudgetExhausted: there is no code.
    """
    request = fitting(
        (
            partial(write_request, plan, policy, now=now, view=shown, rules=rules, credentials=credentials)
            for shown in (view, *coarser)
        ),
        most_tokens,
    )
    answer = await llm.ask(request, lambda text: read_code(text, plan), scope, first=provider_of(plan))
    return written(answer, plan)


def write_request(
    plan: Plan,
    policy: Policy,
    *,
    now: datetime,
    view: str = "",
    rules: Sequence[RuleDoc] = (),
    credentials: Sequence[str] = (),
) -> ModelRequest:
    """Return the request that the write prompt gives."""
    prompt = load_prompt("write")
    message = prompt.fill(
        **common_blanks(plan, policy, credentials=credentials, shown="outline"),
        now=now.date().isoformat(),
        data=fenced("\n\n".join(part for part in (_found(plan), view) if part) or "(nothing)", "source"),
    )
    return ModelRequest(
        stage=Stage.GENERATE,
        system=instructions_of(prompt, plan, credentials=credentials, rules=rules),
        turns=(Turn(text=message),),
        prompt_version=prompt.version,
        max_output_tokens=MOST_OUTPUT,
    )


def common_blanks(
    plan: Plan, policy: Policy, *, credentials: Sequence[str] = (), shown: Shown = "models"
) -> dict[str, str]:
    """Return the blanks that the prompts for authors, for writing and for repairing share.

    ``shown`` of the plan: with its ``models`` in code, for an author who writes them; as an ``outline``, for code into
    which a program puts the models; of a module that is there already only the ``names``.
    """
    return {
        "question": json.dumps(plan.query, ensure_ascii=False),
        "interface": "page (browser)" if plan.browser else "http",
        "hosts": ", ".join(_origin(rule.host, rule.port) for rule in policy.hosts),
        "methods": ", ".join(policy.methods),
        "credentials": ", ".join(credentials),
        "plan": fenced(_plan(plan, shown), "plan"),
    }


def instructions_of(
    prompt: Prompt, plan: Plan, *, credentials: Sequence[str] = (), rules: Sequence[RuleDoc] = (), code: str = ""
) -> str:
    """Return a prompt's instructions for the plan's interface; ``code`` is the module that is repaired."""
    return prompt.instructions(
        browser=plan.browser,
        credentials=bool(credentials),
        kit=kit_reference(browser=plan.browser, code=code),
        rules=told_rules(rules),
    )


def _plan(plan: Plan, shown: Shown) -> str:
    """Steps, choices and addresses carry the source's own words: all of it belongs inside a fence."""
    steps = [f"Begins at: {plan.source.url}", "Steps:", *(f"{step.order}. {step.action}" for step in plan.steps)]
    if shown == "models":
        told = [f"- {p.name} ({p.type.value}): {_ways(p)}" for p in plan.parameters]
        return "\n".join([*steps, "", "Parameters:", *told, "", "Models:", *_models(plan)])
    parameters = [f"- {p.name}: {parameter_type(p)}: {_ways(p)}" for p in plan.parameters]
    fields = [_field(field, plan) for field in plan.fields]
    return "\n".join([*(steps if shown == "outline" else ()), "Request:", *parameters, "Item:", *fields])


def _models(plan: Plan) -> list[str]:
    shapes = models(plan)
    imports = [
        f"from datetime import {name} as {alias}"
        for name, alias in MOMENT_ALIASES.items()
        if any(f": {alias} " in line for line in shapes)
    ]
    return [*imports, *shapes]


def _field(field: Field, plan: Plan) -> str:
    real = {alias: name for name, alias in MOMENT_ALIASES.items()}
    annotation = item_type(field, plan.source.kind)
    said = f": {field.description}" if field.description and field.description != field.name.replace("_", " ") else ""
    return f"- {field.name}: {real.get(annotation, annotation)}{said}"


def told_rules(rules: Sequence[RuleDoc]) -> str:
    """Return the code rules as lines of a prompt."""
    return "\n".join(f"- {rule.title}: {rule.remedy}" for rule in rules[:MOST_RULES])


def read_code(text: str, plan: Plan) -> str:
    """Return the module that a reply holds.

    Raises:
        ReplyRejected: it is no workflow with the plan's models.
    """
    return read_module(
        text,
        second="page" if plan.browser else "http",
        parameters=[parameter.name for parameter in plan.parameters],
        fields=[field.name for field in plan.fields],
        complete=lambda code: put_back(code, plan),
    )


def written(answer: Answer[str], plan: Plan) -> Written:
    """Return the artifact of an answer."""
    return Written(
        artifact=Artifact(code=answer.value, interface="page" if plan.browser else "http"),
        model=str(answer.model),
        usage=answer.usage,
        prompt_version=answer.prompt_version,
        passed_over=answer.passed_over,
        rejected=answer.rejected,
    )


def provider_of(plan: Plan) -> Provider | None:
    """Return the provider that made the plan, which is asked first."""
    return Provider(plan.planner.value) if plan.planner.value in set(Provider) else None


def _found(plan: Plan) -> str:
    """What was found of the records: it carries the source's own names, so it belongs inside the fence."""
    if not any(field.locator for field in plan.fields):
        return ""
    fields = [
        f"  {f.name}: {', '.join((f.locator, *f.fallbacks))}{' on the detail page' if f.detail else ''}"
        for f in plan.fields
    ]
    paging = [f"paging: {plan.paging.model_dump_json(exclude_defaults=True)}"] if plan.paging else []
    source = plan.records.model_dump_json(exclude_defaults=True)
    return "\n".join([f"records found: {source}", *paging, "fields within a record:", *fields])


def _ways(parameter: Parameter) -> str:
    return (
        "; ".join(_way(binding, parameter.default) for binding in parameter.bindings)
        or parameter.description
        or "as the steps say"
    )


def _way(binding: Binding, default: JsonValue) -> str:
    if isinstance(binding, FilterBinding):
        several = " (one is enough)" if binding.any_of else ""
        return f"keep rows where {', '.join(binding.fields)} {binding.relation.value} it{several}"
    if isinstance(binding, RoleBinding):
        return _ROLES.get(binding.role, binding.role).format(fields=", ".join(binding.fields))
    return f"send as {binding.name!r} in the {binding.location}{_mapped(binding.mapping, default)}"


def _mapped(mapping: Mapping[str, str], default: JsonValue) -> str:
    if str(default).casefold() in mapping:
        # A table of choices in the code would hold the question's own value, which no code may.
        return ", as the value of the form's option with that text: read the options when it runs, never list them"
    return f", values {json.dumps(mapping, ensure_ascii=False)}" if mapping else ""


def _origin(host: str, port: int | None) -> str:
    return host if port is None else f"{host}:{port}"
