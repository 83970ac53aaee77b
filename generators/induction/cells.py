"""Which column of its table a cell stands in, cells that span rows and columns counted as browsers lay them out."""

from __future__ import annotations

from collections.abc import Iterable

from generators.induction.tree import Node, Tree

_CELLS = frozenset({"td", "th"})
_ROW_HOLDERS = frozenset({"table", "thead", "tbody", "tfoot"})
MAX_SPAN = 1_000
"""Columns or rows that one cell may span (the HTML standard's limit for columns)."""


def column_of(tree: Tree, cell: Node) -> int:
    """Return the column of a cell, from 0; its place in the row where no table is around it."""
    if cell.index not in tree.columns:
        table = cell.parent
        while table is not None and table.tag != "table":
            table = table.parent
        if table is not None:
            _lay_out(tree, _rows(table))
        if cell.index not in tree.columns:
            siblings = [] if cell.parent is None else [child for child in cell.parent.children if child.tag in _CELLS]
            tree.columns.update({sibling.index: place for place, sibling in enumerate(siblings)})
    return tree.columns.get(cell.index, 0)


def _rows(part: Node) -> Iterable[Node]:
    for child in part.children:
        if child.tag == "tr":
            yield child
        elif child.tag in _ROW_HOLDERS - {"table"}:
            yield from _rows(child)


def _lay_out(tree: Tree, rows: Iterable[Node]) -> None:
    """Give each cell the first column that no cell above still spans."""
    spanned: dict[int, int] = {}
    for row in rows:
        column = 0
        taken = {place for place, left in spanned.items() if left > 0}
        spanned = {place: left - 1 for place, left in spanned.items() if left > 1}
        for cell in (child for child in row.children if child.tag in _CELLS):
            while column in taken:
                column += 1
            tree.columns[cell.index] = column
            width, height = span(cell, "colspan"), span(cell, "rowspan")
            if height > 1:
                spanned.update(dict.fromkeys(range(column, column + width), height - 1))
            column += width


def span(cell: Node, name: str) -> int:
    """Return how many columns or rows a cell spans (``name`` is the attribute)."""
    text = cell.element.get(name) or "1"
    return max(1, min(MAX_SPAN, int(text))) if text.isascii() and text.isdigit() and len(text) < 6 else 1
