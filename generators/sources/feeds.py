"""Feeds as records: RSS items, Atom entries, calendar events.

RSS and Atom are read as XML pages, so their kind is html with the format xml; a calendar is data of the kind json.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from lxml import etree

from domain.calendars import read_calendar
from domain.observation import Column, Feed, Observation, RecordCandidate
from domain.plan import FieldType, RecordSource, SourceKind
from domain.values import JsonObject
from generators.sources.coverage import shown
from generators.sources.json_records import find_candidates
from generators.sources.naming import snake
from generators.sources.requests import template_of
from generators.sources.typing import as_text, type_of

_ROWS: Final = {"rss": "item", "atom": "entry"}
_NAMES: Final = {
    "pubDate": "published",
    "published": "published",
    "creator": "author",
    "guid": "id",
    "encoded": "content",
    "link": "url",
}
_DATES: Final = frozenset({"published", "updated", "date"})
_LONGEST: Final = 20_000
_MOST: Final = 200
_SHOWN: Final = 0.5
"""Share of a linked feed's titles that the page must show for the feed to stand for it."""


def study_feeds(observation: Observation, visible: str, *, alone: bool = False) -> list[RecordCandidate]:
    """Return a candidate for each feed that is the page itself, or whose titles the page shows.

    ``alone``: the page has no dated records of its own, so that a calendar which it links to speaks for it.
    """
    here = {u for p in observation.pages[:1] for u in (p.final_url, p.requested_url)}
    found = []
    for feed in observation.feeds:
        candidate = _candidate(feed) if feed.kind in _ROWS and feed.text else _calendar(feed)
        if candidate is None:
            continue
        itself = feed.url in here
        titles = [s for c in candidate.columns if c.name == "title" for s in c.samples]
        if itself or (titles and shown(titles, visible) >= _SHOWN):
            found.append(candidate.model_copy(update={"score": 1.0 if itself else 0.3}))
        elif alone and feed.kind == "ical":  # a page that lists nothing itself and points to its calendar
            found.append(candidate.model_copy(update={"coverage": 1.0}))
    return found


def _calendar(feed: Feed) -> RecordCandidate | None:
    """The events of a calendar as records."""
    if feed.kind != "ical" or not feed.text:
        return None
    request = template_of(feed.url)
    source = RecordSource(request=request, records="", format="ical")
    found = find_candidates(read_calendar(feed.text), request, source=source)
    return found[0].model_copy(update={"id": f"calendar:{feed.url}", "grounded": True}) if found else None


def _candidate(feed: Feed) -> RecordCandidate | None:
    tag = _ROWS[feed.kind]
    rows = _elements(feed.text, tag)
    columns = _columns(rows)
    if len(rows) < 1 or not columns:
        return None
    request = template_of(feed.url)
    return RecordCandidate(
        id=f"feed:{feed.url}",
        kind=SourceKind.HTML,
        source=RecordSource(request=request, records=tag, format="xml"),
        columns=columns,
        count=len(rows),
        score=0.3,
        exemplars=tuple(_row(r, columns) for r in rows[:2]),
        identity=tuple(c.name for c in columns if c.name in ("id", "url"))[:1],
        url=feed.url,
        grounded=True,
    )


def _elements(text: str, tag: str) -> list[Any]:
    """The feed's entries, elements of the default namespace under their plain names."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    root = etree.fromstring(text.encode(), parser)
    if root is None:
        return []
    for element in root.iter(etree.Element):
        if element.prefix is None and element.tag.startswith("{"):
            element.tag = element.tag.partition("}")[2]
    return list(root.iter(tag))[:_MOST]


def _columns(rows: Sequence[Any]) -> tuple[Column, ...]:
    values: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for row in rows:
        seen: set[str] = set()
        for locator, name, value in _values(row):
            if locator not in seen:
                seen.add(locator)
                names.setdefault(locator, name)
                values.setdefault(locator, []).append(value)
    taken: dict[str, str] = {}
    for locator, name in names.items():
        taken.setdefault(name, locator)
    return tuple(_column(name, locator, values[locator], len(rows)) for name, locator in taken.items())


def _values(row: Any) -> Iterator[tuple[str, str, str]]:
    """(locator, name, text) of an entry's members, and of what stands one level below them."""
    for child in row:
        if not isinstance(child.tag, str):
            continue
        selector, local = _selector(child)
        name = _NAMES.get(local, snake(local))
        if child.get("href") and not (child.text or "").strip():
            yield f"{selector}@href", name, child.get("href")
        elif len(child):
            for inner in child:
                if isinstance(inner.tag, str) and (inner.text or "").strip():
                    below, leaf = _selector(inner)
                    called = name if leaf == "name" else f"{name}_{snake(leaf)}"
                    yield f"{selector} > {below}@text", called, inner.text.strip()
        elif (child.text or "").strip():
            yield f"{selector}@text", name, child.text.strip()[:_LONGEST]


def _selector(element: Any) -> tuple[str, str]:
    """The CSS name of an element ("dc|creator") and its local name."""
    local = etree.QName(element).localname
    prefix = element.prefix
    return (f"{prefix}|{local}" if prefix else local), local


def _column(name: str, locator: str, texts: Sequence[str], count: int) -> Column:
    distinct = list(dict.fromkeys(as_text(t) for t in texts))
    kind = type_of(list(texts), name)
    if name in _DATES and kind is FieldType.STRING:
        kind = FieldType.DATETIME
    return Column(
        name=name,
        locator=locator,
        type=kind,
        fill=round(len(texts) / count, 4),
        samples=tuple(t[:200] for t in distinct[:5]),
        values=tuple(distinct) if len(distinct) <= 40 and name in ("category", "author") else (),
    )


def _row(row: Any, columns: Sequence[Column]) -> JsonObject:
    known = {locator: value for locator, _, value in reversed(list(_values(row)))}
    return {c.name: known.get(c.locator) for c in columns}
