"""The outline of a page that a run got: what a repair needs to choose selectors, in a few lines.

One line per element that carries text or an address, indented; alike siblings are shown twice and
then counted. Of scripts only the paths of JSON in them are told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from lxml import etree, html

from domain.values import JsonValue

MOST_LINES = 70
MOST_DEPTH = 14
MOST_TEXT = 60
MOST_PATHS = 40
MOST_DATA = 2_000_000  # characters of JSON that are looked at
ALIKE = 2
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "link", "meta", "head"})
_SHOWN = ("href", "src", "name", "value", "type", "rel", "datetime", "itemprop", "role", "action", "method", "for")


def outline(text: str) -> str:
    """Return the outline of an HTML text; "" when it holds no element."""
    try:
        root = html.document_fromstring(text)
    except (etree.ParserError, ValueError):
        return ""
    lines = list(_lines(root.find("body") if root.find("body") is not None else root, 0))
    data = [line for script in root.iter("script") for line in _data(script)]
    more = [f"… {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
    return "\n".join([*lines[:MOST_LINES], *more, *data[: 2 * MOST_PATHS]])


def _lines(element: etree._Element, depth: int) -> Iterator[str]:
    if depth > MOST_DEPTH:
        return
    alike: dict[tuple[str, str], int] = {}
    for child in element:
        if not isinstance(child.tag, str) or child.tag in _SILENT:
            continue
        shape = (child.tag, child.get("class", ""))
        alike[shape] = alike.get(shape, 0) + 1
        if alike[shape] <= ALIKE:
            yield f"{' ' * depth}{_line(child)}"
            yield from _lines(child, depth + 1)
    for (tag, css), count in alike.items():
        if count > ALIKE:
            named = "." + ".".join(css.split()) if css else ""
            yield f"{' ' * depth}… {count - ALIKE} more {tag}{named}"


def _data(script: etree._Element) -> Iterator[str]:
    """The paths in JSON that a script element holds, the first element standing for its array."""
    text = script.text or ""
    if "json" not in script.get("type", "") or len(text) > MOST_DATA:
        return
    try:
        value = json.loads(text)
    except ValueError:
        return
    named = f"#{script.get('id')}" if script.get("id") else f"[type={script.get('type')!r}]"
    yield f"data in script{named}:"
    for number, (path, leaf) in enumerate(_paths(value, "")):
        if number >= MOST_PATHS:
            yield " … more"
            return
        yield f" {path}: {str(leaf)[:MOST_TEXT]}"


def _paths(value: JsonValue, path: str) -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _paths(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        yield from _paths(value[0], f"{path}[{len(value)}]") if value else iter(((f"{path}[0]", "empty"),))
    else:
        yield path, value


def _line(element: etree._Element) -> str:
    css = "".join(f".{name}" for name in element.get("class", "").split()[:3])
    identity = f"#{element.get('id')}" if element.get("id") else ""
    shown = "".join(f" {name}={element.get(name)[:MOST_TEXT]!r}" for name in _SHOWN if element.get(name))
    text = " ".join((element.text or "").split())
    said = f": {text[:MOST_TEXT]}" if text else ""
    return f"{element.tag}{identity}{css}{shown}{said}"
