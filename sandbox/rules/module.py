"""AS1xx: the shape of the module, its models and ``run``."""

from __future__ import annotations

import ast
from typing import ClassVar, Final

from domain.policy import Severity
from sandbox.rules.base import Breach, Breaches, Rule
from sandbox.rules.constants import is_constant
from sandbox.rules.facts import ModuleFacts
from sandbox.rules.restricted import is_typing_block

_CLIENTS: Final = {"http": ("http", {"httpx.AsyncClient"}), "page": ("page", {"playwright.async_api.Page"})}
_SIGNATURES: Final = {
    "http": "async def run(request: Request, http: httpx.AsyncClient) -> Response",
    "page": "async def run(request: Request, page: Page) -> Response",
}
_DEFINITIONS: Final = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Pass)


class BodyOfDefinitions(Rule):
    """The module body does nothing by itself."""

    code: ClassVar = "AS101"
    title: ClassVar = "A module body of imports, definitions and constants"
    reason: ClassVar = (
        "The body runs once, before any call; what it does there would be shared by calls and hidden from them."
    )
    remedy: ClassVar = "Move the statement into run() or a function that run() calls."
    bad_example: ClassVar = 'if __name__ == "__main__":\n    asyncio.run(main())'
    good_example: ClassVar = 'BASE = "https://example.com"'

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield every statement of another kind."""
        del node
        for statement in facts.tree.body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                if not all(isinstance(target, ast.Name) for target in targets):
                    yield Breach(message="only plain names are assigned in the module body", node=statement)
            elif not isinstance(statement, _DEFINITIONS) and not is_typing_block(statement):
                yield Breach(message=f"{_named(statement)} in the module body", node=statement)


class ConstantValues(Rule):
    """Values of the module body are constants."""

    code: ClassVar = "AS102"
    title: ClassVar = "Constants have values that cannot change or act"
    reason: ClassVar = (
        "A value made by running code could differ from call to call, or carry something from one to the next."
    )
    remedy: ClassVar = (
        "Write a literal, a type, re.compile(...), frozenset(...), timedelta(...) or Field(...); compute the "
        "rest inside a function."
    )
    bad_example: ClassVar = "CODES = load_codes()"
    good_example: ClassVar = 'CODES = {"SF": "sfo"}'

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield values of the module body that are computed."""
        del node
        for statement in facts.tree.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign) and not is_constant(statement.value, facts):
                yield Breach(message="this value is computed in the module body", node=statement)


class RunIsThere(Rule):
    """A coroutine function ``run``."""

    code: ClassVar = "AS103"
    title: ClassVar = "One async function run"
    reason: ClassVar = "run is what a call of the tool executes, and requests are awaited."
    remedy: ClassVar = "Define: async def run(request: Request, http: httpx.AsyncClient) -> Response"
    bad_example: ClassVar = "def run(request, http): ..."
    good_example: ClassVar = "async def run(request: Request, http: httpx.AsyncClient) -> Response: ..."

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield when run is missing or not async."""
        del node
        run = facts.functions.get("run")
        remedy = f"Define: {_SIGNATURES[facts.interface]}"
        if run is None:
            yield Breach(message="the module has no function run", remedy=remedy)
        elif isinstance(run, ast.FunctionDef):
            yield Breach(message="run is not async", node=run, remedy=remedy)
        elif any(facts.enclosing_function(inner) is run for inner in facts.nodes if isinstance(inner, ast.Yield)):
            yield Breach(message="run yields; it returns one Response", node=run, remedy=remedy)


class RunSignature(Rule):
    """The two parameters of ``run`` and its result."""

    code: ClassVar = "AS104"
    title: ClassVar = "run takes a Request and the client, and returns a Response"
    reason: ClassVar = (
        "The caller validates the arguments as Request, hands in the client that is limited to the policy, "
        "and reads a Response."
    )
    remedy: ClassVar = "Use exactly: async def run(request: Request, http: httpx.AsyncClient) -> Response"
    bad_example: ClassVar = "async def run(query: str) -> list[dict]: ..."
    good_example: ClassVar = "async def run(request: Request, http: httpx.AsyncClient) -> Response: ..."

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield what is different from the signature."""
        del node
        run = facts.functions.get("run")
        if run is None:
            return
        remedy = f"Use exactly: {_SIGNATURES[facts.interface]}"
        arguments = run.args
        plain = [*arguments.posonlyargs, *arguments.args]
        second, types = _CLIENTS[facts.interface]
        if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or [a.arg for a in plain] != ["request", second]:
            yield Breach(message=f"run's parameters are not (request, {second})", node=run, remedy=remedy)
            return
        if _origin(plain[0].annotation, facts) != "Request":
            yield Breach(message="the parameter request is not annotated as Request", node=run, remedy=remedy)
        if _origin(plain[1].annotation, facts) not in types:
            yield Breach(message=f"the parameter {second} is not annotated as its client type", node=run, remedy=remedy)
        if _origin(run.returns, facts) != "Response":
            yield Breach(message="run is not annotated to return Response", node=run, remedy=remedy)


