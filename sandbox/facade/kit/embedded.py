"""JSON inside pages: framework state, JSON-LD, script variables, microdata."""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.facade.kit.errors import SourceChanged
from sandbox.facade.kit.literals import LiteralProblem, read_literal
from sandbox.facade.kit.nodes import Node

_VARIABLES = {
    "nuxt": ("window.__NUXT__", "__NUXT__"),
    "apollo": ("window.__APOLLO_STATE__", "__APOLLO_STATE__"),
    "next_data": ("__NEXT_DATA__",),
}


def embedded(node: Node, kind: str, selector: str = "", index: int = 0, variable: str = "") -> Any:
    """Return the JSON that a page carries.

    Args:
        node: the page.
        kind: ``next_data``, ``nuxt``, ``apollo``, ``json_ld``, ``json`` (a script of type JSON), ``object_literal``
            (a JavaScript value assigned to ``variable``) or ``microdata`` (the list of items).
        selector: which script or element, when the kind does not say it.
        index: which of several.
        variable: the JavaScript variable of an ``object_literal``.

    Raises:
        SourceChanged: the page does not carry it, or it cannot be read.
    """
    if kind == "microdata":
        return microdata(node, selector)
    if kind == "json_ld":
        return _script(node, selector or 'script[type="application/ld+json"]', index)
    if kind == "json":
        return _script(node, selector or 'script[type="application/json"]', index)
    if kind == "next_data":
        return _script(node, selector or "script#__NEXT_DATA__", index)
    if kind == "nuxt" and node.first("script#__NUXT_DATA__") is not None:
        return _revived(_script(node, "script#__NUXT_DATA__", index))
    names = (variable,) if variable else _VARIABLES.get(kind, ())
    return _assigned(node, names, selector or "script", index)


def microdata(node: Node, selector: str = "") -> list[dict[str, Any]]:
    """Return the microdata items of a page (top-level ones), each a dict with ``@type`` and its properties."""
    scopes = node.css(selector or "[itemscope]:not([itemprop])")
    return [_item(scope) for scope in scopes]


def _script(node: Node, selector: str, index: int) -> Any:
    found = node.css(selector)
    if not -len(found) <= index < len(found):
        raise SourceChanged(f"the page has no {selector!r} number {index}")
    text = found[index].raw_text().strip().removeprefix("<!--").removesuffix("-->").strip()
    try:
        return json.loads(text, strict=False)
    except ValueError:
        pass
    try:
        return read_literal(text, 0)
    except LiteralProblem as problem:
        raise SourceChanged(f"the JSON at {selector!r} cannot be read: {problem}") from None


def _assigned(node: Node, names: tuple[str, ...], selector: str, index: int) -> Any:
    if not names:
        raise ValueError("give the variable that the value is assigned to")
    left = index
    for script in node.css(selector):
        text = script.raw_text()
        for name in names:
            for found in re.finditer(
                rf"(?<![\w$.]){_GLOBAL}{re.escape(name)}[\"']?\s*\]?\s*[=:]\s*(?:JSON\.parse\(\s*)?", text
            ):
                value = _literal_at(text, found.end(), parsed=found.group().rstrip().endswith("("))
                if value is _UNREADABLE:
                    continue
                if left == 0:
                    return value
                left -= 1
    raise SourceChanged(f"the page assigns no readable value to {' or '.join(names)}")


_UNREADABLE = object()
_GLOBAL = r"(?:(?:window|self|globalThis|this)\s*(?:\.\s*|\[\s*[\"']))?"


def _literal_at(text: str, position: int, *, parsed: bool) -> Any:
    try:
        value = read_literal(text, position)
        return json.loads(value) if parsed and isinstance(value, str) else value
    except (LiteralProblem, ValueError):
        return _UNREADABLE


def _revived(flat: Any) -> Any:
    """Return Nuxt 3's flat array of values as the tree it stands for (indices point into the array)."""
    if not isinstance(flat, list) or not flat:
        return flat
    return _revive(flat, 0, 0)


def _revive(flat: list[Any], position: Any, depth: int) -> Any:
    if not isinstance(position, int) or isinstance(position, bool) or not 0 <= position < len(flat) or depth > 60:
        return None
    value = flat[position]
    if isinstance(value, dict):
        return {name: _revive(flat, target, depth + 1) for name, target in value.items()}
    if isinstance(value, list):
        if value and isinstance(value[0], str):  # a tagged value: ["Reactive", 3], ["Date", "2027-…"]
            inner = value[1] if len(value) > 1 else None
            return _revive(flat, inner, depth + 1) if isinstance(inner, int) else inner
        return [_revive(flat, target, depth + 1) for target in value]
    return value


def _item(scope: Node) -> dict[str, Any]:
    item: dict[str, Any] = {}
    kind = scope.attr("itemtype")
    if kind:
        item["@type"] = kind.rstrip("/").rpartition("/")[2]
    for prop in _own_properties(scope):
        value = _item(prop) if prop.attr("itemscope") is not None else _property(prop)
        for name in (prop.attr("itemprop") or "").split():
            if name not in item:
                item[name] = value
            elif isinstance(item[name], list):
                item[name].append(value)
            else:
                item[name] = [item[name], value]
    return item


def _own_properties(scope: Node) -> list[Node]:
    """Return the properties whose nearest item is this one."""
    # the set keeps the elements alive: lxml makes a new proxy, with another id, for one that nobody holds
    inner = {node._element for nested in scope.css("[itemscope]") for node in nested.css("[itemprop]")}
    return [prop for prop in scope.css("[itemprop]") if prop._element not in inner]


def _property(node: Node) -> str | None:
    for name in ("content", "datetime", "href", "src", "data", "value"):
        value = node.attr(name)
        if value is not None:
            return value.strip()
    return node.text or None
