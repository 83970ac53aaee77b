"""What a child's last frame, or its death, means: outcome, error and output of a run."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import jsonschema_rs
import orjson

from domain.policy import Limits
from domain.run import Outcome, Run, RunError, RunKind, Spent
from domain.values import JsonObject, JsonValue
from domain.workflow import Artifact
from sandbox.children import Meta
from sandbox.exchanges import Exchanges
from sandbox.zygotes import LoadFailed

MESSAGE_CHARACTERS = 300
_VALIDATORS = 512
_DEEPEST = 64  # levels of a result; what stores and sends runs gives up at a few hundred
_OUTSIDE = "the address is outside the policy"  # the gate's words
_REMEDIES = {
    "wall": "Ask for less at once, or raise the tool's time limit.",
    "cpu": "Ask for less at once, or raise the tool's CPU limit.",
    "memory": "Ask for less at once, or raise the tool's memory limit.",
    "processes": "Learn from another page of the site: this one opens windows or workers without end.",
    "output": "Use a smaller limit, or raise the tool's output limit.",
    "rows": "Use a smaller limit, or raise the tool's row limit.",
    "limit": "Ask for less at once, or raise the limits of the tool's policy.",
    "egress_denied": "Allow the host for this tool, or ask for something that the site itself can answer.",
    "source_changed": "Learn the tool again with --fresh, or roll back to the version before.",
    "source_error": "The site refused or failed; ask again later, or check its address and credentials.",
    "asked_new": "The code asks other things than when it was recorded; prove it at the site and record it anew.",
    "invalid_arguments": "Compare the arguments with the tool's input schema.",
}


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a call ended, before it becomes a Run. ``code`` is "" when it went well."""

    outcome: Outcome
    code: str = ""
    message: str = ""
    output: JsonValue = None
    line: int | None = None
    traceback: tuple[str, ...] = ()
    cpu_ms: float = 0.0
    memory_mb: float = 0.0


def ended(code: str, message: str) -> Ending:
    """Return the ending of a run that a limit or its own death ended."""
    return Ending(outcome=Outcome.FAILED if code == "died" else Outcome.KILLED, code=code, message=message)


def from_load(error: LoadFailed, artifact: Artifact, exchanges: Exchanges) -> Ending:
    """Return the ending of a run whose module did not load."""
    if error.frame.get("t") != "error":
        return ended(str(error.frame["kind"]), str(error))
    return _from_error({**error.frame, "kind": "failed"}, artifact, exchanges, code="load_failed")


def from_frame(
    meta: Meta,
    body: bytes,
    *,
    artifact: Artifact,
    exchanges: Exchanges,
    limits: Limits,
    schema: JsonObject | None,
    validators: Validators,
) -> Ending:
    """Return the ending that a child's last frame tells, its output bounded, parsed and validated."""
    ending = _judged(meta, body, artifact, exchanges, limits, schema, validators)
    return replace(ending, cpu_ms=_number(meta.get("cpu_ms")), memory_mb=_number(meta.get("rss_kb")) / 1024)


def _judged(  # noqa: PLR0917 - one place calls it
    meta: Meta,
    body: bytes,
    artifact: Artifact,
    exchanges: Exchanges,
    limits: Limits,
    schema: JsonObject | None,
    validators: Validators,
) -> Ending:
    if meta["t"] == "error":
        return _from_error(meta, artifact, exchanges)
    if len(body) > limits.output_bytes:
        return ended("output", f"The result has more than {limits.output_bytes} bytes.")
    try:
        output = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _invalid("The result is no JSON, or too deeply nested.")
    if _is_deeper(output, _DEEPEST):
        return _invalid("The result is no JSON, or too deeply nested.")
    rows = output.get("rows") if isinstance(output, dict) else None
    if isinstance(rows, list) and len(rows) > limits.rows:
        return ended("rows", f"The result has {len(rows)} rows; the limit is {limits.rows}.")
    problem = validators.problem(schema, output) if schema is not None else ""
    if problem:
        return _invalid(problem)
    return Ending(outcome=Outcome.OK, output=exchanges.redactor.json(output))


def _is_deeper(value: JsonValue, levels: int) -> bool:
    held: list[Any] = [value] if isinstance(value, (dict, list)) else []
    for _ in range(levels):
        if not held:
            return False
        # JSON has no subclasses, and comparing types takes an eighth of isinstance with a union
        held = [
            inner
            for one in held
            for inner in (one.values() if type(one) is dict else one)
            if type(inner) is dict or type(inner) is list
        ]
    return bool(held)


