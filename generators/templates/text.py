"""Rendering of Python text: literals, indentation, wrapped prose."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

WIDTH = 110


def literal(value: object) -> str:
    """Return a Python literal for a JSON value, with double quotes as formatters write them."""
    if isinstance(value, str):
        plain = repr(value)
        return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in plain else plain
    if isinstance(value, list | tuple):
        return "[" + ", ".join(literal(part) for part in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(part)}" for key, part in value.items()) + "}"
    return repr(value)


def indent(lines: Iterable[str], levels: int = 1) -> list[str]:
    """Return the lines moved right by four blanks a level; empty lines stay empty."""
    return [("    " * levels + part) if part else "" for line in lines for part in line.split("\n")]


def prose(text: str, *, width: int = WIDTH) -> list[str]:
    """Return text wrapped for a docstring; what could end or escape the docstring is made harmless."""
    clean = " ".join(text.replace("\\", "/").replace('"""', "'''").split())
    clean = clean[:-1] + "'" if clean.endswith('"') else clean
    return textwrap.wrap(clean, width=width) or [""]


def call(opening: str, arguments: list[str], closing: str = ")") -> list[str]:
    """Return a call on one line where it fits, else one argument a line."""
    single = opening + ", ".join(arguments) + closing
    if len(single) <= WIDTH - 4 and "\n" not in single:
        return [single]
    return [opening, *indent(f"{argument}," for argument in arguments), closing]


def long_text(text: str) -> str:
    """Return a string literal, in parts on lines of their own where it is long."""
    if len(literal(text)) <= WIDTH - 25:
        return literal(text)
    parts = textwrap.wrap(text, width=WIDTH - 20, drop_whitespace=False, break_long_words=False)
    return "\n".join(["(", *indent(literal(part) for part in parts), ")"])
