"""Records inside other records: a shipment's parcels, a recipe's amounts, an answer that is one thing."""

from __future__ import annotations

import pytest

from domain.plan import Intent, RequestTemplate
from domain.values import JsonValue
from generators.sources.inner_records import empty_place, inner_candidates, single_candidate
from generators.sources.json_records import row_of
from generators.sources.paths import records
from sandbox.facade.kit.errors import SourceChanged
from sandbox.facade.kit.paths import records as as_workflows_read

BOOK: JsonValue = {
    "dishes": [
        {
            "dish": "Dal",
            "serves": 4,
            "ingredients": {"lentils": "200 g", "ginger": "1 piece"},
            "steps": ["Wash", "Boil"],
        },
        {"dish": "Toast", "serves": 1, "ingredients": {"bread": "2 slices"}, "steps": ["Toast"]},
        {"dish": "Water", "serves": 1, "steps": []},
    ]
}
REQUEST = RequestTemplate(url="https://kitchen.example/book.json")


def asked(subject: str, *wanted: str) -> Intent:
    return Intent(text=subject, subject=subject, wanted=wanted)


def rows(value: JsonValue, intent: Intent) -> list[dict[str, JsonValue]]:
    best = inner_candidates(value, REQUEST, intent)[0]
    found = records(value, best.source.records)
    assert found == as_workflows_read(value, best.source.records)
    return [row_of(record, best.columns) for record in found]


def test_an_object_used_as_a_map_gives_a_record_for_each_key_under_the_words_of_the_question() -> None:
    got = rows(BOOK, asked("ingredients", "amount"))
    assert [(row["dish"], row["name"], row["amount"]) for row in got] == [
        ("Dal", "lentils", "200 g"),
        ("Dal", "ginger", "1 piece"),
        ("Toast", "bread", "2 slices"),
    ]


def test_plain_values_in_a_record_become_records_that_keep_what_their_owner_says() -> None:
    got = rows(BOOK, asked("steps"))
    assert [(row["step"], row["dish"]) for row in got] == [("Wash", "Dal"), ("Boil", "Dal"), ("Toast", "Toast")]


def test_nothing_is_taken_apart_that_the_question_does_not_name() -> None:
    assert inner_candidates(BOOK, REQUEST, asked("dishes", "ingredients")) == ()
    assert inner_candidates(BOOK, REQUEST, asked("")) == ()


def test_rates_of_an_answer_that_is_one_object_are_told_apart_by_their_keys() -> None:
    value: JsonValue = {"base": "EUR", "rates": {"CHF": 0.95, "USD": 1.08}}
    best = inner_candidates(value, REQUEST, asked("rates"))[0]
    assert [row_of(r, best.columns) for r in records(value, best.source.records)] == [
        {"name": "CHF", "value": 0.95, "base": "EUR"},
        {"name": "USD", "value": 1.08, "base": "EUR"},
    ]
    assert best.identity == ("name",)


def test_an_object_is_one_record_where_it_tells_more_than_one_thing() -> None:
    best = single_candidate({"station": "Kew", "wind": {"speed": 12}}, REQUEST, asked(""))
    assert best is not None
    assert best.exemplars == ({"station": "Kew", "speed": 12},)
    assert single_candidate({"ok": True}, REQUEST, asked("")) is None
    assert single_candidate({"tide": 3}, REQUEST, asked("", "tide")) is not None


def test_an_empty_place_is_found_by_the_questions_noun_alone() -> None:
    value: JsonValue = {"data": {"alarms": [], "doors": {}}}
    assert empty_place(value, asked("alarms")) == "data.alarms"
    assert empty_place(value, asked("windows")) == ""


def test_a_workflow_notices_when_the_inner_place_is_gone() -> None:
    with pytest.raises(SourceChanged):
        as_workflows_read([{"dish": "Dal"}], ">ingredients")
    assert as_workflows_read([], ">ingredients") == []
