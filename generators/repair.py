"""Repair by a model: code that failed goes back with the evidence, at most three times (PROVE-3, PROVE-7)."""

from __future__ import annotations

import ast
import base64
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from domain.cost import Usage
from domain.plan import Plan
from domain.policy import CheckReport, Policy
from domain.python_text import parse_module
from domain.rules import RuleDoc
from domain.run import Diagnosis, Outcome, Run, Verdict
from domain.values import content_hash
from domain.workflow import Artifact
from generators.given_models import left_out
from generators.llm import Llm, ModelRequest, Picture, Scope, Stage, Turn
from generators.llm.size import fitting
from generators.prompts import fenced, load_prompt
from generators.prompts.outline import outline
from generators.write import (
    MOST_OUTPUT,
    Written,
    common_blanks,
    instructions_of,
    provider_of,
    read_code,
    written,
)

ROUNDS = 3
MOST_ROWS = 3
MOST_PAGES = 3
MOST_REQUESTS = 6
ARIA_CHARACTERS = 1_000
PAGES_CHARACTERS = 2_000  # of all outlines together
VALUE_CHARACTERS = 120


@dataclass(frozen=True, kw_only=True)
class GaveUp:
    """No further repair: three rounds are over, or the model repeated code that had failed.

    ``usage`` is what the last question took.
    """

    reason: Literal["rounds", "repeated"]
    usage: Usage = field(default_factory=Usage)


async def repair(
    llm: Llm,
    plan: Plan,
    artifact: Artifact,
    diagnosis: Diagnosis,
    policy: Policy,
    *,
    tried: tuple[str, ...],
    scope: Scope,
    rules: Sequence[RuleDoc] = (),
    credentials: Sequence[str] = (),
    most_tokens: int | None = None,
) -> Written | GaveUp:
    """Return corrected code, or why there is none.

    ``tried`` holds the fingerprints of all code that failed so far, ``artifact``'s among them; the
    caller adds the new one before it asks again. ``most_tokens`` bounds the request: beyond it pages and snapshot get
    shorter, then the picture goes.

    Raises:
        ModelUnavailable, ModelReplyInvalid, BudgetExhausted: no model answered with code.
    """
    if len(tried) > ROUNDS:
        return GaveUp(reason="rounds")
    ask = partial(repair_request, plan, artifact, policy=policy, rules=rules, credentials=credentials)
    shorter = (partial(ask, diagnosis=form, attempt=max(len(tried), 1)) for form in _shorter(diagnosis))
    request = fitting(shorter, most_tokens)
    answer = await llm.ask(request, lambda text: read_code(text, plan), scope, first=provider_of(plan))
    if fingerprint(answer.value) in {*tried, fingerprint(artifact.code)}:
        return GaveUp(reason="repeated", usage=answer.usage)
    return written(answer, plan)


