"""Rows of a candidate, read again from another answer of the same source."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cssselect import SelectorError
from lxml import etree
from lxml import html as lxml_html

from domain.observation import Column, RecordCandidate
from domain.plan import SourceKind
from domain.values import JsonObject, JsonValue
from generators.sources.documents import parse
from generators.sources.json_records import row_of
from generators.sources.paths import records

_TEXTS = etree.XPath(".//text()[not(ancestor::script or ancestor::style or ancestor::template)]")


def read_records(candidate: RecordCandidate, text: str) -> list[JsonValue] | None:
    """Return the raw JSON records in an answer's text; None when it is not the same kind of answer."""
    value = parse(text) if candidate.kind is not SourceKind.EMBEDDED else embedded_value(candidate, text)
    if not isinstance(value, dict | list):
        return None
    found = records(value, candidate.source.records)
    return found if found or _has_list(value, candidate.source.records) else None


def read_rows(candidate: RecordCandidate, text: str) -> list[JsonObject] | None:
    """Return the rows in an answer's text by the candidate's own locators; None when it has another structure."""
    if candidate.kind in (SourceKind.HTML, SourceKind.BROWSER):
        return _html_rows(candidate, text)
    found = read_records(candidate, text)
    return None if found is None else [row_of(r, candidate.columns) for r in found]


def embedded_value(candidate: RecordCandidate, text: str) -> JsonValue:
    """Return the JSON that an HTML text carries where the candidate has it, if a script element holds it plainly."""
    tree = tree_of(text)
    if tree is None:
        return None
    source = candidate.source
    selector = source.embedded_selector or ("script#__NEXT_DATA__" if source.embedded_kind == "next_data" else "")
    if source.embedded_kind == "json_ld":
        selector = selector or 'script[type="application/ld+json"]'
    if not selector or source.embedded_variable:
        return None
    found = select(tree, selector)
    if source.embedded_index >= len(found):
        return None
    try:
        value: JsonValue = json.loads(found[source.embedded_index].text or "")
    except ValueError:
        return None
    return value


def tree_of(text: str) -> Any:
    """Return the parsed HTML (an lxml element), or None for a text without any element."""
    try:
        return lxml_html.fromstring(text) if text.strip() else None
    except (etree.ParserError, ValueError):
        return None


def select(node: Any, selector: str) -> list[Any]:
    """Return the elements below ``node`` that a CSS selector finds; none for a selector that does not parse."""
    try:
        return list(node.cssselect(selector))
    except (SelectorError, etree.XPathError):
        return []


def read_html(node: Any, locators: Sequence[str]) -> str | None:
    """Return the first value that one of the locators (``selector@attribute``) reads from a record element."""
    for locator in locators:
        selector, _, attribute = locator.rpartition("@") if "@" in locator else (locator, "", "text")
        target = node if selector in ("", ".") else next(iter(select(node, selector)), None)
        if target is None:
            continue
        value = text_of(target) if attribute == "text" else target.get(attribute)
        if value:
            return " ".join(value.split())
    return None


def text_of(node: Any) -> str:
    """Return an element's text with single spaces, scripts and styles left out."""
    return " ".join(" ".join(_TEXTS(node)).split())


def _html_rows(candidate: RecordCandidate, text: str) -> list[JsonObject] | None:
    tree = tree_of(text)
    if tree is None:
        return None
    for selector in (candidate.source.records, *candidate.source.fallbacks):
        nodes = select(tree, selector)
        if nodes:
            return [_html_row(node, candidate.columns) for node in nodes]
    return []


def _html_row(node: Any, columns: Sequence[Column]) -> JsonObject:
    return {c.name: read_html(node, (c.locator, *c.fallbacks)) for c in columns}


def _has_list(value: JsonValue, path: str) -> bool:
    """Whether the place of the records is there, though empty."""
    if not path:
        return isinstance(value, list)
    head, _, leaf = path.rpartition(".")
    holders = records(value, f"{head}.*") if "*" in head else [value]
    for holder in holders:
        here: JsonValue = holder
        for name in path.split("."):
            here = here.get(name) if isinstance(here, dict) else None
        if isinstance(here, list | dict):
            return True
    return bool(leaf == "*" and head)
