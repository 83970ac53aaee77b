"""The kit's reference in prompts: only what an interface can use, and for a repair what its code is about."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "kit.part.md"
_IMPORTED = re.compile(r"from workflow_kit import (\([^)]*\)|[^\n]*)")
_NAME = re.compile(r"\b[a-zA-Z]\w*\b")
_TOLD = re.compile(r"(?:^|[;,.] )(?:await )?([A-Za-z]\w*)(?=[(,:]| ->)")


def kit_reference(*, browser: bool, code: str = "") -> str:
    """Return the lines about ``workflow_kit`` for an interface.

    With ``code``, the lines of which it imports something stay whole, and of the others only names are told: a module
    that is repaired seldom needs more, and imports show which.
    """
    lines = [line for interface, line in _lines() if interface in {"any", "page" if browser else "http"}]
    imported = _imported(code)
    if not imported:
        return "\n".join(f"- {line}" for line in lines)
    near = [line for line in lines if imported & set(_names(line))]
    far = [name for line in lines if line not in near for name in _names(line)]
    more = [f"- and: {', '.join(far)}"] if far else []
    return "\n".join([*(f"- {line}" for line in near), *more])


@lru_cache(maxsize=1)
def kit_text() -> str:
    """Return the reference's file as it is."""
    return _FILE.read_text(encoding="utf-8").strip()


def _lines() -> list[tuple[str, str]]:
    split = (line.partition(": ") for line in kit_text().splitlines())
    return [(interface, line) for interface, _, line in split]


def _imported(code: str) -> set[str]:
    return {name for found in _IMPORTED.finditer(code) for name in _NAME.findall(found[1])}


def _names(line: str) -> list[str]:
    """The functions that a line is about, in its order; what stands in parentheses is none."""
    bare = re.sub(r"\([^()]*\)", "(", line)
    return list(dict.fromkeys(_TOLD.findall(bare)))
