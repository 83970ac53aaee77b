"""The events site's faults: questions learned and answered on a site that misbehaves.

Each must end in the rows that the faulty site truly has, or in a typed error; never in other rows. Each line is
printed as it comes, and no question may take longer than AGENT_SCHOOL_LEARN_TIMEOUT_S.
Run: python -m benchmarks.faults [FAULT …]
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, print_figures
from domain.errors import SchoolError
from domain.plan import PlannerKind, Query
from examples.events_site.app import store_for
from examples.events_site.faults import Fault, faults_named
from examples.events_site.serve import running
from examples.truth import QUERIES_PATH, truth_of
from school.app import open_school
from school.ask import ask
from school.examples_cli import differences
from school.settings import load_settings

ASKED = ("hip-hop-parties-sf", "tastings-paris", "by-bay-founders-guild", "climate-berlin-10km")


async def measure(document: dict[str, Any], names: list[str]) -> list[Figure]:
    """Ask some of the example questions of the site under each fault, in a registry of its own."""
    figures = []
    for name in names:
        faults = faults_named([name])
        today = date.fromisoformat(document["today"])
        store = store_for(seed=document["seed"], faults=faults, today=today)
        async with running(seed=document["seed"], faults=faults, today=today) as url:
            for query in document["queries"]:
                if query["id"] in ASKED:
                    truth = truth_of(query, store)
                    figure = await _one(name, query, url, datetime.fromisoformat(document["now"]), truth)
                    print(f"{figure.what}: {figure.measured}", file=sys.stderr, flush=True)
                    figures.append(figure)
    return figures


async def _one(fault: str, query: dict[str, Any], url: str, now: datetime, truth: dict[str, Any]) -> Figure:
    begun = time.perf_counter()
    outcome, reached = await _ended(query, url, now, truth)
    took = f"{time.perf_counter() - begun:.0f} s"
    return Figure(
        what=f"{fault}: {query['query']}",
        measured=f"{outcome} ({took})",
        asked=f"{truth['count']} rows, or typed",
        reached=reached,
    )


async def _ended(query: dict[str, Any], url: str, now: datetime, truth: dict[str, Any]) -> tuple[str, bool]:
    """Return how one question ended, and whether that is one of the two right ends."""
    asked = Query(text=query["query"], site=url + query["path"], planner=PlannerKind.BUILTIN)
    with tempfile.TemporaryDirectory(prefix="agent-school-bench-") as home:
        settings = load_settings(home=Path(home), now=now, database="")
        async with open_school(settings) as school:
            try:
                async with asyncio.timeout(settings.learn_timeout_s):
                    answer = await ask(school, asked, at_terminal=True)
            except SchoolError as problem:
                return f"{problem.code}: {problem.message[:110]}", type(problem) is not SchoolError
            except TimeoutError:
                return f"no end within {settings.learn_timeout_s:g} s", False
    wrong = differences(answer.run.rows, truth)
    return f"{wrong or 'right rows'}, {answer.version.plan.source.kind.value}", not wrong


def main(names: list[str]) -> int:
    """Measure and print; exit 1 when a question was answered wrongly."""
    document = json.loads(Path(QUERIES_PATH).read_text(encoding="utf-8"))
    figures = asyncio.run(measure(document, names or [fault.value for fault in Fault]))
    print_figures("Faults of the events site", figures)
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
