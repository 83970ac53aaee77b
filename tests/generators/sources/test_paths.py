"""Paths of records are read twice: by the study, and by workflows in their jail. Both read them alike.

The code stands twice because nothing of the generators may be in the jail; this table is what both are held to.
"""

from __future__ import annotations

from itertools import product

import pytest

from domain.values import JsonValue
from generators.sources.paths import records
from sandbox.facade.kit.errors import SourceChanged
from sandbox.facade.kit.paths import records as as_workflows_read

SHOP: JsonValue = {
    "orders": [
        {"id": 1, "lines": [{"item": "pen"}, {"item": "ink"}], "to": {"town": "Bern", "notes": ["fragile", "late"]}},
        {"id": 2, "lines": [], "to": {"town": "Oslo", "notes": None}},
        {"id": 3, "to": "nowhere"},
    ],
    "rates": {"EUR": 1, "USD": {"buy": 2, "sell": 3}},
    "days": {"mon": {"events": [{"at": 9}]}, "tue": {"events": None}, "wed": {}, "thu": {"events": [{"at": 7}]}},
    "grid": [[1, 2], [3]],
}
FIRST, SECOND, THIRD = SHOP["orders"]  # type: ignore[index, misc]  # a JSON value that is known above

TABLE: dict[str, list[JsonValue]] = {
    "orders": [FIRST, SECOND, THIRD],
    "orders.*": [FIRST, SECOND, THIRD],
    "grid[0]": [1, 2],
    "grid.*.*": [1, 2, 3],
    "rates.*": [1, {"buy": 2, "sell": 3}],
    "days.*.events": [{"at": 9}, {"at": 7}],
    "rates{}": [SHOP["rates"]],  # type: ignore[call-overload, index, list-item]  # as above
    "orders{}": [FIRST, SECOND, THIRD],
    "orders>lines": [{**FIRST, "lines": {"item": "pen"}}, {**FIRST, "lines": {"item": "ink"}}],
    "orders>to.notes": [
        {**FIRST, "to": {"town": "Bern", "notes": "fragile"}},
        {**FIRST, "to": {"town": "Bern", "notes": "late"}},
    ],
    "orders[0]{}>to": [
        {**FIRST, "to": {"name": "town", "value": "Bern"}},
        {**FIRST, "to": {"name": "notes", "value": ["fragile", "late"]}},
    ],
    "{}>rates": [
        {**SHOP, "rates": {"name": "EUR", "value": 1}},  # type: ignore[dict-item]  # as above
        {**SHOP, "rates": {"name": "USD", "buy": 2, "sell": 3}},  # type: ignore[dict-item]  # as above
    ],
    "rates{}>": [{"name": "EUR", "value": 1}, {"name": "USD", "buy": 2, "sell": 3}],
}
NOTHING = ("nothing", "nothing.*.here", "nothing{}", "orders>nothing", "rates.EUR", "orders[9].lines")

SMALL: list[JsonValue] = [
    None, 1, "x", {}, [], {"a": 1}, [1, 2], [{"a": 1}, {"a": 2}], {"a": [1, 2]}, {"b": [3]}, {"a": {"b": 3}},
    {"a": {"b": [3]}}, [[1], [2]],
]  # fmt: skip
PATHS = (
    "", "a", "a.b", "[0]", "[1].a", "a[0]", "*", "*.a", "s", "s.*", "s.*.a", "s.*.a.*", "s.*.a.b", "a.*", "a.*.b",
    "a{}", "s[0]{}", "s.p{}", ">a", "s>a", "s>a.b", "{}>a", "{}>a.b", "s.*>a", "*>a",
)  # fmt: skip


@pytest.mark.parametrize("path", TABLE)
def test_both_readers_take_the_same_records(path: str) -> None:
    assert records(SHOP, path) == TABLE[path]
    assert as_workflows_read(SHOP, path) == TABLE[path]


@pytest.mark.parametrize("path", NOTHING)
def test_where_the_study_finds_no_records_a_workflow_says_that_its_source_changed(path: str) -> None:
    assert records(SHOP, path) == []
    with pytest.raises(SourceChanged):
        as_workflows_read(SHOP, path)


@pytest.mark.parametrize("path", PATHS)
def test_whatever_the_study_finds_in_an_answer_a_workflow_finds_there_too(path: str) -> None:
    found = 0
    for one, other in product(SMALL, SMALL):
        sections: list[JsonValue] = [{"a": one}, {"a": other}]
        for value in (
            one,
            {"a": one, "b": other},
            {"s": one},
            [one, other],
            {"s": sections},
            {"s": {"p": {"a": one}, "q": other}},
        ):
            if expected := records(value, path):
                found += 1
                assert as_workflows_read(value, path) == expected, value
    assert found > 0
