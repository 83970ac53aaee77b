"""What the admin commands share: options, answers, and the question before what cannot be undone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from domain.errors import NotConfirmed, SchoolError
from registry import open_registry
from school import show
from school.console import print_json
from school.settings import load_settings

ACTOR = "local"  # a person at this machine's command line, in the audit log


def complete_name(incomplete: str) -> list[str]:
    """Return the names of tools that begin so, for the shell; none where there is no registry yet."""
    try:
        settings = load_settings()
        if not settings.database and not (settings.home / "registry.sqlite").exists():
            return []
        keys, shared = settings.keys_folder, settings.shared_key
        with open_registry(settings.registry_url, keys_folder=keys, shared_key=shared) as registry:
            return list(registry.names(ACTOR, incomplete))
    except SchoolError:
        return []


Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]
Name = Annotated[str, typer.Argument(help="Name of the tool.", autocompletion=complete_name)]
Owner = Annotated[str, typer.Option("--owner", help="Whose tools; your own by default.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Version = Annotated[int | None, typer.Option("--version", "-v", min=1, help="Number of the version.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many.")]


def give(as_json: bool, value: dict[str, Any], draw: Callable[[], object]) -> None:
    """Print one JSON object, or draw for a person."""
    if as_json:
        print_json({"status": "ok", **value})
    else:
        draw()


def require_yes(question: str, *, yes: bool, as_json: bool) -> None:
    """Ask a person at a terminal; a program must have said ``--yes``.

    Raises:
        NotConfirmed: the answer is no, or there is nobody to ask.
    """
    if yes:
        return
    if as_json or not sys.stdin.isatty():
        raise NotConfirmed(f"{question} This cannot be undone, and there is nobody to ask.")
    if not typer.confirm(f"{question} This cannot be undone. Go on?", err=True):
        raise NotConfirmed("Nothing was changed.", remedy="")


def said(text: str) -> Callable[[], None]:
    """Return what draws one line."""
    return lambda: show.out.print(text, markup=False, highlight=False, soft_wrap=True)
