"""Agent School's command line: composes the commands of the rooms, and the short forms of CLI-1."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from domain.errors import UsageProblem
from domain.plan import PlannerKind, Query
from mcp_server.cli import app as server_commands
from mcp_server.cli import serve
from mcp_server.keys_cli import app as key_commands
from school.admin_cli import app as tool_commands
from school.admin_cli import records as record_commands
from school.cli import Document, Fresh, Hosts, Json, Kind, Methods, Planner, Site, agreed, answer_query
from school.cli import app as school_commands
from school.cli import test as run_tests
from school.console import ERROR, OK, USAGE, plain_error, print_json
from school.examples_cli import app as example_commands
from school.examples_cli import examples as run_examples
from school.jobs.cli import app as job_commands
from school.jobs.cli import worker_app as worker_commands
from school.secrets_cli import app as secret_commands
from school.sites_cli import app as site_commands

app = typer.Typer(
    help="Agent School teaches agents new tools.", invoke_without_command=True, pretty_exceptions_enable=False
)
for commands in (school_commands, record_commands, example_commands, server_commands, worker_commands):
    app.add_typer(commands)
app.add_typer(tool_commands, name="tools")
app.add_typer(secret_commands, name="secrets")
app.add_typer(site_commands, name="sites")
app.add_typer(key_commands, name="keys")
app.add_typer(job_commands, name="jobs")


@app.callback()
def main(
    context: typer.Context,
    query: Annotated[str | None, typer.Option("--query", help="Answer this question (as ask does).")] = None,
    site: Site = None,
    openapi: Document = None,
    planner: Planner = PlannerKind.AUTO,
    source: Kind = None,
    fresh: Fresh = False,
    allow_host: Hosts = None,
    allow_method: Methods = None,
    as_json: Json = False,
    examples: Annotated[bool, typer.Option("--run-examples", help="As the command examples.")] = False,
    start_server: Annotated[bool, typer.Option("--start-server", help="As the command serve.")] = False,
    test: Annotated[bool, typer.Option("--test", help="As the command test.")] = False,
) -> None:
    """Ask, learn, call, serve."""
    if context.invoked_subcommand is not None:
        return
    if query is not None:
        asked = Query(
            text=query,
            site=site,
            api_document=openapi,
            planner=planner,
            source=source,
            methods=agreed(allow_method),
        )
        answer_query(asked, fresh=fresh, allow_hosts=tuple(allow_host or ()), as_json=as_json)
    elif examples:
        run_examples(as_json=as_json)
    elif start_server:
        serve()
    elif test:
        run_tests([])
    else:
        typer.echo(context.get_help())
        raise typer.Exit(2)


def begin() -> None:
    """Run the command line; where an object was asked for, a wrong use of the command is one too (CLI-2)."""
    if "--json" not in sys.argv[1:]:
        app()
        return
    try:
        ended = app(standalone_mode=False)
    except typer.Abort:
        sys.exit(ERROR)
    except typer.TyperException as problem:
        print_json(plain_error(UsageProblem(str(problem), remedy="See the command's --help.")))
        sys.exit(USAGE)
    sys.exit(ended if isinstance(ended, int) else OK)


if __name__ == "__main__":
    begin()
