from __future__ import annotations

from domain.plan import FieldType, RequestTemplate
from generators.sources.json_records import find_candidates
from generators.sources.typing import type_of
from tests.generators.builders import show
from tests.requirements import requirement

REQUEST = RequestTemplate(url="https://shows.example/api")


@requirement("LEARN-3")
def test_nested_objects_become_named_and_typed_columns() -> None:
    best = find_candidates({"items": [show(n) for n in range(9)]}, REQUEST)[0]
    columns = {c.name: c for c in best.columns}
    assert best.source.records == "items"
    assert best.identity == ("id",)
    assert columns["city"].locator == "place.city"
    assert columns["start_at"].type is FieldType.DATETIME
    assert (columns["price"].locator, columns["price"].scale) == ("ticket.price.cents", 0.01)
    assert columns["currency"].values == ("USD",)


def test_rows_without_names_take_them_from_the_columns_beside_them() -> None:
    body = {"columns": ["id", "name", "price"], "rows": [[1, "Ann", None], [2, "Bob", None], [3, "Cy", None]]}
    best = find_candidates(body, REQUEST)[0]
    assert [(c.name, c.locator, c.fill) for c in best.columns] == [
        ("id", "[0]", 1.0),
        ("name", "[1]", 1.0),
        ("price", "[2]", 0.0),
    ]
    assert best.columns[2].type is FieldType.NUMBER


def test_objects_kept_under_their_ids_are_records() -> None:
    body = {"query": {"pages": {"17": {"pageid": 17, "title": "A"}, "18": {"pageid": 18, "title": "B"}}}}
    assert find_candidates(body, REQUEST)[0].source.records == "query.pages.*"


def test_sections_are_united() -> None:
    body = {"days": [{"day": d, "events": [show(n + d * 4) for n in range(4)]} for d in range(3)]}
    united = next(c for c in find_candidates(body, REQUEST) if c.source.records == "days.*.events")
    assert united.count == 12


def test_a_column_that_repeats_another_is_left_out() -> None:
    rows = [{"api_id": f"evt-{n}", "event": {"api_id": f"evt-{n}", "name": f"Night {n}"}} for n in range(5)]
    names = [c.name for c in find_candidates(rows, REQUEST)[0].columns]
    assert names == ["api_id", "event_name"]


def test_numbers_as_strings_are_numbers_and_codes_are_not() -> None:
    assert type_of(["12.5", "3"], "distance") is FieldType.NUMBER
    assert type_of(["01234", "04567"], "zip") is FieldType.STRING
    assert type_of(["$12.50", "$3"], "text") is FieldType.PRICE
    assert type_of(["Sat, May 15, 2027", "Sun, May 16, 2027"], "when") is FieldType.DATE
