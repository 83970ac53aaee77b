"""The true answers to the example queries, computed from the site's own store and never over HTTP.

``python -m examples.truth --write`` puts them into queries.json, ``--check`` says whether they are there.
The rules are written down in README.md beside this file.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from examples.events_site.app import store_for
from examples.events_site.archive import COLUMNS, archive_row
from examples.events_site.entries import amount_of, event_of
from examples.events_site.geo import KM_PER_MILE, miles_between
from examples.events_site.model import Event
from examples.events_site.places import PLACES, City
from examples.events_site.store import Store
from examples.events_site.words import occurs

QUERIES_PATH = Path(__file__).parent / "queries.json"

Json = dict[str, Any]


def truth_of(query: Mapping[str, Any], store: Store) -> Json:
    """What the query's answer is: count, whether the order counts, key fields and their rows.

    Raises:
        ValueError: the query has a parameter without a rule, or its ``limit`` cuts between equal rows.
    """
    params = query["params"]
    found = [event for event in _listing(query["path"], store) if _is_answer(event, params, query.get("strict", ()))]
    ordered = "sort" in params
    if ordered:
        found = _first(found, by=_SORTS[params["sort"]], limit=params["limit"])
    rows = [_row(event, query["key"]) for event in found]
    return {"count": len(rows), "ordered": ordered, "key": list(query["key"]), "rows": rows}


def fresh(document: Json) -> Json:
    """The whole file with every ``expect`` computed anew."""
    store = store_for(seed=document["seed"], faults=frozenset(), today=date.fromisoformat(document["today"]))
    queries = [{**query, "expect": truth_of(query, store)} for query in document["queries"]]
    return {**document, "queries": queries}


def dates_of(phrase: str, today: date) -> tuple[date, date]:
    """First and last day of a relative date.

    Raises:
        KeyError: the phrase is not one of those the queries use.
    """
    sunday = today + timedelta(days=6 - today.weekday())
    next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return {
        "tomorrow": (today + timedelta(days=1), today + timedelta(days=1)),
        "this week": (today, sunday),
        "this weekend": (max(today, sunday - timedelta(days=1)), sunday),
        "next month": (next_month, (next_month + timedelta(days=32)).replace(day=1) - timedelta(days=1)),
    }[phrase]


def _listing(path: str, store: Store) -> tuple[Event, ...]:
    """What the page at the path lists."""
    slug = path.strip("/")
    return store.upcoming if slug == "archive" else store.in_place(slug) or store.in_category(slug)


def _is_answer(event: Event, params: Mapping[str, Any], strict: tuple[str, ...]) -> bool:
    unknown = set(params) - set(_RULES) - {"sort", "limit", "currency"}
    if unknown:
        raise ValueError(f"No rule for {sorted(unknown)}.")
    if params.get("sort") == "price" and amount_of(event.ticket) is None:
        return False
    return all(_RULES[name](event, params, name in strict) for name in params if name in _RULES)


def _has_keywords(event: Event, params: Mapping[str, Any], _: bool) -> bool:
    return all(occurs(keyword, event.text) for keyword in params["keywords"])


def _has_none_of(event: Event, params: Mapping[str, Any], _: bool) -> bool:
    return not any(occurs(keyword, event.text) for keyword in params["exclude"])


def _is_there(event: Event, params: Mapping[str, Any], _: bool) -> bool:
    if event.location is None:
        return False
    radius = params.get("radius_miles", params.get("radius_km", 0) / KM_PER_MILE)
    if not radius:
        return event.location.city.name == str(params["city"])
    centre = _centre(params["city"])
    location = event.location
    return miles_between(location.latitude, location.longitude, centre.latitude, centre.longitude) <= float(radius)


def _is_affordable(event: Event, params: Mapping[str, Any], strict: bool) -> bool:
    """Free is 0 in any currency; an unknown price or another currency is never affordable."""
    amount = amount_of(event.ticket)
    if amount is None or (amount > 0 and event.ticket.currency != params["currency"].lower()):
        return False
    return amount < params["max_price"] or (amount == params["max_price"] and not strict)


_RULES: Mapping[str, Callable[[Event, Mapping[str, Any], bool], bool]] = {
    "keywords": _has_keywords,
    "exclude": _has_none_of,
    "city": _is_there,
    "radius_miles": lambda *_: True,
    "radius_km": lambda *_: True,
    "date_from": lambda event, params, _: event.local_date >= date.fromisoformat(params["date_from"]),
    "date_to": lambda event, params, _: event.local_date <= date.fromisoformat(params["date_to"]),
    "max_price": _is_affordable,
    "free": lambda event, params, _: event.ticket.is_free == params["free"],
    "online": lambda event, params, _: (event.location is None) == params["online"],
    "sold_out": lambda event, params, _: event.ticket.is_sold_out == params["sold_out"],
    "organizer": lambda event, params, _: event.calendar.name.lower() == params["organizer"].lower(),
}
"""One rule for each parameter; the radius is part of the city's rule."""

_SORTS: Mapping[str, Callable[[Event], Any]] = {
    "price": lambda event: amount_of(event.ticket),
    "start_at": lambda event: event.start,
}


def _first(events: list[Event], *, by: Callable[[Event], Any], limit: int) -> list[Event]:
    in_order = sorted(events, key=by)
    values = [by(event) for event in in_order[: limit + 1]]
    if len(set(values)) < len(values):
        raise ValueError("Equal rows at the top: the order would not be one answer.")
    return in_order[:limit]


def _centre(name: str) -> City:
    return next(city for place in PLACES for city in place.cities if city.name == name)


def _row(event: Event, key: list[str]) -> list[Any]:
    shown = dict(zip((column.lower() for column in COLUMNS), archive_row(event), strict=True))
    shown.update(event_of(event))
    return [shown[name] for name in key]


def _text(document: Json) -> str:
    """The file's text, one row of an answer to a line."""
    head = {name: value for name, value in document.items() if name != "queries"}
    queries = ",\n".join(_query_text(query) for query in document["queries"])
    return f'{json.dumps(head)[:-1]}, "queries": [\n{queries}\n]}}\n'


def _query_text(query: Json) -> str:
    fields = [f" {json.dumps(name)}: {_dumped(value)}" for name, value in query.items() if name != "expect"]
    expect = query["expect"]
    rows = ",\n".join(f"  {_dumped(row)}" for row in expect["rows"])
    head = _dumped({name: value for name, value in expect.items() if name != "rows"})[:-1]
    return "{\n" + ",\n".join(fields) + f',\n "expect": {head}, "rows": [\n{rows}\n ]}}\n}}'


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    """Write the answers, or say whether the written ones are right."""
    parser = argparse.ArgumentParser(prog="python -m examples.truth", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="exit 1 when queries.json is not fresh")
    what.add_argument("--write", action="store_true", help="write queries.json anew")
    asked = parser.parse_args()
    written = QUERIES_PATH.read_text(encoding="utf-8")
    text = _text(fresh(json.loads(written)))
    if asked.write:
        QUERIES_PATH.write_text(text, encoding="utf-8")
    for query in json.loads(text)["queries"]:
        print(f"{query['expect']['count']:4}  {query['query']}")
    if text != written and not asked.write:
        print("queries.json is not fresh. Write it with: python -m examples.truth --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
