"""How a page of HTML leads to further records: a next link, numbered pages, or a load-more control."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from domain.plan import Paging, PagingKind
from generators.induction.classes import is_selectable
from generators.induction.patterns import squeeze, words
from generators.induction.reading import select
from generators.induction.selectors import choose
from generators.induction.tree import Node, Tree, parse

_NEXT_TEXT = re.compile(
    r"^(?:(?:go to )?(?:the )?next(?: page| results?| \d+)?|older(?: posts| entries| articles)?|more results"
    r"|weiter|nächste(?: seite)?|suivante?|page suivante|siguiente|próxima?|seguinte|successiva?|volgende|nästa|"
    r"следующая|далее|下一页|次へ|次のページ)\s*[›»→>⟩❯]*$|^[›»→⟩❯]$|^>{1,2}$",
    re.IGNORECASE,
)
_MORE_TEXT = re.compile(
    r"^(?:load|show|view|see) (?:\d+ )?more(?: \w+){0,2}$|^more(?: results| items| events| posts)$"
    r"|^mehr (?:laden|anzeigen)$"
    r"|^(?:voir|afficher|charger) plus$|^ver más$|^cargar más$",
    re.IGNORECASE,
)
_FIGURES = 5
_SECOND = 2
_LEVELS = 3
_OFFSET_NAME = re.compile(r"offset|start|skip|from|first|begin", re.IGNORECASE)
_PAGE_NAME = re.compile(r"^(?:page|p|pg|paged|page_?(?:no|num|number|index)|.*page.*|seite|pagina)$", re.IGNORECASE)
_PATH_NUMBER = re.compile(r"(?:^|/)(?P<word>page|p|seite|pagina)[/-]?(?P<number>\d+)(?=/|$|\.)", re.IGNORECASE)


def find_paging(html: str, url: str) -> Paging | None:
    """Return how the page says that further records are reached, or None.

    A next link is preferred (it also says where the end is), with the parameter that it changes where one is seen;
    then numbered links (PAGE or OFFSET with first value and step), then a load-more control for a browser.
    Nothing is proven: that takes a probe.
    """
    return paging_of(parse(html, url))


@lru_cache(maxsize=8)
def pages_by_script(html: str, url: str) -> bool:
    """Tell whether the numbers of further pages stand there as links that only a script follows."""
    tree = parse(html, url)
    numbers = [
        int(text)
        for node in tree.nodes
        if _is_pressed(node)
        if (text := tree.text(node)).isascii() and text.isdecimal() and len(text) < _FIGURES
    ]
    return any(number + 1 in numbers or number == _SECOND for number in numbers)


def _is_pressed(node: Node) -> bool:
    """Tell whether a part of a pager is followed by a script: it has no address of its own."""
    href = (node.element.get("href") or "").strip().lower()
    if node.tag == "a" and href.startswith("javascript:"):
        return True
    if node.tag not in {"a", "button"} or href not in {"", "#"}:
        return False
    above, marks = node.parent, [node.element.get("class") or ""]
    for _ in range(_LEVELS):
        if above is not None:
            marks += [above.element.get("class") or "", above.element.get("aria-label") or ""]
            above = above.parent
    return any(word.startswith(("pagin", "page", "pager")) for mark in marks for word in words(mark))


def paging_of(tree: Tree) -> Paging | None:
    """Return the paging of a parsed page (see ``find_paging``)."""
    if not tree.nodes:
        return None
    numbered = _numbered(tree)
    locator = _next_locator(tree)
    if locator:
        counted = numbered.parameter if numbered and numbered.location == "query" else ""
        return Paging(kind=PagingKind.NEXT_LINK, location="url", parameter=counted, next_locator=locator)
    return numbered or _load_more(tree)


def _next_locator(tree: Tree) -> str:
    for selector in ('link[rel~="next"]', 'a[rel~="next"]'):
        found = select(tree.document, selector)
        if found and found[0].get("href") and not _other_page(tree.url, tree.absolute(found[0].get("href"))):
            return f"{selector}@href"
    for node in tree.nodes:
        if node.tag == "a" and node.links and _says_next(tree, node):
            for selector in _link_selectors(tree, node):
                found = select(tree.document, selector)
                if found and found[0] is node.element:
                    return f"{selector}@href"
    return ""


def _says_next(tree: Tree, node: Node) -> bool:
    """Tell whether a link's text, label, title or class says "next", and it leads elsewhere on the same host."""
    element = node.element
    said = [tree.text(node), squeeze(element.get("aria-label") or ""), squeeze(element.get("title") or "")]
    own = {word for name in (element.get("class") or "").split() for word in words(name)}
    parent = node.parent.element.get("class") or "" if node.parent is not None else ""
    is_named = "next" in own or "next" in words(parent)
    if not (any(_NEXT_TEXT.match(text) for text in said) or (is_named and len(said[0]) < 20)):
        return False
    if any("slide" in word or "carousel" in word for word in own):
        return False
    target = urlsplit(tree.absolute(element.get("href") or ""))
    here = urlsplit(tree.url)
    same = not here.netloc or target.netloc == here.netloc
    return same and target[:4] != here[:4] and not _other_page(tree.url, target.geturl())


