"""AS4xx: classes, their bases, bodies and decorators."""

from __future__ import annotations

import ast
import builtins
from typing import ClassVar, Final

from sandbox.facade.frozen import words
from sandbox.rules.base import Breach, Breaches, Rule
from sandbox.rules.constants import called_name, is_constant
from sandbox.rules.facts import ModuleFacts
from sandbox.rules.restricted import MAGIC_METHODS

_BASES: Final = words("""
    BaseModel RootModel Enum IntEnum StrEnum str int NamedTuple TypedDict Protocol Generic object SourceChanged
    UnknownPlace HTTPError
    """)
_EXCEPTIONS: Final = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, Exception)
)
_CLASS_KEYWORDS: Final = words("""
    frozen extra str_strip_whitespace populate_by_name validate_assignment arbitrary_types_allowed use_enum_values title
    total strict validate_default str_to_lower str_min_length alias_generator
    validate_by_name validate_by_alias serialize_by_alias
    """)
DECORATORS: Final = words("""
    field_validator model_validator field_serializer model_serializer computed_field
    classmethod staticmethod property setter unique overload final dataclass cache lru_cache
    contextmanager asynccontextmanager
    """)
_FUNCTIONAL: Final = frozenset({"NamedTuple", "TypedDict", "Enum", "IntEnum", "StrEnum", "create_model", "namedtuple"})


