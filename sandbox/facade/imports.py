"""The table of what can be imported, per interface, and the ``import`` of workflows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal

from sandbox import driver
from sandbox.facade import http, kit
from sandbox.facade.frozen import Facade, selected
from sandbox.facade.library import LIBRARY

Interface = Literal["http", "page"]
Importer = Callable[..., Any]
_NOTHING = Facade("an import of the interpreter's own", {})


@lru_cache(maxsize=2)
def tables(interface: Interface) -> Mapping[str, Facade]:
    """Return the facades by the dotted name they are imported under."""
    names: dict[str, dict[str, Any]] = {**LIBRARY, "httpx": http.NAMES, "workflow_kit": kit.NAMES}
    names["asyncio"] = _asyncio(interface)
    if interface == "page":
        from sandbox.facade.playwright import NAMES as PLAYWRIGHT  # noqa: PLC0415 - costs 40 MB, only for browsers

        names["playwright.async_api"] = PLAYWRIGHT
    facades = {name: Facade(name, dict(members)) for name, members in names.items()}
    for name in [name for name in facades if "." in name]:
        package, _, leaf = name.rpartition(".")
        members = dict(names.get(package, {}))
        members.update({key.rpartition(".")[2]: facades[key] for key in facades if key.rpartition(".")[0] == package})
        members[leaf] = facades[name]
        facades[package] = Facade(package, members)
    return facades


def importer(interface: Interface) -> Importer:
    """Return what ``import`` calls in a workflow."""
    table = tables(interface)

    def guarded_import(
        name: str,
        globals: Any = None,  # noqa: A002 - the names of __import__
        locals: Any = None,  # noqa: A002 - the name that import hooks are called with
        fromlist: Any = (),
        level: int = 0,
    ) -> Facade:
        del globals, locals
        if type(fromlist) is list and name in sys.modules:
            # C code imports for itself (strptime, strftime); it drops what it gets and looks in sys.modules
            return _NOTHING
        if level or name not in table:
            raise ImportError(f"workflows cannot import {name!r}", name=name)
        return table[name] if fromlist or "." not in name else table[name.partition(".")[0]]

    return guarded_import


def _asyncio(interface: Interface) -> dict[str, Any]:
    if interface == "http":
        names = selected(driver, "Semaphore gather sleep timeout wait_for")
    else:
        import asyncio  # noqa: PLC0415 - the slim child never carries it

        names = selected(asyncio, "Semaphore gather sleep timeout wait_for")
    return {**names, "TimeoutError": TimeoutError}
