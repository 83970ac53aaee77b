"""Texts of pages without halves of surrogate pairs, which scripts leave where they cut a text inside an emoji.

A page may show them, but no file, database or message can hold them.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic_core import PydanticSerializationError

from domain.values import Value

V = TypeVar("V", bound=Value)


def whole(value: V) -> V:
    """Return a model whose texts can all be written; mostly the given one."""
    try:
        value.model_dump_json()
    except PydanticSerializationError:
        return type(value).model_validate(_whole(value.model_dump()))
    return value


def whole_text(text: str) -> str:
    """Return the text with a question mark for each half of a pair."""
    return text.encode("utf-8", "replace").decode()


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else whole_text(value)
    if isinstance(value, dict):
        return {_whole(name): _whole(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(inner) for inner in value]
    return value