class KnownBases(Rule):
    """An allowlist of base classes."""

    code: ClassVar = "AS401"
    title: ClassVar = "Base classes from the list"
    reason: ClassVar = "Deriving from other classes changes what they mean, or runs their class hooks."
    remedy: ClassVar = (
        "Derive from BaseModel, an exception, Enum, StrEnum, TypedDict, NamedTuple, Protocol, or a class of "
        "this module."
    )
    bad_example: ClassVar = "class Client(httpx.AsyncClient): ..."
    good_example: ClassVar = "class Item(BaseModel): ..."
    nodes: ClassVar = (ast.ClassDef,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield other bases."""
        for base in getattr(node, "bases", ()):
            plain = base.value if isinstance(base, ast.Subscript) else base
            name = called_name(plain)
            if name not in _BASES and name not in _EXCEPTIONS and name not in facts.classes:
                yield Breach(message=f"{ast.unparse(base)[:80]} is no base class for workflows", node=base)


class ClassKeywords(Rule):
    """No metaclasses."""

    code: ClassVar = "AS402"
    title: ClassVar = "No metaclasses and no class keywords of one's own"
    reason: ClassVar = "They run code when a class is made."
    remedy: ClassVar = 'Use pydantic settings only, such as frozen=True or extra="forbid".'
    bad_example: ClassVar = "class Item(BaseModel, metaclass=Meta): ..."
    good_example: ClassVar = "class Item(BaseModel, frozen=True): ..."
    nodes: ClassVar = (ast.ClassDef,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield other keywords."""
        del facts
        for keyword in getattr(node, "keywords", ()):
            if keyword.arg not in _CLASS_KEYWORDS:
                yield Breach(message=f"the class keyword {keyword.arg or '**'} is not for workflows", node=node)


class KnownDecorators(Rule):
    """An allowlist of decorators."""

    code: ClassVar = "AS403"
    title: ClassVar = "Decorators from the list"
    reason: ClassVar = "A decorator is a call in the module body."
    remedy: ClassVar = (
        "Call the function where it is needed; allowed are pydantic's validators, property, classmethod, "
        "staticmethod, cache."
    )
    bad_example: ClassVar = "@retry\nasync def fetch(http): ..."
    good_example: ClassVar = '@field_validator("name")\n@classmethod\ndef tidy(cls, value: str) -> str: ...'
    nodes: ClassVar = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield other decorators, and computed arguments of allowed ones."""
        for decorator in getattr(node, "decorator_list", ()):
            plain = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = called_name(plain)
            if name not in DECORATORS or name in facts.functions or not isinstance(plain, ast.Name | ast.Attribute):
                yield Breach(message=f"@{ast.unparse(plain)[:60]} is not for workflows", node=decorator)
            elif isinstance(decorator, ast.Call) and not all(
                is_constant(value, facts) for value in [*decorator.args, *(k.value for k in decorator.keywords)]
            ):
                yield Breach(message=f"an argument of @{name} is computed", node=decorator)


class KnownMethods(Rule):
    """An allowlist of magic methods."""

    code: ClassVar = "AS404"
    title: ClassVar = "Magic methods from the list"
    reason: ClassVar = "Class hooks and attribute hooks change what other code means."
    remedy: ClassVar = "Use __init__, __str__, comparison and container methods, or a plain method."
    bad_example: ClassVar = "def __init_subclass__(cls): ..."
    good_example: ClassVar = "def __str__(self) -> str: ..."
    nodes: ClassVar = (ast.FunctionDef, ast.AsyncFunctionDef)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield other magic methods."""
        name = getattr(node, "name", "")
        if isinstance(facts.parents.get(node), ast.ClassDef) and name.startswith("__") and name not in MAGIC_METHODS:
            yield Breach(message=f"the method {name} is not for workflows", node=node)


class PlainClassBodies(Rule):
    """Class bodies of fields and methods."""

    code: ClassVar = "AS405"
    title: ClassVar = "A class body of fields, constants and methods"
    reason: ClassVar = "A class body is code that runs with the module body."
    remedy: ClassVar = "Write fields as name: type = Field(...), and compute in methods."
    bad_example: ClassVar = "class Item(BaseModel):\n    for name in NAMES:\n        ..."
    good_example: ClassVar = "class Item(BaseModel):\n    name: str = Field(description='…')"
    nodes: ClassVar = (ast.ClassDef,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield other statements, computed values and private fields."""
        for statement in getattr(node, "body", ()):
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Pass):
                continue
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue
            if not isinstance(statement, ast.Assign | ast.AnnAssign):
                yield Breach(message="this statement is not for class bodies", node=statement)
                continue
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if not all(isinstance(target, ast.Name) for target in targets):
                yield Breach(message="only plain names are assigned in class bodies", node=statement)
            elif not is_constant(statement.value, facts):
                yield Breach(message="this value is computed in the class body", node=statement)


class NoFunctionalClasses(Rule):
    """Classes are written as classes."""

    code: ClassVar = "AS406"
    title: ClassVar = "Classes are written, not called into being"
    reason: ClassVar = "Names and types given as text are evaluated by the libraries that make classes from them."
    remedy: ClassVar = "Write: class Name(Base): ..."
    bad_example: ClassVar = 'Row = TypedDict("Row", {"name": "str"})'
    good_example: ClassVar = "class Row(TypedDict):\n    name: str"
    nodes: ClassVar = (ast.Call,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield such calls, and ``type`` with more than one argument."""
        if not isinstance(node, ast.Call):
            return
        name = called_name(node.func)
        if name in _FUNCTIONAL and name not in facts.classes:
            yield Breach(message=f"{name}(...) makes a class", node=node)
        elif isinstance(node.func, ast.Name) and name == "type" and len(node.args) + len(node.keywords) != 1:
            yield Breach(message="type(...) with these arguments makes a class", node=node)
        elif name in {"dataclass", "final", "unique", "overload"} and not _is_decorator(node, facts):
            yield Breach(message=f"{name} is a decorator, and is not called", node=node)
        elif name == "TypeVar" and any(keyword.arg != "bound" for keyword in node.keywords):
            yield Breach(message="TypeVar takes a name and a bound only", node=node)


def _is_decorator(call: ast.Call, facts: ModuleFacts) -> bool:
    return call in getattr(facts.parents.get(call), "decorator_list", ()) or called_name(call.func) in facts.functions


RULES: tuple[type[Rule], ...] = (
    KnownBases,
    ClassKeywords,
    KnownDecorators,
    KnownMethods,
    PlainClassBodies,
    NoFunctionalClasses,
)
