"""Learning with the built-in planner: how long it takes, and how often it is right.

Run: python -m benchmarks.learn [examples] [targets] [utterances] [documents]; without a name all of it. Times are those
of the bundled events site, by stage, and of the same question again. The scores are composed of the other benchmarks';
a part whose data or application is not there says so.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
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


PARTS: dict[str, tuple[str, ...]] = {
    "examples": ("main.py", "examples"),
    "targets": ("-m", "benchmarks.targets"),
    "utterances": ("-m", "benchmarks.utterances"),
    "documents": ("-m", "benchmarks.documents"),
}
"""Each part runs in a process of its own, so that none warms another's caches."""


def main(names: list[str]) -> int:
    """Measure, print, and return 0 when every part ended well.

    Raises:
        SystemExit: a name that is no part.
    """
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise SystemExit(f"unknown: {', '.join(unknown)}; known: {', '.join(PARTS)}")
    if not names:
        document = json.loads(Path(QUERIES_PATH).read_text(encoding="utf-8"))
        print_figures("Learning (built-in planner)", asyncio.run(measure(document)))
    ended = 0
    for name in names or PARTS:
        print(f"\n{name}", flush=True)
        ended = max(ended, subprocess.call([sys.executable, *PARTS[name]]))
    return ended


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
