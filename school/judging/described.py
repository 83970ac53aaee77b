"""The judgement on the first call of a described operation: does the answer hold what the document says?"""

from __future__ import annotations

import json

from domain.meaning.words import fold
from domain.observation import Exchange
from domain.plan import Field, FieldType, Plan
from domain.run import CheckOutcome, Finding, Run
from domain.values import JsonObject, JsonValue
from sandbox.facade.kit.errors import SourceChanged
from school.judging.case import failed, not_applicable, passed
from school.judging.reading import raw_records, read

EMPTY: tuple[JsonValue, ...] = (None, "", [], {})
COMPARED = frozenset({FieldType.STRING, FieldType.INTEGER, FieldType.NUMBER, FieldType.BOOLEAN})
NEVER_SHOWN = "one call cannot show it"
DESCRIBED = "answer_as_described"
SINGLE_CALL = ("parameters_matter", "narrower_is_subset", "pages_disjoint")


def described_findings(plan: Plan, run: Run) -> tuple[Finding, ...]:
    """Return the findings on one run that ended well and kept the output schema.

    The rows are held against a second reading of the recorded answer, by the plan's own locators.
    """
    findings = [passed("runs_end_well", "the call was answered, and its result keeps the output schema")]
    findings.append(_some_rows(run))
    findings.append(_as_described(plan, run))
    findings.append(passed("nothing_baked", "the code was written before these arguments were known"))
    return (*findings, *(not_applicable(check, NEVER_SHOWN) for check in SINGLE_CALL))


def is_contradicted(findings: tuple[Finding, ...]) -> bool:
    """Whether the answer holds something, but not what the document describes."""
    return any(f.check == DESCRIBED and f.outcome is CheckOutcome.FAILED for f in findings)


def _some_rows(run: Run) -> Finding:
    if not run.rows:
        return failed("some_rows", "the answer has no rows, so nothing shows that they are read rightly")
    return passed("some_rows", f"{len(run.rows)} rows")


def _as_described(plan: Plan, run: Run) -> Finding:
    """Some described value is in the answer, and every row says what the answer says."""
    answers = [exchange for exchange in run.exchanges if 200 <= exchange.status < 300]
    if plan.records.format == "text":
        return _as_it_came(run, answers)
    raws = [raw for exchange in answers for raw in _raws(plan, exchange)]
    if len(raws) < len(run.rows):
        return failed(DESCRIBED, f"{len(run.rows)} rows, but the answers hold {len(raws)} records")
    found: set[str] = set()
    for row, raw in zip(run.rows, raws, strict=False):  # a limit may have cut the rows
        for field in plan.fields:
            said = read(plan, raw, field)
            if not _agrees(field, row.get(field.name), said):
                return failed(DESCRIBED, f"{field.name} is not what the answer has at {field.locator!r}")
            found |= {field.name} if said is not None else set()
    if run.rows and not found:
        return failed(DESCRIBED, "the answer holds none of the values that the document describes")
    return passed(DESCRIBED, f"{len(found)} of {len(plan.fields)} described values, read twice alike")


def _raws(plan: Plan, exchange: Exchange) -> list[object]:
    try:
        value = json.loads(exchange.body) if exchange.body.strip() else None
        body = value if isinstance(value, str) else exchange.body  # JSON as text within JSON
        return raw_records(plan, body, exchange.url) if value is not None else []
    except (ValueError, SourceChanged):
        return []


def _agrees(field: Field, value: JsonValue, said: JsonValue) -> bool:
    """Whether a row's value is the answer's; what could not be read as the described type is None, and no lie."""
    if value in EMPTY or said in EMPTY or field.type not in COMPARED or isinstance(said, dict | list):
        return True
    if isinstance(value, bool) or isinstance(said, bool):
        return str(value).lower() == str(said).lower() or field.type is FieldType.BOOLEAN
    if isinstance(value, int | float):
        return isinstance(said, str) or (isinstance(said, int | float) and abs(value - said) < 1)
    return fold(str(value)) == fold(str(said)) or "&" in str(said) or isinstance(said, float)


def _as_it_came(run: Run, answers: list[Exchange]) -> Finding:
    row: JsonObject = run.rows[0] if run.rows else {}
    if not answers or row.get("status") != answers[-1].status:
        return failed(DESCRIBED, "the row's status is not the answer's")
    content = row.get("content")
    if isinstance(content, str) and not row.get("encoding") and content != answers[-1].body:
        return failed(DESCRIBED, "the row's content is not the answer's")
    return passed(DESCRIBED, f"status {answers[-1].status} and the content as it came")
