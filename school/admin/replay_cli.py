"""Testing tools offline: ``tools test``, ``tools obsolete``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from school import show
from school.admin.options import ACTOR, Json, Name, Owner, Version, give, said
from school.app import School
from school.console import ERROR, plain_error, print_json, run

if TYPE_CHECKING:
    from school.replay import Replayed

app = typer.Typer()


@app.command("test")
def test_tool(
    name: Name,
    version: Version = None,
    old: Annotated[
        bool, typer.Option("--old", help="Also hold it against the recordings of earlier versions.")
    ] = False,
    owner: Owner = "local",
    as_json: Json = False,
) -> None:
    """Run a version again on its recorded answers, offline, and compare rows. Exit status 0 only when all passed."""
    from school.replay import replay_tool  # noqa: PLC0415 - loads the sandbox

    async def use(school: School) -> tuple[Replayed, ...]:
        return await replay_tool(school, name, owner, version=version, old=old)

    results = run(use, as_json=as_json, on_error=plain_error)
    _answer(results, as_json)


@app.command()
def obsolete(
    name: Name,
    version: Annotated[int, typer.Option("--version", "-v", min=1, help="Version whose recording it is.")],
    reason: Annotated[str, typer.Option("--reason", help="Why later versions need not pass it.")],
    owner: Owner = "local",
    as_json: Json = False,
) -> None:
    """Declare the recording of an old version obsolete, so that later ones need not pass it."""

    async def use(school: School) -> None:
        school.registry.declare_obsolete(name, owner, version, reason=reason, actor=ACTOR)

    run(use, as_json=as_json, on_error=plain_error)
    value = {"name": name, "version": version, "reason": reason}
    give(as_json, value, said(f"{name}: the recording of version {version} is obsolete"))


def _answer(results: tuple[Replayed, ...], as_json: bool) -> None:
    from school.replay import first_problem  # noqa: PLC0415 - loads the sandbox

    problem = first_problem(results)
    if as_json:
        value: dict[str, Any] = {"status": "ok"} if problem is None else plain_error(problem)
        print_json({**value, "replays": [result.model_dump(mode="json") for result in results]})
    else:
        for result in results:
            _draw(result)
        if problem is not None:
            show.problem(problem)
    if problem is not None:
        raise typer.Exit(ERROR)


def _draw(result: Replayed) -> None:
    title = f"{result.tool} version {result.version} on the recording of version {result.recorded}"
    rows = [case.model_dump(mode="json") for case in result.cases]
    if rows:
        show.table(f"{title}: {result.outcome.value}", rows, ("name", "outcome", "rows", "wall_ms", "evidence"))
    for note in result.notes:
        show.out.print(f"not recorded: {note}", markup=False, soft_wrap=True)
