"""HTML and XML: a small read-only view of a parsed page with CSS selectors."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from cssselect import SelectorError
from lxml import etree

from domain.markup import CONTACT, LINE, TEXTS, contact_of, line_of, with_body, with_spread_cells
from domain.selectors import xpath_of
from sandbox.facade.frozen import words
from sandbox.facade.kit.errors import SourceChanged

_BLOCKS = words("""
    address article aside blockquote body br button caption dd details dialog div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hr html label legend li main nav ol optgroup option p pre section select
    summary table tbody td textarea tfoot th thead title tr ul
    """)
_SILENT = frozenset({"script", "style", "noscript", "template", "svg"})
_LOCATOR = re.compile(r"(?P<selector>.*)@(?P<attribute>[A-Za-z_][\w:.-]*)", re.DOTALL)
_PREFIXED = re.compile(r"([A-Za-z][\w-]*)\|(?=[A-Za-z*])")


class Node:
    """One element of a page. ``url`` is the address of the page, for resolving links.

    A selector is CSS; in XML documents names keep their case, and a prefixed name is written ``dc|date``.
    """

    __slots__ = ("_element", "_xml", "url")

    def __init__(self, element: Any, url: str = "", *, xml: bool = False) -> None:
        self._element = element
        self._xml = xml
        self.url = url

    def css(self, selector: str) -> list[Node]:
        """Return the elements below this one that a selector matches, in the order of the page."""
        return [Node(found, self.url, xml=self._xml) for found in self._select(selector)]

    def first(self, *selectors: str) -> Node | None:
        """Return the first match of the first selector that matches anything."""
        for selector in selectors:
            found = self._select(selector)
            if found:
                return Node(found[0], self.url, xml=self._xml)
        return None

    def read(self, locator: str, *fallbacks: str) -> str | None:
        """Return the first value that one of the locators reads, or None.

        A locator is ``selector@attribute`` ("a.title@href"), ``selector@text`` or ``selector`` (the text),
        ``selector@html`` (the markup inside), ``selector@line-1`` (the first line where ``<br>`` breaks a text),
        ``selector@texts`` (the texts of all matches, joined by commas) or ``selector@contact`` (the mail address or
        the number of a ``mailto:`` or ``tel:`` link); without a selector ("@text", ".") it reads this element.
        Texts have their white space folded; an empty text counts as missing.
        """
        for one in (locator, *fallbacks):
            value = self._read(one)
            if value is not None:
                return value
        return None

    @property
    def text(self) -> str:
        """The visible text with white space folded; scripts and styles left out."""
        return _visible_text(self._element)

    @property
    def tag(self) -> str:
        """The element's name."""
        return str(self._element.tag)

    @property
    def attributes(self) -> dict[str, str]:
        """A copy of the attributes."""
        return {str(name): str(value) for name, value in self._element.attrib.items()}

    @property
    def parent(self) -> Node | None:
        """The element around this one."""
        above = self._element.getparent()
        return None if above is None else Node(above, self.url, xml=self._xml)

    def attr(self, name: str) -> str | None:
        """Return an attribute's value."""
        value = self._element.get(name)
        return None if value is None else str(value)

    def raw_text(self) -> str:
        """Return all the text inside as written, scripts included."""
        return "".join(self._element.itertext())

    def inner_html(self) -> str:
        """Return the markup inside this element."""
        parts = [self._element.text or ""]
        method = "xml" if self._xml else "html"
        parts.extend(etree.tostring(child, encoding="unicode", method=method) for child in self._element)
        return "".join(parts).strip()

    def __repr__(self) -> str:
        return f"<Node {self.tag}>"

    def _select(self, selector: str) -> list[Any]:
        try:
            found = _compiled(selector, self._xml, self._namespaces(selector))(self._element)
        except (SelectorError, etree.XPathError) as problem:
            raise ValueError(f"{selector!r} is no CSS selector that is understood: {problem}") from None
        return found if isinstance(found, list) else []

    def _namespaces(self, selector: str) -> tuple[tuple[str, str], ...]:
        if not self._xml or "|" not in selector:
            return ()
        wanted = set(_PREFIXED.findall(selector))
        known = {prefix: uri for node in self._element.iter() for prefix, uri in node.nsmap.items() if prefix in wanted}
        return tuple(sorted({prefix: known.get(prefix, f"urn:unknown:{prefix}") for prefix in wanted}.items()))

    def _read(self, locator: str) -> str | None:
        selector, attribute = _split(locator)
        element: Any = self._element
        if selector:
            found = self._select(selector)
            if not found:
                return None
            if attribute == TEXTS:
                return ", ".join(text for one in found if (text := _visible_text(one))) or None
            element = found[0]
        if attribute == "text":
            return _visible_text(element) or None
        if attribute == "html":
            return Node(element, self.url, xml=self._xml).inner_html() or None
        if attribute.startswith(LINE):
            return line_of(element, attribute)
        if attribute == CONTACT:
            return contact_of(element)
        value = element.get(attribute)
        return None if value is None else str(value).strip() or None


