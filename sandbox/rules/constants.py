"""Which expressions count as constants in module and class bodies."""

from __future__ import annotations

import ast
from typing import Final

from sandbox.facade.frozen import words
from sandbox.rules.facts import ModuleFacts

# what may be called there: makers of immutable values, types and fields
MAKERS: Final = words("""
    frozenset tuple list dict set str int float bool bytes range
    Field ConfigDict PrivateAttr TypeAdapter AliasChoices AliasPath StringConstraints Discriminator Tag
    AfterValidator BeforeValidator PlainValidator WrapValidator PlainSerializer constr conint confloat
    compile timedelta timezone date time datetime Decimal ZoneInfo Timeout URL QueryParams Headers Limits
    TypeVar ParamSpec auto field itemgetter partial MappingProxyType cast escape
    """)
_TEXT_METHODS: Final = frozenset(
    {"split", "splitlines", "join", "strip", "lower", "upper", "encode", "format", "replace"}
)
_PARTS: Final = (
    ast.Tuple, ast.List, ast.Set, ast.Dict, ast.BinOp, ast.UnaryOp, ast.JoinedStr, ast.FormattedValue, ast.Subscript,
    ast.Starred, ast.Slice,
)  # fmt: skip


def is_constant(value: ast.expr | None, facts: ModuleFacts) -> bool:
    """Return whether evaluating an expression makes a constant and does nothing else."""
    if value is None or isinstance(value, ast.Constant | ast.Name | ast.Lambda):
        return True
    if isinstance(value, ast.Attribute):
        return is_constant(value.value, facts)
    if isinstance(value, ast.Call):
        return _makes_constant(value, facts)
    if isinstance(value, _PARTS):
        return all(is_constant(part, facts) for part in ast.iter_child_nodes(value) if isinstance(part, ast.expr))
    return False


def called_name(function: ast.expr) -> str:
    """Return the last name of what is called: ``compile`` for ``re.compile``."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _makes_constant(call: ast.Call, facts: ModuleFacts) -> bool:
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    if not all(is_constant(argument, facts) for argument in arguments):
        return False
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Constant):
        return function.attr in _TEXT_METHODS
    if isinstance(function, ast.Name) and function.id in facts.functions:
        return False
    name = called_name(function)
    return name in MAKERS or (name in facts.classes and isinstance(function, ast.Name))
