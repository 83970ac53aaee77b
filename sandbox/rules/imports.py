"""AS2xx: what can be imported."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar, Final

from sandbox.facade.imports import Interface, tables
from sandbox.rules.base import Breach, Breaches, Rule
from sandbox.rules.facts import ModuleFacts

_INSTEAD: Final = {
    "bs4": "Use workflow_kit.parse_html or get_page and Node.css, .first, .read.",
    "lxml": "Use workflow_kit.parse_html or parse_xml and Node.css, .first, .read.",
    "parsel": "Use workflow_kit.parse_html and Node.css, .first, .read.",
    "selectolax": "Use workflow_kit.parse_html and Node.css, .first, .read.",
    "xml": "Use workflow_kit.parse_xml and Node.css, .first, .read.",
    "requests": "Use the http client that run() is given: await http.get(url), or workflow_kit.get_json(http, url).",
    "aiohttp": "Use the http client that run() is given: await http.get(url).",
    "urllib.request": "Use the http client that run() is given: await http.get(url).",
    "time": "Use await asyncio.sleep(seconds) to wait, workflow_kit.now() for the time.",
    "random": "A workflow is deterministic; take what varies as a field of Request.",
    "uuid": "A workflow is deterministic; take what varies as a field of Request.",
    "logging": "A workflow has no log; raise an exception with a clear message, or return what matters.",
    "os": "A workflow has no environment and no files; take settings as fields of Request.",
    "sys": "A workflow has no process of its own to look at.",
    "pathlib": "A workflow has no files.",
    "dateutil": "Use workflow_kit.to_datetime, to_date or date_bounds.",
    "dateparser": "Use workflow_kit.date_bounds or to_datetime.",
    "geopy": "Use workflow_kit.place and workflow_kit.distance.",
    "pytz": "Use zoneinfo.ZoneInfo.",
    "tenacity": "workflow_kit.send and get_json retry by themselves.",
    "playwright": "Only page workflows use playwright; this one is given an http client.",
    "playwright.sync_api": "Use playwright.async_api.",
}
_INSTEAD_NAMES: Final = {
    "asyncio.run": "run() is awaited by the caller; just await.",
    "asyncio.create_task": "Use asyncio.gather(...).",
    "asyncio.TaskGroup": "Use asyncio.gather(...).",
    "asyncio.as_completed": "Use asyncio.gather(...).",
    "asyncio.wait": "Use asyncio.gather(...) inside asyncio.timeout(...).",
    "httpx.get": "Use the http client that run() is given: await http.get(url).",
    "httpx.post": "Use the http client that run() is given: await http.post(url).",
    "httpx.Client": "Use the http client that run() is given.",
    "pydantic.create_model": "Write the model as a class.",
    "typing.get_type_hints": "Read Model.model_fields, or write the types down.",
    "operator.attrgetter": "Use a lambda: lambda item: item.name",
    "functools.wraps": "Write the function without a decorator of its own.",
}


@lru_cache(maxsize=2)
def importable(interface: Interface) -> Mapping[str, frozenset[str]]:
    """Return the modules that workflows of an interface can import, each with its names."""
    return {
        name: frozenset(member for member in vars(facade) if not member.startswith("_"))
        for name, facade in tables(interface).items()
    }


class KnownModules(Rule):
    """An allowlist of modules."""

    code: ClassVar = "AS201"
    title: ClassVar = "Only modules from the list"
    reason: ClassVar = (
        "A workflow works with data and the client it is given; other modules reach files, processes or the network."
    )
    remedy: ClassVar = (
        "Use: workflow_kit, httpx, pydantic, asyncio, typing, collections, collections.abc, dataclasses, "
        "datetime, re, json, math, decimal, "
        "statistics, urllib.parse, html, itertools, functools, string, enum, zoneinfo, base64, hashlib, textwrap "
        "(playwright.async_api in page workflows)."
    )
    bad_example: ClassVar = "import os"
    good_example: ClassVar = "from workflow_kit import get_json"
    nodes: ClassVar = (ast.Import, ast.ImportFrom)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield modules outside the list, relative and star imports."""
        table = importable(facts.interface)
        if isinstance(node, ast.ImportFrom):
            if node.level:
                yield Breach(message="a workflow is one module; there is nothing to import from beside it", node=node)
                return
            names = [node.module or ""]
        else:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            if name not in table and name != "__future__":
                remedy = _INSTEAD.get(name) or _INSTEAD.get(name.partition(".")[0]) or self.remedy
                yield Breach(message=f"{name!r} cannot be imported", node=node, remedy=remedy)


class KnownNames(Rule):
    """An allowlist of names per module."""

    code: ClassVar = "AS202"
    title: ClassVar = "Only selected names of a module"
    reason: ClassVar = "Modules lead to other modules and to functions that reach outside; the selected names do not."
    remedy: ClassVar = "Use another name of the module, or plain Python."
    bad_example: ClassVar = "from json import codecs"
    good_example: ClassVar = "from json import loads"
    nodes: ClassVar = (ast.ImportFrom, ast.Attribute)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield names that the module's facade does not have."""
        table = importable(facts.interface)
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            for alias in node.names:
                if alias.name == "*":
                    continue
                if module in table and alias.name not in table[module] and f"{module}.{alias.name}" not in table:
                    yield self._breach(module, alias.name, node, table)
        elif isinstance(node, ast.Attribute):
            module = self._module(node.value, facts)
            if module in table and node.attr not in table[module] and not node.attr.startswith("_"):
                yield self._breach(module, node.attr, node, table)

    def _breach(self, module: str, name: str, node: ast.AST, table: Mapping[str, frozenset[str]]) -> Breach:
        close = difflib.get_close_matches(name, table[module], n=3)
        instead = _INSTEAD_NAMES.get(f"{module}.{name}") or (
            f"Did you mean {' or '.join(close)}?"
            if close
            else f"{module} offers: {', '.join(sorted(table[module]))[:400]}."
        )
        return Breach(message=f"{module} has no {name!r} for workflows", node=node, remedy=instead)

    @staticmethod
    def _module(value: ast.expr, facts: ModuleFacts) -> str:
        if isinstance(value, ast.Name):
            if value.id in facts.modules:
                return facts.modules[value.id]
            return ".".join(facts.names.get(value.id, ()))
        if isinstance(value, ast.Attribute):
            return facts.origin(value)
        return ""


class NoStarImports(Rule):
    """No ``import *``."""

    code: ClassVar = "AS203"
    title: ClassVar = "No star imports"
    reason: ClassVar = "A reader and the check must see where a name comes from."
    remedy: ClassVar = "Import the names that are used."
    bad_example: ClassVar = "from workflow_kit import *"
    good_example: ClassVar = "from workflow_kit import get_json, records"
    nodes: ClassVar = (ast.ImportFrom,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield star imports."""
        del facts
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield Breach(message=f"everything is imported from {node.module}", node=node)


RULES: tuple[type[Rule], ...] = (KnownModules, KnownNames, NoStarImports)