def fingerprint(code: str) -> str:
    """Return a hash that does not change with comments, blank lines and the form of the text."""
    try:
        return content_hash(ast.dump(parse_module(code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return content_hash(code)


def diagnose(
    *,
    report: CheckReport | None = None,
    verdict: Verdict | None = None,
    runs: Sequence[Run] = (),
    aria: str = "",
    screenshot: bytes = b"",
) -> Diagnosis:
    """Return what a check report, a verdict and trial runs tell of a failure.

    Of the runs, the first that did not end well is shown, else the first.
    """
    shown = next((run for run in runs if run.outcome is not Outcome.OK), runs[0] if runs else None)
    return Diagnosis(
        violations=report.violations if report is not None else (),
        failures=verdict.failures if verdict is not None else (),
        outcome=shown.outcome if shown else None,
        error=shown.error if shown else None,
        arguments=shown.arguments if shown else {},
        rows=tuple(shown.rows[:MOST_ROWS]) if shown else (),
        requests=tuple(_requests(shown)) if shown else (),
        pages=tuple(_pages(shown)) if shown else (),
        aria=aria,
        screenshot=base64.b64encode(screenshot).decode() if screenshot else "",
    )


def repair_request(
    plan: Plan,
    artifact: Artifact,
    diagnosis: Diagnosis,
    policy: Policy,
    *,
    attempt: int,
    rules: Sequence[RuleDoc] = (),
    credentials: Sequence[str] = (),
) -> ModelRequest:
    """Return the request that the repair prompt gives."""
    prompt = load_prompt("repair")
    message = prompt.fill(
        **common_blanks(plan, policy, credentials=credentials, shown="names"),
        attempt=attempt,
        attempts=ROUNDS,
        failures="\n".join(_failures(diagnosis)) or "- nothing was told",
        code=fenced(left_out(artifact.code, plan), "module"),
        data=fenced(_evidence(diagnosis), "evidence"),
    )
    pictures = (Picture(data=base64.b64decode(diagnosis.screenshot)),) if diagnosis.screenshot else ()
    return ModelRequest(
        stage=Stage.REPAIR,
        system=instructions_of(prompt, plan, credentials=credentials, rules=rules, code=artifact.code),
        turns=(Turn(text=message),),
        prompt_version=prompt.version,
        pictures=pictures,
        max_output_tokens=MOST_OUTPUT,
    )


def _shorter(diagnosis: Diagnosis) -> Iterator[Diagnosis]:
    """The evidence, then ever less of it; what failed and how is told in every form."""
    blind = diagnosis.model_copy(update={"screenshot": ""})
    yield from (diagnosis, _less(diagnosis, 2), blind, _less(blind, 2), _less(blind, 6))


def _less(diagnosis: Diagnosis, divisor: int) -> Diagnosis:
    share = PAGES_CHARACTERS // max(len(diagnosis.pages), 1) // divisor
    aria = _lines(diagnosis.aria, ARIA_CHARACTERS // divisor) if diagnosis.aria else ""
    pages = tuple(_lines(page, share) for page in diagnosis.pages)
    return diagnosis.model_copy(update={"aria": aria, "pages": pages, "rows": diagnosis.rows[:1]})


def _failures(diagnosis: Diagnosis) -> Iterator[str]:
    """What our own parts say; what may carry the source's text is evidence and stands inside the fence."""
    for violation in diagnosis.violations:
        remedy = f" {violation.remedy}" if violation.remedy else ""
        yield f"- {violation.code} in line {violation.line}: refused by the code check.{remedy}"
    if diagnosis.outcome is not None and diagnosis.outcome is not Outcome.OK:
        line = f", line {diagnosis.error.line}" if diagnosis.error and diagnosis.error.line else ""
        yield f"- a trial run ended as {diagnosis.outcome.value}{line}"
    for finding in diagnosis.failures:
        yield f"- test {finding.check} failed"


def _evidence(diagnosis: Diagnosis) -> str:
    parts = [f"{v.code} line {v.line}: {v.message}" for v in diagnosis.violations]
    parts += [f"{finding.check}: {finding.evidence}" for finding in diagnosis.failures]
    if diagnosis.error is not None:
        parts.append(f"{diagnosis.error.code}: {diagnosis.error.message}")
        parts += diagnosis.error.traceback
    if diagnosis.outcome is not None:
        parts.append(f"arguments: {json.dumps(diagnosis.arguments, ensure_ascii=False)}")
        parts += [f"row: {json.dumps(_cut(row), ensure_ascii=False)}" for row in diagnosis.rows] or ["rows: none"]
        parts += [f"request: {request}" for request in diagnosis.requests]
    parts += diagnosis.pages
    if diagnosis.aria:
        parts.append(f"page at the failure:\n{_lines(diagnosis.aria, ARIA_CHARACTERS)}")
    return "\n".join(parts)


def _cut(value: object) -> object:
    if isinstance(value, dict):
        return {key: _cut(part) for key, part in value.items()}
    if isinstance(value, str) and len(value) > VALUE_CHARACTERS:
        return f"{value[:VALUE_CHARACTERS]}…"
    return value


def _lines(text: str, most: int) -> str:
    """Whole lines of a snapshot, as many as fit."""
    kept: list[str] = []
    for line in text.splitlines():
        most -= len(line) + 1
        if most < 0:
            return "\n".join([*kept, "…"])
        kept.append(line)
    return "\n".join(kept)


def _requests(run: Run) -> Iterator[str]:
    for exchange in run.exchanges[:MOST_REQUESTS]:
        yield f"{exchange.method} {exchange.url} {exchange.status} {exchange.content_type}"
    for denial in run.denials[:MOST_REQUESTS]:
        yield f"refused: {denial.url} ({denial.reason})"


def _pages(run: Run) -> Iterator[str]:
    """Outlines of the pages that the run got, the last ones: three of different addresses, less their query."""
    told: dict[str, str] = {}
    for exchange in reversed(run.exchanges):
        path = exchange.url.split("?")[0]
        shape = re.sub(r"[^/]*\d[^/]*", "*", path)
        if "html" in exchange.content_type and exchange.body and shape not in told and len(told) < MOST_PAGES:
            told[shape] = f"outline of {exchange.url}:\n{outline(exchange.body)}"
    share = PAGES_CHARACTERS // max(len(told), 1)
    yield from (_lines(text, share) for text in reversed(told.values()))
