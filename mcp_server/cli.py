"""The commands that serve: ``serve`` and ``demo``."""

from __future__ import annotations

import typer

from school.console import plain_error, run

app = typer.Typer(no_args_is_help=True)


@app.command()
def serve() -> None:
    """Serve MCP over stdio, for clients that start this command themselves."""
    from mcp_server.logs import log_to_stderr  # noqa: PLC0415 - the SDK is loaded by the commands that need it
    from mcp_server.server import serve_stdio  # noqa: PLC0415

    log_to_stderr()
    run(serve_stdio, as_json=False, on_error=plain_error)


@app.command()
def demo() -> None:
    """Show the whole way with no key and no network: learn from the bundled site, publish, call through MCP."""
    from mcp_server.demo import show_demo  # noqa: PLC0415 - see serve

    raise typer.Exit(show_demo())
