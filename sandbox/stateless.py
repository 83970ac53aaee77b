"""Which versions the fast level may keep a child for: rules on the source.

``state_of`` finds what one call could leave for the next. Its counterpart in the child is
``sandbox.facade.fingerprint``, which tells whether a call changed the module after all. Both are
hygiene: an escape from the code rules in a kept child can read the next call of the same version and
key, which is why such a child is never shared further, and is replaced often.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from sandbox.facade.frozen import words
from sandbox.rules.classes import DECORATORS
from sandbox.rules.constants import called_name
from sandbox.rules.facts import ModuleFacts

_CACHING: Final = frozenset({"cache", "lru_cache", "contextmanager", "asynccontextmanager"})
_MUTABLE_MAKERS: Final = frozenset({"list", "dict", "set", "Headers", "bytearray", "defaultdict", "Counter", "deque"})
_IMMUTABLE_MAKERS: Final = words("""
    frozenset tuple str int float bool bytes range Field ConfigDict PrivateAttr TypeAdapter AliasChoices AliasPath
    StringConstraints AfterValidator BeforeValidator PlainValidator PlainSerializer constr conint confloat compile
    timedelta timezone date time datetime Decimal ZoneInfo Timeout URL QueryParams auto TypeVar cast itemgetter escape
    """)
_READING_METHODS: Final = frozenset(
    {"get", "items", "keys", "values", "copy", "index", "count", "union", "intersection"}
)
_READING_CALLS: Final = words(
    "len sorted list dict set tuple frozenset sum min max any all enumerate zip reversed matches mentions pick join"
)
_SHARED_ATTRIBUTES: Final = frozenset({"model_config", "model_fields", "model_computed_fields", "model_rebuild"})
_FACTORIES: Final = frozenset({"list", "dict", "set", "tuple"})


def state_of(facts: ModuleFacts) -> tuple[str, ...]:
    """Return what could carry something from one call to the next, each with its line; empty means stateless.

    The module must have passed the code rules, which already refuse ``global`` and a computing module body.
    """
    return tuple(f"line {getattr(node, 'lineno', 1)}: {reason}" for node, reason in _reasons(facts))


Reasons = Iterator[tuple[ast.AST, str]]


def _reasons(facts: ModuleFacts) -> Reasons:
    shared = _shared_values(facts)
    yield from _module_values(facts, shared)
    for node in facts.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _function(node)
        elif isinstance(node, ast.ClassDef):
            yield from _class_body(node)
        elif isinstance(node, ast.Attribute):
            yield from _attribute(node, facts)
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield from _write(node, facts)
        elif isinstance(node, ast.keyword):
            if node.arg == "default_factory" and getattr(node.value, "id", "") not in _FACTORIES:
                yield node.value, "a default_factory of its own can keep state"
        elif isinstance(node, ast.Name) and node.id in shared and _may_change(node, facts):
            yield node, f"{node.id} is shared by calls and could be changed here"


def _shared_values(facts: ModuleFacts) -> set[str]:
    """Return the names of the module body whose values can be changed, aliases included."""
    shared: set[str] = set()
    for statement in facts.tree.body:
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Assign | ast.AnnAssign) and value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if _is_mutable(value) or any(isinstance(n, ast.Name) and n.id in shared for n in ast.walk(value)):
                shared.update(target.id for target in targets if isinstance(target, ast.Name))
    return shared


def _module_values(facts: ModuleFacts, shared: set[str]) -> Reasons:
    for statement in facts.tree.body:
        value = getattr(statement, "value", None)
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or value is None:
            continue
        parts = list(ast.walk(value))
        for part in parts:
            if isinstance(part, ast.Call) and not _is_harmless_call(part, facts):
                yield part, f"{called_name(part.func)}(...) in the module body can keep state"
            elif part is not value and _is_mutable(part) and _is_mutable(value) and not _is_argument(part, facts):
                yield part, "a changeable value inside a changeable constant"
            elif isinstance(part, ast.Name) and part.id in shared and part is not value:
                yield part, f"{part.id} is shared by calls and stands inside another constant"


def _is_harmless_call(call: ast.Call, facts: ModuleFacts) -> bool:
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Constant):
        return True
    name = called_name(call.func)
    return name in _IMMUTABLE_MAKERS or (name in _MUTABLE_MAKERS and name not in facts.classes)


def _is_argument(part: ast.AST, facts: ModuleFacts) -> bool:
    """Whether a changeable value is only consumed by a call: ``frozenset([...])``, ``dict([(1, 2)])``."""
    return isinstance(facts.parents.get(part), ast.Call)


def _is_mutable(value: ast.AST) -> bool:
    if isinstance(value, ast.Call):
        return called_name(value.func) in _MUTABLE_MAKERS
    return isinstance(value, ast.List | ast.Dict | ast.Set)


def _may_change(node: ast.Name, facts: ModuleFacts) -> bool:
    return isinstance(node.ctx, ast.Load) and not _only_reads(node, facts)


def _only_reads(node: ast.Name, facts: ModuleFacts) -> bool:
    """Whether this use of a shared value neither changes it nor hands it on to someone who could."""
    parent = facts.parents.get(node)
    if isinstance(parent, ast.Subscript):
        return parent.value is node and isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Attribute):
        above = facts.parents.get(parent)
        return parent.attr in _READING_METHODS and isinstance(above, ast.Call) and above.func is parent
    if isinstance(parent, ast.For | ast.AsyncFor | ast.comprehension):
        return parent.iter is node
    if isinstance(parent, ast.Call):
        return node in parent.args and called_name(parent.func) in _READING_CALLS
    if isinstance(parent, ast.Starred):
        return not isinstance(facts.parents.get(parent), ast.Call)
    if isinstance(parent, ast.Dict):  # {**DEFAULTS, "q": …} makes a new dict
        return any(key is None and value is node for key, value in zip(parent.keys, parent.values, strict=True))
    return isinstance(parent, ast.Compare | ast.FormattedValue | ast.If | ast.IfExp) or (
        isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add | ast.BitOr | ast.Sub)
    )


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Reasons:
    for default in [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]:
        if any(isinstance(p, ast.List | ast.Dict | ast.Set | ast.Call) for p in ast.walk(default)):
            yield default, "a default value that can be changed"
    for decorator in getattr(node, "decorator_list", ()):
        name = called_name(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if name in _CACHING or name not in DECORATORS:
            yield decorator, f"@{name} keeps results"


def _class_body(node: ast.ClassDef) -> Reasons:
    is_model = any(called_name(base) in {"BaseModel", "Request", "Item", "Response"} for base in node.bases)
    for statement in node.body:
        value = getattr(statement, "value", None)
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or value is None:
            continue
        is_field = is_model and isinstance(statement, ast.AnnAssign) and not _is_class_variable(statement)
        if _is_mutable(value) and not is_field:  # pydantic copies the defaults of fields
            yield value, "a changeable value in a class"


def _is_class_variable(statement: ast.AnnAssign) -> bool:
    return any(getattr(part, "id", getattr(part, "attr", "")) == "ClassVar" for part in ast.walk(statement.annotation))


def _attribute(node: ast.Attribute, facts: ModuleFacts) -> Reasons:
    if not isinstance(node.ctx, ast.Load):
        yield from _write(node, facts)
    elif node.attr in _SHARED_ATTRIBUTES:
        yield node, f"{node.attr} belongs to the class, which calls share"


def _write(node: ast.Attribute | ast.Subscript, facts: ModuleFacts) -> Reasons:
    root: ast.expr = node
    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value
    if not isinstance(root, ast.Name):
        if isinstance(root, ast.Call) and getattr(root.func, "id", "") == "type":
            yield node, "a class is written to"
        return
    if root.id == "cls" or (root.id in _top_names(facts) and not facts.is_local(root)):
        yield node, f"{root.id} is shared by calls and written to"


def _top_names(facts: ModuleFacts) -> set[str]:
    assigned = {
        target.id
        for statement in facts.tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    }
    return assigned | set(facts.classes) | set(facts.functions) | set(facts.modules) | set(facts.names)
