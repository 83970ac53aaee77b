"""Selectors of long lists: they find what CSS says without counting siblings."""

from __future__ import annotations

import pytest
from cssselect import GenericTranslator, HTMLTranslator, SelectorError
from lxml import etree

from domain.selectors import xpath_of
from tests.requirements import requirement

SELECTORS = (
    "dt + dd",
    "dt.b + dd.c",
    ":scope + dd > a",
    ":scope + dd + dt",
    "dd:nth-of-type(2)",
    "dd:nth-last-of-type(1)",
    "dt:nth-of-type(1) + dd a[href]",
    "dl > dd:nth-of-type(3) + dt + dd",
    "dt + *",
    "dd:nth-child(4)",
    "dd:first-of-type",
)


@pytest.mark.parametrize("xml", [False, True])
@pytest.mark.parametrize("selector", SELECTORS)
@requirement("LEARN-3")
def test_a_selector_finds_what_css_says_and_collects_no_siblings(selector: str, xml: bool) -> None:
    pairs = "".join(f"<dt class='b'>{i}</dt><dd class='c x'>d{i} <a href='/{i}'>more</a></dd>" for i in range(4))
    page = etree.fromstring(f"<div><dl>{pairs}</dl></div>")
    axis = "descendant-or-self::" if selector.startswith(":scope") else "descendant::"
    plain = (GenericTranslator() if xml else HTMLTranslator()).css_to_xpath(selector, prefix=axis)
    changed = xpath_of(selector, xml=xml)
    found = [etree.XPath(changed)(start) for start in (page, page.find(".//dt"))]
    assert found == [etree.XPath(plain)(start) for start in (page, page.find(".//dt"))]
    assert any(found)
    assert "(position() = 1)" not in changed
    assert "count(" not in changed or "nth-child" in selector


def test_what_is_no_selector_is_refused() -> None:
    with pytest.raises(SelectorError):
        xpath_of("a >> b[")
