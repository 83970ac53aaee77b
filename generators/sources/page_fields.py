"""The fields of a page that tells of one record: by label, by item property, by telling class."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from domain.observation import Column
from generators.induction.classes import is_stable
from generators.induction.reading import read, text_of
from generators.sources.naming import snake
from generators.sources.places_told import place_locators
from generators.sources.typing import as_text, type_of

_LONGEST: Final = 300
_WORDS_BEFORE: Final = 2
_LABEL: Final = re.compile(r"[^\W\d_][\w '/().-]{0,40}")
_LISTED: Final = re.compile(
    r"(?:post(?:ed)? |filed )?(?:categor(?:y|ies)|tags?|topics?|genres?|under)(?: in)?", re.IGNORECASE
)
_TELLING: Final = re.compile(
    r"(^|[-_])(price|cost|address|venue|location|organi[sz]er|availability|stock|description|rating|author|brand|"
    r"category|city|sku|isbn|publisher|duration|phone|email|date|genre|capacity|status|byline|speaker|artist|maker|"
    r"maintainer|reviewer|instructor|teacher|director|designer|region|country|license|licence|version|rating)($|[-_])"
)


def page_columns(trees: Sequence[Any]) -> list[Column]:
    """Columns by label, by item property and by telling class; each must read something on most of the pages."""
    proposals: dict[str, tuple[str, str]] = {}
    for tree in trees:
        for name, locator, label in (*_table(tree), *_labelled(tree), *_tagged(tree), *_marked(tree)):
            proposals.setdefault(locator, (name, label))
    told = {locator: (name, label) for name, locator, label in place_locators(trees)}
    # A block in lines says more exactly what a class around it would read as one text.
    proposals = {**told, **proposals}
    columns: dict[str, Column] = {}
    for locator, (name, label) in proposals.items():
        values = [read(tree, locator) for tree in trees]
        present = [v for v in values if v and len(v) <= _LONGEST]
        if not present or name in columns:
            continue
        columns[name] = Column(
            name=name,
            locator=locator,
            type=type_of(list(present), name),
            fill=round(len(present) / len(trees), 4),
            label=label,
            samples=tuple(dict.fromkeys(as_text(v) for v in present)),
        )
    return list(columns.values())


def page_links(tree: Any) -> Iterator[tuple[str, str]]:
    """The locators of links that a page labels, and their labels: a heading cell or a term, and a link beside it."""
    for _, locator, label in _labelled(tree):
        yield locator.replace("@text", " a@href"), label
    for name, locator, _ in _marked(tree):
        if locator.endswith("@text"):
            own = [e for e in tree.cssselect(locator.removesuffix("@text")) if e.tag == "a"]
            yield locator.replace("@text", "@href" if own else " a@href"), name.replace("_", " ")


def _table(tree: Any) -> Iterator[tuple[str, str, str]]:
    """A table of one record: headings above, one row below."""
    for number, table in enumerate(tree.cssselect("table")):
        heads, rows = table.cssselect("thead th"), table.cssselect("tbody tr")
        marks = [c for c in (table.get("class") or "").split() if is_stable(c)]
        if number > 3 or len(rows) != 1 or not heads:
            continue
        mark = f"table.{marks[0]}" if marks else "table"
        for position, head in enumerate(heads, start=1):
            label = text_of(head)
            if _LABEL.fullmatch(label):
                yield snake(label), f"{mark} tbody tr td:nth-of-type({position})@text", label


def _labelled(tree: Any) -> Iterator[tuple[str, str, str]]:
    """Terms with their descriptions, and table rows with a heading cell."""
    for term in tree.cssselect("dl > dt, dl > div > dt"):
        label = text_of(term).rstrip(": ")
        if _LABEL.fullmatch(label) and '"' not in label:
            yield snake(label), f'dt:contains("{label}") + dd@text', label
    for head in tree.cssselect("tr > th:first-child"):
        label = text_of(head).rstrip(": ")
        if _LABEL.fullmatch(label) and '"' not in label and head.getnext() is not None and head.getnext().tag == "td":
            yield snake(label), f'th:contains("{label}") + td@text', label
    for cell in tree.cssselect("tr > td:first-child"):
        label = text_of(cell).rstrip(": ")
        follower = cell.getnext()
        if _LABEL.fullmatch(label) and '"' not in label and follower is not None and follower.getnext() is None:
            yield snake(label), f'td:contains("{label}") + td@text', label


def _tagged(tree: Any) -> Iterator[tuple[str, str, str]]:
    """What a page is filed under: a word such as "Categories", and the links in the list beside it."""
    for lead in tree.cssselect("a, span, b, strong, h2, h3, h4, dt, p"):
        label = (lead.text or "").strip(" :\n\t")
        beside = lead.getnext()
        if not _LISTED.fullmatch(label) or beside is None or beside.tag not in ("ul", "ol", "div", "span", "p"):
            continue
        holder = lead.getparent()
        mark = f"#{holder.get('id')}" if re.fullmatch(r"[A-Za-z][\w-]*", holder.get("id") or "") else _class_of(holder)
        if mark and beside.cssselect("a") and len(tree.cssselect(mark)) == 1:
            yield "categories", f"{mark} {beside.tag}@text", label


def _class_of(element: Any) -> str:
    mark = next((m for m in (element.get("class") or "").split() if is_stable(m) and re.fullmatch(r"[\w-]+", m)), "")
    return f".{mark}" if mark else ""


def _marked(tree: Any) -> Iterator[tuple[str, str, str]]:
    """Elements with an item property or a class that says what they hold."""
    for element in tree.cssselect("[itemprop]"):
        name = element.get("itemprop").split()[0]
        attribute = next((a for a in ("content", "datetime") if element.get(a)), "text")
        if re.fullmatch(r"\w+", name) and (attribute != "text" or len(text_of(element)) <= _LONGEST):
            yield snake(name), f'[itemprop="{name}"]@{attribute}', name
    for element in tree.cssselect("main [class], #content [class], article [class], body [class]"):
        for mark in (element.get("class") or "").split():
            found = _TELLING.search(mark.lower())
            if found and is_stable(mark) and re.fullmatch(r"[\w-]+", mark) and 0 < len(text_of(element)) <= _LONGEST:
                yield snake(found.group(2)), f".{mark}{_to_the_name(element)}@text", found.group(2)


def _to_the_name(element: Any) -> str:
    """Return the way to the one link in an element that says all but a word or two before it: "By Ada Berg"."""
    links = element.cssselect("a")
    if element.tag == "a" or len(links) != 1:
        return ""
    whole, name = text_of(element), text_of(links[0])
    before = whole.removesuffix(name)
    return " a" if name and before != whole and len(before.split()) <= _WORDS_BEFORE and ":" not in before else ""
