"""The commands of keys: ``keys add``, ``keys list``, ``keys revoke``."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Annotated, Any

import typer

from registry.keys import ApiKey, ApiKeys, Scope
from school import show
from school.admin.options import Yes, require_yes
from school.app import School
from school.console import plain_error, print_json, run

app = typer.Typer(no_args_is_help=True, help="Keys of the HTTP server.")

ACTOR = "terminal"
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[list[Scope] | None, typer.Option("--scope", help="call, learn or admin; repeatable.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Whose tools it sees; else the name.")] = None,
    days: Annotated[float | None, typer.Option("--days", min=0.001, help="Days until it ends; else never.")] = None,
    as_json: Json = False,
) -> None:
    """Make a key and print it. It is shown this once only."""
    scopes = frozenset(scope or [Scope.CALL, Scope.LEARN])
    lives = None if days is None else timedelta(days=days)

    async def make(school: School) -> None:
        made = ApiKeys(school.registry.shelf).add(
            owner=owner or name, name=name, scopes=scopes, lives=lives, actor=ACTOR
        )
        if as_json:
            print_json({"status": "ok", "key": shown(made.key), "token": made.token})
            return
        typer.echo(made.token)
        typer.echo(f"Key {made.key.id} of {made.key.owner}: {' '.join(sorted(scopes))}. Shown this once.", err=True)

    run(make, as_json=as_json, on_error=plain_error)


@app.command("list")
def list_keys(as_json: Json = False) -> None:
    """List all keys, without their secrets."""

    async def read(school: School) -> None:
        keys = [shown(key) for key in ApiKeys(school.registry.shelf).all()]
        if as_json:
            print_json({"status": "ok", "keys": keys})
        else:
            show.table("Keys", keys, None, most=len(keys))

    run(read, as_json=as_json, on_error=plain_error)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="Id of the key, from keys list.")],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """End a key at once, for good. A person at a terminal is asked first; a program is not: a leak cannot wait."""

    async def end(school: School) -> None:
        if sys.stdin.isatty():
            require_yes(f"Whoever uses the key {key_id} would be shut out.", yes=yes or as_json, as_json=as_json)
        key = ApiKeys(school.registry.shelf).revoke(key_id, actor=ACTOR)
        if as_json:
            print_json({"status": "ok", "key": shown(key)})
        else:
            typer.echo(f"Key {key.id} of {key.owner} is revoked.")

    run(end, as_json=as_json, on_error=plain_error)


def shown(key: ApiKey) -> dict[str, Any]:
    """Return what may be seen of a key."""
    value = key.model_dump(mode="json")
    return {**value, "scopes": " ".join(sorted(key.scopes))}
