"""The built-in planner on real applications: each target's questions, with rows computed from the target's own store.

Run: python -m benchmarks.targets [name …]

The applications and their questions are outside the project: the folder ``targets`` of AGENT_SCHOOL_SHARED
(``../shared`` by default) holds them and a script that starts them. Those that do not run are started, and stopped
when they have been asked; one that is not installed is installed first, which takes minutes.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.figures import Figure, print_figures
from domain.errors import NothingFound, SchoolError, SourceBlocked, SourceProblem
from domain.meaning.words import fold
from domain.plan import PlannerKind, Query
from school.app import School, open_school
from school.ask import ask
from school.settings import load_settings

BEGIN = {
    "datasette": "/city/events",
    "pretix": "/cityevents/",
    "verdaccio": "/",
    "mediawiki": "/w/index.php/Special:AllPages",
    "httpbin": "/",
}
"""Where a person would begin, for targets whose questions do not say."""

SAME_NAMES = {"slug": ("url", "id"), "path": ("url",), "dependency": ("name",)}
"""A key of the truth may be read from another field: the last part of an address is what the target calls its slug."""

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def shared() -> Path:
    """Return the folder that holds the targets."""
    return Path(os.environ.get("AGENT_SCHOOL_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "targets"


def answers(url: str) -> bool:
    """Return whether something listens there."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        return False


async def measure(names: list[str]) -> list[Figure]:
    """Ask every question of every target."""
    figures: list[Figure] = []
    for name in names:
        about = json.loads((shared() / name / "target.json").read_text())
        base = f"http://127.0.0.1:{about['port']}"
        with running(name, base + about["ready"]) as problem:
            if problem:
                figures.append(Figure(what=name, measured=f"does not run: {problem}", reached=False))
                continue
            questions = json.loads((shared() / name / "queries.json").read_text())
            for one in questions:
                figures.append(await _ask(one, base + _start(one, name)))
                print(f"{figures[-1].what}: {figures[-1].measured}", file=sys.stderr, flush=True)
    return figures


@contextmanager
def running(name: str, ready: str) -> Iterator[str]:
    """Have a target run meanwhile; yields why it does not, or an empty text. One that ran before is left running."""
    if answers(ready):
        yield ""
        return
    script = str(shared() / "targets")
    print(f"{name}: starting it", file=sys.stderr, flush=True)
    begun = subprocess.run([script, "start", name], capture_output=True, text=True, check=False)
    said = (begun.stderr or begun.stdout).strip().splitlines()
    try:
        yield "" if answers(ready) else (said[-1] if said else f"{script} start {name} gave {begun.returncode}")
    finally:
        subprocess.run([script, "stop", name], capture_output=True, check=False)


def _start(question: dict[str, Any], name: str) -> str:
    """Return where to begin; a question says it beside its words or beside what is expected."""
    return str(question.get("start") or question["expect"].get("start") or BEGIN.get(name, "/"))


async def _ask(question: dict[str, Any], site: str) -> Figure:
    with tempfile.TemporaryDirectory(prefix="agent-school-bench-") as home:
        async with open_school(load_settings(home=Path(home), now=NOW, database="")) as school:
            begun = time.perf_counter()
            outcome, right = await _outcome(school, question, site)
    took = time.perf_counter() - begun
    what = f"{question['id']} ({question['kind']}): {question['query']}"
    return Figure(
        what=what, measured=f"{outcome} in {took:.1f} s", asked=f"{question['expect']['count']} rows", reached=right
    )


async def _outcome(school: School, question: dict[str, Any], site: str) -> tuple[str, bool]:
    query = Query(text=question["query"], site=site, planner=PlannerKind.BUILTIN)
    try:
        answer = await ask(school, query, at_terminal=True)
    except SchoolError as problem:
        return f"{problem.code}: {problem.message[:300]}", right_refusal(question, problem)
    key, rows = question["expect"]["key"], answer.run.rows
    numbers = {
        name for n, name in enumerate(key) if all(isinstance(r[n], int | float) for r in question["expect"]["rows"])
    }
    if len(rows) == 1 and key == ["name", "value"] and len(question["expect"]["rows"]) > 1:
        rows = as_pairs(rows[0], [name for name, _ in question["expect"]["rows"]])
    got = [tuple(value_of(row, name, number=name in numbers) for name in key) for row in rows]
    true = [tuple(_plain(value) for value in row) for row in question["expect"]["rows"]]
    right = got == true if question["expect"]["ordered"] else sorted(got) == sorted(true)
    kind = answer.version.plan.source.kind.value
    lacking = [name for name, value in zip(key, got[0], strict=True) if value == ""] if got else []
    missed = len(set(true) - set(got))
    note = f", {missed} of {len(true)} missing" if missed else ""
    return f"{len(rows)} rows from {kind}{note}{f', no field for {lacking}' if lacking else ''}", right


def right_refusal(question: dict[str, Any], problem: SchoolError) -> bool:
    """Return whether an error is the right end of a question that asks for no rows, or for what must be refused.

    A page behind a login is refused with the status that the site gives to those without credentials. A page that is
    not there is reported with its status, which is all that was asked. Nothing is published for a list that never had
    a row (PROVE-7), so that a source which says itself that its list is empty is told of by where that list stands.
    """
    expect, status = question["expect"], problem.facts.get("status")
    if "without_credentials" in expect:
        return isinstance(problem, SourceBlocked) and status == expect["without_credentials"]
    if question["kind"] == "error":
        return isinstance(problem, SourceProblem) and expect["rows"] == [[status]]
    return expect["count"] == 0 and isinstance(problem, NothingFound) and bool(problem.facts.get("empty"))


def as_pairs(row: dict[str, Any], names: list[str]) -> list[dict[str, Any]]:
    """Return a row's fields of these names as rows of name and value.

    Who asks what a server was sent is answered by one record with a field for each thing that was sent, too.
    """
    return [{"name": name, "value": row[name]} for name in names if row.get(name) is not None]


def value_of(row: dict[str, Any], name: str, *, number: bool = False) -> str:
    """Return a field of a row for comparison: by its name, a name that ends in it, or what stands for it.

    Where the truth is a number, a list counts by its length.
    """
    for candidate in (name, *SAME_NAMES.get(name, ())):
        if candidate in row:
            value = row[candidate]
            if number and isinstance(value, list):
                return _plain(len(value))
            if name == "path" and candidate == "url":
                return _plain(urlsplit(str(value)).path)
            return _plain(str(value).rstrip("/").rsplit("/", 1)[-1] if candidate == "url" else value)
    close = [field for field in row if field.endswith(f"_{name}") or field.startswith(f"{name}_")]
    return _plain(row[close[0]]) if close else ""


def _plain(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{float(value):g}"
    return fold(str(value)) if value is not None else ""


def main(names: list[str]) -> None:
    """Measure and print."""
    figures = asyncio.run(measure(names or list(BEGIN)))
    print_figures("Real applications, built-in planner", figures)
    print(f"{sum(f.reached is True for f in figures)} of {sum(f.reached is not None for f in figures)} right")


if __name__ == "__main__":
    main(sys.argv[1:])
