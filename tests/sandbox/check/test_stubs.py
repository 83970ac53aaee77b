"""The stubs say what the facades are, and good workflows are fully typed with them."""

from __future__ import annotations

import ast
import inspect
import os
from pathlib import Path
from typing import Any

import pytest
from mypy import api

from sandbox.facade import http, kit
from tests.requirements import requirement

ROOT = Path(__file__).parents[3]
STUBS = ROOT / "sandbox" / "stubs"
GOOD = sorted((Path(__file__).parent / "good").glob("*.py"))


def definitions(name: str) -> dict[str, ast.stmt]:
    tree = ast.parse((STUBS / name).read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {statement.name: statement for statement in tree.body if isinstance(statement, kinds)}


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[tuple[str, str, str | None]]:
    arguments = function.args
    defaults: list[ast.expr | None] = [None] * (len(arguments.args) - len(arguments.defaults)) + list(
        arguments.defaults
    )
    found = [("plain", a.arg, ast.unparse(d) if d else None) for a, d in zip(arguments.args, defaults, strict=True)]
    found += [("star", arguments.vararg.arg, None)] if arguments.vararg else []
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    found += [("keyword", a.arg, ast.unparse(d) if d else None) for a, d in pairs]
    found += [("double", arguments.kwarg.arg, None)] if arguments.kwarg else []
    return found


def real(function: Any) -> list[tuple[str, str, str | None]]:
    kinds = {
        inspect.Parameter.POSITIONAL_OR_KEYWORD: "plain",
        inspect.Parameter.VAR_POSITIONAL: "star",
        inspect.Parameter.KEYWORD_ONLY: "keyword",
        inspect.Parameter.VAR_KEYWORD: "double",
    }
    return [
        (kinds[p.kind], p.name, None if p.default is p.empty else repr(p.default))
        for p in inspect.signature(function).parameters.values()
    ]


def methods(statement: ast.stmt) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    body = getattr(statement, "body", [])
    return {m.name: m for m in body if isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef)}


@requirement("GEN-2")
def test_the_kit_has_the_names_and_signatures_of_its_stub() -> None:
    stubs = definitions("workflow_kit.pyi")
    assert set(stubs) == set(kit.NAMES)
    for name, statement in stubs.items():
        value = kit.NAMES[name]
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            assert parameters(statement) == real(value), name
            assert inspect.iscoroutinefunction(value) == isinstance(statement, ast.AsyncFunctionDef), name
        for method in methods(statement).values():
            attribute = inspect.getattr_static(value, method.name)
            if not isinstance(attribute, property):
                assert parameters(method) == real(attribute), f"{name}.{method.name}"


@requirement("GEN-3")
def test_the_http_facade_has_the_names_of_its_stub() -> None:
    stubs = definitions("httpx.pyi")
    assert {name for name in stubs if not name.startswith("_")} | {"codes"} == set(http.NAMES)
    for name, statement in stubs.items():
        value = http.Client if name == "AsyncClient" else http.NAMES[name]
        for method in methods(statement):
            assert hasattr(value, method), f"{name}.{method}"


def test_every_function_of_the_kit_is_documented() -> None:
    assert [name for name, value in kit.NAMES.items() if not inspect.getdoc(value)] == []


@requirement("GEN-2")
def test_good_workflows_are_fully_typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MYPYPATH", os.fspath(STUBS))
    settings = tmp_path / "mypy.ini"
    settings.write_text("[mypy]\nstrict = True\npython_version = 3.11\nplugins = pydantic.mypy\n")
    arguments = ["--config-file", str(settings), "--cache-dir", str(tmp_path / "cache"), "--no-incremental"]
    report, errors, status = api.run([*arguments, *map(str, GOOD)])
    assert (report.splitlines()[:-1], errors, status) == ([], "", 0)
