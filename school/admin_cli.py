"""The registry's admin commands: ``main.py tools …``, and beside it ``runs``, ``stats``, ``audit``, ``gc``."""

from __future__ import annotations

import typer

from school.admin import approve_cli, change_cli, look_cli, move_cli, records_cli, repair_cli, replay_cli, signing_cli

app = typer.Typer(
    no_args_is_help=True,
    help="See, compare, move, test, repair and undo published tools. "
    "A tool whose site changed is repaired when a person says so (repair), not by itself.",
)
for commands in (look_cli.app, change_cli.app, approve_cli.app, move_cli.app, replay_cli.app, repair_cli.app):
    app.add_typer(commands)
app.add_typer(signing_cli.app, name="keys")

records = records_cli.app
