"""The operations of an API description: what each takes, what it answers, which credential it needs.

A broken operation is a reason, never an error: the rest of the document is still of use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from domain.plan import FieldType
from domain.values import JsonObject, JsonValue
from generators.openapi.document import Document, filled_server, secret_name
from generators.openapi.schemas import Answer, answer_of, choices_of, field_type, one_line, shape
from generators.sources.naming import snake

METHODS: Final = ("get", "head", "options", "post", "put", "patch", "delete")
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_CHOICES: Final = 150
_MOST_BODY: Final = 40
_CREDENTIAL: Final = re.compile(
    r"^(authorization|(x-)?(app|api|auth|access|subscription|client)[-_]?(api[-_]?)?(key|token|secret)|apikey|"
    r"ocp-apim-subscription-key|x-token|bearer)$",
    re.IGNORECASE,
)

Location = Literal["query", "path", "header", "body"]
Encoding = Literal["plain", "csv", "repeat"]


class BrokenOperation(Exception):
    """An operation that cannot become a tool; the text says why."""


@dataclass(frozen=True, kw_only=True)
class OperationParameter:
    """One value that an operation takes. ``name`` is the source's own (a dotted path for location ``body``)."""

    name: str
    location: Location
    type: FieldType
    items: FieldType | None = None
    required: bool = False
    fixed: JsonValue = None
    usual: JsonValue = None
    choices: tuple[JsonValue, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    description: str = ""
    format: str = ""
    example: JsonValue = None
    encoding: Encoding = "plain"

    @property
    def label(self) -> str:
        """The name in snake_case."""
        return snake(self.name.replace(".", "_"))


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation. ``path`` has ``{name}`` parts; ``server`` is its own base address where it names one.

    ``body`` is the fixed frame into which body parameters go.
    """

    method: str
    path: str
    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[OperationParameter, ...]
    answer: Answer
    body_kind: Literal["none", "json", "form"] = "none"
    body: JsonValue = None
    secret: str = ""
    server: str = ""
    deprecated: bool = False

    @property
    def id(self) -> str:
        """Method and path, which tell operations of a document apart."""
        return f"{self.method} {self.path}"

    @property
    def reads(self) -> bool:
        """Whether it changes nothing at the site."""
        return self.method in READING

    @property
    def is_item(self) -> bool:
        """Whether its path ends in a parameter: it asks for one thing by its name."""
        return self.path.rstrip("/").endswith("}")


@dataclass(frozen=True, kw_only=True)
class Broken:
    """An operation that was skipped, and why."""

    method: str
    path: str
    reason: str


def operations(document: Document) -> tuple[tuple[Operation, ...], tuple[Broken, ...]]:
    """Return the document's operations in its order, and those that are broken."""
    found: list[Operation] = []
    broken: list[Broken] = []
    paths = document.root.get("paths")
    for path, node in paths.items() if isinstance(paths, dict) else ():
        item = document.follow(node)
        if not isinstance(item, dict) or not str(path).startswith("/"):
            if not str(path).startswith("x-"):
                broken.append(Broken(method="", path=str(path), reason="the path has no operations"))
            continue
        for method in METHODS:
            if method not in item:
                continue
            try:
                found.append(_operation(document, str(path), method, item))
            except BrokenOperation as problem:
                broken.append(Broken(method=method.upper(), path=str(path), reason=str(problem)))
            except (TypeError, ValueError, AttributeError, KeyError, RecursionError) as problem:
                reason = f"it is malformed ({type(problem).__name__})"
                broken.append(Broken(method=method.upper(), path=str(path), reason=reason))
    return tuple(found), tuple(broken)


def _operation(document: Document, path: str, method: str, item: JsonObject) -> Operation:
    node = document.follow(item[method])
    if not isinstance(node, dict):
        raise BrokenOperation("it is no object")
    clean = path.split("?", 1)[0].split("#", 1)[0]
    parameters, credential = _parameters(document, [*_list(item, "parameters"), *_list(node, "parameters")], clean)
    body_kind, body, inside = _body(document, node)
    taken = {p.name for p in parameters if p.location == "path"}
    lacking = [n for n in re.findall(r"\{([^{}]+)\}", clean) if n not in taken]
    parameters += [_bare(name) for name in lacking]
    last = next((p for p in reversed(clean.split("/")) if p and "{" not in p), "")
    servers = _list(node, "servers") or _list(item, "servers")
    return Operation(
        method=method.upper(),
        path=clean,
        name=str(node.get("operationId") or ""),
        summary=one_line(str(node.get("summary") or ""), 160),
        description=one_line(str(node.get("description") or ""), 600),
        tags=tuple(str(t) for t in _list(node, "tags")[:4]),
        parameters=tuple(_unique([*parameters, *inside])),
        answer=_answer(document, node, last, item=clean.rstrip("/").endswith("}")),
        body_kind=body_kind,
        body=body,
        secret=_secret(document, node) or credential,
        server=filled_server(servers[0]) if servers and isinstance(servers[0], dict) else "",
        deprecated=node.get("deprecated") is True,
    )


def _list(node: JsonObject, name: str) -> list[Any]:
    value = node.get(name)
    return value if isinstance(value, list) else []


def _bare(name: str) -> OperationParameter:
    return OperationParameter(name=name, location="path", type=FieldType.STRING, required=True)


def _unique(parameters: list[OperationParameter]) -> Iterator[OperationParameter]:
    """The operation's own definition of a parameter comes after the path's and wins."""
    kept = {(p.location, p.name): p for p in parameters}
    yield from sorted(kept.values(), key=lambda p: not p.required)


def _parameters(document: Document, nodes: list[Any], path: str) -> tuple[list[OperationParameter], str]:
    found: list[OperationParameter] = []
    credential = ""
    for node in nodes:
        about = document.follow(node)
        if not isinstance(about, dict) or not isinstance(about.get("name"), str):
            raise BrokenOperation("a parameter leads nowhere")
        name, place = about["name"], about.get("in")
        if place not in ("query", "path", "header"):
            continue  # cookies are the broker's; bodies of version 2 are read with the body
        if place != "path" and _CREDENTIAL.match(name):
            credential = snake(name)
        elif _is_sent(name, place, path):
            found.append(_parameter(document, about, name, place))
    return found, credential


def _is_sent(name: str, place: str, path: str) -> bool:
    """Whether a value is the tool's to send: headers of every request are not, nor parts that the path lacks."""
    if place == "header":
        return name.lower() not in ("accept", "content-type", "user-agent")
    return place != "path" or "{" + name + "}" in path


def _parameter(document: Document, about: JsonObject, name: str, place: Literal["query", "path", "header"]) -> Any:
    content = about.get("content")
    media = next(iter(content.values()), {}) if isinstance(content, dict) else {}
    schema = about.get("schema") or (media.get("schema") if isinstance(media, dict) else None) or about
    shaped = shape(document, schema)
    required = about.get("required") is True or place == "path"
    return _described(
        document,
        shaped,
        name=name,
        place=place,
        required=required,
        text=str(about.get("description") or shaped.get("description") or ""),
        example=_example(document, about, shaped),
        encoding=_encoding(document, about, shaped, place),
    )


def _described(
    document: Document,
    shaped: JsonObject,
    *,
    name: str,
    place: Location,
    required: bool,
    text: str,
    example: JsonValue,
    encoding: Encoding = "plain",
) -> OperationParameter:
    kind = field_type(shaped)
    choices = choices_of(shaped) if len(choices_of(shaped)) <= _MOST_CHOICES else ()
    usual = shaped.get("default")
    usual = usual if isinstance(usual, str | int | float | bool) and usual != "" else None
    if kind in (FieldType.ARRAY, FieldType.OBJECT) and place == "path":
        kind = FieldType.STRING
    if kind is FieldType.OBJECT and place != "body":
        kind = FieldType.STRING
    items = field_type(shape(document, shaped.get("items"))) if kind is FieldType.ARRAY else None
    if kind in (FieldType.DATE, FieldType.DATETIME, FieldType.URL):
        kind = FieldType.STRING
    return OperationParameter(
        name=name,
        location=place,
        type=kind,
        items=items,
        required=required,
        fixed=choices[0] if required and len(choices) == 1 else None,
        usual=usual,
        choices=choices if kind in (FieldType.STRING, FieldType.INTEGER) else (),
        minimum=_bound(shaped, "minimum", kind),
        maximum=_bound(shaped, "maximum", kind),
        description=one_line(text, 300),
        format=str(shaped.get("format") or ""),
        example=example,
        encoding=encoding,
    )


def _bound(shaped: JsonObject, name: str, kind: FieldType) -> float | None:
    value = shaped.get(name)
    numeric = kind in (FieldType.INTEGER, FieldType.NUMBER)
    if not numeric or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 2**53 else None


def _example(document: Document, about: JsonObject, shaped: JsonObject) -> JsonValue:
    several = about.get("examples")
    first = document.follow(next(iter(several.values()), None)) if isinstance(several, dict) else None
    listed = shaped.get("examples")
    for value in (
        about.get("example"),
        first.get("value") if isinstance(first, dict) else None,
        about.get("x-example"),
        shaped.get("example"),
        listed[0] if isinstance(listed, list) and listed else None,
    ):
        if value not in (None, "", [], {}):
            return value
    return None


def _encoding(document: Document, about: JsonObject, shaped: JsonObject, place: str) -> Encoding:
    if shaped.get("type") != "array" or place != "query":
        return "csv" if shaped.get("type") == "array" and place == "header" else "plain"
    if document.version.startswith("2"):
        return "repeat" if about.get("collectionFormat") == "multi" else "csv"
    form = about.get("style", "form") == "form"
    return "repeat" if form and about.get("explode") is not False else "csv"


def _body(
    document: Document, node: JsonObject
) -> tuple[Literal["none", "json", "form"], JsonValue, list[OperationParameter]]:
    """The kind of the body, its frame, and the values that go into it."""
    schema, kind, required = _body_schema(document, node)
    if kind == "none":
        return "none", None, []
    shaped = shape(document, schema)
    properties = shaped.get("properties")
    if shaped.get("type") not in ("object", "") or (shaped.get("type") == "" and schema):
        if required:
            raise BrokenOperation("its body is no object")
        return "none", None, []
    listed = shaped.get("required")
    needed = set(map(str, listed)) if isinstance(listed, list) else set()
    inside = []
    for name, member in list(properties.items())[:_MOST_BODY] if isinstance(properties, dict) else ():
        below = shape(document, member)
        if "." in name or below.get("readOnly") is True:
            continue
        inside.append(
            _described(
                document,
                below,
                name=name,
                place="body",
                required=name in needed and required,
                text=str(below.get("description") or ""),
                example=_example(document, {}, below),
            )
        )
    return kind, {}, inside


def _body_schema(document: Document, node: JsonObject) -> tuple[Any, Literal["none", "json", "form"], bool]:
    if document.version.startswith("2"):
        return _body_of_two(document, node)
    about = document.follow(node.get("requestBody"))
    content = about.get("content") if isinstance(about, dict) else None
    if not isinstance(about, dict) or not isinstance(content, dict) or not content:
        return None, "none", False
    required = about.get("required") is True
    for media, part in content.items():
        schema = part.get("schema") if isinstance(part, dict) else None
        if "json" in media or media.startswith(("*/*", "application/*")):
            return schema, "json", required
        if "x-www-form-urlencoded" in media:
            return schema, "form", required
    if required:
        raise BrokenOperation(f"its body is {', '.join(map(str, list(content)[:2]))}, which is not written")
    return None, "none", False


def _body_of_two(document: Document, node: JsonObject) -> tuple[Any, Literal["none", "json", "form"], bool]:
    form: JsonObject = {}
    needed: list[JsonValue] = []
    for entry in _list(node, "parameters"):
        about = document.follow(entry)
        if not isinstance(about, dict):
            continue
        if about.get("in") == "body":
            return about.get("schema"), "json", about.get("required") is True
        if about.get("in") == "formData":
            if about.get("type") == "file":
                raise BrokenOperation("it takes a file")
            form[str(about.get("name"))] = {k: v for k, v in about.items() if k not in ("in", "name", "required")}
            needed += [str(about.get("name"))] * (about.get("required") is True)
    if not form:
        return None, "none", False
    return {"type": "object", "properties": form, "required": needed}, "form", True


def _answer(document: Document, node: JsonObject, last: str, *, item: bool) -> Answer:
    answers = node.get("responses")
    if not isinstance(answers, dict) or not answers:
        raise BrokenOperation("it names no responses")
    good = [k for k in answers if str(k).startswith("2")] or [k for k in answers if str(k) == "default"]
    about = document.follow(answers[min(good, key=str)]) if good else None
    schema, media = _answer_schema(document, node, about) if isinstance(about, dict) else (None, "")
    found = answer_of(document, schema, last, item=item)
    return Answer(records=found.records, columns=found.columns, single=found.single, media=media)


def _answer_schema(document: Document, node: JsonObject, about: JsonObject) -> tuple[Any, str]:
    if document.version.startswith("2"):
        made = _list(node, "produces") or _list(document.root, "produces") or ["application/json"]
        media = next((str(m) for m in made if "json" in str(m)), str(made[0]))
        return about.get("schema"), media
    content = about.get("content")
    if not isinstance(content, dict) or not content:
        return None, ""
    media = next((m for m in content if "json" in m), next(iter(content)))
    part = content[media]
    return (part.get("schema") if isinstance(part, dict) else None), str(media)


def _secret(document: Document, node: JsonObject) -> str:
    """The credential that the operation needs; none where it may also be asked without."""
    needed = node.get("security", document.root.get("security"))
    if not isinstance(needed, list) or not needed or {} in needed:
        return ""
    return next((s for n in needed if isinstance(n, dict) and (s := secret_name(document, n))), "")
