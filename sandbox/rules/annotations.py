"""Annotations of class bodies: kept as they are, or put in quotes where they name a class that comes later.

What stands in quotes is evaluated by pydantic, so it may only name types; calls and private names
are refused there by the rules (AS5xx).
"""

from __future__ import annotations

import ast

from domain.python_text import parse_expression


def kept_annotation(annotation: ast.expr, later: frozenset[str]) -> ast.expr:
    """Return the annotation with texts resolved; as one plain text when it mentions a later class."""
    if isinstance(annotation, ast.Name) and annotation.id not in later:
        return annotation
    plain = unquoted(annotation)
    if not later or not any(isinstance(node, ast.Name) and node.id in later for node in ast.walk(plain)):
        return plain
    return ast.copy_location(ast.Constant(ast.unparse(plain)), annotation)


def unquoted(annotation: ast.expr) -> ast.expr:
    """Return the annotation with every text in it parsed, except inside ``Literal`` and calls.

    Raises:
        SyntaxError: a text is no expression (the rules refuse such a module before).
    """
    return _Unquote().visit(annotation)  # type: ignore[no-any-return]  # an expression goes in and comes out


class _Unquote(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str):
            return node
        parsed = parse_expression(node.value)
        for inner in ast.walk(parsed):
            if hasattr(inner, "lineno"):
                ast.copy_location(inner, node)
        return _Unquote().visit(parsed)  # type: ignore[no-any-return]  # an expression

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        name = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if name == "Literal":
            return node
        if name == "Annotated" and isinstance(node.slice, ast.Tuple) and node.slice.elts:
            node.slice.elts[0] = self.visit(node.slice.elts[0])
            return node
        return self.generic_visit(node)  # type: ignore[return-value]  # a Subscript

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return node
