"""What an author is shown of a source: as text for a model, and as values. Page text stands inside a fence (LLM-4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.plan import Field
from generators.prompts import fenced, load_prompt
from generators.view import view
from generators.write import common_blanks, instructions_of
from school.author import Observed

VIEW_TOKENS = 1800
CANDIDATES = 5
AGREED = (
    "Made from the address that was given, for these hosts and methods only. No page and no code widens it: a person "
    "agrees to sending forms (send_forms), and to another host at the terminal with --allow-host."
)


def brief_text(observed: Observed, handle: str, now: datetime) -> str:
    """Return the whole brief as a model reads it: handle, contract, policy, plan, view."""
    prompt = load_prompt("author")
    message = prompt.fill(
        **common_blanks(observed.plan, observed.policy, credentials=observed.credentials),
        now=now.date().isoformat(),
        data=fenced("\n\n".join(part for part in (_found(observed), _view(observed)) if part), "source"),
    )
    contract = instructions_of(prompt, observed.plan, credentials=observed.credentials)
    note = f"No plan could be made: {observed.note}\n" if observed.note else ""
    return f"Handle: {handle}\n{note}\n{message}\n\n# Contract\n{contract}"


def brief_values(observed: Observed, handle: str) -> dict[str, Any]:
    """Return the brief as values, the view and the contract aside."""
    return {
        "handle": handle,
        "site": observed.query.site,
        "plan": _plan(observed) if observed.planned else None,
        "note": observed.note,
        "candidates": [
            {
                "id": candidate.id,
                "kind": candidate.kind.value,
                "records": candidate.count,
                "columns": [column.name for column in candidate.columns][:40],
                "paging": candidate.paging.kind.value if candidate.paging is not None else None,
            }
            for candidate in observed.seen.findings.candidates[:CANDIDATES]
        ],
        "policy": policy_values(observed),
    }


def policy_values(observed: Observed) -> dict[str, Any]:
    """Return what the code may do, and who agreed to it."""
    return {
        "hosts": [
            {"host": rule.host, "port": rule.port, "subdomains": rule.subdomains} for rule in observed.policy.hosts
        ],
        "methods": list(observed.policy.methods),
        "agreed": AGREED,
    }


def _plan(observed: Observed) -> dict[str, Any]:
    plan = observed.plan
    return {
        "source": {"kind": plan.source.kind.value, "url": plan.source.url, "reason": plan.source.reason},
        "interface": "page" if plan.browser else "http",
        "parameters": [
            {"name": p.name, "type": p.type.value, "default": p.default, "required": p.required}
            for p in plan.parameters
        ],
        "fields": [{"name": f.name, "type": f.type.value} for f in plan.fields],
        "paging": plan.paging.kind.value if plan.paging is not None else None,
        "trials": [t.model_dump(mode="json") for t in plan.trials],
    }


def _found(observed: Observed) -> str:
    plan = observed.plan
    if not observed.planned or not plan.fields:
        return ""
    lines = [f"records: {plan.records.model_dump_json(exclude_defaults=True)}"]
    lines += [f"paging: {plan.paging.model_dump_json(exclude_defaults=True)}"] if plan.paging is not None else []
    lines += [f"detail: {plan.detail.model_dump_json(exclude_defaults=True)}"] if plan.detail is not None else []
    return "\n".join([*lines, *map(_field, plan.fields)])


def _field(field: Field) -> str:
    scale = f" times {field.scale:g}" if field.scale != 1 else ""
    return f"  {field.name}: {', '.join((field.locator, *field.fallbacks))}{scale}{' (detail)' if field.detail else ''}"


def _view(observed: Observed) -> str:
    return view(
        observed.seen.observation,
        intent=observed.plan.intent,
        candidates=observed.seen.findings.candidates[:CANDIDATES],
        max_tokens=VIEW_TOKENS,
    )
