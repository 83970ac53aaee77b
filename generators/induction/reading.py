"""Read values by locators, exactly as the workflow kit does when the workflow runs.

The rules are the kit's: ``selector@attribute`` reads the first match *below* the element; ``@text`` is the visible
text with white space folded; an empty text is a missing value. A selector that begins with ``:scope`` is relative to
the element itself, so ``:scope + dd`` reads the next sibling (records that are spread over several siblings).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cssselect import SelectorError
from lxml import etree

from domain.markup import CONTACT, LINE, TEXTS, contact_of, line_of
from domain.observation import Column, RecordCandidate
from domain.plan import FieldType
from domain.selectors import xpath_of
from domain.values import JsonObject
from generators.induction.tree import Element, absolute, parse_document

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "button", "caption", "dd", "details", "dialog", "div"}
    | {"dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"}
    | {"hr", "html", "label", "legend", "li", "main", "nav", "ol", "optgroup", "option", "p", "pre", "section"}
    | {"select", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "title", "tr", "ul"}
)
_SILENT = frozenset({"script", "style", "noscript", "template", "svg"})
_ATTRIBUTE = re.compile(r"[A-Za-z_][\w:.-]*")


def reads_as(html: str, candidate: RecordCandidate) -> list[JsonObject]:
    """Return every record of the page with every column of the candidate, read by its selector and locators.

    A missing value is None; addresses are absolute. A page on which no selector of the candidate matches gives [].
    """
    document = parse_document(html)
    if document is None:
        return []
    records = first_match(document, candidate.source.records, *candidate.source.fallbacks)
    return [read_row(record, candidate.columns, candidate.url) for record in records]


def read_row(record: Element, columns: Sequence[Column], url: str) -> JsonObject:
    """Return one record's values by column name."""
    return {column.name: read_column(record, column, url) for column in columns}


def read_column(record: Element, column: Column, url: str) -> str | None:
    """Return one record's value of a column; addresses are made absolute."""
    return read_first(record, (column.locator, *column.fallbacks), url if column.type is FieldType.URL else None)


def read_first(record: Element, locators: Sequence[str], url: str | None) -> str | None:
    """Return what the first locator that reads anything reads; with a page's ``url`` as an absolute address."""
    for locator in locators:
        value = read(record, locator)
        if value is not None:
            return value if url is None else absolute(value, url)
    return None


def first_match(element: Element, *selectors: str) -> list[Element]:
    """Return the matches of the first selector that matches anything."""
    for selector in selectors:
        found = select(element, selector)
        if found:
            return found
    return []


def read(element: Element, locator: str) -> str | None:
    """Return the value that a locator reads from the element, or None."""
    selector, attribute = split_locator(locator)
    if selector:
        found = select(element, selector)
        if not found:
            return None
        if attribute == TEXTS:
            return ", ".join(text for one in found if (text := text_of(one))) or None
        element = found[0]
    return value_of(element, attribute)


def value_of(element: Element, attribute: str) -> str | None:
    """Return the text (``text``), a line of it (``line-1``), its contact or an attribute of an element; else None."""
    if attribute == "text":
        return text_of(element) or None
    if attribute.startswith(LINE):
        return line_of(element, attribute)
    if attribute == CONTACT:
        return contact_of(element)
    value = element.get(attribute)
    return None if value is None else str(value).strip() or None


@lru_cache(maxsize=4_096)
def split_locator(locator: str) -> tuple[str, str]:
    """Split ``selector@attribute``; the selector is '' for the element itself, the attribute "text" by default."""
    selector, at, attribute = locator.rpartition("@")
    if not at or not _ATTRIBUTE.fullmatch(attribute) or selector.count("[") != selector.count("]"):
        selector, attribute = locator, "text"
    selector = selector.strip()
    return ("" if selector == "." else selector), attribute


def select(element: Element, selector: str) -> list[Element]:
    """Return the elements that a CSS selector matches below the element; [] for a selector that is not understood."""
    compiled = _compiled(selector)
    return [] if compiled is None else list(compiled(element))


@lru_cache(maxsize=4_096)
def _compiled(selector: str) -> Any:
    try:
        return etree.XPath(xpath_of(selector))
    except (SelectorError, etree.XPathError):
        return None


def text_of(element: Element) -> str:
    """Return the visible text of an element: blocks are set apart, inline parts are not."""
    if len(element) == 0:
        return " ".join((element.text or "").split())
    parts: list[str] = []
    _collect(element, parts)
    return " ".join("".join(parts).split())


def _collect(top: Element, parts: list[str]) -> None:
    stack: list[tuple[Element, bool]] = [(top, False)]
    while stack:
        element, is_closing = stack.pop()
        tag = element.tag
        is_markup = isinstance(tag, str)
        if is_closing:
            parts.append(" " if tag in _BLOCKS else "")
        elif is_markup and (tag not in _SILENT or element is top):
            parts.append((" " if tag in _BLOCKS else "") + (element.text or ""))
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element))
            continue
        if element is not top and element.tail:
            parts.append(element.tail)
