"""What a person sees at a terminal: progress, tables of rows, errors with their remedy."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from domain.errors import NeedsInput, SchoolError
from domain.events import EventSink, Progress, ignore

MOST_ROWS = 50  # a terminal shows so many; --json gives all
MOST_COLUMNS = 7
CELL = 48  # characters

out = Console(soft_wrap=False)
err = Console(stderr=True)


@contextmanager
def progress(*, quiet: bool) -> Iterator[EventSink]:
    """Give a sink that draws progress on stderr: a bar on a terminal, lines elsewhere, nothing when quiet."""
    if quiet:
        yield ignore
        return
    if not err.is_terminal:
        yield lambda event: print(f"{event.percent:3.0f}% {event.stage}: {event.message}", file=sys.stderr)  # noqa: T201 - the command's own output
        return
    columns = (TextColumn("[bold]{task.fields[stage]:>10}"), BarColumn(bar_width=24), TextColumn("{task.description}"))
    with Bar(*columns, TimeElapsedColumn(), console=err, transient=True) as bar:
        task = bar.add_task("", total=100, stage="")

        def sink(event: Progress) -> None:
            bar.update(task, completed=event.percent, description=escape(event.message[:90]), stage=event.stage)

        yield sink


def table(
    title: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None, *, most: int = MOST_ROWS
) -> None:
    """Print rows as a table: at most ``most`` of them, and the first columns that hold something."""
    if not rows:
        out.print(f"{title}: no rows")
        return
    names = list(columns or _telling_columns(rows))
    drawn = Table(title=title, title_justify="left", header_style="bold")
    for name in names:
        drawn.add_column(name, overflow="fold", max_width=CELL)
    for row in rows[:most]:
        drawn.add_row(*(escape(_cell(row.get(name))) for name in names))
    out.print(drawn)
    if len(rows) > most:
        out.print(f"… and {len(rows) - most} more")


def asks() -> bool:
    """Return whether a person sits there who can be asked back."""
    return sys.stdin.isatty() and err.is_terminal


def problem(error: SchoolError) -> None:
    """Print an error, or a question back, with what to do."""
    if isinstance(error, NeedsInput):
        err.print(f"[bold yellow]?[/] {escape(error.message)}", soft_wrap=True)
        for number, choice in enumerate(error.choices, 1):
            err.print(f"  {number}. {escape(choice)}", soft_wrap=True)
    else:
        err.print(f"[bold red]{error.code}[/]: {escape(error.message)}", soft_wrap=True)
    if error.remedy:
        err.print(f"  {escape(error.remedy)}", soft_wrap=True)


def _telling_columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    filled = [name for name in names if any(row.get(name) not in (None, "", []) for row in rows)]
    short = [name for name in filled if all(len(_cell(row.get(name))) < 2 * CELL for row in rows[:10])]
    return (short or filled)[:MOST_COLUMNS]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(value)
