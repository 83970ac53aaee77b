"""Data that a page's HTML carries beside its text. Pure: HTML in, values out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import chompjs
from lxml import etree, html

from domain.observation import Embedded
from domain.values import JsonValue

MAX_ITEMS = 60
MAX_SCRIPT_CHARS = 4_000_000
MIN_LITERAL_CHARS = 24

_NAME = r"[A-Za-z_$][\w$]*"
_ASSIGNED = re.compile(
    rf"(?:^|[;{{}}\s(,])(?:(?:var|let|const)\s+|(?:window|self|globalThis|this)\s*(?:\.\s*|\[\s*['\"]))?"
    rf"(?P<name>{_NAME}(?:\.{_NAME})*)(?:['\"]\s*\])?\s*=\s*(?P<parse>JSON\.parse\(\s*)?(?=(?P<open>[\[{{'\"`]))"
)
_KNOWN = {"__NUXT__": "nuxt", "__NUXT_DATA__": "nuxt", "__APOLLO_STATE__": "apollo"}


def embedded_in(text: str) -> tuple[Embedded, ...]:
    """Return the data in the page: framework state, JSON-LD, JSON islands, literals in scripts, microdata, RDFa.

    ``selector`` finds the element again and ``index`` tells which of its matches; for literals
    ``variable`` is the name that the script assigns. Broken JSON is left out. At most 60 items.
    """
    if not text.strip():
        return ()
    try:
        root = html.document_fromstring(text)
    except (etree.ParserError, ValueError):
        return ()
    found: list[Embedded] = []
    seen: dict[str, int] = {}
    for script in root.iter("script"):
        content = script.text or ""
        if content.strip() and len(content) <= MAX_SCRIPT_CHARS:
            found.extend(_of_script(script, content, seen))
    found.extend(_microdata(root))
    found.extend(_rdfa(root))
    return tuple(found[:MAX_ITEMS])


def _of_script(script: html.HtmlElement, content: str, seen: dict[str, int]) -> Iterator[Embedded]:
    kind = (script.get("type") or "").split(";")[0].strip().lower()
    if kind == "application/ld+json":
        yield from _island(content, seen, 'script[type="application/ld+json"]', "json_ld")
    elif script.get("id") == "__NEXT_DATA__":
        yield from _island(content, seen, "script#__NEXT_DATA__", "next_data")
    elif script.get("id") == "__NUXT_DATA__":
        yield from _island(content, seen, "script#__NUXT_DATA__", "nuxt")
    elif kind == "application/json" or kind.endswith("+json"):
        yield from _island(content, seen, _selector(script, kind), "json")
    elif kind in {"", "text/javascript", "application/javascript", "module"}:
        yield from _literals(content, seen)


def _selector(script: html.HtmlElement, kind: str) -> str:
    identity = script.get("id")
    if identity and re.fullmatch(r"[A-Za-z_][\w-]*", identity):
        return f"script#{identity}"
    for name in sorted(script.attrib):
        if name.startswith("data-") and not script.get(name):
            return f"script[{name}]"
    return f'script[type="{kind}"]'


def _island(content: str, seen: dict[str, int], selector: str, kind: str) -> Iterator[Embedded]:
    index = seen.get(selector, 0)
    seen[selector] = index + 1
    data = _json(content.strip().removeprefix("<!--").removesuffix("-->"))
    if data is not None:
        yield Embedded.model_validate({"kind": kind, "selector": selector, "index": index, "data": data})


def _json(text: str) -> JsonValue:
    """Return the JSON value, or None; Python's NaN and Infinity are refused as JSON does."""
    try:
        value: JsonValue = json.loads(text, strict=False, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _literals(content: str, seen: dict[str, int]) -> Iterator[Embedded]:
    end = 0
    for match in _ASSIGNED.finditer(content):
        if match.start("name") < end:
            continue  # inside the literal that was just read
        read = _string if match["open"] in "'\"`" else _object
        if match["open"] in "'\"`" and not match["parse"]:
            continue
        value, length = read(content[match.start("open") :])
        if length < MIN_LITERAL_CHARS or not isinstance(value, dict | list) or not value:
            continue
        end = match.start("open") + length
        name = match["name"]
        index = seen.get(name, 0)
        seen[name] = index + 1
        kind = _KNOWN.get(name.rpartition(".")[2], "object_literal")
        yield Embedded.model_validate(
            {"kind": kind, "selector": "script", "index": index, "variable": name, "data": value}
        )


def _object(text: str) -> tuple[JsonValue, int]:
    """Return the JavaScript literal at the start of ``text`` and its length; (None, 0) when it is none."""
    length = _balanced(text)
    if length < MIN_LITERAL_CHARS:
        return None, 0
    literal = text[:length]
    strict = _json(literal)
    if strict is not None:
        return strict, length
    if re.search(r"=>|\bfunction\b|\bnew\s", literal[:4000]):
        return None, 0
    try:
        value: object = chompjs.parse_js_object(literal)
    except (ValueError, RecursionError):
        return None, 0
    return _plain(value), length


def _plain(value: object) -> JsonValue:
    """Return the value with what JSON lacks taken out (chompjs may give NaN)."""
    return _json(json.dumps(value, default=str).replace("NaN", "null").replace("Infinity", "null"))


def _string(text: str) -> tuple[JsonValue, int]:
    """Return the JSON inside a quoted JavaScript string, as in ``JSON.parse("...")``."""
    quote = text[0]
    match = re.match(rf"{quote}((?:[^{quote}\\]|\\.)*){quote}", text, re.DOTALL)
    if match is None:
        return None, 0
    body = match[1]
    if quote != '"':
        body = body.replace(f"\\{quote}", quote).replace('"', '\\"').replace('\\\\"', '\\"')
    inner = _json(f'"{body}"')
    return (_json(inner), match.end()) if isinstance(inner, str) else (None, 0)


def _balanced(text: str) -> int:
    """Return the length of the bracketed literal that ``text`` begins with; 0 when it never closes."""
    depth, position = 0, 0
    pattern = re.compile(
        r"[\[\]{}]|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|//[^\n]*|/\*.*?\*/", re.DOTALL
    )
    for match in pattern.finditer(text):
        mark = match[0]
        if mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1
            if depth == 0:
                position = match.end()
                break
    return position


@dataclass(frozen=True, kw_only=True)
class _Dialect:
    """The attributes of one way of marking data in HTML, and how a value is read."""

    property: str
    scope: str
    read: Callable[[html.HtmlElement, int], JsonValue]


def _microdata(root: html.HtmlElement) -> Iterator[Embedded]:
    tops = root.xpath("//*[@itemscope and not(@itemprop)]")
    items = [_item(top, 0) for top in tops[:500]]
    if items:
        yield Embedded(kind="microdata", selector="[itemscope]:not([itemprop])", data=items)


def _item(scope: html.HtmlElement, depth: int) -> JsonValue:
    item: dict[str, JsonValue] = {}
    if scope.get("itemtype"):
        item["@type"] = scope.get("itemtype").strip().rpartition("/")[2]
    _properties(scope, item, _MICRODATA, depth)
    return item


def _properties(element: html.HtmlElement, item: dict[str, JsonValue], dialect: _Dialect, depth: int) -> None:
    if depth > 40:
        return
    for child in element.iterchildren(tag=etree.Element):
        for name in (child.get(dialect.property) or "").split():
            _add(item, name.rpartition(":")[2], dialect.read(child, depth))
        if child.get(dialect.scope) is None:
            _properties(child, item, dialect, depth + 1)


def _add(item: dict[str, JsonValue], name: str, value: JsonValue) -> None:
    if name not in item:
        item[name] = value
        return
    present = item[name]
    item[name] = [*present, value] if isinstance(present, list) else [present, value]


def _microvalue(element: html.HtmlElement, depth: int) -> JsonValue:
    if element.get("itemscope") is not None:
        return _item(element, depth + 1)
    return _value(element)


def _value(element: html.HtmlElement) -> str:
    for name in ("content", "datetime", "href", "src", "data"):
        if element.get(name) is not None and (name != "data" or element.tag == "object"):
            return str(element.get(name))
    if element.tag in {"data", "meter"} and element.get("value") is not None:
        return str(element.get("value"))
    return " ".join(element.text_content().split())


def _rdfa(root: html.HtmlElement) -> Iterator[Embedded]:
    tops = root.xpath("//*[@typeof and not(@property)]")
    items = [_resource(top, 0) for top in tops[:500]]
    if items:
        yield Embedded(kind="rdfa", selector="[typeof]:not([property])", data=items)


def _resource(scope: html.HtmlElement, depth: int) -> JsonValue:
    item: dict[str, JsonValue] = {"@type": scope.get("typeof").strip().rpartition(":")[2]}
    _properties(scope, item, _RDFA, depth)
    return item


def _rdfavalue(element: html.HtmlElement, depth: int) -> JsonValue:
    if element.get("typeof") is not None:
        return _resource(element, depth + 1)
    return str(element.get("resource")) if element.get("resource") else _value(element)


_MICRODATA = _Dialect(property="itemprop", scope="itemscope", read=_microvalue)
_RDFA = _Dialect(property="property", scope="typeof", read=_rdfavalue)
