"""The 24 example questions, asked one after the other of the bundled events site and compared with its truth."""

from __future__ import annotations

import json
import math
import re
import tempfile
import time
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import anyio
import typer

from domain.errors import SchoolError
from domain.meaning import dates, geo, words
from domain.plan import PlannerKind, Query
from domain.values import JsonObject
from school import show
from school.app import School, open_school
from school.console import print_json
from school.settings import load_settings

app = typer.Typer(no_args_is_help=True)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?")
COLUMNS = ("id", "right", "rows", "true rows", "kind", "tool", "ms", "why")
ENOUGH_RIGHT = 20  # of the 24; fewer is an error


@app.command()
def examples(
    only: Annotated[str | None, typer.Option("--only", help="Ask only the question with this id.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")] = False,
) -> None:
    """Ask the example questions of a fresh registry and compare the rows with the site's own data."""
    from examples.truth import QUERIES_PATH  # noqa: PLC0415 - the bundled site is only for this

    document = json.loads(Path(QUERIES_PATH).read_text(encoding="utf-8"))
    chosen = [query for query in document["queries"] if only in (None, query["id"])]
    results = anyio.run(run_examples, document, chosen)
    right = sum(result["right"] for result in results)
    if as_json:
        print_json({"status": "ok" if right else "error", "right": right, "of": len(results), "examples": results})
    else:
        shown = [{**r, "right": "yes" if r["right"] else "NO"} for r in results]
        show.table(
            f"{right} of {len(results)} right", shown, ("id", "right", "rows", "true rows", "kind", "tool", "ms", "why")
        )
    raise typer.Exit(0 if right >= min(ENOUGH_RIGHT, len(results)) else 1)


async def run_examples(document: dict[str, Any], chosen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ask each chosen question of the document's site and return a line of results for each, in order."""
    from examples.events_site.serve import running  # noqa: PLC0415 - see examples

    today = date.fromisoformat(document["today"])
    async with running(seed=document["seed"], today=today) as url:
        with tempfile.TemporaryDirectory(prefix="agent-school-examples-") as home:
            settings = load_settings(home=Path(home), now=datetime.fromisoformat(document["now"]), database="")
            async with open_school(settings) as school:
                return [await _one(school, query, url, today) for query in chosen]


async def _one(school: School, query: dict[str, Any], url: str, today: date) -> dict[str, Any]:
    from school.ask import ask  # noqa: PLC0415 - see run_examples

    asked = Query(text=query["query"], site=url + query["path"], planner=PlannerKind.BUILTIN)
    result: dict[str, Any] = {"id": query["id"], "query": query["query"], "true rows": query["expect"]["count"]}
    start = time.perf_counter()
    try:
        answer = await ask(school, asked, at_terminal=True)
    except SchoolError as problem:
        return {**result, "right": False, "rows": 0, "why": f"{problem.code}: {problem.message}", "ms": _since(start)}
    rows = answer.run.rows
    wrong = differences(rows, query["expect"])
    missing = missing_parameters(query, {**answer.version.plan.defaults(), **answer.arguments}, today)
    return {
        **result,
        "right": not wrong and not missing,
        "rows": len(rows),
        "kind": answer.version.plan.source.kind.value,
        "tool": answer.version.name,
        "learned": answer.learned,
        "ms": _since(start),
        "why": "; ".join(part for part in (wrong, missing) if part),
    }


def differences(rows: list[JsonObject], expect: dict[str, Any]) -> str:
    """Return in words how rows differ from the truth, or nothing."""
    key: list[str] = expect["key"]
    lacking = [name for name in key if rows and all(name not in row for row in rows)]
    if lacking:
        return f"no field named {', '.join(lacking)}"
    got = [tuple(_told(row.get(name)) for name in key) for row in rows]
    true = [tuple(_told(value) for value in row) for row in expect["rows"]]
    if expect["ordered"]:
        return "" if got == true else "other rows, or another order"
    if sorted(map(repr, got)) == sorted(map(repr, true)):
        return ""
    return f"{len(set(true) - set(got))} rows missing, {len(set(got) - set(true))} too many"


def _told(value: Any) -> Any:
    """Return a moment in one spelling: a page may write "2027-05-14 11:00" where a row says "2027-05-14T11:00:00"."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return value
    return datetime.fromisoformat(value).isoformat()


def missing_parameters(query: dict[str, Any], params: JsonObject, today: date) -> str:
    """Return which expected parameters the tool lacks or has otherwise, in words, or nothing.

    Words are compared by their forms; dates as the days that the phrase means on the site's own day.
    """
    wrong = [name for name, wanted in query["params"].items() if not _has(name, wanted, params, today)]
    return f"parameters differ: {', '.join(wrong)}" if wrong else ""


def _has(name: str, wanted: Any, params: JsonObject, today: date) -> bool:
    """Return whether the parameters say the same; a distance may be in the other unit."""
    miles = params.get("radius_miles")
    if name == "radius_km" and isinstance(miles, int | float):
        return math.isclose(miles * geo.KM_PER_MILE, wanted, abs_tol=0.01)
    return _agrees(name, wanted, params.get(name), today)


def _agrees(name: str, wanted: Any, given: Any, today: date) -> bool:
    if isinstance(wanted, list):
        given = given if isinstance(given, list) else [given]
        text = " ".join(str(part) for part in given if part)
        return all(words.matches([text], word) for word in wanted)
    if name in {"date_from", "date_to"} and isinstance(given, str):
        meant = dates.resolve(given, today)
        return str(wanted) == (meant.start if name == "date_from" else meant.end).isoformat()
    if isinstance(wanted, str):
        return words.fold(str(given)) == words.fold(wanted)
    same: bool = given == wanted
    return given is not None and same


def _since(start: float) -> int:
    return round((time.perf_counter() - start) * 1000)
