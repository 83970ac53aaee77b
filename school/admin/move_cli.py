"""Tools between machines: ``tools export``, ``tools import``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from domain.errors import NotConfirmed
from registry import Imported
from school.admin.options import ACTOR, Json, Owner, Yes, complete_name, give, said
from school.app import School
from school.console import plain_error, run

app = typer.Typer()


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="The file to write.", dir_okay=False)],
    names: Annotated[
        list[str] | None, typer.Argument(help="Tools; all of them by default.", autocompletion=complete_name)
    ] = None,
    owner: Owner = "local",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Write tools with their versions, recordings and profiles to one signed file."""

    async def use(school: School) -> tuple[int, str]:
        if file.exists() and not yes:
            raise NotConfirmed(f"{file} is there already.", remedy="Choose another name, or write over it with --yes.")
        count = school.registry.export(file, owner, names=names or None, actor=ACTOR)
        return count, next(key.key_id for key in school.registry.trusted_keys() if key.active)

    count, key_id = run(use, as_json=as_json, on_error=plain_error)
    value = {"file": str(file), "versions": count, "bytes": file.stat().st_size, "key_id": key_id}
    give(as_json, value, said(f"{count} versions in {file} ({value['bytes']} bytes), signed by {key_id}"))


@app.command("import")
def import_tools(
    file: Annotated[Path, typer.Argument(help="A file that tools export wrote.", dir_okay=False)],
    unsigned: Annotated[
        bool, typer.Option("--unsigned", help="Take it although no key that is trusted here signed it.")
    ] = False,
    allow_wider: Annotated[
        bool, typer.Option("--allow-wider", help="Take tools that may do more than read public hosts.")
    ] = False,
    owner: Owner = "local",
    as_json: Json = False,
) -> None:
    """Take all tools of a file, or none. What is tampered with, unsigned or wider in policy is refused."""

    async def use(school: School) -> Imported:
        return school.registry.import_file(file, owner, unsigned=unsigned, allow_wider=allow_wider, actor=ACTOR)

    got = run(use, as_json=as_json, on_error=plain_error)
    text = f"{got.tools} tools: {got.published} proved versions, {got.drafts} drafts"
    give(as_json, got.model_dump(), said(text))
