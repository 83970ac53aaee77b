"""AS3xx: names and attributes."""

from __future__ import annotations

import ast
import builtins
import re
from typing import ClassVar, Final

from sandbox.facade.builtin_names import ALL_NAMES
from sandbox.facade.guards import INSPECTION, UNGUARDED_IN_PATTERNS
from sandbox.rules.base import Breach, Breaches, Rule
from sandbox.rules.facts import ModuleFacts
from sandbox.rules.restricted import READABLE_MAGIC, is_type_name

_INSTEAD: Final = {
    "print": "Remove it; return what matters in the Response.",
    "open": "A workflow has no files.",
    "input": "Take it as a field of Request.",
    "eval": "Use json.loads for data.",
    "exec": "Write the code itself.",
    "compile": "Use re.compile for patterns.",
    "setattr": "Assign the attribute by its name, or build a dict.",
    "delattr": "Build a new value without it.",
    "vars": "Use model_dump() for models.",
    "dir": "Write the names down.",
    "globals": "Pass values as arguments.",
    "locals": "Pass values as arguments.",
    "BaseException": "Catch the narrow class, or Exception.",
    "memoryview": "Use bytes.",
    "id": "Compare with 'is'.",
}
_BUILTINS: Final = frozenset(dir(builtins))
_GUARDED_NAME: Final = re.compile(r"__\w*|_\w*_|_tmp\w*|_print\w*")
EXCEPTION_INSIDES: Final = frozenset({"with_traceback", "add_note"})


