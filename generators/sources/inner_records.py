"""Records that stand inside other records, and answers that are one record: what a question may ask for by its noun.

"The dependencies of a package" are no list of their own in most answers: each package has them as an array or as an
object whose keys are their names. Each such member becomes a record, which keeps what its owner says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from domain.meaning.words import singular
from domain.observation import Column, RecordCandidate
from domain.plan import FieldType, Intent, RecordSource, RequestTemplate, SourceKind, Topic
from domain.values import JsonValue
from generators.sources.flatten import columns_of
from generators.sources.json_records import RecordGroup, exemplars, find_groups, identity_of
from generators.sources.naming import safe, snake
from generators.sources.paths import INSIDE, ONE, join, read, records
from generators.sources.relevance import is_called, named, nouns_of

_DEPTH: Final = 4
_LOOKED_AT: Final = 200
_FEWEST: Final = 2
"""So many columns make an object a record."""


def inner_candidates(value: JsonValue, request: RequestTemplate, intent: Intent) -> tuple[RecordCandidate, ...]:
    """Return the candidates for members of records that the question's noun names, the shallowest place first.

    Members that are objects in an array are records anyway (``*`` unites them): they count here only where the
    question wants a field that just their owners have.
    """
    found: dict[str, tuple[int, RecordCandidate]] = {}
    for outer, members in _owners(value):
        for inner in _places(members, nouns_of(intent)):
            path = f"{outer}{INSIDE}{inner}"
            group = group_at(value, path)
            if group is None or (_is_list_of_objects(members, inner) and not _owner_is_asked(group, inner, intent)):
                continue
            columns = inner_columns(group, intent)
            candidate = _candidate(path, columns, group, request)
            found.setdefault(path, (path.count(".") + path.count("*"), candidate))
    return tuple(candidate for _, candidate in sorted(found.values(), key=lambda f: f[0]))


def empty_place(value: JsonValue, intent: Intent) -> str:
    """Return where an object holds an empty list or object that bears the question's noun; empty when there is none."""
    if not isinstance(value, dict):
        return ""
    nouns = nouns_of(intent)
    return next((p for p, m in _members(value, "", _DEPTH) if not m and is_called(p, nouns)), "")


def single_candidate(value: JsonValue, request: RequestTemplate, intent: Intent) -> RecordCandidate | None:
    """Return the candidate that takes an answer, which is an object, for one record.

    An object of one value is a record only where the question names that: else it may be a mere "ok".
    """
    group = group_at(value, ONE)
    columns = columns_of(group.records) if group is not None else ()
    asked = [*intent.wanted, *(str(c.value) for c in intent.about(Topic.KEYWORDS))]
    if columns and all(c.type is FieldType.URL for c in columns):
        return None  # an entry page, which only names its collections
    if group is None or (len(columns) < _FEWEST and not any(named(columns, word) for word in asked)):
        return None
    return _candidate(ONE, columns, group, request)


def group_at(value: JsonValue, path: str) -> RecordGroup | None:
    """Return the records at a path; None where there are none."""
    if INSIDE not in path and not path.endswith(ONE):
        return next((g for g in find_groups(value) if g.path == path), None)
    found = tuple(records(value, path))
    return RecordGroup(path=path, records=found) if found else None


def inner_columns(group: RecordGroup, intent: Intent) -> tuple[Column, ...]:
    """Return the columns of records from inside others, the members' own under the names that people give them."""
    columns = columns_of(group.records, group.heads)
    _, inside, inner = group.path.partition(INSIDE)
    if not inside:
        return columns
    noun = snake(singular(inner.rsplit(".", 1)[-1]))
    taken = {c.name for c in columns if not _is_own(c, inner)}
    names = {
        inner: noun,
        f"{inner}.name": "name" if "name" not in taken else noun,
        f"{inner}.value": _value_name(noun, taken, intent),
    }
    named_so = [c.model_copy(update={"name": safe(names.get(c.locator, c.name))}) for c in columns]
    return tuple(sorted(named_so, key=lambda c: not _is_own(c, inner)))


def identity_at(path: str, columns: Sequence[Column], known: Sequence[JsonValue]) -> tuple[str, ...]:
    """Return the columns that tell records apart; a member of a record needs its owner's too."""
    _, inside, inner = path.partition(INSIDE)
    if not inside:
        return identity_of(columns, known)
    own = next((c for c in columns if c.locator in (inner, f"{inner}.name")), None)
    if own is None:
        return identity_of(columns, known)
    for owner in (None, *(c for c in columns if not _is_own(c, inner) and c.fill == 1.0)):
        kept = [own] if owner is None else [owner, own]
        if len({tuple(str(read(m, c.locator)) for c in kept) for m in known}) == len(known):
            return tuple(c.name for c in kept)
    return ()


def _candidate(path: str, columns: tuple[Column, ...], group: RecordGroup, request: RequestTemplate) -> RecordCandidate:
    return RecordCandidate(
        id=f"{SourceKind.JSON}:{request.method}:{request.url}:0:{path}",
        kind=SourceKind.JSON,
        source=RecordSource(request=request, records=path, format="json"),
        columns=columns,
        count=len(group.records),
        score=1.0,
        exemplars=exemplars(group, columns),
        identity=identity_at(path, columns, group.records),
        url=request.url,
    )


def _owners(value: JsonValue) -> Iterator[tuple[str, list[JsonValue]]]:
    for group in find_groups(value):
        if not group.heads:
            yield group.path, list(group.records[:_LOOKED_AT])
    if isinstance(value, dict):
        yield ONE, [value]


def _places(members: Sequence[JsonValue], nouns: frozenset[str]) -> list[str]:
    found: dict[str, None] = {}
    for member in members:
        if isinstance(member, dict):
            found.update(dict.fromkeys(p for p, m in _members(member, "", _DEPTH) if m and is_called(p, nouns)))
    return list(found)


def _members(value: dict[str, JsonValue], path: str, depth: int) -> Iterator[tuple[str, list[JsonValue] | JsonValue]]:
    for name, member in value.items():
        if isinstance(member, dict | list) and name and not set(name) & set(".[]*>{}"):
            yield join(path, name), member
            if isinstance(member, dict) and depth > 1:
                yield from _members(member, join(path, name), depth - 1)


def _is_list_of_objects(members: Sequence[JsonValue], inner: str) -> bool:
    found = next((v for m in members if (v := read(m, inner))), None)
    return isinstance(found, list) and all(isinstance(v, dict) for v in found)


def _owner_is_asked(group: RecordGroup, inner: str, intent: Intent) -> bool:
    columns = columns_of(group.records)
    own = [c for c in columns if _is_own(c, inner)]
    others = [c for c in columns if not _is_own(c, inner)]
    return any(named(own, w) is None and named(others, w) is not None for w in intent.wanted)


def _is_own(column: Column, inner: str) -> bool:
    return column.locator == inner or column.locator.startswith(f"{inner}.")


def _value_name(noun: str, taken: set[str], intent: Intent) -> str:
    """The question's own word for what stands under a key, where no other column bears it: "the range of each"."""
    asked = [snake(w) for w in intent.wanted if snake(w) not in taken]
    if asked:
        return asked[0]
    return "value" if "value" not in taken else f"{noun}_value"
