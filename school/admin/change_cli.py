"""Changing tools: ``tools publish``, ``rollback``, ``deprecate``, ``quarantine``, ``delete``, ``share``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from domain.errors import IllegalMove
from domain.workflow import Status
from registry import VersionEntry
from school.admin.options import ACTOR, Json, Name, Owner, Version, Yes, give, require_yes, said
from school.app import School
from school.console import plain_error, run

app = typer.Typer()


@app.command()
def publish(name: Name, version: Version = None, owner: Owner = "local", as_json: Json = False) -> None:
    """Publish a version: a proved draft that waits for approval, or an earlier one. The newest by default.

    A version that was never published must pass the recordings of those before it that nobody declared obsolete.
    """

    async def use(school: School) -> Any:
        number = version or _newest(school, name, owner)
        entries = {entry.number: entry for entry in school.registry.versions(name, owner)}
        if number in entries and entries[number].published_at is None and len(entries) > 1:
            from school.replay import require_old  # noqa: PLC0415 - loads the sandbox

            await require_old(school, school.registry.tool(name, owner, number), owner=owner)
        return school.registry.publish_kept(name, owner, number, actor=ACTOR)

    _moved(run(use, as_json=as_json, on_error=plain_error), as_json, "is published")


@app.command()
def rollback(
    name: Name,
    to: Annotated[int | None, typer.Option("--to", min=1, help="Version; the one published before, else.")] = None,
    owner: Owner = "local",
    as_json: Json = False,
) -> None:
    """Publish an earlier version again."""

    async def use(school: School) -> Any:
        return school.registry.rollback(name, owner, to=to, actor=ACTOR)

    _moved(run(use, as_json=as_json, on_error=plain_error), as_json, "is published again")


@app.command()
def deprecate(name: Name, version: Version = None, owner: Owner = "local", as_json: Json = False) -> None:
    """Take a version out of use (the published one by default), or release a quarantined one for a rollback."""

    async def use(school: School) -> VersionEntry:
        return school.registry.deprecate(name, owner, version=version, actor=ACTOR)

    _taken(name, run(use, as_json=as_json, on_error=plain_error), as_json)


@app.command()
def quarantine(
    name: Name,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the audit log.")] = "",
    version: Version = None,
    owner: Owner = "local",
    as_json: Json = False,
) -> None:
    """Take a version out of use because it is wrong or dangerous (the published one by default)."""

    async def use(school: School) -> VersionEntry:
        return school.registry.quarantine(name, owner, version=version, actor=ACTOR, reason=reason)

    _taken(name, run(use, as_json=as_json, on_error=plain_error), as_json)


@app.command()
def delete(name: Name, owner: Owner = "local", yes: Yes = False, as_json: Json = False) -> None:
    """Remove a tool with all its versions and recordings. The audit log keeps their hashes."""

    async def use(school: School) -> int:
        count = len(school.registry.versions(name, owner))
        require_yes(f"{name} would be deleted with its {count} versions.", yes=yes, as_json=as_json)
        school.registry.delete(name, owner, actor=ACTOR)
        return count

    count = run(use, as_json=as_json, on_error=plain_error)
    give(as_json, {"name": name, "deleted_versions": count}, said(f"{name} is deleted with {count} versions"))


@app.command()
def share(
    name: Name,
    private: Annotated[bool, typer.Option("--private", help="Let only its owner see it again.")] = False,
    owner: Owner = "local",
    as_json: Json = False,
) -> None:
    """Let all owners see and call a tool."""

    async def use(school: School) -> None:
        school.registry.share(name, owner, shared=not private, actor=ACTOR)

    run(use, as_json=as_json, on_error=plain_error)
    who = f"only {owner} sees it" if private else "everybody sees it"
    give(as_json, {"name": name, "shared": not private}, said(f"{name}: {who}"))


def _newest(school: School, name: str, owner: str) -> int:
    """Return the newest version that could be published."""
    for entry in school.registry.versions(name, owner):
        if entry.status not in (Status.PUBLISHED, Status.QUARANTINED):
            return entry.number
    raise IllegalMove(f"{name} has no version that could be published.", remedy=f"See: main.py tools versions {name}")


def _moved(version: Any, as_json: bool, what: str) -> None:
    value = {"name": version.name, "version": version.number, "state": version.status.value}
    give(as_json, value, said(f"{version.name}: version {version.number} {what}"))


def _taken(name: str, entry: VersionEntry, as_json: bool) -> None:
    value = {"name": name, "version": entry.number, "state": entry.status.value}
    give(as_json, value, said(f"{name}: version {entry.number} is {entry.status.value}"))
