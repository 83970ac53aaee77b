"""What an operation's body takes: the members of an object, or one value that is the whole body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from domain.values import JsonObject, JsonValue
from generators.openapi.document import Document
from generators.openapi.parameters import BrokenOperation, Described, OperationParameter, described
from generators.openapi.schemas import shape

_MOST_MEMBERS: Final = 40

BodyKind = Literal["none", "json", "form"]


@dataclass(frozen=True, kw_only=True)
class Body:
    """The kind of a body, its fixed frame, and the values that go into it."""

    kind: BodyKind = "none"
    frame: JsonValue = None
    parameters: tuple[OperationParameter, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Schema:
    """A body as the document has it."""

    kind: BodyKind = "none"
    schema: Any = None
    required: bool = False
    examples: tuple[JsonValue, ...] = ()


def read_body(document: Document, node: JsonObject) -> Body:
    """Return the body of an operation.

    Raises:
        BrokenOperation: it must have one of a kind that is not written (files, XML).
    """
    told = _of_two(document, node) if document.version.startswith("2") else _of_three(document, node)
    if told.kind == "none":
        return Body()
    shaped = shape(document, told.schema)
    kind = shaped.get("type")
    if kind == "object" and shaped.get("properties"):
        return Body(kind=told.kind, frame={}, parameters=tuple(_members(document, shaped, told)))
    if told.kind == "form" or (not kind and not told.required):
        return Body(kind="form", frame={}) if told.kind == "form" else Body()
    schema = told.schema if kind else {"type": "object"}
    said = Described(
        name="",
        place="body",
        required=told.required,
        text=str(shaped.get("description") or "The body of the request."),
        examples=told.examples,
    )
    return Body(kind="json", frame=None, parameters=(described(document, schema, said),))


def _members(document: Document, shaped: JsonObject, told: _Schema) -> list[OperationParameter]:
    members, listed = shaped.get("properties"), shaped.get("required")
    needed = set(map(str, listed)) if isinstance(listed, list) else set()
    whole = next((e for e in told.examples if isinstance(e, dict)), {})
    found: list[OperationParameter] = []
    ordered = sorted(members.items(), key=lambda m: m[0] not in needed) if isinstance(members, dict) else []
    for name, member in ordered[:_MOST_MEMBERS]:
        below = shape(document, member)
        if "." in name or not name or below.get("readOnly") is True:
            continue
        said = Described(
            name=name,
            place="body",
            required=name in needed and told.required,
            text=str(below.get("description") or ""),
            examples=(whole.get(name), below.get("example")),
        )
        found.append(described(document, member, said))
    return found


def _of_three(document: Document, node: JsonObject) -> _Schema:
    about = document.follow(node.get("requestBody"))
    content = about.get("content") if isinstance(about, dict) else None
    if not isinstance(about, dict) or not isinstance(content, dict) or not content:
        return _Schema()
    required = about.get("required") is True
    for wanted in ("json", "x-www-form-urlencoded", "*/*", "application/*"):
        for media, part in content.items():
            if wanted in str(media) and isinstance(part, dict):
                kind: BodyKind = "form" if "form" in wanted else "json"
                examples = _examples(document, part)
                return _Schema(kind=kind, schema=part.get("schema"), required=required, examples=examples)
    if required:
        raise BrokenOperation(f"its body is {', '.join(map(str, list(content)[:2]))}, which is not written")
    return _Schema()


def _examples(document: Document, part: JsonObject) -> tuple[JsonValue, ...]:
    several = part.get("examples")
    first = document.follow(next(iter(several.values()), None)) if isinstance(several, dict) else None
    return (part.get("example"), first.get("value") if isinstance(first, dict) else None)


def _of_two(document: Document, node: JsonObject) -> _Schema:
    form: JsonObject = {}
    needed: list[JsonValue] = []
    entries = node.get("parameters")
    for entry in entries if isinstance(entries, list) else ():
        about = document.follow(entry)
        if not isinstance(about, dict):
            continue
        if about.get("in") == "body":
            return _Schema(kind="json", schema=about.get("schema"), required=about.get("required") is True)
        if about.get("in") == "formData":
            if about.get("type") == "file" and about.get("required") is True:
                raise BrokenOperation("it takes a file")
            form[str(about.get("name"))] = {k: v for k, v in about.items() if k not in ("in", "name", "required")}
            needed += [str(about.get("name"))] * (about.get("required") is True)
    if not form:
        return _Schema()
    return _Schema(kind="form", schema={"type": "object", "properties": form, "required": needed}, required=True)
