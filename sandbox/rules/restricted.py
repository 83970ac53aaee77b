"""RestrictedPython's transformation, with async code, annotations and augmented assignment admitted safely.

Differences from the library's policy, each with its reason:

- ``async def``, ``async with``, ``await`` are visited like their sync forms; ``async for`` goes through ``_aiter_``.
- Unpacking is left to Python: iterables that a workflow can get hold of are its own data.
- ``f(*args)`` is left alone: calls need no guard of their own.
- ``d[k] += 1`` and ``o.x += 1`` keep Python's meaning on a target that passed ``_write_``.
- ``|`` goes through ``_or_``, because ``Optional[int] | "text"`` makes an annotation that pydantic evaluates.
- ``__exit__`` and ``__aexit__`` are wrapped, so that they get no traceback.
- Annotations of functions are dropped (nothing reads them at run time), those of classes are kept or put in quotes.
- Names may begin with one underscore, unless they end with one: those are the guards.
"""

# ruff: noqa: N802, N815 - visitors are named after the nodes
from __future__ import annotations

import ast
from typing import Any, Final

from RestrictedPython.transformer import INSPECT_ATTRIBUTES, RestrictingNodeTransformer

from sandbox.facade.frozen import words
from sandbox.facade.guards import NAMED_TUPLE_METHODS, UNGUARDED_IN_PATTERNS
from sandbox.rules.annotations import kept_annotation

MAGIC_METHODS: Final = words(
    "__init__ __contains__ __lt__ __le__ __eq__ __ne__ __gt__ __ge__ __len__ __bool__ __str__ __repr__ __iter__ "
    "__getitem__ __hash__ __aenter__ __aexit__ __enter__ __exit__ __call__ __add__ __post_init__ __iadd__ __radd__ "
    "__sub__ __mul__ __neg__ __setitem__ __delitem__ __next__ __aiter__ __anext__"
)
READABLE_MAGIC: Final = NAMED_TUPLE_METHODS | {"__name__"}
_LEAVING: Final = frozenset({"__exit__", "__aexit__"})
_LOAD: Final = ast.Load()
_RUNTIME_ANNOTATED: Final = frozenset({"computed_field", "field_serializer", "model_serializer"})


_VISITORS: dict[type[ast.AST], Any] = {}


