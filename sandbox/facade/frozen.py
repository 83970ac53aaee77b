"""What an import yields in generated code: a frozen object with selected names, never a module."""

from __future__ import annotations

from typing import Any, NoReturn


class Facade:
    """A named, read-only set of values.

    It has no ``__name__`` on purpose: Python's ``from x import y`` falls back to ``sys.modules`` by
    that name, which would hand out real submodules.
    """

    def __init__(self, title: str, names: dict[str, Any]) -> None:
        self.__dict__.update(names)
        self.__dict__["_title"] = title

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{self.__dict__['_title']} has no {name!r} for workflows")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise TypeError(f"{self.__dict__['_title']} is read-only")

    def __delattr__(self, name: str) -> NoReturn:
        raise TypeError(f"{self.__dict__['_title']} is read-only")

    def __repr__(self) -> str:
        return f"<{self.__dict__['_title']}>"


def selected(module: object, names: str) -> dict[str, Any]:
    """Return the named attributes of a module (names separated by spaces)."""
    return {name: getattr(module, name) for name in names.split()}


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set; long tables of names read better that way."""
    return frozenset(text.split())
