"""The commands that bring the server to clients: ``bundle`` and ``install``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from domain.errors import SchoolError, UsageProblem
from mcp_server.clients.install import ClientName
from school import show
from school.console import plain_error, print_json, status_of

app = typer.Typer(no_args_is_help=True)
ROOT = Path(__file__).resolve().parents[2]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]


@app.command()
def bundle(
    out: Annotated[Path, typer.Option("--out", help="Folder to write into.")] = Path("dist"),
    namespace: Annotated[
        str | None, typer.Option("--namespace", help="Namespace of server.json's name, such as io.github.you.")
    ] = None,
    url: Annotated[str, typer.Option("--url", help="Where the bundle will be downloaded from.")] = "",
    as_json: Json = False,
) -> None:
    """Build the Claude Desktop bundle (.mcpb) and the server.json that tells of it."""
    from mcp_server.clients.bundle import build  # noqa: PLC0415 - the SDK is loaded by the commands that need it
    from mcp_server.clients.manifest import NAMESPACE  # noqa: PLC0415 - as above

    try:
        built = build(out, namespace=namespace or NAMESPACE, url=url)
    except SchoolError as problem:
        _end(problem, as_json=as_json)
    if as_json:
        print_json({"status": "ok", **built.model_dump(mode="json")})
        return
    _say(f"{built.bundle}: {built.files} files, {built.size_bytes / 2**20:.1f} MB, sha256 {built.sha256}")
    _say(f"{built.server_json} tells of it. Open the bundle with Claude Desktop to install it.")


@app.command()
def install(
    client: Annotated[ClientName, typer.Argument(help="Whose configuration to write.")],
    name: Annotated[str, typer.Option("--name", help="Name of the server in the client.")] = "agent-school",
    env: Annotated[list[str] | None, typer.Option("--env", help="NAME=VALUE for the server; repeatable.")] = None,
    config: Annotated[Path | None, typer.Option("--config", help="Another file than the client's usual one.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Write this server into a client's configuration; what was there is kept in a backup beside it."""
    from mcp_server.clients.install import config_path, entry_of  # noqa: PLC0415 - this command only
    from mcp_server.clients.install import install as write  # noqa: PLC0415 - this command only

    try:
        entry = entry_of(client, root=ROOT, environment=_pairs(env or []))
        done = write(config or config_path(client), name, entry, now=datetime.now(UTC), dry_run=dry_run)
    except SchoolError as problem:
        _end(problem, as_json=as_json)
    if as_json:
        print_json({"status": "ok", "client": client.value, "name": name, **done.model_dump(mode="json")})
        return
    what = "would be" if dry_run and done.change != "unchanged" else "is"
    _say(f"{name} {what} {done.change} in {done.config}")
    if done.backup is not None:
        _say(f"What was there before is in {done.backup}")
    if done.written:
        _say("Start the client again to see it.")


def _pairs(pairs: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise UsageProblem(f"{pair!r} is no NAME=VALUE pair.", remedy="Write --env NAME=VALUE")
        found[name] = value
    return found


def _say(text: str) -> None:
    show.out.print(text, markup=False, highlight=False, soft_wrap=True)


def _end(problem: SchoolError, *, as_json: bool) -> NoReturn:
    if as_json:
        print_json(plain_error(problem))
    else:
        show.problem(problem)
    raise typer.Exit(status_of(problem))