class RestrictedWorkflow(RestrictingNodeTransformer):
    """Turns a checked module into code that goes through the guards of sandbox.facade."""

    def __init__(self, later: frozenset[str] = frozenset()) -> None:
        """``later``: names of classes that annotations may mention before their definition."""
        super().__init__([], [], {})
        self._defined: set[str] = set()
        self._classes = later
        self._in_class = False

    def visit(self, node: ast.AST) -> Any:
        """Visit a node by its type; the library's own way builds the method's name each time."""
        kind = type(node)
        method: Any = _VISITORS.get(kind)
        if method is None:
            method = getattr(type(self), "visit_" + kind.__name__, RestrictedWorkflow.generic_visit)
            _VISITORS[kind] = method
        return method(self, node)

    def node_contents_visit(self, node: Any) -> Any:
        """Visit the contents of a node, in place."""
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for position, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        value[position] = self.visit(item)
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context | ast.operator | ast.cmpop):
                setattr(node, name, self.visit(value))
        return node

    def not_allowed(self, node: ast.AST) -> Any:
        """Record that a statement has no place here; the tree stays whole for further messages."""
        self.error(node, f"{type(node).__name__} statements are not allowed.")
        return node

    def check_name(self, node: ast.AST, name: str | None, allow_magic_methods: bool = False) -> None:
        """Refuse the names of guards and of magic."""
        if name is None or not name.startswith("_") or name == "_":
            if name in {"print", "printed", "breakpoint"}:
                self.error(node, f'"{name}" is a reserved name.')
            return
        if allow_magic_methods and name in MAGIC_METHODS:
            return
        if name.endswith("_") or name.startswith(("__", "_tmp", "_print")):
            self.error(node, f'"{name}" is an invalid variable name.')

    def visit_Name(self, node: ast.Name) -> Any:
        """Check the name."""
        self.check_name(node, node.id)
        return node

    def visit_Constant(self, node: ast.Constant) -> Any:
        """Admit constants."""
        return node

    def visit_Load(self, node: ast.Load) -> Any:
        """Admit."""
        return node

    def visit_Store(self, node: ast.Store) -> Any:
        """Admit."""
        return node

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """Send reading through ``_getattr_``, writing through ``_write_``."""
        if is_type_name(node):
            return _call("_typename_", node, self.visit(node.value.value))  # type: ignore[attr-defined]  # is_type_name
        self._check_attribute(node)
        node = self.node_contents_visit(node)
        if isinstance(node.ctx, ast.Load):
            return _call("_getattr_", node, node.value, ast.Constant(node.attr))
        node.value = _call("_write_", node, node.value)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        """Send reading through ``_getitem_``, writing through ``_write_``."""
        node = self.node_contents_visit(node)
        if isinstance(node.ctx, ast.Load):
            return _call("_getitem_", node, node.value, _index(node.slice))
        node.value = _call("_write_", node, node.value)
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        """Admit calls; ``super().__init__(…)`` is the one private attribute that may be called."""
        if _is_super_init(node.func):
            node.args = [self.visit(argument) for argument in node.args]
            node.keywords = [self.visit(keyword) for keyword in node.keywords]
            return node
        return self._contents(node)

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        """Send ``|`` through its guard."""
        node = self.node_contents_visit(node)
        if isinstance(node.op, ast.BitOr):
            return _call("_or_", node, node.left, node.right)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        """Keep Python's meaning; targets pass ``_write_``, ``|=`` its guards."""
        node = self.node_contents_visit(node)
        if isinstance(node.op, ast.BitOr) and isinstance(node.target, ast.Name):
            read = ast.copy_location(ast.Name(node.target.id, ast.Load()), node)
            value = _call("_inplacevar_", node, ast.Constant("|="), read, node.value)
            return ast.copy_location(ast.Assign(targets=[node.target], value=value), node)
        if isinstance(node.op, ast.BitOr):
            if isinstance(node.value, ast.JoinedStr) or isinstance(getattr(node.value, "value", None), str):
                self.error(node, "|= does not take text.")
            node.value = _call("_merging_", node, node.value)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        """Keep annotations of class bodies, drop the others."""
        if node.value is not None:
            node.value = self.visit(node.value)
        node.target = self.visit(node.target)
        if self._in_class:
            node.annotation = self._annotation(node.annotation)
            return node
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return ast.copy_location(ast.Assign(targets=[node.target], value=node.value), node)

    def visit_Assign(self, node: ast.Assign) -> Any:
        """Admit, unpacking included."""
        return self._contents(node)

    def guard_iter(self, node: Any) -> Any:
        """Iterate through ``_getiter_``, or ``_aiter_`` where it is asynchronous."""
        is_async = isinstance(node, ast.AsyncFor) or (isinstance(node, ast.comprehension) and bool(node.is_async))
        node = self.node_contents_visit(node)
        node.iter = _call("_aiter_" if is_async else "_getiter_", node.iter, node.iter)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        """Admit functions; annotations go, except what pydantic reads."""
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        """Admit async functions like others."""
        return self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        """Admit classes without keywords of their own."""
        self.check_name(node, node.name)
        outer, self._in_class = self._in_class, True
        node = self.node_contents_visit(node)
        self._in_class = outer
        if any(keyword.arg in {"metaclass", None} for keyword in node.keywords):
            self.error(node, 'The keyword argument "metaclass" is not allowed.')
        if not outer:
            self._defined.add(node.name)
        return node

    def visit_Module(self, node: ast.Module) -> Any:
        """Drop ``from __future__``, and complete the models at the end."""
        # imports for type checkers are real ones here: pydantic reads annotations
        flat: list[ast.stmt] = []
        for statement in node.body:
            flat.extend(statement.body if isinstance(statement, ast.If) and is_typing_block(statement) else [statement])
        node.body = flat
        node.body = [
            statement for statement in node.body if not _is_future(statement) and not _is_export_list(statement)
        ]
        node = self.node_contents_visit(node)
        last = node.body[-1] if node.body else ast.Pass(lineno=1, col_offset=0)
        node.body.append(ast.copy_location(ast.Expr(_call("_ready_", last)), last))
        return node

    def visit_With(self, node: ast.With) -> Any:
        """Admit, unpacking included."""
        return self._contents(node)

    def visit_MatchClass(self, node: ast.MatchClass) -> Any:
        """Admit class patterns; the attributes they read are checked like others."""
        for name in node.kwd_attrs:
            if name.startswith("_") or name in INSPECT_ATTRIBUTES or name in UNGUARDED_IN_PATTERNS:
                self.error(node, f'"{name}" is an invalid attribute name.')
        return self._contents(node)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> Any:
        """Admit; the rest's name is checked."""
        self.check_name(node, node.rest)
        return self._contents(node)

    def visit_MatchStar(self, node: ast.MatchStar | ast.MatchAs) -> Any:
        """Admit; the name is checked."""
        self.check_name(node, node.name)
        return self._contents(node)

    visit_MatchAs = visit_MatchStar

    def _contents(self, node: Any) -> Any:
        return self.node_contents_visit(node)

    visit_Await = visit_AsyncWith = visit_Match = visit_match_case = _contents
    visit_MatchValue = visit_MatchSingleton = visit_MatchSequence = visit_MatchOr = _contents

    def visit_AsyncFor(self, node: ast.AsyncFor) -> Any:
        """Admit through ``_aiter_``."""
        return self.guard_iter(node)

    def _function(self, node: Any) -> Any:
        self.check_name(node, node.name, allow_magic_methods=True)
        self.check_function_argument_names(node)
        kept = self._in_class and any(_decorator_name(d) in _RUNTIME_ANNOTATED for d in node.decorator_list)
        returns = self._annotation(node.returns) if kept and node.returns is not None else None
        node.returns = None
        for argument in _arguments(node.args):
            argument.annotation = None
        outer, self._in_class = self._in_class, False
        node = self.node_contents_visit(node)
        self._in_class = outer
        node.returns = returns
        if node.name in _LEAVING:
            node.decorator_list.append(ast.copy_location(ast.Name("_leaving_", _LOAD), node))
        return node

    def _annotation(self, annotation: ast.expr) -> ast.expr:
        kept = kept_annotation(annotation, self._classes - self._defined)
        return kept if isinstance(kept, ast.Constant) else self.visit(kept)

    def _check_attribute(self, node: ast.Attribute) -> None:
        name = node.attr
        if name in INSPECT_ATTRIBUTES:
            self.error(node, f'"{name}" is a restricted name.')
        if not name.startswith("_"):
            return
        own = isinstance(node.value, ast.Name) and node.value.id == "self" and name[1:2] != "_"
        magic = name in READABLE_MAGIC and isinstance(node.ctx, ast.Load)
        if not own and not magic:
            self.error(node, f'"{name}" is an invalid attribute name.')


