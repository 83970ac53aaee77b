"""Readable, unique snake_case column names from paths."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from generators.sources.paths import parts

_GENERIC: Final = frozenset(
    {"id", "name", "title", "value", "text", "url", "href", "slug", "type", "label", "code", "key", "kind", "api_id"}
    | {"description", "image", "status", "count", "content", "data", "raw", "rendered", "amount", "plaintext", "node"}
)
"""Leaf names that say nothing without their parent."""
_TAKEN: Final = frozenset({"copy", "json", "dict", "schema", "validate", "construct", "fields", "rows", "self"}) | {
    *("str", "int", "float", "bool", "list", "tuple", "set", "object", "bytes", "any", "literal", "field", "item"),
    *("request", "response", "print", "print_", "none", "true", "false"),
}
"""Names that a pydantic model has for itself, or whose meaning in a class body a field would hide."""
_WRAPPERS: Final = frozenset({"node", "item", "record", "attributes", "fields", "_source", "data", "rendered"})


def snake(text: str) -> str:
    """Return a name as snake_case: "startDate" gives "start_date", "@id" gives "id"; never empty."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    name = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")
    if not name:
        return "value"
    return safe(f"n{name}" if name[0].isdigit() else name)


def safe(name: str) -> str:
    """Return a name that neither Python nor a pydantic model uses for something else."""
    return f"{name}_value" if name in _TAKEN or keyword.iskeyword(name) else name


def column_names(paths: Sequence[str]) -> dict[str, str]:
    """Return a unique name for each path: the leaf where that is clear, with its parents where it is not.

    Objects that hold most of a record ("event" in {"event": {…}, "rank": 1}) do not count as parents.
    """
    words = {path: _words(path) for path in paths}
    main = _main_object(words)
    trimmed = {p: w[1:] if len(w) > 1 and w[0] == main else w for p, w in words.items()}
    names = {p: _short(w) for p, w in trimmed.items()}
    for length in (2, 3, 4, 8):
        clashes = {n for n, k in Counter(names.values()).items() if k > 1}
        if not clashes:
            break
        for name in clashes:
            _settle(name, names, trimmed, length)
    return _numbered(names)


def _words(path: str) -> list[str]:
    named = [snake(str(p)) for p in parts(path) if not isinstance(p, int) and p != "*"]
    kept = [w for i, w in enumerate(named) if i == 0 or w != named[i - 1]]
    return [w for w in kept[:-1] if w not in _WRAPPERS] + kept[-1:] if kept else ["value"]


def _main_object(words: dict[str, list[str]]) -> str:
    tops = Counter(w[0] for w in words.values() if len(w) > 1)
    if not tops:
        return ""
    name, count = tops.most_common(1)[0]
    flat = sum(1 for w in words.values() if len(w) == 1)
    return name if count >= 3 and count > flat and count >= 0.35 * len(words) else ""


def _short(words: list[str]) -> str:
    if len(words) > 1 and words[-1] in _GENERIC:
        return "_".join(words[-2:])
    return words[-1]


def _settle(name: str, names: dict[str, str], words: dict[str, list[str]], length: int) -> None:
    """Give the shallowest of several paths the bare name and lengthen the others."""
    paths = sorted((p for p, n in names.items() if n == name), key=lambda p: (len(words[p]), len(p)))
    for path in paths[1:] if len(words[paths[0]]) < len(words[paths[1]]) else paths:
        names[path] = "_".join(words[path][-length:])


def _numbered(names: dict[str, str]) -> dict[str, str]:
    seen: Counter[str] = Counter()
    result = {}
    for path, name in names.items():
        seen[name] += 1
        result[path] = name if seen[name] == 1 else f"{name}_{seen[name]}"
    return result
