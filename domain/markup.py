"""HTML as writers leave it, made even: every reader sees the same page. Pure.

A body that no tag begins is given one; cells that span rows are written into each of them; texts have lines where
they are broken by hand; links that write a mail or dial a number say to whom.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any, Final
from urllib.parse import unquote

_BODY: Final = re.compile(r"<body\b|<frameset\b", re.IGNORECASE)
_BEFORE: Final = re.compile(
    r"\ufeff?\s*(?:(?:<!--.*?-->|<\?.*?>|<!doctype[^>]*>|<html\b[^>]*>|<head\b[^>]*>|</head\s*>|<(?:meta|link|base)\b[^>]*>"
    r"|<(title|script|style|noscript)\b.*?</\1\s*>)\s*)*",
    re.IGNORECASE | re.DOTALL,
)
_LOOKED_AT: Final = 200_000  # characters in which a body begins, where it does
MAX_COPIES: Final = 20_000
"""Cells that are written into further rows of one page."""
LINE: Final = "line-"
"""What begins the name of a line in a locator (``p.place@line-1``)."""
CONTACT: Final = "contact"
"""What stands for an attribute in a locator where a link leads to a mail address or a phone (``a@contact``)."""
TEXTS: Final = "texts"
"""What stands for an attribute in a locator that reads the texts of all matches (``a.tag@texts``)."""
_FIGURES: Final = 4
_DIALLED: Final = re.compile(r"(?:mailto|tel|sms|fax):([^?]+)", re.IGNORECASE)
_SILENT: Final = frozenset({"script", "style"})
LONGEST_VALUE: Final = 200
"""Characters of a cell that is one value of a table; a longer one lays out a page."""


def with_body(html: str) -> str:
    """Return the page with a ``<body>`` tag where its content begins, if it has none.

    Browsers add the missing tag; libxml2 leaves newer elements (``header``, ``main``) in the head instead.
    """
    if _BODY.search(html, 0, _LOOKED_AT) or "<" not in html[:1000]:
        return html
    head = _BEFORE.match(html, 0, _LOOKED_AT)
    end = head.end() if head else 0
    return f"{html[:end]}<body>{html[end:]}"


def with_spread_cells(root: Any) -> Any:
    """Write each heading or value that spans rows of a data table into every row that it spans, and return the root.

    ``root`` is an element of an HTML tree (lxml's interface), changed in place. Only tables that have a heading cell
    are tables of data; a cell that holds a form, a table or a long text lays out the page and stays as it is. The
    copies have ``rowspan`` no more, and none an ``id``. At most ``MAX_COPIES`` cells are written.
    """
    left = MAX_COPIES
    for table in list(root.iter("table")):
        spanning = [cell for cell in table.iter("td", "th") if _spans(cell, "rowspan") > 1]
        if spanning and table.find(".//th") is not None and all(map(_holds_one_value, spanning)):
            left -= sum(_spread(rows, left) for rows in _rows_of(table))
    return root


def lines_of(element: Any) -> list[str]:
    """Return the lines of an element's text as ``<br>`` breaks it, white space folded, without empty ones."""
    parts = [_on_one_line(element.text)]
    for below in element.iterdescendants():
        if isinstance(below.tag, str) and below.tag not in _SILENT:
            parts.append("\n" if below.tag == "br" else _on_one_line(below.text))
        parts.append(_on_one_line(below.tail))
    return [line for text in "".join(parts).split("\n") if (line := " ".join(text.split()))]


def _on_one_line(text: str | None) -> str:
    return (text or "").replace("\n", " ").replace("\r", " ")


def line_of(element: Any, attribute: str) -> str | None:
    """Return the line that ``line-1``, ``line-2`` … names; None where the text has no such line."""
    number = attribute.removeprefix(LINE)
    if not number.isascii() or not number.isdigit() or len(number) >= _FIGURES:
        return None
    lines = lines_of(element)
    return lines[int(number) - 1] if 0 < int(number) <= len(lines) else None


def contact_of(element: Any) -> str | None:
    """Return the mail address or phone number that a link writes to or dials; None where it leads elsewhere."""
    found = _DIALLED.match((element.get("href") or "").strip())
    return unquote(found[1]).strip() or None if found else None


def _rows_of(table: Any) -> list[list[Any]]:
    """Rows by the parts of a table: a cell never spans beyond its own head, body or foot."""
    parts = [part for part in table if part.tag in ("thead", "tbody", "tfoot")]
    return [[row for row in part if row.tag == "tr"] for part in (table, *parts)]


def _spread(rows: list[Any], most: int) -> int:
    """Return how many cells were written into the rows."""
    written = 0
    waiting: dict[int, tuple[int, Any]] = {}  # by column: in how many further rows a cell still stands, and the cell
    for row in rows:
        own = [cell for cell in row if cell.tag in ("td", "th")]
        column, later = 0, dict[int, tuple[int, Any]]()
        while own or column in waiting:
            if column in waiting:
                rows_left, cell = waiting.pop(column)
                if written < most:
                    _put(row, _copy_of(cell), before=own[0] if own else None)
                    written += 1
            else:
                cell = own.pop(0)
                rows_left = _spans(cell, "rowspan")
                cell.attrib.pop("rowspan", None)
            if rows_left > 1:
                later[column] = (rows_left - 1, cell)
            column += _spans(cell, "colspan")
        waiting |= later
    return written


def _put(row: Any, cell: Any, *, before: Any) -> None:
    if before is None:
        row.append(cell)
    else:
        before.addprevious(cell)


def _holds_one_value(cell: Any) -> bool:
    if cell.find(".//table") is not None or cell.find(".//form") is not None or cell.find(".//tr") is not None:
        return False
    return len("".join(cell.itertext())) <= LONGEST_VALUE


def _copy_of(cell: Any) -> Any:
    copied = deepcopy(cell)
    copied.tail = None
    for element in copied.iter():
        element.attrib.pop("id", None)
    return copied


def _spans(cell: Any, name: str) -> int:
    text = cell.get(name) or "1"
    return max(1, min(1000, int(text))) if text.isascii() and text.isdigit() and len(text) < 6 else 1
