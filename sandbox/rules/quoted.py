"""AS5xx: annotations, which pydantic evaluates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from domain.python_text import parse_expression
from sandbox.facade.builtin_names import ALL_NAMES
from sandbox.rules.base import Breach, Breaches, Rule
from sandbox.rules.facts import ModuleFacts

_WORD = re.compile(r"\w+")
_PLAIN = (ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.BinOp, ast.BitOr, ast.Constant, ast.Load)


class PlainAnnotations(Rule):
    """Annotations in quotes only name types."""

    code: ClassVar = "AS501"
    title: ClassVar = "Annotations in quotes only name types"
    reason: ClassVar = "Text in an annotation is evaluated when the model is built."
    remedy: ClassVar = "Write the annotation without quotes."
    bad_example: ClassVar = "name: \"__import__('os')\""
    good_example: ClassVar = 'parent: "Item | None" = None'
    nodes: ClassVar = (ast.AnnAssign, ast.arg, ast.FunctionDef, ast.AsyncFunctionDef)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield texts in annotations that do more."""
        annotation = getattr(node, "annotation", None) or getattr(node, "returns", None)
        if annotation is None or isinstance(annotation, ast.Name):
            return
        for part in ast.walk(annotation):
            if isinstance(part, ast.Call) and not isinstance(part.func, ast.Name | ast.Attribute):
                yield Breach(message="what this annotation calls has no name", node=node)
        for text in _texts(annotation):
            yield from self._inside(text, node, facts)

    @staticmethod
    def _inside(text: ast.Constant, node: ast.AST, facts: ModuleFacts) -> Breaches:
        try:
            parsed = parse_expression(str(text.value).strip())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            yield Breach(message="the text in this annotation is no type", node=node)
            return
        for part in ast.walk(parsed):
            name = part.id if isinstance(part, ast.Name) else part.attr if isinstance(part, ast.Attribute) else ""
            if not isinstance(part, _PLAIN):
                yield Breach(message=f"{type(part).__name__} in an annotation in quotes", node=node)
            elif name.startswith("_"):
                yield Breach(message=f"the private name {name!r} in an annotation in quotes", node=node)
            elif isinstance(part, ast.Name) and name not in facts.bound and name not in ALL_NAMES:
                yield Breach(message=f"nothing defines {name!r}, which this annotation names", node=node)


class OrderOfModels(Rule):
    """Annotations that mention later classes are plain."""

    code: ClassVar = "AS502"
    title: ClassVar = "A class that an annotation with calls mentions comes first"
    reason: ClassVar = "An annotation that names a later class is kept as text, and text only names types."
    remedy: ClassVar = "Move the class above this one, or write Field(...) as the field's default."
    bad_example: ClassVar = (
        "class Response(BaseModel):\n    rows: Annotated[list[Item], Field(max_length=9)]\n\nclass Item(BaseModel): ..."
    )
    good_example: ClassVar = (
        "class Item(BaseModel): ...\n\nclass Response(BaseModel):\n    rows: list[Item] = Field(max_length=9)"
    )
    nodes: ClassVar = (ast.ClassDef,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield annotations with calls that mention the class itself or a later one."""
        top = facts.tree.body
        if not isinstance(node, ast.ClassDef) or node not in top:
            return
        later = {s.name for s in top[top.index(node) :] if isinstance(s, ast.ClassDef)}
        for statement in node.body:
            if (
                isinstance(statement, ast.AnnAssign)
                and not isinstance(statement.annotation, ast.Name | ast.Constant)
                and any(isinstance(part, ast.Call) for part in ast.walk(statement.annotation))
                and _mentions(statement.annotation, later)
            ):
                yield Breach(message="this annotation has a call and names a class that comes later", node=statement)


RULES: tuple[type[Rule], ...] = (PlainAnnotations, OrderOfModels)


def _texts(annotation: ast.expr) -> Iterator[ast.Constant]:
    """Yield the texts that Python would evaluate: not those of Literal, nor the metadata of Annotated."""
    pending: list[ast.AST] = [annotation]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Constant):
            if isinstance(part.value, str):
                yield part
        elif isinstance(part, ast.Subscript):
            name = getattr(part.value, "attr", getattr(part.value, "id", ""))
            if name == "Annotated" and isinstance(part.slice, ast.Tuple):
                pending.extend(part.slice.elts[:1])
            elif name != "Literal":
                pending.append(part.slice)
        elif not isinstance(part, ast.Call):
            pending.extend(ast.iter_child_nodes(part))


def _mentions(annotation: ast.expr, names: set[str]) -> bool:
    """Whether an annotation names one of the classes, in quotes or not."""
    for part in ast.walk(annotation):
        text = part.id if isinstance(part, ast.Name) else part.value if isinstance(part, ast.Constant) else None
        if isinstance(text, str) and not names.isdisjoint(_WORD.findall(text)):
            return True
    return False
