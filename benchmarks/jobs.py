"""Twenty learnings at once: how many finish, and in what time. Run: ``python -m benchmarks.jobs [HOW_MANY]``.

One worker in a process of its own takes them from the queue, as many at a time as the settings say; each belongs to
another owner and learns a tool of its own on the bundled events site.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

from benchmarks.figures import Figure, print_figures
from domain.plan import PlannerKind, Query
from examples.events_site.serve import running
from school.jobs import JobDesk, Learning
from school.jobs.board import board_of
from school.settings import load_settings

QUESTION = "hip-hop parties in SF within 5 miles"
TODAY = date(2027, 5, 12)
LONGEST_S = 1200.0


async def measure(how_many: int) -> list[Figure]:
    """Begin all at once and wait for the last."""
    async with running(seed=7, today=TODAY) as url:
        with tempfile.TemporaryDirectory(prefix="agent-school-bench-") as home:
            given = {"HOME": home, "NOW": f"{TODAY}T12:00:00+00:00", "PRIVATE_HOSTS": url.split("//")[1]}
            given["LEARN_TIMEOUT_S"] = str(LONGEST_S)
            environment = {**os.environ, **{f"AGENT_SCHOOL_{name}": value for name, value in given.items()}}
            worker = subprocess.Popen([sys.executable, "main.py", "worker"], env=environment, stdout=subprocess.DEVNULL)  # noqa: ASYNC220 - before anything runs beside it
            try:
                board = board_of(load_settings(home=Path(home), database="", jobs_database=""))
                return [await _learned(JobDesk(board, None), f"{url}/sf", how_many)]
            finally:
                worker.terminate()
                worker.wait()


async def _learned(desk: JobDesk, site: str, how_many: int) -> Figure:
    query = Query(text=QUESTION, site=site, planner=PlannerKind.BUILTIN)
    begun = time.perf_counter()
    ids = [desk.learn(Learning(query=query, fresh=True), owner=f"owner{n}").id for n in range(how_many)]
    jobs = await asyncio.gather(*(desk.wait(each, None, longest_s=LONGEST_S) for each in ids))
    states = Counter(job.state.value for job in jobs)
    problems = {str((job.error or {}).get("code")) for job in jobs if job.error}
    return Figure(
        what=f"{how_many} jobs at once",
        measured=f"{dict(states)} in {time.perf_counter() - begun:.0f} s {' '.join(sorted(problems))}",
        asked="all done",
        reached=states["done"] == how_many,
    )


if __name__ == "__main__":
    print_figures("Jobs", asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 20)))
