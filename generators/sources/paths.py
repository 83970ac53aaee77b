"""Paths into JSON values: dotted names, ``[n]`` for an index, ``*`` for all values of an object or array.

A path of records may end in ``{}`` (the object there is one record) and in ``>names`` (each record is taken once for
every member of the array or object that it has there); the workflows' own ``records`` reads them alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from domain.values import JsonObject, JsonValue

ONE = "{}"
INSIDE = ">"
_PART = re.compile(r"\[(\d+)\]|\*|[^.\[\]]+")


@lru_cache(maxsize=4096)
def parts(path: str) -> tuple[str | int, ...]:
    """Split a path into names, indexes and ``*``; the empty path has no parts."""
    return tuple(int(m.group(1)) if m.group(1) else m.group(0) for m in _PART.finditer(path))


def join(path: str, name: str) -> str:
    """Return the path of a member: "a" and "b" give "a.b", "a" and "[0]" give "a[0]"."""
    return f"{path}{name}" if name.startswith("[") or not path else f"{path}.{name}"


def read(value: JsonValue, path: str) -> JsonValue:
    """Return what stands at a path without ``*`` (None when missing), or the list of all that stand at one with it."""
    steps = parts(path)
    if "*" in steps:
        return list(_walk(value, steps))
    for step in steps:  # the common case, kept apart from the walk because it is asked for every value
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def records(value: JsonValue, path: str) -> list[JsonValue]:
    """Return the elements of the array at a path; ``*`` before the end unites several arrays."""
    outer, inside, inner = path.partition(INSIDE)
    if inside:
        return [one for record in records(value, outer) for one in unwound(record, inner)]
    if path.endswith(ONE):
        single = read(value, path.removesuffix(ONE))
        return [single] if isinstance(single, dict) else single if isinstance(single, list) else []
    steps = parts(path)
    found = list(_walk(value, steps))
    if steps and steps[-1] == "*":
        return found
    return [item for each in found if isinstance(each, list) for item in each]


def unwound(record: JsonValue, inner: str) -> list[JsonValue]:
    """Return a record once for each member at a dotted path in it, which then stands there alone.

    A member of an object is an object itself: its ``name`` is the key, its ``value`` what stands under it, or the
    members of that where it is an object.
    """
    found = read(record, inner)
    if isinstance(found, dict):
        members = [{"name": k, **(v if isinstance(v, dict) else {"value": v})} for k, v in found.items()]
        return [_put(record, parts(inner), member) for member in members]
    return [_put(record, parts(inner), member) for member in found] if isinstance(found, list) else []


def _put(record: JsonValue, steps: tuple[str | int, ...], member: JsonValue) -> JsonValue:
    if not steps or not isinstance(record, dict):
        return member
    name = str(steps[0])
    changed: JsonObject = {**record, name: _put(record.get(name), steps[1:], member)}
    return changed


def _walk(value: JsonValue, steps: tuple[str | int, ...]) -> Iterator[JsonValue]:
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    if step == "*":
        members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for member in members:
            yield from _walk(member, rest)
    elif isinstance(step, int):
        if isinstance(value, list) and step < len(value):
            yield from _walk(value[step], rest)
    elif isinstance(value, dict) and step in value:
        yield from _walk(value[step], rest)


def leaves(value: JsonValue, path: str = "", *, depth: int = 12) -> Iterator[tuple[str, JsonValue]]:
    """Yield every scalar with its path; arrays are entered by index. At most ``depth`` levels."""
    if depth == 0:
        return
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, join(path, name), depth=depth - 1)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from leaves(member, join(path, f"[{index}]"), depth=depth - 1)
    else:
        yield path, value
