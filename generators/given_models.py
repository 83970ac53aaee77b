"""The plan's models in code: left out where a model reads it, put back where it answers with ``...`` in their place."""

from __future__ import annotations

import ast
from typing import Final

from domain.plan import Plan
from domain.python_text import parse_module
from generators.templates.models import MOMENT_ALIASES, models

NAMES: Final = ("Request", "Item", "Response")
_STANDS: Final = "class {}(BaseModel): ...  # as given"


def left_out(code: str, plan: Plan) -> str:
    """Return the code with the plan's own models as one line each; code that has others stays whole."""
    given = _given(plan)
    places = _classes(code)
    if any(name not in places or not _same(places[name], given[name]) for name in NAMES):
        return code
    return _replaced(code, places, {name: _STANDS.format(name) for name in NAMES})


def put_back(code: str, plan: Plan) -> str:
    """Return the code with the plan's models where it only says ``...``, and with the imports that they need."""
    places = {name: node for name, node in _classes(code).items() if _is_empty(node)}
    if not places:
        return code
    given = _given(plan)
    whole = _replaced(code, places, {name: given[name] for name in places})
    needed = [f"from datetime import {name} as {alias}" for name, alias in MOMENT_ALIASES.items()]
    lines = [line for line in needed if line.rsplit(" ", 1)[1] in "".join(given.values()) and line not in whole]
    lines += ["from typing import Any"] if "Any]" in "".join(given.values()) and "Any" not in code else []
    lines += ["from typing import Literal"] if "Literal[" in "".join(given.values()) and "Literal" not in code else []
    return _with_imports(whole, [*lines, *_lacking(whole)])


def _lacking(code: str) -> list[str]:
    """The names of pydantic that the models use and the code does not import."""
    imported = {
        alias.name
        for node in parse_module(code).body
        if isinstance(node, ast.ImportFrom) and node.module == "pydantic"
        for alias in node.names
    }
    missing = [name for name in ("BaseModel", "ConfigDict", "Field") if name not in imported]
    return [f"from pydantic import {', '.join(missing)}"] if missing else []


def _with_imports(code: str, lines: list[str]) -> str:
    """Put import lines before the first import; what a module says about itself stays in front."""
    if not lines:
        return code
    first = next((n for n in parse_module(code).body if isinstance(n, ast.Import | ast.ImportFrom)), None)
    before = code.splitlines()
    at = first.lineno - 1 if first is not None else 0
    return "\n".join([*before[:at], *lines, *before[at:]]) + "\n"


def _given(plan: Plan) -> dict[str, str]:
    text = "\n".join(models(plan))
    return {name: "\n".join(text.splitlines()[n.lineno - 1 : n.end_lineno]) for name, n in _classes(text).items()}


def _classes(code: str) -> dict[str, ast.ClassDef]:
    return {n.name: n for n in parse_module(code).body if isinstance(n, ast.ClassDef) and n.name in NAMES}


def _same(node: ast.ClassDef, given: str) -> bool:
    return ast.dump(node) == ast.dump(parse_module(given).body[0])


def _is_empty(node: ast.ClassDef) -> bool:
    rest = [n for n in node.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
    dots = [n for n in node.body if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)]
    return not rest and any(isinstance(n.value, ast.Constant) and n.value.value is ... for n in dots)


def _replaced(code: str, places: dict[str, ast.ClassDef], by: dict[str, str]) -> str:
    lines = code.splitlines()
    for name, node in sorted(places.items(), key=lambda item: -item[1].lineno):
        lines[node.lineno - 1 : node.end_lineno] = [by[name]]
    return "\n".join(lines) + "\n"
