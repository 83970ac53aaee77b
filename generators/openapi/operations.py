"""The operations of an API description: what each takes, what it answers, which credentials it needs.

A broken operation is a reason, never an error: the rest of the document is still of use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from domain.plan import FieldType
from domain.values import JsonObject, JsonValue
from generators.openapi.answers import Answer, read_answer
from generators.openapi.bodies import BodyKind, read_body
from generators.openapi.credentials import Credential, is_credential, named, needed
from generators.openapi.document import Document, filled_server
from generators.openapi.parameters import BrokenOperation, OperationParameter, read_parameter, unique
from generators.openapi.schemas import one_line

__all__ = ["Broken", "Operation", "OperationParameter", "operations"]

METHODS: Final = ("get", "head", "options", "post", "put", "patch", "delete")
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_OPERATIONS: Final = 5_000
"""Operations of one document that are read; further ones are counted as broken, with that reason."""


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
    body_kind: BodyKind = "none"
    body: JsonValue = None
    credentials: tuple[Credential, ...] = ()
    server: str = ""
    deprecated: bool = False

    @property
    def secret(self) -> str:
        """The name of its first credential, or ""."""
        return self.credentials[0].name if self.credentials else ""

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
            if len(found) >= MOST_OPERATIONS:
                reason = f"the document has more than {MOST_OPERATIONS} operations"
                broken.append(Broken(method=method.upper(), path=str(path), reason=reason))
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
    parameters, carried = _parameters(document, [*_list(item, "parameters"), *_list(node, "parameters")], clean)
    body = read_body(document, {**node, "parameters": [*_list(item, "parameters"), *_list(node, "parameters")]})
    taken = {p.name for p in parameters if p.location == "path"}
    parameters += [_bare(n) for n in re.findall(r"\{([^{}]+)\}", clean) if n not in taken]
    last = next((p for p in reversed(clean.split("/")) if p and "{" not in p), "")
    servers = _list(node, "servers") or _list(item, "servers")
    return Operation(
        method=method.upper(),
        path=clean,
        name=str(node.get("operationId") or ""),
        summary=one_line(str(node.get("summary") or ""), 160),
        description=one_line(str(node.get("description") or ""), 600),
        tags=tuple(str(t) for t in _list(node, "tags")[:4]),
        parameters=tuple(unique([*parameters, *body.parameters])),
        answer=read_answer(document, node, last, item=clean.rstrip("/").endswith("}"), bodiless=method == "head"),
        body_kind=body.kind,
        body=body.frame,
        credentials=needed(document, node, *carried),
        server=filled_server(servers[0]) if servers and isinstance(servers[0], dict) else "",
        deprecated=node.get("deprecated") is True,
    )


def _list(node: JsonObject, name: str) -> list[Any]:
    value = node.get(name)
    return value if isinstance(value, list) else []


def _bare(name: str) -> OperationParameter:
    return OperationParameter(name=name, location="path", type=FieldType.STRING, required=True, sample="text")


def _parameters(document: Document, nodes: list[Any], path: str) -> tuple[list[OperationParameter], list[Credential]]:
    found: list[OperationParameter] = []
    carried: list[Credential] = []
    for node in nodes:
        about = document.follow(node)
        if not isinstance(about, dict) or not isinstance(about.get("name"), str):
            raise BrokenOperation("a parameter leads nowhere")
        name, place = about["name"], about.get("in")
        if is_credential(name, str(place)):
            carried.append(named(document, name, "query" if place == "query" else "header"))
            continue
        parameter = read_parameter(document, about, path)
        found += [parameter] if parameter is not None else []
    return found, carried