_FURTHER = frozenset({"older", "newer", "next", "more", "earlier", "later", "page"})
_TOKEN = 16
"""A part of a path as long as this, in one word, is a token rather than a name."""


def _other_page(here: str, target: str) -> bool:
    """Whether a next page is another one of a sequence, under a name of its own: the next chapter, the next region.

    Pages of one list differ by a number, a token or the query.
    """
    if urlsplit(target).query or not urlsplit(here).netloc:
        return False
    old, new = (urlsplit(url).path.strip("/").split("/") for url in (here, target))
    fresh = [part for part in new if part not in old and len(part) > 1 and part.lower() not in _FURTHER]
    return bool(fresh) and not any(re.search(r"\d", p) or (len(p) >= _TOKEN and "-" not in p) for p in fresh)


def _link_selectors(tree: Tree, node: Node) -> Iterator[str]:
    """Yield selectors that also hold on other pages: by label, class or text, before position."""
    element = node.element
    for name in ("aria-label", "title"):
        value = element.get(name)
        if value and '"' not in value and not re.search(r"\d", value):
            yield f'a[{name}="{value}"]'
    for name in (element.get("class") or "").split():
        if is_selectable(name) and "next" in words(name):
            yield f"a.{name}"
    parent = node.parent.element if node.parent is not None else None
    if parent is not None:
        for name in (parent.get("class") or "").split():
            if is_selectable(name) and "next" in words(name):
                yield f"{parent.tag}.{name} > a"
                yield f"{parent.tag}.{name} a"
    text = tree.text(node)
    if text and '"' not in text and "\\" not in text:
        for above in _named_ancestors(node):
            yield f'{above} a:contains("{text}")'
        yield f'a:contains("{text}")'
    yield from choose([element], tree)


def _named_ancestors(node: Node) -> Iterator[str]:
    above = node.parent
    for _ in range(4):
        if above is None:
            return
        for name in (above.element.get("class") or "").split():
            if is_selectable(name) and {"pagination", "pager", "paging", "pages"} & set(words(name)):
                yield f"{above.tag}.{name}"
        above = above.parent


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A link whose text is a number and whose address holds a number that goes with it."""

    shown: int
    value: int


def _numbered(tree: Tree) -> Paging | None:
    """Return the paging that links with numbers as their text show: the one parameter or path part that changes."""
    by_place: defaultdict[tuple[str, str, str], list[_Numbered]] = defaultdict(list)
    here = urlsplit(tree.url)
    for index, link in zip(tree.link_at, tree.link_to, strict=True):
        text = tree.text(tree.nodes[index])
        label = text if text.isdecimal() else re.sub(r"^(?:page|go to page)\s+", "", text, flags=re.IGNORECASE)
        if not (label.isascii() and label.isdecimal()) or len(label) > 4:
            continue
        try:
            target = urlsplit(link)
            if target.netloc != here.netloc:
                continue
            for place, value in _numbers(target.path, target.query):
                by_place[place].append(_Numbered(int(label), value))
        except ValueError:
            continue
    found = [(place, rule) for place, seen in by_place.items() if (rule := _rule(seen)) is not None]
    found.sort(key=lambda entry: (not _PAGE_NAME.match(entry[0][1]), not _OFFSET_NAME.search(entry[0][1])))
    for (location, name, _), (first, step) in found:
        kind = PagingKind.OFFSET if step > 1 else PagingKind.PAGE
        if location == "path":
            return Paging(kind=kind, location="path", parameter=name, first=first, step=step)
        return Paging(kind=kind, location="query", parameter=name, first=first, step=step)
    return None


def _numbers(path: str, query: str) -> Iterator[tuple[tuple[str, str, str], int]]:
    """Yield ((location, name, the rest of the address), number) for every number a link could count with."""
    pairs = parse_qsl(query, keep_blank_values=True)
    for name, value in pairs:
        if value.isascii() and value.isdecimal() and len(value) < 7:
            yield ("query", name, path), int(value)
    found = _PATH_NUMBER.search(path)
    if found:
        start, end = found.span("number")
        yield (
            ("path", path[:start].rpartition("/")[2] or found["word"], path[:start] + "*" + path[end:]),
            int(found["number"]),
        )


def _rule(seen: list[_Numbered]) -> tuple[int, int] | None:
    """Return (value of page one, step) when value and shown number go together by one straight line."""
    points = sorted({(one.shown, one.value) for one in seen})
    if not points or len({shown for shown, _ in points}) != len(points):
        return None
    if len(points) == 1:
        shown, value = points[0]
        return (value - shown + 1, 1) if value in {shown, shown - 1} and shown < 200 else None
    (shown, value), (shown_2, value_2) = points[0], points[1]
    step, rest = divmod(value_2 - value, shown_2 - shown)
    if rest or step < 1 or any(v != value + (s - shown) * step for s, v in points):
        return None
    return value - (shown - 1) * step, step


def _load_more(tree: Tree) -> Paging | None:
    for node in tree.nodes:
        is_control = node.tag in {"button", "a"} or node.element.get("role") == "button"
        if is_control and _MORE_TEXT.match(tree.text(node)) and not node.in_menu:
            selectors = choose([node.element], tree)
            if selectors:
                return Paging(kind=PagingKind.MORE, next_locator=selectors[0])
    return None
