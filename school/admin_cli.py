"""The registry's admin commands: ``main.py tools …``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from registry import ToolEntry, VersionEntry
from school import show
from school.app import School
from school.console import plain_error, print_json, run

app = typer.Typer(no_args_is_help=True, help="See, compare and undo published tools.")
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]
Code = Annotated[bool, typer.Option("--code", help="Print the code too.")]
Name = Annotated[str, typer.Argument(help="Name of the tool.")]


@app.command("list")
def list_tools(as_json: Json = False) -> None:
    """List the published tools, most used first."""

    async def use(school: School) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        after = None
        while True:
            page = school.registry.tools("local", after=after, limit=200)
            rows += [_entry(entry) for entry in page.entries]
            after = page.next
            if after is None:
                return rows

    rows = run(use, as_json=as_json, on_error=plain_error)
    _give(as_json, {"tools": rows}, lambda: show.table(f"{len(rows)} tools", rows))


@app.command("show")
def show_tool(name: Name, code: Code = False, as_json: Json = False) -> None:
    """Show one tool: what it does, its parameters, source, policy and proof."""

    async def use(school: School) -> Any:
        return school.registry.tool(name, "local")

    version = run(use, as_json=as_json, on_error=plain_error)
    full = version.model_dump(mode="json")
    _give(as_json, {"tool": full}, lambda: _draw(version, with_code=code))


@app.command()
def versions(name: Name, as_json: Json = False) -> None:
    """List the versions of a tool, newest first."""

    async def use(school: School) -> list[dict[str, Any]]:
        return [_version(entry) for entry in school.registry.versions(name, "local")]

    rows = run(use, as_json=as_json, on_error=plain_error)
    _give(as_json, {"versions": rows}, lambda: show.table(f"versions of {name}", rows))


@app.command()
def rollback(
    name: Name,
    to: Annotated[int | None, typer.Option("--to", help="Version to go back to; the one before by default.")] = None,
    as_json: Json = False,
) -> None:
    """Publish an earlier version again."""

    async def use(school: School) -> Any:
        return school.registry.rollback(name, "local", to=to, actor="local")

    version = run(use, as_json=as_json, on_error=plain_error)
    result = {"name": version.name, "version": version.number, "status": version.status.value}
    _give(as_json, result, lambda: show.out.print(f"{version.name}: version {version.number} is published again"))


def _give(as_json: bool, value: dict[str, Any], draw: Any) -> None:
    if as_json:
        print_json({"status": "ok", **value})
    else:
        draw()


def _entry(entry: ToolEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "version": entry.version,
        "status": entry.status.value,
        "kind": entry.kind.value,
        "calls": entry.calls,
        "description": entry.tool.description,
    }


def _version(entry: VersionEntry) -> dict[str, Any]:
    return {
        "version": entry.number,
        "status": entry.status.value,
        "created": entry.created_at.isoformat(timespec="seconds"),
        "content": entry.content_hash[:16],
        "signed by": entry.key_id,
    }


def _draw(version: Any, *, with_code: bool) -> None:
    show.out.print(f"[bold]{version.name}[/] version {version.number}, {version.status.value}")
    show.out.print(version.tool.description)
    parameters = [
        {"parameter": p.name, "type": p.type.value, "default": p.default, "meaning": p.description}
        for p in version.plan.parameters
    ]
    fields = [{"field": f.name, "type": f.type.value, "read from": f.locator} for f in version.plan.fields]
    proof = [finding.model_dump(mode="json") for finding in version.verdict.findings]
    for title, rows in (("parameters", parameters), ("fields", fields), ("proof", proof)):
        show.table(title, rows, list(rows[0]) if rows else None)
    hosts = ", ".join(rule.host for rule in version.policy.hosts)
    show.out.print(f"may ask: {hosts} with {', '.join(version.policy.methods)}")
    if with_code:
        show.out.print(version.artifact.code, markup=False, highlight=False)