class ForbiddenBuiltins(Rule):
    """Builtins outside the allowlist."""

    code: ClassVar = "AS301"
    title: ClassVar = "No builtins that reach outside"
    reason: ClassVar = "Evaluating text, files, standard streams and introspection are not part of a workflow."
    remedy: ClassVar = "Use plain data and the functions of workflow_kit."
    bad_example: ClassVar = 'eval("1 + 1")'
    good_example: ClassVar = 'json.loads("[1, 2]")'
    nodes: ClassVar = (ast.Name,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield builtins that nothing in the module shadows."""
        if not isinstance(node, ast.Name) or node.id in ALL_NAMES:
            return
        if node.id == "BaseException" and _is_only_asked_about(node, facts):
            return
        unbound = node.id in _BUILTINS and node.id not in facts.bound and not node.id.startswith("_")
        if unbound or node.id in {"print", "breakpoint", "printed"}:
            yield Breach(message=f"{node.id} is not for workflows", node=node, remedy=_INSTEAD.get(node.id, ""))


class UnknownNames(Rule):
    """Names that nothing binds."""

    code: ClassVar = "AS302"
    title: ClassVar = "Every name is imported, defined or a builtin"
    reason: ClassVar = "The workflow would stop there with NameError."
    remedy: ClassVar = "Import or define the name, or correct its spelling."
    bad_example: ClassVar = "return Response(rows=rowz)"
    good_example: ClassVar = "return Response(rows=rows)"
    nodes: ClassVar = (ast.Name,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield names without an origin."""
        if (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and node.id not in facts.bound
            and node.id not in ALL_NAMES
            and node.id not in _BUILTINS
            and not _GUARDED_NAME.fullmatch(node.id)
        ):
            yield Breach(message=f"nothing defines {node.id!r}", node=node)


class PrivateNames(Rule):
    """Names of guards and of magic."""

    code: ClassVar = "AS303"
    title: ClassVar = "No names with two leading underscores, or with one at both ends"
    reason: ClassVar = "They belong to Python and to the sandbox's guards."
    remedy: ClassVar = "Choose a name without underscores at its ends; one leading underscore is fine."
    bad_example: ClassVar = "__builtins__"
    good_example: ClassVar = "_PATTERN = re.compile('x')"
    nodes: ClassVar = (
        ast.Name, ast.arg, ast.alias, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler,
        ast.MatchAs, ast.MatchStar, ast.MatchMapping, ast.keyword,
    )  # fmt: skip

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield such names, wherever they are bound or read."""
        if isinstance(node, ast.Name):
            names: tuple[str | None, ...] = (node.id,)
        elif isinstance(node, ast.alias):
            names = self._imported(node, facts)
        elif isinstance(facts.parents.get(node), ast.ClassDef) and isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef
        ):
            return  # methods: AS404
        else:
            names = tuple(getattr(node, part, None) for part in ("arg", "name", "rest"))
        for name in names:
            if name and name[0] == "_" and name not in {"_", "__all__"} and _GUARDED_NAME.fullmatch(name):
                yield Breach(message=f"the name {name!r} is reserved", node=node)

    @staticmethod
    def _imported(node: ast.alias, facts: ModuleFacts) -> tuple[str | None, ...]:
        if isinstance(facts.parents.get(node), ast.ImportFrom):
            return (node.asname, node.name)
        return (node.asname, *node.name.split("."))


class PrivateAttributes(Rule):
    """Attributes with leading underscores."""

    code: ClassVar = "AS304"
    title: ClassVar = "No private or magic attributes"
    reason: ClassVar = "They lead to classes, globals and internals that a workflow has no use for."
    remedy: ClassVar = (
        "Use the public interface; in own classes name attributes without underscore, or read them as self._name."
    )
    bad_example: ClassVar = "().__class__.__bases__"
    good_example: ClassVar = "type(error).__name__"
    nodes: ClassVar = (ast.Attribute, ast.MatchClass)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield such attributes, in patterns too."""
        names = [node.attr] if isinstance(node, ast.Attribute) else list(getattr(node, "kwd_attrs", ()))
        for name in names:
            if name.startswith("_") and not self._admitted(name, node, facts):
                yield Breach(message=f"the attribute {name!r} is private", node=node)

    @staticmethod
    def _admitted(name: str, node: ast.AST, facts: ModuleFacts) -> bool:
        if not isinstance(node, ast.Attribute):
            return False
        value = node.value
        if name == "__init__":
            parent = facts.parents.get(node)
            return (
                isinstance(value, ast.Call)
                and isinstance(value.func, ast.Name)
                and value.func.id == "super"
                and not value.args
                and isinstance(parent, ast.Call)
                and parent.func is node
            )
        if name in READABLE_MAGIC:
            return isinstance(node.ctx, ast.Load)
        if name == "__class__":
            parent = facts.parents.get(node)
            return isinstance(parent, ast.Attribute) and is_type_name(parent)
        return isinstance(value, ast.Name) and value.id == "self" and name in facts.own_private


class Introspection(Rule):
    """Attributes of frames, code, generators, exceptions and models that lead outside."""

    code: ClassVar = "AS305"
    title: ClassVar = "No frames, code objects, tracebacks or model internals"
    reason: ClassVar = "They lead from data to the interpreter, or evaluate text."
    remedy: ClassVar = "Use the values themselves; models are read by model_validate and model_validate_json."
    bad_example: ClassVar = "generator.gi_frame.f_globals"
    good_example: ClassVar = "Item.model_validate(row)"
    nodes: ClassVar = (ast.Attribute, ast.MatchClass)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield such attributes, in patterns too."""
        names = [node.attr] if isinstance(node, ast.Attribute) else list(getattr(node, "kwd_attrs", ()))
        for name in names:
            if (
                name in INSPECTION
                or name in EXCEPTION_INSIDES
                or (name == "register" and self._is_imported(node, facts))
                or (isinstance(node, ast.MatchClass) and name in UNGUARDED_IN_PATTERNS)
            ):
                yield Breach(message=f"the attribute {name!r} is not for workflows", node=node)

    @staticmethod
    def _is_imported(node: ast.AST, facts: ModuleFacts) -> bool:
        """Whether the attribute is one of an imported class, as ``Mapping.register``."""
        return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in facts.names


class FormatFields(Rule):
    """``str.format`` that walks attributes."""

    code: ClassVar = "AS306"
    title: ClassVar = "Format texts do not reach into objects"
    reason: ClassVar = "'{0.__class__}'.format(x) reads attributes that code itself may not."
    remedy: ClassVar = "Use an f-string."
    bad_example: ClassVar = '"{0.__class__}".format(item)'
    good_example: ClassVar = 'f"{item.name}"'
    nodes: ClassVar = (ast.Attribute, ast.Constant)
    _field: ClassVar = re.compile(r"\{[^{}]*(?:\._|\[_|\.(?:[a-z]{2}_frame|f_|mro|func_|co_))")

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield texts with private fields, and ``format`` taken from the class."""
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and self._field.search(node.value) and node not in facts.docstrings:
                yield Breach(message="a format field in this text reads a private attribute", node=node)
        elif isinstance(node, ast.Attribute) and node.attr in {"format", "format_map"}:
            if isinstance(node.value, ast.Name) and node.value.id == "str":
                yield Breach(message="str.format is taken from the class", node=node)
            elif isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "super":
                yield Breach(message="format is taken from the class above", node=node)
            elif isinstance(node.value, ast.BinOp):
                yield Breach(message="the text that is formatted is put together from parts", node=node)


class AttributesByName(Rule):
    """``getattr`` and ``hasattr`` with private names."""

    code: ClassVar = "AS307"
    title: ClassVar = "getattr and hasattr with public names only"
    reason: ClassVar = "A name in text is an attribute like any other."
    remedy: ClassVar = "Write item.name; getattr(item, 'name', default) is fine for public names."
    bad_example: ClassVar = 'getattr(item, "__class__")'
    good_example: ClassVar = 'getattr(item, "price", None)'
    nodes: ClassVar = (ast.Call, ast.Name)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield constant private names, names that are put together, and the functions handed on."""
        if isinstance(node, ast.Name):
            parent = facts.parents.get(node)
            if node.id in {"getattr", "hasattr"} and not (isinstance(parent, ast.Call) and parent.func is node):
                yield Breach(message=f"{node.id} is called, not handed on", node=node)
            return
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in {"getattr", "hasattr"}:
            return
        if len(node.args) < 2:
            yield Breach(message="getattr needs an object and a name", node=node)
            return
        name = node.args[1]
        if isinstance(name, ast.Constant):
            text = str(name.value)
            if text.startswith("_") or text in INSPECTION:
                yield Breach(message=f"the attribute {text!r} is private", node=node)
        elif isinstance(name, ast.BinOp | ast.Call | ast.JoinedStr):
            yield Breach(message="the attribute's name is put together from parts", node=node)


class ReadOnlyDefinitions(Rule):
    """Classes, functions and imported names are not written to."""

    code: ClassVar = "AS308"
    title: ClassVar = "Classes, functions and imports are read-only"
    reason: ClassVar = "What is written there would be seen by other calls, or change what a library means."
    remedy: ClassVar = "Keep values in local variables, dicts or objects that run() makes."
    bad_example: ClassVar = "Item.seen = True"
    good_example: ClassVar = "seen = True"
    nodes: ClassVar = (ast.Attribute, ast.Subscript)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield writes whose root is such a name."""
        if not isinstance(node, ast.Attribute | ast.Subscript) or isinstance(node.ctx, ast.Load):
            return
        root: ast.expr = node
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        if not isinstance(root, ast.Name):
            return
        shared = (
            root.id in facts.classes or root.id in facts.functions or root.id in facts.modules or root.id in facts.names
        )
        if root.id == "cls" or (shared and not facts.is_local(root)) or root.id not in facts.bound:
            yield Breach(message=f"{root.id} is written to", node=node)


class PlainTexts(Rule):
    """Texts that spell Python's internals."""

    code: ClassVar = "AS309"
    title: ClassVar = "Texts do not spell Python's internals"
    reason: ClassVar = "Such texts only serve to reach attributes or annotations by their names."
    remedy: ClassVar = "Remove the text; names of the site, such as __NEXT_DATA__ or __typename, are fine."
    bad_example: ClassVar = "list[\"__import__('os')\"]"
    good_example: ClassVar = 'page.first("script#__NEXT_DATA__")'
    nodes: ClassVar = (ast.Constant,)
    _internals: ClassVar = re.compile(
        r"__(?:import|builtins|class|bases?|mro|subclasses|globals|code|closure|dict|getattribute|getattr|reduce(?:_ex)?|init"
        r"|new|call|func|self|module|loader|spec|defaults|kwdefaults|wrapped|traceback|context|cause)__"
    )

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield such texts, outside docstrings."""
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and "__" in node.value
            and node not in facts.docstrings
            and self._internals.search(node.value)
        ):
            yield Breach(message="this text spells an internal name of Python", node=node)


class NoAttributeModels(Rule):
    """Models are made from data."""

    code: ClassVar = "AS310"
    title: ClassVar = "Models are made from dicts and JSON, not from the attributes of objects"
    reason: ClassVar = "With from_attributes a model reads attributes by any name, private ones too."
    remedy: ClassVar = 'Give the values by name: Item(name=row["name"]), or Item.model_validate(row) with a dict.'
    bad_example: ClassVar = "Item.model_validate(event, from_attributes=True)"
    good_example: ClassVar = "Item.model_validate(row)"
    nodes: ClassVar = (ast.keyword, ast.Constant)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield the keyword and the key, where it is not set to False."""
        if isinstance(node, ast.keyword):
            named, value = node.arg == "from_attributes", node.value
            if named and not (isinstance(value, ast.Constant) and value.value is False):
                yield Breach(message="from_attributes is not for workflows", node=node.value)
        elif isinstance(node, ast.Constant) and node.value == "from_attributes" and node not in facts.docstrings:
            yield Breach(message="from_attributes is not for workflows", node=node)


def _is_only_asked_about(name: ast.Name, facts: ModuleFacts) -> bool:
    """Whether a class stands in an annotation, or as what ``isinstance`` asks for."""
    below: ast.AST = name
    for above in facts.ancestors(name):
        if isinstance(above, ast.arg) or below is getattr(above, "annotation", None):
            return True
        if below is getattr(above, "returns", None):
            return True
        if isinstance(above, ast.Call):
            return getattr(above.func, "id", "") in {"isinstance", "issubclass"} and below in above.args[1:]
        below = above
    return False


RULES: tuple[type[Rule], ...] = (
    ForbiddenBuiltins,
    UnknownNames,
    PrivateNames,
    PrivateAttributes,
    Introspection,
    FormatFields,
    AttributesByName,
    ReadOnlyDefinitions,
    PlainTexts,
    NoAttributeModels,
)
