"""What was done and what it cost: ``runs``, ``stats``, ``audit``, ``gc``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from registry import Collected, Retention
from registry.stats import AGENT_TASK_USD
from school import show
from school.admin.options import ACTOR, Json, Limit, Name, Owner, Yes, complete_name, give, require_yes, said
from school.app import School
from school.console import plain_error, run

app = typer.Typer()
Days = typer.Option(min=0, help="Days that they are kept; the settings' own, else.")


@app.command()
def runs(name: Name, limit: Limit = 50, owner: Owner = "local", as_json: Json = False) -> None:
    """List the runs of a tool, newest first: trials, calls, replays."""

    async def use(school: School) -> list[dict[str, Any]]:
        school.registry.tool(name, owner, school.registry.versions(name, owner)[0].number)
        return [entry.model_dump(mode="json") for entry in school.registry.runs(name, owner, limit=limit)]

    rows = run(use, as_json=as_json, on_error=plain_error)
    columns = ("started_at", "kind", "version", "outcome", "rows", "wall_ms", "error_code")
    give(as_json, {"runs": rows}, lambda: show.table(f"{len(rows)} runs of {name}", rows, columns))


@app.command()
def stats(
    name: Annotated[str | None, typer.Argument(help="One tool; else all.", autocompletion=complete_name)] = None,
    agent_task_usd: Annotated[
        float, typer.Option("--agent-task-usd", min=0, help="What an agent's doing the task once would cost.")
    ] = AGENT_TASK_USD,
    owner: Owner = "local",
    as_json: Json = False,
) -> None:
    """Show what tools have done and cost, and when they became cheaper than an agent."""

    async def use(school: School) -> list[dict[str, Any]]:
        names = [name] if name is not None else _names(school, owner)
        found = [school.registry.stats(each, owner, agent_task_usd=agent_task_usd) for each in names]
        return [each.model_dump(mode="json") for each in found]

    rows = run(use, as_json=as_json, on_error=plain_error)
    if name is not None:
        facts = [{"figure": key, "value": value} for key, value in rows[0].items()]
        give(as_json, {"stats": rows[0]}, lambda: show.table(name, facts, ("figure", "value")))
        return
    columns = ("name", "calls", "success_rate", "wall_p50_ms", "wall_p95_ms", "learn_cost_usd", "break_even_calls")
    give(as_json, {"tools": rows}, lambda: show.table(f"{len(rows)} tools", rows, columns))


@app.command()
def audit(
    tool: Annotated[str | None, typer.Option("--tool", help="Only this tool.", autocompletion=complete_name)] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Only this owner's; else everybody's.")] = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List who changed what and when, newest first, refused damaged rows too."""

    async def use(school: School) -> list[dict[str, Any]]:
        return [e.model_dump(mode="json") for e in school.registry.audit(tool=tool, owner=owner, limit=limit)]

    rows = run(use, as_json=as_json, on_error=plain_error)
    columns = ("at", "actor", "action", "tool", "version", "outcome", "facts")
    give(as_json, {"audit": rows}, lambda: show.table(f"{len(rows)} changes", rows, columns, most=limit))


@app.command()
def gc(
    runs_days: Annotated[int | None, Days] = None,
    audit_days: Annotated[int | None, Days] = None,
    ledger_days: Annotated[int | None, Days] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Delete records that are older than their retention. Versions are never touched."""

    async def use(school: School) -> Collected:
        own = school.settings
        retention = Retention(
            runs_days=own.keep_runs_days if runs_days is None else runs_days,
            audit_days=own.keep_audit_days if audit_days is None else audit_days,
            ledger_days=own.keep_ledger_days if ledger_days is None else ledger_days,
        )
        question = (
            f"Runs older than {retention.runs_days} days, audit entries older than {retention.audit_days} and ledger "
            f"entries older than {retention.ledger_days} would be deleted."
        )
        require_yes(question, yes=yes, as_json=as_json)
        return school.registry.gc(retention, actor=ACTOR)

    gone = run(use, as_json=as_json, on_error=plain_error).model_dump()
    text = "deleted: " + ", ".join(f"{count} {kind}" for kind, count in gone.items())
    give(as_json, {"deleted": gone}, said(text))


def _names(school: School, owner: str) -> list[str]:
    names: list[str] = []
    after = None
    while True:
        page = school.registry.tools(owner, after=after, limit=200)
        names += [entry.name for entry in page.entries]
        after = page.next
        if after is None:
            return names
