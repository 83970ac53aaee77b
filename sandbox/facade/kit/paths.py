"""Reading values out of JSON by path: dotted names, ``[n]``, ``*``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from sandbox.facade.kit.errors import SourceChanged

_MISSING = object()
_STAR = object()
_STEP = re.compile(r"\[(-?\d+)\]|\[(?:\"([^\"]*)\"|'([^']*)')\]|([^.\[\]]+)")


def pick(value: Any, path: str, default: Any = None) -> Any:
    """Return the value at a path, or ``default`` when a step is missing.

    Path: dotted names, ``[n]`` an index (negative from the end), ``*`` all values of an object or
    array (the result is then a list, missing ones left out), ``""`` the value itself. A name that
    contains a dot is written ``["a.b"]``.

    Example:
        ``pick({"data": {"items": [{"name": "x"}]}}, "data.items[0].name")`` is ``"x"``
    """
    found = _walk(value, _steps(path))
    return default if found is _MISSING else found


def records(value: Any, path: str) -> list[Any]:
    """Return the list of records at a path; an empty list is a result.

    ``*`` takes the values of an object, and joins the lists of several sections: ``days.*.events``.
    A path that ends in ``{}`` names one object, which is one record ("{}", "data{}"); a list there is its elements.
    Behind ``>`` stands where each record has a list or an object of its own: the record is then taken once for each
    member, which stands there alone ("orders>lines"); of an object as its ``name`` and its ``value`` ("{}>rates").
    A record that has nothing there is not taken.

    Raises:
        SourceChanged: the path is missing or its value is no list.
    """
    outer, inside, inner = path.partition(">")
    if inside:
        found = records(value, outer)
        if found and all(pick(record, inner) is None for record in found):
            raise SourceChanged(f"no record of the answer has {inner!r}")
        return [one for record in found for one in _unwound(record, inner)]
    if path.endswith("{}"):
        return _single(value, path.removesuffix("{}"))
    steps = _steps(path)
    found = _walk(value, steps)
    if not isinstance(found, list):
        raise SourceChanged(f"the answer has no list at {path or 'its root'!r}")
    if _STAR not in steps:
        return found
    if not found and _walk(value, steps[: steps.index(_STAR) + 1]):
        raise SourceChanged(f"no section of the answer has {path!r}")
    if steps[-1] is not _STAR and any(isinstance(item, list) for item in found):
        return [record for section in found if isinstance(section, list) for record in section]  # null: an empty one
    return found


def _single(value: Any, path: str) -> list[Any]:
    found = pick(value, path)
    if found is None:
        raise SourceChanged(f"the answer has nothing at {path or 'its root'!r}")
    return found if isinstance(found, list) else [found]


def _unwound(record: Any, inner: str) -> list[Any]:
    members = pick(record, inner)
    if isinstance(members, dict):
        members = [{"name": key, **(m if isinstance(m, dict) else {"value": m})} for key, m in members.items()]
    return [_put(record, _steps(inner), m) for m in members] if isinstance(members, list) else []


def _put(record: Any, steps: tuple[Any, ...], member: Any) -> Any:
    if not steps or not isinstance(record, dict):
        return member
    return {**record, steps[0]: _put(record.get(steps[0]), steps[1:], member)}


@lru_cache(maxsize=512)
def _steps(path: str) -> tuple[Any, ...]:
    steps: list[Any] = []
    for index, double, single, name in _STEP.findall(path):
        if index:
            steps.append(int(index))
        elif name:
            steps.append(_STAR if name == "*" else name)
        else:
            steps.append(double or single)
    return tuple(steps)


def _walk(value: Any, steps: tuple[Any, ...]) -> Any:
    for position, step in enumerate(steps):
        if step is _STAR:
            if not isinstance(value, dict | list):
                return _MISSING
            return _each(value.values() if isinstance(value, dict) else value, steps[position + 1 :])
        if isinstance(value, dict):
            value = value.get(step, value.get(str(step), _MISSING))
        elif isinstance(value, list):
            value = _at(value, step)
        else:
            return _MISSING
        if value is _MISSING:
            return _MISSING
    return value


def _at(values: list[Any], step: Any) -> Any:
    if isinstance(step, str):
        if not step.isdecimal():
            return _MISSING
        step = int(step)
    return values[step] if -len(values) <= step < len(values) else _MISSING


def _each(values: Any, rest: tuple[Any, ...]) -> list[Any]:
    found = (_walk(value, rest) for value in values)
    kept = [value for value in found if value is not _MISSING]
    if _STAR in rest and kept and all(isinstance(value, list) for value in kept):
        return [inner for value in kept for inner in value]
    return kept