class ModelsAreThere(Rule):
    """The models of input and output."""

    code: ClassVar = "AS105"
    title: ClassVar = "Models Request and Response"
    reason: ClassVar = "The tool's input and output schemas come from them."
    remedy: ClassVar = (
        "Define: class Request(BaseModel) and class Response(BaseModel) with rows: list[Item], count: int, "
        "truncated: bool"
    )
    bad_example: ClassVar = "class Params: ..."
    good_example: ClassVar = "class Response(BaseModel):\n    rows: list[Item]\n    count: int\n    truncated: bool"

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield what is missing."""
        del node
        for name in ("Request", "Response"):
            model = facts.classes.get(name)
            if model is None:
                yield Breach(message=f"the module has no model {name}")
            elif not model.bases:
                yield Breach(message=f"{name} is no pydantic model", node=model)
        response = facts.classes.get("Response")
        if response is not None and "rows" not in _fields(response, facts):
            yield Breach(message="Response has no field rows", node=response)


class Documented(Rule):
    """Docstrings of the module and of ``run``."""

    code: ClassVar = "AS106"
    title: ClassVar = "Docstrings for the module and run"
    reason: ClassVar = "People approve, read and repair workflows."
    remedy: ClassVar = (
        "Begin the module with a docstring: what it does, when it was generated, Args, Returns, Raises, Examples."
    )
    bad_example: ClassVar = "import httpx"
    good_example: ClassVar = '"""List events of a city. Generated 2027-05-12."""'
    severity: ClassVar = Severity.WARNING

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield missing docstrings."""
        del node
        if not ast.get_docstring(facts.tree):
            yield Breach(message="the module has no docstring")
        run = facts.functions.get("run")
        if run is not None and not ast.get_docstring(run):
            yield Breach(message="run has no docstring", node=run)


class KnownSyntax(Rule):
    """An allowlist of node types."""

    code: ClassVar = "AS110"
    title: ClassVar = "Only the syntax that workflows need"
    reason: ClassVar = "Global state and exception groups are not part of a deterministic workflow."
    remedy: ClassVar = "Pass values as arguments and return them; use try/except in place of except*."
    bad_example: ClassVar = "global LAST"
    good_example: ClassVar = "return last"
    nodes: ClassVar = tuple(
        kind
        for kind in vars(ast).values()
        if isinstance(kind, type)
        and issubclass(kind, ast.Global | ast.Nonlocal | ast.TryStar | ast.Interactive | ast.FunctionType)
    )

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield the node itself."""
        del facts
        yield Breach(message=f"{_named(node)} is not for workflows", node=node)


RULES: tuple[type[Rule], ...] = (
    BodyOfDefinitions,
    ConstantValues,
    RunIsThere,
    RunSignature,
    ModelsAreThere,
    Documented,
    KnownSyntax,
)
_WORDS: Final = {
    "If": "an if statement",
    "For": "a loop",
    "While": "a loop",
    "Expr": "a call or expression",
    "With": "a with block",
    "Try": "a try block",
    "TryStar": "except*",
    "Global": "global",
    "Nonlocal": "nonlocal",
    "AugAssign": "an augmented assignment",
    "Delete": "del",
    "Assert": "an assertion",
    "Raise": "raise",
}


def _named(node: ast.AST) -> str:
    return _WORDS.get(type(node).__name__, type(node).__name__)


def _origin(annotation: ast.expr | None, facts: ModuleFacts) -> str:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        name = annotation.value.strip()
        if name in facts.names:
            return ".".join(facts.names[name])
        head, dot, rest = name.partition(".")
        return facts.modules.get(head, head) + dot + rest
    return facts.origin(annotation) if annotation is not None else ""


def _fields(model: ast.ClassDef, facts: ModuleFacts, depth: int = 0) -> set[str]:
    names = {s.target.id for s in model.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)}
    for base in model.bases:
        above = facts.classes.get(base.id) if isinstance(base, ast.Name) else None
        if above is not None and depth < 10:
            names |= _fields(above, facts, depth + 1)
    return names
