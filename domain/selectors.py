"""CSS selectors as XPath, the same for the study of a page and for the workflow that reads it. Pure."""

from __future__ import annotations

import re
from typing import Final

from cssselect import GenericTranslator, HTMLTranslator
from cssselect.xpath import XPathExpr

_COUNTED: Final = re.compile(r"count\(((?:preceding|following)-sibling::[\w*-]+)\) = (\d+)")


def xpath_of(selector: str, *, xml: bool = False) -> str:
    """Return the path to what a selector matches below a node; one that begins with ``:scope`` can match beside it.

    It never counts or collects all siblings of an element, which takes minutes where 20,000 stand side by side.

    Raises:
        cssselect.SelectorError: the selector is not understood.
    """
    axis = "descendant-or-self::" if selector.lstrip().startswith(":scope") else "descendant::"
    path = (_XML if xml else _HTML).css_to_xpath(selector, prefix=axis)
    return _COUNTED.sub(_nearest, path)


def _nearest(found: re.Match[str]) -> str:
    siblings, count = found[1], int(found[2])
    none_more = f"not({siblings}[{count + 1}])"
    return f"({siblings}[{count}] and {none_more})" if count else none_more


class _NextSibling(GenericTranslator):
    """libxml2 stops at the first sibling only where the position is the last condition of its step."""

    def xpath_direct_adjacent_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        """Translate ``a + b``."""
        return left.join("/following-sibling::*[1]/self::", right)


class _HtmlNextSibling(_NextSibling, HTMLTranslator):
    """The same, with names in lower case."""


_XML: Final = _NextSibling()
_HTML: Final = _HtmlNextSibling()
