"""Learning with the built-in planner on the bundled events site: time by stage, then the time of the same again.

Run: python -m benchmarks.learn
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, print_figures
from domain.plan import PlannerKind, Query
from examples.events_site.serve import running
from examples.truth import QUERIES_PATH
from school.app import open_school
from school.ask import ask
from school.settings import load_settings

QUESTIONS = ("hip-hop parties in SF within 5 miles", "yoga in Oakland this week", "events by Bay Founders Guild")


async def measure(document: dict[str, Any]) -> list[Figure]:
    """Ask each question in a registry of its own: first learned, then again."""
    figures: list[Figure] = []
    async with running(seed=document["seed"], today=date.fromisoformat(document["today"])) as url:
        for question in QUESTIONS:
            figures += await _question(question, f"{url}/sf", datetime.fromisoformat(document["now"]))
    return figures


async def _question(question: str, site: str, now: datetime) -> list[Figure]:
    query = Query(text=question, site=site, planner=PlannerKind.BUILTIN)
    with tempfile.TemporaryDirectory(prefix="agent-school-bench-") as home:
        async with open_school(load_settings(home=Path(home), now=now, database="")) as school:
            begun = time.perf_counter()
            first = await ask(school, query, at_terminal=True)
            learned_s = time.perf_counter() - begun
            begun = time.perf_counter()
            await ask(school, query, at_terminal=True)
            again_ms = (time.perf_counter() - begun) * 1000
    stages = ", ".join(f"{name} {ms / 1000:.1f}" for name, ms in first.timings_ms.items() if ms >= 50)
    return [
        Figure(
            what=f"learn: {question}", measured=f"{learned_s:.1f} s ({stages})", asked="≤ 10 s", reached=learned_s <= 10
        ),
        Figure(what="the same question again", measured=f"{again_ms:.0f} ms", asked="≤ 2 s", reached=again_ms <= 2000),
    ]


def main() -> None:
    """Measure and print."""
    print_figures(
        "Learning (built-in planner)", asyncio.run(measure(json.loads(Path(QUERIES_PATH).read_text(encoding="utf-8"))))
    )


if __name__ == "__main__":
    main()