def _call(name: str, place: ast.AST, *arguments: ast.expr) -> ast.Call:
    call = ast.Call(func=ast.Name(name, _LOAD), args=list(arguments), keywords=[])
    for new in (call, call.func, *arguments):
        if not hasattr(new, "lineno"):
            new.lineno = place.lineno  # type: ignore[attr-defined]  # every expression and statement has a place
            new.col_offset = place.col_offset  # type: ignore[attr-defined]  # the same
    return call


def _index(index: ast.expr) -> ast.expr:
    """Return a slice as the call that makes it, also inside a tuple."""
    if isinstance(index, ast.Slice):
        parts = (index.lower, index.upper, index.step)
        return _call("slice", index, *(part if part is not None else ast.Constant(None) for part in parts))
    if isinstance(index, ast.Tuple):
        index.elts = [_index(element) for element in index.elts]
    return index


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    stars = [star for star in (arguments.vararg, arguments.kwarg) if star is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars]


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def is_typing_block(statement: ast.stmt) -> bool:
    """Return whether a statement is ``if TYPE_CHECKING:`` with imports only."""
    return (
        isinstance(statement, ast.If)
        and not statement.orelse
        and getattr(statement.test, "id", getattr(statement.test, "attr", "")) == "TYPE_CHECKING"
        and all(isinstance(inner, ast.Import | ast.ImportFrom) for inner in statement.body)
    )


def _is_export_list(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and any(
        getattr(target, "id", "") == "__all__" for target in statement.targets
    )


def is_type_name(node: ast.expr) -> bool:
    """Return whether an expression is ``value.__class__.__name__``, which is only a text."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "__name__"
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "__class__"
    )


def _is_super_init(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "__init__"
        and isinstance(function.value, ast.Call)
        and isinstance(function.value.func, ast.Name)
        and function.value.func.id == "super"
        and not function.value.args
    )


def _decorator_name(decorator: ast.expr) -> str:
    if isinstance(decorator, ast.Call):
        decorator = decorator.func
    return decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", "")
