"""JSON as sites write it: with a guard before it, or one value a line."""

from __future__ import annotations

import json
from typing import Final

from domain.values import JsonValue

GUARDS: Final = (")]}',", ")]}'", "while(1);", "for(;;);")


def read_json(text: str) -> JsonValue:
    """Return the JSON object or array of a text; several, one a line, are an array.

    Raises:
        ValueError: it is no JSON, or neither an object nor an array.
    """
    stripped = text.lstrip("\ufeff \n\r\t")
    for guard in GUARDS:
        stripped = stripped.removeprefix(guard)
    if stripped.lstrip()[:1] not in ("{", "["):
        raise ValueError("neither an object nor an array")
    try:
        value: JsonValue = json.loads(stripped)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:
        return _lines(stripped)
    return value


def _lines(text: str) -> JsonValue:
    try:
        rows: list[JsonValue] = [json.loads(line) for line in text.splitlines() if line.strip()]
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if len(rows) < 2:
        raise ValueError("no JSON")
    return rows
