"""One line of a benchmark's result, and the table that all of them are printed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What was measured, what came out, what the specification asks (empty: nothing), and the peer beside it."""

    what: str
    measured: str
    asked: str = ""
    peer: str = ""
    reached: bool | None = None


def print_figures(title: str, figures: Iterable[Figure]) -> None:
    """Print a table of figures."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for name in ("what", "measured", "asked", "peer", "reached"):
        table.add_column(name, overflow="fold")
    for figure in figures:
        reached = "" if figure.reached is None else "yes" if figure.reached else "NO"
        table.add_row(figure.what, figure.measured, figure.asked, figure.peer, reached)
    Console(width=150).print(table)
