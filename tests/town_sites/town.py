"""All sites of the town, and asking one question as a user does."""

from __future__ import annotations

from pathlib import Path

from domain.errors import NeedsInput, SchoolError
from domain.plan import PlannerKind, Query
from sandbox.secrets import Secret, SecretStore
from school.app import open_school
from school.ask import ask
from school.settings import load_settings
from tests.homes import furnished
from tests.town_sites import (
    blog,
    cars,
    cinema,
    directory,
    homes,
    jobs,
    league,
    library,
    opendata,
    recipes,
    shop,
    timetable,
)
from tests.town_sites.asking import NOW, Question, TownSite, differences

SITES: tuple[TownSite, ...] = (
    cars.SITE,
    opendata.SITE,
    blog.SITE,
    jobs.SITE,
    library.SITE,
    cinema.SITE,
    homes.SITE,
    league.SITE,
    recipes.SITE,
    shop.SITE,
    directory.SITE,
    timetable.SITE,
)


async def answer(
    question: Question, base: str, home: Path, *, secret: tuple[str, str] | None = None
) -> tuple[str, str]:
    """Ask with a registry of its own; return right, refused or wrong, and what was seen.

    The same question asked again must be answered by the published tool, with the same rows.
    """
    if secret:
        stored = Secret(name="key", host="127.0.0.1", place="header", key=secret[0], value=secret[1])
        SecretStore(home / "secrets").add("local", stored)
    query = Query(text=question.text, site=base + question.begin, planner=PlannerKind.BUILTIN)
    async with open_school(load_settings(home=furnished(home), now=NOW, database="")) as school:
        try:
            found = await ask(school, query, at_terminal=True)
        except NeedsInput as asked:
            return ("right" if question.asks else "refused"), f"asks {asked.field}: {asked.message[:200]}"
        except SchoolError as problem:
            return "refused", f"{problem.code}: {problem.message[:400]}"
        again = await ask(school, query, at_terminal=True)
    kind, rows = found.version.plan.source.kind.value, found.run.rows
    if again.learned or again.run.rows != rows:
        told = "learns anew" if again.learned else f"{len(again.run.rows)} rows by {dict(again.arguments)}"
        return "wrong", f"{len(rows)} rows from {kind}, asked again it {told}"
    if question.asks:
        return "wrong", f"{len(rows)} rows from {kind} instead of asking {question.asks}: {rows[:1]}"
    seen = differences(question, rows)
    return ("wrong" if seen else "right"), f"{len(rows)} rows from {kind}{': ' if seen else ''}{seen}"
