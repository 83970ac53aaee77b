"""Columns of like JSON records: nested objects become paths, paths become named and typed columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from domain.observation import Column
from domain.plan import FieldType
from domain.values import JsonValue
from generators.sources.naming import column_names, snake
from generators.sources.paths import join, read
from generators.sources.typing import as_text, type_of

_DEPTH: Final = 5
_MOST_COLUMNS: Final = 120
_FEW_VALUES: Final = 40
"""Up to so many distinct values make a column categorical."""
_NAMING: Final = ("name", "title", "label", "display_name", "displayName", "full_name", "login", "value", "text", "id")
_MOST_UNNAMED: Final = 4
_SHORT: Final = 40
MAP_LABEL: Final = "(names)"
"""End of the label of a column that lists the keys of an object used as a map."""
_HIDDEN: Final = re.compile(r"(^|\.)(__typename|_links|_embedded|@context)(\.|$)")
_CENTS: Final = re.compile(r"(^|_)(cents|minor|minor_units|amount_cents|price_cents)$")


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """A path with its values over all records, before it has a name."""

    path: str
    values: tuple[JsonValue, ...]
    keys: bool = False

    @property
    def present(self) -> list[JsonValue]:
        return [v for v in self.values if v is not None and v not in ("", [])]


def columns_of(records: Sequence[JsonValue], names: Sequence[str] = ()) -> tuple[Column, ...]:
    """Return the columns of like records, in the order in which they appear.

    ``names`` are the column names of array-shaped records. A column that repeats another one's telling values is
    left out; one without any value here has fill 0 (its values may stand on other pages).
    """
    paths = _paths(records, names)
    drafts = [_Draft(path=p, values=tuple(_value(r, p) for r in records), keys=_is_map(records, p)) for p in paths]
    drafts = _without_repeats([d for d in drafts if d.present or None in d.values])[:_MOST_COLUMNS]
    named = _named(drafts, names)
    return tuple(_column(d, named[d.path]) for d in drafts)


def _paths(records: Sequence[JsonValue], names: Sequence[str]) -> list[str]:
    if names:
        return [f"[{i}]" for i in range(len(names))]
    maps = _maps(records)
    seen: dict[str, None] = {}
    for record in records:
        seen.update(dict.fromkeys(_leaf_paths(record, "", _DEPTH, maps)))
    bare = {p for p in seen if not any(q.startswith((f"{p}.", f"{p}[")) for q in seen)}
    return [p for p in seen if p in bare and not _HIDDEN.search(p)]


def _leaf_paths(value: JsonValue, path: str, depth: int, maps: frozenset[str]) -> Iterator[str]:
    if isinstance(value, dict) and depth and path not in maps:
        for name, member in value.items():
            if _plain(name):
                yield from _leaf_paths(member, join(path, name), depth - 1, maps)
    elif isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
        yield from _list_paths([v for v in value if isinstance(v, dict)], path)
    else:
        yield path or "."


def _list_paths(members: list[dict[str, JsonValue]], path: str) -> Iterator[str]:
    """An array of objects reads as the array of their names, and further text leaves under their own paths."""
    keys = {k for m in members for k, v in m.items() if isinstance(v, str | int | float) and _plain(k)}
    naming = [k for k in _NAMING if k in keys][:1]
    rest = [k for k in sorted(keys) if re.search(r"price|amount|email|url", k, re.IGNORECASE) and k not in naming]
    short = [] if naming else [k for k in sorted(keys - {*rest}) if _is_short(members, k)][:_MOST_UNNAMED]
    for key in naming + short + rest or sorted(keys)[:1]:
        yield join(join(path, "*"), key)


def _is_short(members: list[dict[str, JsonValue]], key: str) -> bool:
    """Whether a key holds words that could be asked for, where nothing names the members: a format, a size, a role."""
    texts = [v for m in members if isinstance(v := m.get(key), str) and v]
    return bool(texts) and all(len(t) <= _SHORT and "://" not in t and not t.startswith("/") for t in texts)


def _plain(name: str) -> bool:
    return bool(name) and not re.search(r"[.\[\]*]", name)


def _maps(records: Sequence[JsonValue]) -> frozenset[str]:
    """Paths of objects that are used as maps: their keys differ from record to record and hold scalars."""
    keys: dict[str, list[frozenset[str]]] = {}
    scalar: dict[str, bool] = {}
    for record in records:
        _collect_maps(record, "", keys, scalar)
    found = set()
    for path, sets in keys.items():
        union = frozenset().union(*sets)
        mean = sum(map(len, sets)) / len(sets)
        if path and scalar[path] and len(sets) >= 3 and len(union) >= 8 and len(union) > 2.5 * mean:
            found.add(path)
    return frozenset(found)


def _collect_maps(value: JsonValue, path: str, keys: dict[str, list[frozenset[str]]], scalar: dict[str, bool]) -> None:
    if not isinstance(value, dict):
        return
    keys.setdefault(path, []).append(frozenset(value))
    flat = all(not isinstance(v, dict | list) for v in value.values())
    scalar[path] = scalar.get(path, True) and flat
    for name, member in value.items():
        if isinstance(member, dict) and _plain(name):
            _collect_maps(member, join(path, name), keys, scalar)


def _value(record: JsonValue, path: str) -> JsonValue:
    found = record if path == "." else read(record, path)
    if isinstance(found, dict):
        return list(found)  # a map reads as the list of its keys
    if isinstance(found, list):
        return [as_text(v) if isinstance(v, dict | list) else v for v in found]
    return found


def _is_map(records: Sequence[JsonValue], path: str) -> bool:
    return any(isinstance(record if path == "." else read(record, path), dict) for record in records[:40])


def _without_repeats(drafts: list[_Draft]) -> list[_Draft]:
    kept: list[_Draft] = []
    for draft in sorted(drafts, key=lambda d: (d.path.count("."), len(d.path))):
        telling = {as_text(v) for v in draft.present}
        repeat = any(k.values == draft.values and (_same_leaf(k, draft) or _tells(telling)) for k in kept)
        if not repeat:
            kept.append(draft)
    order = {d.path: i for i, d in enumerate(drafts)}
    return sorted(kept, key=lambda d: order[d.path])


def _same_leaf(one: _Draft, other: _Draft) -> bool:
    return one.path.rsplit(".", 1)[-1] == other.path.rsplit(".", 1)[-1] and len(one.present) > 1


def _tells(texts: set[str]) -> bool:
    return len(texts) >= 3 and max(map(len, texts)) >= 4


def _named(drafts: list[_Draft], names: Sequence[str]) -> dict[str, str]:
    if names:
        given = column_names([_harmless(n) for n in names])
        return {f"[{i}]": name for i, name in enumerate(given.values())}
    named = column_names([d.path for d in drafts])
    return {path: _money_name(path, name) for path, name in named.items()}


def _harmless(name: str) -> str:
    return re.sub(r"[.\[\]*]+", "_", name)


def _money_name(path: str, name: str) -> str:
    """``price.cents`` reads as a price, so it is called one."""
    if not _CENTS.search(name):
        return name
    parent = path.rsplit(".", 2)[-2] if "." in path else ""
    return snake(parent) if parent else re.sub(r"_?(cents|minor(_units)?)$", "", name) or "price"


def _column(draft: _Draft, name: str) -> Column:
    present = draft.present
    keys = draft.keys
    leaf = snake(draft.path.rsplit(".", 1)[-1])
    kind = type_of(present, name) if present else _empty_type(name)
    texts = [as_text(v) for v in present]
    distinct = dict.fromkeys(_each_text(present))
    return Column(
        name=name,
        locator=draft.path,
        type=FieldType.NUMBER if _CENTS.search(leaf) and kind is FieldType.INTEGER else kind,
        fill=round(len(present) / len(draft.values), 4),
        label=f"{name.replace('_', ' ')} {MAP_LABEL}" if keys else "",
        samples=tuple(list(dict.fromkeys(texts))[:5]),
        values=tuple(distinct) if len(distinct) <= _FEW_VALUES else (),
        scale=0.01 if _CENTS.search(leaf) else 1.0,
    )


def _empty_type(name: str) -> FieldType:
    """The type that a column without values would have, by its name."""
    if re.search(r"(^|_)(price|cost|amount|fee|rating|score|latitude|longitude|lat|lng|lon)$", name):
        return FieldType.NUMBER
    return FieldType.BOOLEAN if name.startswith(("is_", "has_")) else FieldType.STRING


def _each_text(values: Sequence[JsonValue]) -> Iterator[str]:
    for value in values:
        if isinstance(value, list):
            yield from (as_text(v) for v in value)
        else:
            yield as_text(value)
