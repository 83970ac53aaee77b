"""Credentials that the broker adds to requests for one host (OPS-7). Workflows and models never see them."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from domain.errors import UsageProblem
from sandbox.secrets import Secret, SecretStore
from school import show
from school.app import School
from school.console import plain_error, print_json, run

app = typer.Typer(no_args_is_help=True, help="Keep credentials for sites; only their own host gets them.")
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]
Name = Annotated[str, typer.Argument(help="Name of the secret.")]


@app.command("set")
def set_secret(
    name: Name,
    host: Annotated[str, typer.Option("--host", help="The one host that may see it.")],
    header: Annotated[
        str | None, typer.Option("--header", help="Send it in this header, such as Authorization.")
    ] = None,
    query: Annotated[str | None, typer.Option("--query", help="Send it as this query parameter.")] = None,
    basic: Annotated[str | None, typer.Option("--basic", help="Send it as the password of this user.")] = None,
    form: Annotated[
        str | None, typer.Option("--form", help="Write it into login forms as the password of this user.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Keep a secret. Its value is asked for at a terminal, else read from standard input; never from an option."""

    async def use(school: School) -> dict[str, Any]:
        ways = (("header", header), ("query", query), ("basic", basic), ("form", form))
        placed = [(place, key) for place, key in ways if key]
        if len(placed) != 1:
            raise UsageProblem(
                "A secret goes to one place.",
                remedy="Give one of --header NAME, --query NAME, --basic USER, --form USER",
            )
        value = typer.prompt("Value", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        if not value:
            raise UsageProblem("The value is empty.", remedy="Give it on standard input, as one line.")
        place, key = placed[0]
        secret = Secret.model_validate({"name": name, "host": host, "place": place, "key": key, "value": value})
        _store(school).add("local", secret)
        return {"name": name, "host": host, "place": place}

    kept = run(use, as_json=as_json, on_error=plain_error)
    if as_json:
        print_json({"status": "ok", **kept})
    else:
        show.out.print(f"{name} is kept for {host}")


@app.command("list")
def list_secrets(as_json: Json = False) -> None:
    """List names and hosts, never values."""

    async def use(school: School) -> list[dict[str, str]]:
        return [
            {"name": name, "host": host, "place": str(place)} for name, host, place in _store(school).names("local")
        ]

    rows = run(use, as_json=as_json, on_error=plain_error)
    if as_json:
        print_json({"status": "ok", "secrets": rows})
    else:
        show.table(f"{len(rows)} secrets", rows)


@app.command("remove")
def remove_secret(name: Name, as_json: Json = False) -> None:
    """Forget a secret."""

    async def use(school: School) -> bool:
        if not _store(school).remove("local", name):
            raise UsageProblem(f"There is no secret named {name!r}.", remedy="See: main.py secrets list")
        return True

    run(use, as_json=as_json, on_error=plain_error)
    if as_json:
        print_json({"status": "ok", "removed": name})
    else:
        show.out.print(f"{name} is forgotten")


def _store(school: School) -> SecretStore:
    return SecretStore(school.settings.home / "secrets")
