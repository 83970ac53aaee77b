"""What generated code can see: facades for imports, guarded access, a small set of builtins.

``environment`` gives the globals that compiled code runs in, ``warm`` and ``seal`` prepare a process
for it. This package never imports the compiler side (RestrictedPython), httpx or, for ``http``
workflows, asyncio: it is the image that every call is forked from.
"""

from __future__ import annotations

from typing import Any

from sandbox.facade.builtin_names import builtin_names
from sandbox.facade.finish import finish
from sandbox.facade.guards import (
    MODULE_NAME,
    async_iterator,
    get_attribute,
    get_item,
    leaving,
    merging,
    type_name,
    union,
    update_in_place,
    writable,
)
from sandbox.facade.imports import Interface, importer
from sandbox.facade.kit import sending
from sandbox.facade.seal import seal, warm

__all__ = ["MODULE_NAME", "Interface", "environment", "seal", "warm"]


def environment(interface: Interface = "http") -> dict[str, Any]:
    """Return fresh globals for ``exec`` of code that ``sandbox.check.compile_workflow`` made.

    After the ``exec`` the dict holds the workflow's own names: ``run``, ``Request``, ``Response``.
    """
    names: dict[str, Any] = {
        "__builtins__": {**builtin_names(), "__import__": importer(interface)},
        "__name__": MODULE_NAME,
        "_aiter_": async_iterator,
        "_getattr_": get_attribute,
        "_getitem_": get_item,
        "_getiter_": iter,
        "_leaving_": leaving,
        "_inplacevar_": update_in_place,
        "_merging_": merging,
        "_or_": union,
        "_typename_": type_name,
        "_write_": writable,
    }
    names["_ready_"] = lambda: finish(names)
    sending.set_sleep(_sleep(interface))
    return names


def _sleep(interface: Interface) -> Any:
    if interface == "http":
        from sandbox import driver  # noqa: PLC0415 - beside its alternative

        return driver.sleep
    import asyncio  # noqa: PLC0415 - the slim child never carries it

    return asyncio.sleep
