"""Reading code replies: fences and words around the module are taken off, and what is no workflow goes back."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

from domain.python_text import parse_module
from generators.llm.rejection import Problem, ReplyRejected, reject, without_fence

_BLOCK = re.compile(r"```[\w+-]*[ \t]*\n(?P<inside>.*?)(?:\n[ \t]*```|\Z)", re.DOTALL)
_MODELS = ("Request", "Item", "Response")


def read_module(
    text: str,
    *,
    second: str,
    parameters: Sequence[str],
    fields: Sequence[str],
    complete: Callable[[str], str] = lambda code: code,
) -> str:
    """Return the source of a workflow module from a reply.

    ``second`` is the name of run's second parameter; Request must have exactly ``parameters``, Item at
    least ``fields``. ``complete`` puts in what a reply may leave out, once it is known to be Python.

    Raises:
        ReplyRejected: it is no Python, or not a workflow with these models.
    """
    code = _bare(text)
    try:
        parse_module(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        line = getattr(problem, "lineno", None) or 1
        raise reject(f"line {line}", f"not Python: {getattr(problem, 'msg', 'cannot be parsed')}") from None
    code = complete(code)
    tree = parse_module(code)
    problems = list(_problems(tree, second=second, parameters=parameters, fields=fields))
    if problems:
        raise ReplyRejected(problems)
    return code


def _bare(text: str) -> str:
    bare = without_fence(text).strip("\n")
    if "```" in bare and not _parses(bare):
        blocks = [found["inside"] for found in _BLOCK.finditer(text)]
        bare = max(blocks, key=len, default=bare)
    return bare.strip("\n").rstrip() + "\n"


def _parses(code: str) -> bool:
    try:
        parse_module(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _problems(tree: ast.Module, *, second: str, parameters: Sequence[str], fields: Sequence[str]) -> Iterator[Problem]:
    run = next((n for n in tree.body if isinstance(n, ast.AsyncFunctionDef) and n.name == "run"), None)
    if run is None:
        yield Problem(where="module", what=f"has no async def run(request: Request, {second})")
    elif [a.arg for a in run.args.args] != ["request", second]:
        yield Problem(where="run", what=f"its parameters must be request and {second}")
    if ast.get_docstring(tree) is None:
        yield Problem(where="module", what="has no docstring")
    classes = {n.name: n for n in tree.body if isinstance(n, ast.ClassDef)}
    for name in _MODELS:
        if name not in classes:
            yield Problem(where="module", what=f"has no class {name}; repeat the models as given")
    if "Request" in classes and _attributes(classes["Request"]) != set(parameters):
        yield Problem(where="Request", what=f"must have exactly: {', '.join(parameters)}")
    if "Item" in classes and (missing := set(fields) - _attributes(classes["Item"])):
        yield Problem(where="Item", what=f"lacks: {', '.join(sorted(missing))}")


def _attributes(node: ast.ClassDef) -> set[str]:
    named = {n.target.id for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}
    return named - {"model_config"}
