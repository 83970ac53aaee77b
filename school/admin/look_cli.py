"""Seeing tools: ``tools list``, ``show``, ``search``, ``versions``, ``diff``."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.syntax import Syntax

from domain.errors import IllegalMove
from domain.plan import SourceKind
from domain.workflow import Status, WorkflowVersion
from registry import Profile, SearchHit, ToolEntry, VersionEntry
from school import show
from school.admin.changes import changes
from school.admin.options import Json, Limit, Name, Owner, Version, give
from school.app import School
from school.console import plain_error, run

app = typer.Typer()
Code = Annotated[bool, typer.Option("--code", help="Print the code too.")]
Hosts = Annotated[str | None, typer.Option("--host", help="Only tools that ask this host.")]
Kind = Annotated[SourceKind | None, typer.Option("--kind", help="Only tools on this kind of source.")]
Tag = Annotated[str | None, typer.Option("--tag", help="Only tools with this tag.")]
State = Annotated[
    Status | None, typer.Option("--status", "--state", help="Only tools whose shown version is in this state.")
]


@app.command("list")
def list_tools(status: State = Status.PUBLISHED, owner: Owner = "local", as_json: Json = False) -> None:
    """List the tools in a state (published by default), most used first."""

    async def use(school: School) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        after = None
        while True:
            page = school.registry.tools(owner, after=after, limit=200, status=status or Status.PUBLISHED)
            rows += [_entry(entry) for entry in page.entries]
            after = page.next
            if after is None:
                return rows

    rows = run(use, as_json=as_json, on_error=plain_error)
    give(as_json, {"tools": rows}, lambda: show.table(f"{len(rows)} tools", rows))


@app.command("show")
def show_tool(
    name: Name, version: Version = None, code: Code = False, owner: Owner = "local", as_json: Json = False
) -> None:
    """Show one tool: what it does, its parameters, source, policy and proof."""

    async def use(school: School) -> tuple[WorkflowVersion, Profile | None]:
        kept = school.registry.tool(name, owner, version)
        return kept, school.registry.profile(name, owner, kept.number)

    kept, profile = run(use, as_json=as_json, on_error=plain_error)
    value = {
        "tool": {**kept.model_dump(mode="json"), "content_hash": kept.content_hash},
        "profile": None if profile is None else profile.model_dump(mode="json"),
    }
    give(as_json, value, lambda: _draw(kept, profile, with_code=code))


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="What the tool should do, in plain words.")],
    host: Hosts = None,
    kind: Kind = None,
    tag: Tag = None,
    status: State = None,
    limit: Limit = 10,
    owner: Owner = "local",
    as_json: Json = False,
) -> None:
    """Find tools by what they do, best first."""

    async def use(school: School) -> tuple[SearchHit, ...]:
        return school.registry.search(text, owner, host=host, kind=kind, tag=tag, status=status, limit=limit)

    hits = run(use, as_json=as_json, on_error=plain_error)
    rows = [hit.model_dump(mode="json") for hit in hits]
    columns = ("name", "version", "status", "kind", "description", "hosts", "score")
    give(as_json, {"tools": rows}, lambda: show.table(f"{len(rows)} tools", rows, columns))


@app.command()
def versions(name: Name, owner: Owner = "local", as_json: Json = False) -> None:
    """List the versions of a tool, newest first."""

    async def use(school: School) -> list[dict[str, Any]]:
        return [_version(entry) for entry in school.registry.versions(name, owner)]

    rows = run(use, as_json=as_json, on_error=plain_error)
    columns = ("version", "status", "created", "by", "content")
    give(as_json, {"versions": rows}, lambda: show.table(f"versions of {name}", rows, columns))


@app.command()
def diff(
    name: Name,
    before: Annotated[int | None, typer.Argument(min=1, help="Older version; the last but one by default.")] = None,
    after: Annotated[int | None, typer.Argument(min=1, help="Newer version; the last by default.")] = None,
    owner: Owner = "local",
    as_json: Json = False,
) -> None:
    """Show what changed between two versions: parameters, fields, policy in words, and every line of code."""

    async def use(school: School) -> dict[str, Any]:
        first, second = _pair(school, name, owner, before, after)
        old, new = (school.registry.tool(name, owner, number) for number in (first, second))
        parts = school.registry.diff(name, owner, first, second).parts
        return {"name": name, "before": first, "after": second, "summary": changes(old, new), "parts": parts}

    found = run(use, as_json=as_json, on_error=plain_error)
    give(as_json, found, lambda: draw_diff(found))


def _pair(school: School, name: str, owner: str, before: int | None, after: int | None) -> tuple[int, int]:
    numbers = [entry.number for entry in school.registry.versions(name, owner)]
    last = after or numbers[0]
    earlier = [number for number in numbers if number < last]
    if before is None and not earlier:
        raise IllegalMove(f"{name} has no version before {last} to compare with.", remedy="Learn it again first.")
    return before or earlier[0], last


def draw_diff(found: dict[str, Any]) -> None:
    """Print what changed from version ``before`` to ``after``: ``summary`` in words, ``parts`` line by line."""
    show.out.print(f"[bold]{found['name']}[/] version {found['before']} → {found['after']}")
    if not found["parts"]:
        show.out.print("Nothing that a caller relies on differs.")
    for line in found["summary"]:
        show.out.print(f"  • {line}", markup=False, highlight=False, soft_wrap=True)
    for text in found["parts"].values():
        if show.out.is_terminal:
            show.out.print(Syntax(text, "diff", background_color="default", word_wrap=True))
        else:
            show.out.print(text, markup=False, highlight=False, soft_wrap=True)


def _entry(entry: ToolEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "version": entry.version,
        "status": entry.status.value,
        "kind": entry.kind.value,
        "calls": entry.calls,
        "shared": entry.shared,
        "description": entry.tool.description,
    }


def _version(entry: VersionEntry) -> dict[str, Any]:
    return {
        "version": entry.number,
        "status": entry.status.value,
        "created": entry.created_at.isoformat(timespec="seconds"),
        "published": entry.published_at and entry.published_at.isoformat(timespec="seconds"),
        "by": entry.created_by,
        "content": entry.content_hash[:16],
        "signed by": entry.key_id,
        "content_hash": entry.content_hash,
    }


def _draw(version: WorkflowVersion, profile: Profile | None, *, with_code: bool) -> None:
    show.out.print(f"[bold]{version.name}[/] version {version.number}, {version.status.value}")
    show.out.print(version.tool.description, markup=False)
    parameters = [
        {"parameter": p.name, "type": p.type.value, "default": p.default, "meaning": p.description}
        for p in version.plan.parameters
    ]
    fields = [{"field": f.name, "type": f.type.value, "read from": f.locator} for f in version.plan.fields]
    proof = [finding.model_dump(mode="json") for finding in version.verdict.findings]
    for title, rows in (("parameters", parameters), ("fields", fields), ("proof", proof)):
        show.table(title, rows, list(rows[0]) if rows else None)
    hosts = ", ".join(rule.host for rule in version.policy.hosts)
    show.out.print(f"may ask: {hosts} with {', '.join(version.policy.methods)}", markup=False)
    made = version.provenance
    who = " ".join(part for part in (made.planner, made.generator, made.model) if part)
    show.out.print(f"made by {who}, {made.usage.cost_usd:.4f} USD, {sum(made.durations_ms.values()) / 1000:.1f} s")
    if profile is not None:
        counts = f"{profile.rows_least} to {profile.rows_most}"
        show.out.print(f"profile: {counts} rows in {profile.samples} trials, {len(profile.fields)} fields")
    if with_code:
        show.out.print(version.artifact.code, markup=False, highlight=False)