def to_run(
    ending: Ending,
    exchanges: Exchanges,
    *,
    run_id: str,
    kind: RunKind,
    owner: str,
    artifact: Artifact,
    arguments: JsonObject,
    started_at: datetime,
    wall_ms: float,
    tool: str,
    version: int,
) -> Run:
    """Return the Run of an ending."""
    error = None
    if ending.code:
        error = RunError(
            code=ending.code,
            message=exchanges.redactor.text(ending.message),
            remedy=_REMEDIES.get(ending.code, ""),
            line=ending.line,
            traceback=tuple(map(exchanges.redactor.text, ending.traceback)),
        )
    # not validated again: a thousand rows cost a millisecond, and JSON is all that orjson gives
    return Run.model_construct(
        id=run_id,
        kind=kind,
        owner=owner,
        artifact_sha256=artifact.sha256,
        arguments=arguments,
        outcome=ending.outcome,
        output=ending.output,
        error=error,
        spent=Spent(
            wall_ms=wall_ms,
            cpu_ms=ending.cpu_ms,
            memory_mb=ending.memory_mb,
            requests=exchanges.requests,
            bytes_in=exchanges.bytes_in,
            bytes_out=exchanges.bytes_out,
        ),
        started_at=started_at,
        exchanges=tuple(exchanges.recorded),
        denials=tuple(exchanges.denials),
        tool=tool,
        version=version,
    )


class Validators:
    """Compiled output schemas; building one costs four times what validating 20 rows does."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[JsonObject, Any]] = OrderedDict()

    def problem(self, schema: JsonObject, output: JsonValue) -> str:
        """Return where and how the output breaks the schema, without its values; "" when it does not."""
        kept = self._kept.get(id(schema))
        if kept is None or kept[0] is not schema:
            kept = self._kept[id(schema)] = (schema, jsonschema_rs.validator_for(schema))
            while len(self._kept) > _VALIDATORS:
                self._kept.popitem(last=False)
        if kept[1].is_valid(output):
            return ""
        error = next(iter(kept[1].iter_errors(output)))
        place = ".".join(map(str, error.instance_path)) or "the result"
        rule = ".".join(map(str, error.schema_path[-2:]))
        return f"The result breaks the tool's output schema at {place} ({rule})."


def _invalid(message: str) -> Ending:
    return Ending(outcome=Outcome.INVALID, code="output_invalid", message=message)


def _from_error(meta: Meta, artifact: Artifact, exchanges: Exchanges, *, code: str = "") -> Ending:
    kind = str(meta.get("kind"))
    name, said = str(meta.get("name"))[:80], str(meta.get("message"))[:MESSAGE_CHARACTERS]
    outcome, found, message = Outcome.FAILED, "run_failed", f"{name}: {said}" if said else name
    if kind == "source_changed":
        outcome, found, message = Outcome.SOURCE_CHANGED, kind, said
    elif kind == "arguments":
        outcome, found, message = Outcome.INVALID, "invalid_arguments", said
    elif exchanges.denials and (kind == "denied" or "net::ERR_BLOCKED_BY_CLIENT" in said):
        outcome, found, message = Outcome.DENIED, "egress_denied", exchanges.denials[-1].reason
    elif any(_OUTSIDE in line for line in exchanges.gate_log) and _OUTSIDE in said:
        outcome, found, message = Outcome.DENIED, "egress_denied", "The page's address is outside this tool's policy."
    elif breach := exchanges.breach():
        outcome, found, message = Outcome.KILLED, breach, f"The page used more {breach} than a page may."
    elif kind in ("memory", "cpu"):
        outcome, found, message = Outcome.KILLED, kind, f"The run used more {kind} than its limit."
    elif kind == "status":
        found, message = "source_error", f"The site answered with status {_status(meta)}."
    elif kind == "limited" and exchanges.limited:
        outcome, found, message = Outcome.KILLED, "limit", exchanges.limited
    lines = _lines(meta.get("trace"), artifact.code.splitlines())
    return Ending(
        outcome=outcome,
        code=code or found,
        message=message,
        line=lines[-1][0] if lines else None,
        traceback=tuple(text for _, text in lines),
    )


def _status(meta: Meta) -> int:
    status = meta.get("status")
    return status if isinstance(status, int) and 100 <= status <= 999 else 0


def _lines(trace: Any, source: list[str]) -> list[tuple[int, str]]:
    """Return (line, text) of what the child says were the artifact's frames."""
    lines = [
        (entry[0], f"line {entry[0]}, in {str(entry[1])[:80]}: {source[entry[0] - 1].strip()[:200]}")
        for entry in (trace if isinstance(trace, list) else ())
        if isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], int) and 0 < entry[0] <= len(source)
    ]
    return lines[-20:]


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e9 else 0.0
