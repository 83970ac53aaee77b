"""A person's approval at the terminal: ``tools approve``, ``tools waiting``, ``tools disapprove``."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from domain.errors import NotConfirmed
from domain.workflow import Status, WorkflowVersion
from registry.approvals import approve as note
from registry.approvals import take_back
from school import show
from school.admin.options import ACTOR, Json, Name, Owner, Version, Yes, give, said
from school.app import School
from school.approvals import WRITE, approve_version, newest_waiting, review_question
from school.console import plain_error, run

app = typer.Typer()
Calls = Annotated[bool, typer.Option("--calls", help="Approve all calls of a tool that changes something.")]


@app.command()
def approve(
    name: Name,
    version: Version = None,
    calls: Calls = False,
    owner: Owner = "local",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Publish a version that waits, after showing its policy, its proof and its code (the newest by default)."""

    async def use(school: School) -> dict[str, Any]:
        if calls:
            kept = school.registry.tool(name, owner)
            require_person(f"Let every call of {name} change things at its site without asking?", yes, as_json)
            note(school.registry.shelf, owner=owner, subject=f"{WRITE}:{kept.name}", actor=ACTOR)
            return {"name": name, "approved": "calls"}
        kept = school.registry.tool(name, owner, version or newest_waiting(school, name, owner))
        if not as_json:
            _show(kept)
        require_person(f"Publish {name} version {kept.number}?", yes, as_json)
        done = approve_version(school, name, kept.number, owner=owner, actor=ACTOR)
        if done.number > 1:
            from school.replay import declare_outgrown  # noqa: PLC0415 - loads the sandbox

            await declare_outgrown(school, done, owner=owner)
        return {"name": name, "version": done.number, "state": done.status.value, "approved": "review"}

    value = run(use, as_json=as_json, on_error=plain_error)
    what = "calls are approved" if calls else f"version {value['version']} is published"
    give(as_json, value, said(f"{name}: {what}"))


@app.command()
def disapprove(name: Name, owner: Owner = "local", as_json: Json = False) -> None:
    """Take back the approval of all calls of a tool."""

    async def use(school: School) -> bool:
        return take_back(school.registry.shelf, owner=owner, subject=f"{WRITE}:{name}", actor=ACTOR)

    was = run(use, as_json=as_json, on_error=plain_error)
    give(as_json, {"name": name, "was_approved": was}, said(f"{name}: {'taken back' if was else 'was not approved'}"))


@app.command()
def waiting(owner: Owner = "local", as_json: Json = False) -> None:
    """List the versions that wait for a person's approval."""

    async def use(school: School) -> list[dict[str, Any]]:
        page = school.registry.tools(owner, limit=200, status=Status.VALIDATED)
        return [{"name": entry.name, "version": entry.version} for entry in page.entries]

    rows = run(use, as_json=as_json, on_error=plain_error)
    give(as_json, {"waiting": rows}, lambda: show.table(f"{len(rows)} waiting", rows))


def require_person(question: str, yes: bool, as_json: bool) -> None:
    """Ask at the terminal.

    Raises:
        NotConfirmed: the answer is no, or nobody is there and nobody said ``--yes``.
    """
    if yes:
        return
    if as_json or not sys.stdin.isatty():
        raise NotConfirmed(f"{question} There is nobody to ask.", remedy="Look at it, then repeat with --yes.")
    if not typer.confirm(question, err=True):
        raise NotConfirmed("Nothing was approved.", remedy="")


def _show(version: WorkflowVersion) -> None:
    for finding in version.verdict.findings:
        show.out.print(f"{finding.outcome.value:>14} {finding.check}: {finding.evidence}", markup=False, soft_wrap=True)
    show.out.print(review_question(version).message, markup=False, highlight=False, soft_wrap=True)