def parse_html(text: str | bytes, url: str = "") -> Node:
    """Return the root of an HTML page. Broken markup is repaired as browsers do; nothing is ever loaded.

    Example:
        ``parse_html("<p>Hello</p>").first("p").text``
    """
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, recover=True, huge_tree=False, remove_pis=True)
    root = _parsed(with_body(text) if isinstance(text, str) else text, parser)
    return Node(with_spread_cells(root) if root is not None else etree.Element("html"), url)


def parse_xml(text: str | bytes, url: str = "") -> Node:
    """Return the root of an XML document (a feed, a sitemap). Entities and external parts are never resolved.

    Elements of the default namespace are selected by their plain name.

    Raises:
        SourceChanged: not XML at all.
    """
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    root = _parsed(text, parser)
    if root is None:
        raise SourceChanged("the answer is no XML")
    for element in root.iter(etree.Element):
        if element.prefix is None and element.tag.startswith("{"):
            element.tag = element.tag.partition("}")[2]
    return Node(root, url, xml=True)


def rows_of(node: Node, selector: str, *fallbacks: str) -> list[Node]:
    """Return the elements of a list: the matches of the first selector that matches anything.

    No match is an empty list when the page says so ("no results", "0 events" and the like) or has
    an element that holds such lists. Otherwise the page is not what it was.

    Raises:
        SourceChanged: nothing matches and the page does not look like an empty list.
    """
    for one in (selector, *fallbacks):
        found = node.css(one)
        if found:
            return found
    if says_empty(node) or _container_is_there(node, selector):
        return []
    raise SourceChanged(f"the page has nothing at {selector!r}, and does not say that the list is empty")


_EMPTY = re.compile(
    r"\b(?:no|0|zero)\s+(?:\w+\s+){0,4}?(?:found|results?|matches|match|available|items?|entries|records|events|"
    r"products|posts|packages|listings|jobs|rows|to (?:show|display)|yet)\b"
    r"|\bnothing (?:found|here|to (?:show|display)|matched)|\b(?:did not|didn[’']t) match any"
    r"|\bcould(?: not|n[’']t) find|\bthere (?:are|were|is|was) (?:currently )?no\b"
    r"|\bno matching\b|\b0 of 0\b|\bempty list\b",
    re.IGNORECASE,
)


def says_empty(node: Node) -> bool:
    """Return whether the page says in words that there is nothing to list."""
    return bool(_EMPTY.search(node.text[:200_000]))


def _container_is_there(node: Node, selector: str) -> bool:
    """Whether the part of the selector before its last step still matches: the list is there, without entries."""
    steps = re.split(r"\s*>\s*|\s+(?![^\[(]*[\])])", selector.strip())
    if len(steps) < 2 or "," in selector:
        return False
    container = selector.strip()[: selector.strip().rfind(steps[-1])].rstrip(" >")
    return bool(container) and container not in {"body", "html", "main", "html body"} and bool(node.css(container))


def _parsed(text: str | bytes, parser: Any) -> Any:
    data = text.encode("utf-8", "replace") if isinstance(text, str) else bytes(text)
    try:
        return etree.fromstring(data.replace(b"\0", b"").lstrip(), parser) if data.strip() else None
    except (etree.XMLSyntaxError, etree.ParserError, ValueError):
        return None


@lru_cache(maxsize=1024)
def _compiled(selector: str, xml: bool, namespaces: tuple[tuple[str, str], ...]) -> Any:
    return etree.XPath(xpath_of(selector, xml=xml), namespaces=dict(namespaces) or None)


@lru_cache(maxsize=1024)
def _split(locator: str) -> tuple[str, str]:
    found = _LOCATOR.fullmatch(locator)
    selector, attribute = (found["selector"], found["attribute"]) if found else (locator, "text")
    if selector.count("[") != selector.count("]") or selector.count('"') % 2:  # the @ stood inside a selector
        selector, attribute = locator, "text"
    selector = selector.strip()
    return ("" if selector == "." else selector), attribute


def _visible_text(element: Any) -> str:
    if len(element) == 0:
        return " ".join((element.text or "").split())
    parts: list[str] = []
    hidden = 0
    for event, node in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        tag = node.tag
        if event == "start":
            if tag in _SILENT and node is not element:
                hidden += 1
            if not hidden:
                parts.append(" " if tag in _BLOCKS else "")
                parts.append(node.text or "")
            continue
        if event == "end" and tag in _SILENT and node is not element:
            hidden -= 1
        if hidden:
            continue
        if event == "end" and tag in _BLOCKS:
            parts.append(" ")
        if node is not element:
            parts.append(node.tail or "")
    return " ".join("".join(parts).split())
