"""``tools repair``: a tool whose site changed is learned anew in its own place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.errors import NeedsApproval, NotConfirmed
from domain.plan import PlannerKind
from school import show
from school.admin.look_cli import draw_diff
from school.admin.options import ACTOR, Json, Name, Owner, Yes, give
from school.app import School
from school.console import plain_error, run

if TYPE_CHECKING:
    from domain.events import EventSink
    from school.repair import Repair, Wish

app = typer.Typer()
Force = Annotated[bool, typer.Option("--force", help="Learn it anew though its example calls still work.")]
Planner = Annotated[PlannerKind, typer.Option("--planner", help="Who plans; auto is a model when a key is set.")]
Document = Annotated[str | None, typer.Option("--openapi", help="Its API document, for a tool that comes from one.")]
Background = Annotated[bool, typer.Option("--background", help="Leave it to a server or worker, as a job.")]
Hosts = Annotated[list[str] | None, typer.Option("--allow-host", help="A further host that the tool may ask.")]


@app.command()
def repair(
    name: Name,
    force: Force = False,
    planner: Planner = PlannerKind.AUTO,
    openapi: Document = None,
    allow_host: Hosts = None,
    owner: Owner = "local",
    yes: Yes = False,
    background: Background = False,
    as_json: Json = False,
) -> None:
    """Look at a tool's site anew with the tool's own question, and publish a proved version in its place.

    A tool whose example calls still work is left as it is. A version that would reach more, say something else or
    break what callers rely on waits for approval, as tools approve gives it; --yes agrees beforehand.
    """
    from school.documents import placed  # noqa: PLC0415 - loads learning
    from school.jobs.cli import begin_at_terminal  # noqa: PLC0415 - as above
    from school.repair import Wish  # noqa: PLC0415 - as above

    openapi = placed(openapi) if openapi else None
    wish = Wish(
        force=force, planner=planner, api_document=openapi, allow_hosts=tuple(allow_host or ()), at_terminal=True
    )
    if background:
        begin_at_terminal("repair", {"name": name, "wish": wish.model_dump(mode="json")}, owner=owner, as_json=as_json)
        return
    with show.progress(quiet=as_json) as sink:
        done, told = run(
            lambda school: _repaired(school, name, owner, wish, sink), as_json=as_json, on_error=plain_error
        )
    if done.ended == "waiting":
        done, told = _agreed(done, told, owner, yes=yes, as_json=as_json)
    give(as_json, told, lambda: _draw(told))


async def _repaired(
    school: School, name: str, owner: str, wish: Wish, sink: EventSink
) -> tuple[Repair, dict[str, Any]]:
    from school.repair import repair as mend  # noqa: PLC0415 - loads learning
    from school.repaired import as_object  # noqa: PLC0415 - as above

    done = await mend(school, name, owner=owner, wish=wish, actor=ACTOR, on_progress=sink)
    return done, as_object(school, done, owner)


def _agreed(
    done: Repair, told: dict[str, Any], owner: str, *, yes: bool, as_json: bool
) -> tuple[Repair, dict[str, Any]]:
    """Publish what waits when the person agrees; ask outside the event loop and its progress bar."""

    async def use(school: School) -> tuple[Repair, dict[str, Any]]:
        from school.repair import settle  # noqa: PLC0415 - loads learning
        from school.repaired import as_object  # noqa: PLC0415 - as above

        _require_person(done, told, yes=yes, can_ask=not as_json and show.asks())
        settled = await settle(school, done, owner=owner, actor=ACTOR)
        return settled, as_object(school, settled, owner)

    return run(use, as_json=as_json, on_error=plain_error)


def _require_person(done: Repair, told: dict[str, Any], *, yes: bool, can_ask: bool) -> None:
    from school.approvals import review_question  # noqa: PLC0415 - loads models of questions

    assert done.after is not None
    if yes:
        return
    why = " ".join(done.reasons)
    if not can_ask:
        question = review_question(done.after)
        what = f"{done.after.name} version {done.after.number} is proved and waits for approval. {why}"
        raise NeedsApproval(what, kind=question.kind, subject=question.subject, remedy=question.remedy)
    _draw(told)
    if not typer.confirm(f"{why} Publish version {done.after.number}?", err=True):
        raise NotConfirmed(
            f"Nothing was published; version {done.after.number} waits.",
            remedy=f"Publish it with: main.py tools approve {done.after.name}",
        )


def _draw(told: dict[str, Any]) -> None:
    name, number = told["name"], told["version"]
    for problem in told["problems"]:
        _line(f"found: {problem}")
    if told["repair"] == "sound":
        _line(f"{name} version {number} works: {len(told['calls'])} example calls are as they should be.")
        _line("Nothing to repair (--force learns it anew all the same).")
        return
    if told["repair"] == "same":
        _line(f"{name} version {number} was learned anew and proved, and is the same: nothing was changed.")
        return
    draw_diff({**told, "after": number})
    for each in told["obsolete"]:
        _line(f"the recording of version {each['version']} no longer holds: {each['reason']}")
    what = "is published" if told["repair"] == "published" else "is proved and waits for approval"
    _line(
        f"{name}: version {number} {what}; it took {told['wall_ms'] / 1000:.1f} s, "
        f"{told['llm']['calls']} model calls and {told['llm']['cost_usd']:.4f} USD"
    )


def _line(text: str) -> None:
    show.out.print(text, markup=False, highlight=False, soft_wrap=True)
