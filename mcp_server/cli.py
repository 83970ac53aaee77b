"""The commands that serve: ``serve`` and ``demo``, and those that bring the server to clients."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from domain.errors import SettingsProblem
from mcp_server.clients.cli import app as client_commands
from school.app import School
from school.console import plain_error, run

app = typer.Typer(no_args_is_help=True)
app.add_typer(client_commands)


@app.command()
def serve(
    http: Annotated[bool, typer.Option("--http", help="Serve Streamable HTTP instead of stdio.")] = False,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8765,
    tls_certificate: Annotated[
        Path | None, typer.Option("--tls-certificate", help="PEM file; serves https with --tls-key.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", help="PEM file of the certificate's key.")] = None,
    json_response: Annotated[
        bool, typer.Option("--json-response", help="Answer with one JSON object instead of a stream.")
    ] = False,
    conformance: Annotated[
        bool, typer.Option("--conformance", help="Add the official suite's fixtures; loopback only, no keys.")
    ] = False,
) -> None:
    """Serve MCP over stdio, for clients that start this command themselves, or over HTTP with keys."""
    from mcp_server.logs import log_to_stderr  # noqa: PLC0415 - the SDK is loaded by the commands that need it

    log_to_stderr()

    async def use(school: School) -> None:
        log_to_stderr(school.settings.log_level)
        if not http:
            if conformance:
                raise SettingsProblem("The conformance profile is served over HTTP.", remedy="Add --http.")
            from mcp_server.server import serve_stdio  # noqa: PLC0415 - as log_to_stderr

            await serve_stdio(school)
            return
        from mcp_server.http.serve import HttpOptions, serve_http  # noqa: PLC0415 - as log_to_stderr

        options = HttpOptions(
            host=host,
            port=port,
            tls_certificate=tls_certificate,
            tls_key=tls_key,
            json_response=json_response,
            conformance=conformance,
        )
        await serve_http(school, options)

    run(use, as_json=False, on_error=plain_error)


@app.command()
def demo() -> None:
    """Show the whole way with no key and no network: learn from the bundled site, publish, call through MCP."""
    from mcp_server.demo import show_demo  # noqa: PLC0415 - see serve

    raise typer.Exit(show_demo())
