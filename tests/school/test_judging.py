"""The verdict: each test of PROVE-2 fails for the fault that it is there to find, and passes without it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.observation import Exchange, Findings, Observation, Page
from domain.plan import (
    Constraint,
    Field,
    FieldType,
    FilterBinding,
    Intent,
    Paging,
    PagingKind,
    Parameter,
    Plan,
    RecordSource,
    Relation,
    RequestTemplate,
    RoleBinding,
    Source,
    SourceBinding,
    SourceKind,
    Topic,
    Trial,
)
from domain.run import CheckOutcome, Outcome, Run, RunError, RunKind, Verdict
from school.judging.case import Case, TriedTrial
from school.judging.judge import judge
from tests.requirements import requirement

NOW = datetime(2027, 5, 12, 12, tzinfo=UTC)
URL = "https://site.test/api"


def row(number: int, **more: Any) -> dict[str, Any]:
    base = {"id": f"e{number}", "name": f"Rap Party {number}", "city": "Oakland", "price": 10.0, "free": False}
    return {**base, "lat": 37.8044, "lon": -122.2712, "day": "2027-05-15", **more}


ROWS = [row(n) for n in range(1, 7)]
NARROW = ROWS[:3]


def parameter(name: str, kind: FieldType, *bindings: Any, default: Any = None) -> Parameter:
    return Parameter(name=name, type=kind, description=name, default=default, bindings=bindings)


def narrows(relation: Relation, topic: Topic, *fields: str) -> FilterBinding:
    return FilterBinding(relation=relation, topic=topic, fields=fields)


PARAMETERS = (
    parameter("keywords", FieldType.ARRAY, narrows(Relation.CONTAINS, Topic.KEYWORDS, "name")),
    parameter("exclude", FieldType.ARRAY, narrows(Relation.EXCLUDES, Topic.KEYWORDS, "name")),
    parameter(
        "city", FieldType.STRING, narrows(Relation.EQUALS, Topic.PLACE, "city"), RoleBinding(role="place_of_distance")
    ),
    parameter("radius_miles", FieldType.NUMBER, narrows(Relation.WITHIN, Topic.DISTANCE, "lat", "lon")),
    parameter("date_to", FieldType.STRING, narrows(Relation.TO, Topic.DATE, "day")),
    parameter("max_price", FieldType.NUMBER, narrows(Relation.AT_MOST, Topic.PRICE, "price", "free")),
    parameter("free", FieldType.BOOLEAN, narrows(Relation.EQUALS, Topic.FREE, "free")),
    parameter("limit", FieldType.INTEGER, RoleBinding(role="limit"), default=1000),
)
FIELDS = tuple(
    Field(name=name, type=kind, locator=name, required=name in {"id", "name"})
    for name, kind in {
        "id": FieldType.STRING,
        "name": FieldType.STRING,
        "city": FieldType.STRING,
        "price": FieldType.PRICE,
        "free": FieldType.BOOLEAN,
        "lat": FieldType.NUMBER,
        "lon": FieldType.NUMBER,
        "day": FieldType.DATE,
    }.items()
)


def answer(rows: list[dict[str, Any]], number: int = 1) -> Exchange:
    return Exchange(id=f"x{number}", method="GET", url=URL, status=200, body=json.dumps({"items": rows}))


def run(rows: list[dict[str, Any]], arguments: dict[str, Any], *pages: list[dict[str, Any]], **more: Any) -> Run:
    return Run(
        id="r",
        kind=RunKind.TRIAL,
        artifact_sha256="0",
        arguments=arguments,
        outcome=more.pop("outcome", Outcome.OK),
        output={"rows": rows, "count": len(rows), "truncated": more.pop("truncated", False)},
        started_at=NOW,
        exchanges=tuple(answer(page, number) for number, page in enumerate(pages or (ROWS[:3], ROWS[3:]))),
        **more,
    )


def case(**changes: Any) -> Case:
    """A case in which everything is right; tests change one thing."""
    asked: dict[str, Any] = {"city": "Oakland", "keywords": ["rap"]}
    query = changes.pop("query", run(NARROW, asked))
    wide = changes.pop("wide", run(ROWS, {"city": "Oakland", "keywords": []}))
    empty = changes.pop("empty", run([], {"keywords": ["zzqx"]}))
    plan = Plan(
        query="rap parties in Oakland",
        intent=Intent(text="rap parties in Oakland"),
        tool_name="parties",
        title="Parties",
        description="Lists parties.",
        parameters=PARAMETERS,
        fields=FIELDS,
        steps=(),
        source=Source(kind=SourceKind.JSON, url=URL, reason=""),
        records=RecordSource(request=RequestTemplate(url=URL), records="items"),
        paging=Paging(kind=PagingKind.CURSOR, parameter="cursor", next_locator="next"),
        identity=("id",),
    )
    text = " ".join(str(r["name"]) for r in ROWS) + " and more words of the page"
    page = Page(requested_url="https://site.test/", final_url="https://site.test/", status=200, text_after=text)
    values: dict[str, Any] = {
        "plan": plan.model_copy(update=changes.pop("plan", {})),
        "code": changes.pop("code", "X = 1\n"),
        "observation": Observation(
            url="https://site.test/", captured_at=NOW, pages=(page,), exchanges=(answer(ROWS[:3]),)
        ),
        "findings": Findings(),
        "tried": (
            TriedTrial(trial=Trial(name="query", arguments=query.arguments, expect="any"), run=query),
            TriedTrial(trial=Trial(name="wide", arguments=wide.arguments, expect="rows"), run=wide),
            TriedTrial(trial=Trial(name="empty", arguments=empty.arguments, expect="empty"), run=empty),
        ),
        "repeat": query,
        "now": NOW,
    }
    return Case(**{**values, **changes})


def outcome(verdict: Verdict, check: str) -> CheckOutcome:
    return next(finding.outcome for finding in verdict.findings if finding.check == check)


@requirement("PROVE-2")
def test_a_workflow_that_does_everything_right_passes_every_test() -> None:
    verdict = judge(case())
    not_passed = {f.check: f.evidence for f in verdict.findings if f.outcome is not CheckOutcome.PASSED}
    assert not_passed == {
        "empty_is_honest": "the question's own values give rows",
        "left_out_is_told": "the question leaves nothing out",
    }
    assert verdict.passed
    assert [(trial.name, trial.rows) for trial in verdict.trials] == [("query", 3), ("wide", 6), ("empty", 0)]


NARROWED = {"city": "Oakland", "keywords": ["rap"]}
FAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "a run that raised": (
        "runs_end_well",
        {"query": run([], NARROWED, outcome=Outcome.FAILED, error=RunError(code="x", message="m"))},
    ),
    "no rows at all": ("some_rows", {"query": run([], NARROWED), "wide": run([], {"city": None})}),
    "rows where none can be": ("expectations_met", {"empty": run(ROWS, {"keywords": ["zzqx"]})}),
    "a field that is always null": (
        "no_dead_fields",
        {
            "query": run([row(1, price=None)], NARROWED),
            "wide": run([row(1, price=None)], {"city": "Oakland", "keywords": []}),
        },
    ),
    "a required field with holes": (
        "required_filled",
        {"wide": run([*ROWS, row(7, name=None)], {"city": "Oakland", "keywords": []})},
    ),
    "a keyword that is not there": ("filters_hold", {"query": run([row(1, name="Quiet evening")], NARROWED)}),
    "an excluded word that is there": ("filters_hold", {"query": run(NARROW, {**NARROWED, "exclude": ["party"]})}),
    "another city": ("filters_hold", {"query": run([row(1, city="Berkeley")], NARROWED)}),
    "too far away": ("filters_hold", {"query": run([row(1, lat=38.5)], {**NARROWED, "radius_miles": 5})}),
    "a day too late": (
        "filters_hold",
        {"query": run([row(1, day="2027-05-17")], {**NARROWED, "date_to": "this weekend"})},
    ),
    "too dear": ("filters_hold", {"query": run([row(1, price=20.01)], {**NARROWED, "max_price": 20})}),
    "no price where one was asked": (
        "filters_hold",
        {"query": run([row(1, price=None)], {**NARROWED, "max_price": 20})},
    ),
    "not free": ("filters_hold", {"query": run(NARROW, {**NARROWED, "free": True})}),
    "records whose pages were not read": (
        "filters_hold",
        {
            "query": run(NARROW, {**NARROWED, "free": False}, truncated=True),
            "plan": {"fields": tuple(f.model_copy(update={"detail": f.name == "free"}) for f in FIELDS)},
        },
    ),
    "a narrower trial with a row of its own": ("narrower_is_subset", {"query": run([*NARROW, row(9)], NARROWED)}),
    "parameters without effect": ("parameters_matter", {"empty": run(ROWS, {"keywords": ["zzqx"]})}),
    "the first page again": ("pages_disjoint", {"query": run(NARROW, NARROWED, ROWS[:3], ROWS[:3])}),
    "another answer the second time": ("runs_agree", {"repeat": run(ROWS[:2], NARROWED)}),
    "the answer baked into the code": ("nothing_baked", {"code": 'CITY = "Oakland"\n'}),
    "rows that the page does not show": (
        "page_shows_rows",
        {
            "query": run([row(n, name=f"Rap {n}{n}") for n in (71, 72, 73)], NARROWED),
            "wide": run([row(n, name=f"Rap {n}{n}") for n in (71, 72, 73)], {"city": "Oakland", "keywords": []}),
        },
    ),
    "none of the observed records": (
        "own_records_found",
        {"query": run([row(71)], NARROWED), "wide": run([row(71), row(72)], {"city": "Oakland", "keywords": []})},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
@requirement("PROVE-2")
def test_each_fault_is_found_by_the_test_that_is_for_it(fault: str) -> None:
    check, changes = FAULTS[fault]
    verdict = judge(case(**changes))
    assert outcome(verdict, check) is CheckOutcome.FAILED
    assert not verdict.passed


@requirement("PROVE-2")
def test_free_tickets_are_cheap_even_without_a_price() -> None:
    rows = [row(1, price=None, free=True)]
    verdict = judge(case(query=run(rows, {**NARROWED, "max_price": 20}), repeat=run(rows, NARROWED)))
    assert outcome(verdict, "filters_hold") is CheckOutcome.PASSED


@pytest.mark.parametrize(
    ("written", "holds"), [("usd", True), ("$", True), ("35.00 USD", True), ("gbp", False), ("£9", False)]
)
@requirement("PROVE-2", "PLAN-3")
def test_a_currency_is_the_same_however_it_is_written(written: str, holds: bool) -> None:
    currency = parameter("currency", FieldType.STRING, RoleBinding(role="currency", fields=("unit",)))
    unit = Field(name="unit", type=FieldType.STRING, locator="unit")
    rows = [row(1, unit=written)]
    asked = run(rows, {**NARROWED, "max_price": 20, "currency": "USD"})
    changed = {"parameters": (*PARAMETERS, currency), "fields": (*FIELDS, unit)}
    verdict = judge(case(query=asked, repeat=asked, plan=changed))
    assert (outcome(verdict, "filters_hold") is CheckOutcome.PASSED) is holds


@requirement("PROVE-7")
def test_a_true_empty_answer_passes_when_another_trial_has_rows() -> None:
    nothing = run([], NARROWED)
    assert judge(case(query=nothing, repeat=nothing)).passed


@requirement("PROVE-2", "PROVE-7")
def test_what_is_left_out_must_be_said_by_some_record() -> None:
    asked = {"city": "Oakland", "keywords": ["rap"], "exclude": ["bids"]}
    found = run(NARROW, asked, NARROW)
    assert outcome(judge(case(query=found, repeat=found)), "left_out_is_told") is CheckOutcome.FAILED
    told = [*ROWS, row(7, name="Rap Bids")]
    wide = run(told, {"keywords": [], "city": None}, told)
    assert outcome(judge(case(query=found, repeat=found, wide=wide)), "left_out_is_told") is CheckOutcome.PASSED


@requirement("PROVE-7")
def test_a_person_or_a_weekday_that_no_record_has_proves_nothing() -> None:
    by = parameter("organizer", FieldType.STRING, narrows(Relation.CONTAINS, Topic.PERSON, "name"))
    nothing = run([], {"organizer": "Ada Berg"})
    verdict = judge(case(query=nothing, repeat=nothing, plan={"parameters": (by, *PARAMETERS)}))
    assert outcome(verdict, "empty_is_honest") is CheckOutcome.FAILED
    for asked, holds in (("saturday", CheckOutcome.FAILED), ("2027-05-01", CheckOutcome.PASSED)):
        later = [row(n, day="2027-06-05") for n in range(1, 7)]
        nothing = run([], {"date_to": asked})
        verdict = judge(case(query=nothing, repeat=nothing, wide=run(later, {"keywords": []}, later)))
        assert outcome(verdict, "empty_is_honest") is holds


UNSEEN = {"city": "Oakland", "keywords": ["rap", "opera"]}
KIND = parameter("category", FieldType.STRING, narrows(Relation.EQUALS, Topic.CATEGORY, "city")).model_copy(
    update={"topic": Topic.CATEGORY}
)
SITE_SEARCH = PARAMETERS[0].model_copy(update={"bindings": (SourceBinding(name="q"), *PARAMETERS[0].bindings)})
WORDY = "a long evening of many voices with a word of welcome and some food afterwards"


def over(*fields: str) -> Parameter:
    return parameter("keywords", FieldType.ARRAY, narrows(Relation.CONTAINS, Topic.KEYWORDS, *fields))


@pytest.mark.parametrize(
    ("changed", "asked", "wide", "holds"),
    [
        ({}, UNSEEN, ROWS, False),
        ({"parameters": (SITE_SEARCH, *PARAMETERS[1:])}, UNSEEN, ROWS, True),
        ({"query": "rap parties with Opera in Oakland"}, UNSEEN, ROWS, True),
        ({"query": 'rap parties "opera" in Oakland'}, UNSEEN, ROWS, True),
        ({"parameters": (over("name", "city"), KIND)}, UNSEEN, [row(1), row(2, city="Albany")], True),
        ({"parameters": (over("name", "city"), KIND)}, UNSEEN, ROWS, False),
        ({"parameters": (over("name"),)}, UNSEEN, [row(1, name=WORDY), row(2, name=f"rap {WORDY}")], True),
        ({}, {"city": "Oakland", "keywords": ["rap", "party"], "max_price": 1}, ROWS, True),
    ],
    ids=["unseen", "site searched", "a name", "quoted", "kinds told", "one kind only", "sentences", "each seen"],
)
@requirement("PROVE-2", "PROVE-7")
def test_an_empty_answer_counts_only_where_each_word_was_looked_for_in_the_right_place(
    changed: dict[str, Any], asked: dict[str, Any], wide: list[dict[str, Any]], holds: bool
) -> None:
    nothing = run([], asked)
    all_of_them = run(wide, {"city": "Oakland", "keywords": []}, wide)
    verdict = judge(case(query=nothing, repeat=nothing, wide=all_of_them, plan=changed))
    assert (outcome(verdict, "empty_is_honest") is CheckOutcome.PASSED) is holds
    assert outcome(judge(case()), "empty_is_honest") is CheckOutcome.NOT_APPLICABLE


@requirement("PROVE-7")
def test_nothing_is_a_true_answer_where_the_question_only_names_a_thing_that_titles_would_say() -> None:
    word = Constraint(topic=Topic.KEYWORDS, relation=Relation.CONTAINS, value="telescope")
    nothing = run([], {"keywords": ["telescope"]})
    for subject, outcome_of_it in (("telescopes", CheckOutcome.PASSED), ("pages", CheckOutcome.FAILED)):
        intent = Intent(text=subject, subject=subject, constraints=(word,))
        verdict = judge(case(query=nothing, repeat=nothing, plan={"query": subject, "intent": intent}))
        assert outcome(verdict, "empty_is_honest") is outcome_of_it


@pytest.mark.parametrize(
    ("other", "cut", "holds"),
    [("concert", False, False), ("opera", False, True), ("opera", True, False)],
    ids=["is there", "is on none", "is on none of a few"],
)
@requirement("PROVE-2", "PROVE-7")
def test_what_records_are_called_counts_only_where_every_other_word_of_the_question_is_there(
    other: str, cut: bool, holds: bool
) -> None:
    words = [Constraint(topic=Topic.KEYWORDS, relation=Relation.CONTAINS, value=word) for word in (other, "workshop")]
    intent = Intent(text="", subject="workshops", constraints=tuple(words))
    changed = {"intent": intent, "parameters": (over("name", "city"), KIND), "query": f"{other} workshops"}
    rows = [row(1, name="a concert"), row(2, city="Albany")]
    nothing = run([], {"keywords": [other, "workshop"]})
    verdict = judge(
        case(query=nothing, repeat=nothing, wide=run(rows, {"keywords": []}, rows, truncated=cut), plan=changed)
    )
    assert (outcome(verdict, "empty_is_honest") is CheckOutcome.PASSED) is holds


@pytest.mark.parametrize(
    ("asked", "reason"),
    [({"event": "e9"}, "has 'e9' as its id"), ({"event": "e1", "keywords": ["direct"]}, "about 'e1' alone")],
    ids=["not there", "there, but of other words"],
)
@requirement("PROVE-2", "PROVE-7")
def test_a_record_that_the_question_names_must_be_there_and_say_its_words(asked: dict[str, Any], reason: str) -> None:
    named = Constraint(topic=Topic.IDENTIFIER, relation=Relation.EQUALS, value=asked["event"])
    event = parameter("event", FieldType.STRING, narrows(Relation.EQUALS, Topic.NAMED, "id"))
    changed = {"intent": Intent(text="", constraints=(named,)), "parameters": (event, over("name", "city"), KIND)}
    nothing = run([], asked)
    wide = run([row(1), row(2, city="Albany")], {"keywords": []})
    verdict = judge(case(query=nothing, repeat=nothing, wide=wide, plan=changed))
    found = next(f for f in verdict.findings if f.check == "empty_is_honest")
    assert found.outcome is CheckOutcome.FAILED
    assert reason in found.evidence


@requirement("PROVE-7")
def test_a_test_that_cannot_apply_says_so_with_its_reason() -> None:
    verdict = judge(case(plan={"parameters": (PARAMETERS[-1],), "paging": None}))
    assert outcome(verdict, "filters_hold") is CheckOutcome.NOT_APPLICABLE
    assert outcome(verdict, "pages_disjoint") is CheckOutcome.NOT_APPLICABLE
    assert all(f.evidence for f in verdict.findings if f.outcome is CheckOutcome.NOT_APPLICABLE)


@requirement("PROVE-2")
def test_literals_in_request_defaults_and_docstrings_are_no_baked_answers() -> None:
    code = '"""Oakland"""\nclass Request:\n    city: str = "Oakland"\ndef f():\n    """Oakland"""\n'
    assert outcome(judge(case(code=code)), "nothing_baked") is CheckOutcome.PASSED


@requirement("PROVE-2")
def test_a_table_of_choices_is_no_baked_answer_but_a_fixed_query_is() -> None:
    table = 'def f(city):\n    return {"Oakland": "1", "Berkeley": "2", "Albany": "3"}.get(city)\n'
    assert outcome(judge(case(code=table)), "nothing_baked") is CheckOutcome.PASSED
    fixed = 'QUERY = {"city": "Oakland", "page": "1", "size": "50"}\n'
    assert outcome(judge(case(code=fixed)), "nothing_baked") is CheckOutcome.FAILED


@pytest.mark.parametrize("asked", [{"free": False, "limit": 3}, {"free": None}])
@requirement("PROVE-7")
def test_a_join_that_a_limit_cuts_or_that_no_page_decides_leaves_nothing_undecided(asked: dict[str, Any]) -> None:
    fields = tuple(f.model_copy(update={"detail": f.name == "free"}) for f in FIELDS)
    cut_short = run(NARROW, {**NARROWED, **asked}, truncated=True)
    verdict = judge(case(query=cut_short, plan={"fields": fields}))
    assert outcome(verdict, "filters_hold") is CheckOutcome.PASSED
