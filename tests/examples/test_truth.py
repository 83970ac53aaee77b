import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from examples.events_site.app import store_for
from examples.events_site.store import Store
from examples.truth import QUERIES_PATH, dates_of, fresh, truth_of

DOCUMENT = json.loads(QUERIES_PATH.read_text(encoding="utf-8"))
QUERIES = {query["id"]: query for query in DOCUMENT["queries"]}
TODAY = date.fromisoformat(DOCUMENT["today"])


@pytest.fixture(scope="module")
def store() -> Store:
    return store_for(seed=DOCUMENT["seed"], faults=frozenset(), today=TODAY)


def test_the_written_answers_are_those_that_the_site_gives() -> None:
    assert fresh(DOCUMENT) == DOCUMENT


def test_there_are_twenty_four_queries_and_three_are_truly_empty() -> None:
    counts = [query["expect"]["count"] for query in QUERIES.values()]
    assert len(counts) == 24
    assert counts.count(0) >= 3
    assert all(count == 0 or 3 <= count <= 80 for count in counts)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_every_constraint_of_a_query_matters_or_another_says_the_same(query: Mapping[str, Any], store: Store) -> None:
    """Without all its constraints a query has more rows; at least one alone is needed."""
    free = {"sort", "limit", "currency", "keywords", "radius_miles", "radius_km"}
    whole = {name: value for name, value in query["params"].items() if name not in {"sort", "limit"}}
    rows = truth_of({**query, "params": whole}, store)["count"]
    fewer = [{k: v for k, v in whole.items() if k != name} for name in whole if name not in free]
    fewer += [
        {**whole, "keywords": [each for each in whole["keywords"] if each != word]}
        for word in whole.get("keywords", ())
    ]
    fewer = [params for params in fewer if not ({"radius_miles", "radius_km"} & set(params) and "city" not in params)]
    counts = [truth_of({**query, "params": params}, store)["count"] for params in fewer]
    assert all(count >= rows for count in counts)
    assert max(counts) > rows


@pytest.mark.parametrize("query", [q for q in QUERIES.values() if q.get("strict")], ids=lambda q: q["id"])
def test_under_a_price_leaves_out_rows_at_that_price(query: Mapping[str, Any], store: Store) -> None:
    assert truth_of({**query, "strict": []}, store)["count"] > query["expect"]["count"]


def test_a_radius_is_not_the_same_as_the_city(store: Store) -> None:
    query = QUERIES["hip-hop-parties-sf"]
    named = {name: value for name, value in query["params"].items() if name != "radius_miles"}
    inside = {tuple(row) for row in query["expect"]["rows"]}
    in_city = {tuple(row) for row in truth_of({**query, "params": named}, store)["rows"]}
    assert inside - in_city
    assert in_city - inside


@pytest.mark.parametrize("query", [q for q in QUERIES.values() if "when" in q], ids=lambda q: q["id"])
def test_relative_dates_are_those_of_the_params(query: Mapping[str, Any]) -> None:
    first, last = dates_of(query["when"], TODAY)
    assert (first.isoformat(), last.isoformat()) == (query["params"]["date_from"], query["params"]["date_to"])


def test_a_weekend_has_begun_on_its_sunday() -> None:
    assert dates_of("this weekend", date(2027, 5, 16)) == (date(2027, 5, 16), date(2027, 5, 16))
    assert dates_of("next month", date(2027, 12, 31)) == (date(2028, 1, 1), date(2028, 1, 31))


def test_a_parameter_without_a_rule_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="colour"):
        truth_of({"path": "/sf", "params": {"colour": "blue"}, "key": ["url"]}, store)


def test_a_limit_that_cuts_between_equal_rows_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="Equal rows"):
        truth_of({"path": "/sf", "params": {"sort": "price", "limit": 5}, "key": ["url"]}, store)
