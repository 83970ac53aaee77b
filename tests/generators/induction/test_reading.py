"""What study reads is what the workflow kit reads when the tool runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from cssselect import HTMLTranslator
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plan import FieldType
from generators.induction import find_records
from generators.induction.matching import first_below, hits
from generators.induction.reading import reads_as, select, text_of
from generators.induction.tree import parse, parse_document
from sandbox.facade.kit.nodes import parse_html
from tests.requirements import requirement

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))
URL = "https://port.example/list"


@requirement("LEARN-4")
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_kit_reads_the_same_rows(path: Path) -> None:
    html = path.read_text(encoding="utf-8")
    root = parse_html(html, URL)
    for candidate in find_records(html, url=URL):
        rows = reads_as(html, candidate)
        nodes = root.css(candidate.source.records)
        assert len(nodes) == len(rows) == candidate.count
        for column in candidate.columns:
            if column.type is FieldType.URL:
                continue
            assert [node.read(column.locator) for node in nodes] == [row[column.name] for row in rows]


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="<>/ abdivpspanscript&;\n-!", max_size=200))
def test_the_kit_reads_the_same_text(html: str) -> None:
    document = parse_document(html)
    if document is not None:
        assert text_of(document) == parse_html(html).text


@pytest.mark.parametrize(
    "selector",
    [
        *("h3 a", "article > h3 > a", "div.column article", 'time[datetime="2027-05-14"]', "article:has(span.price)"),
        *(
            "li:nth-of-type(2) > a",
            "li:not(:first-child)",
            "article:not(:has(th))",
            'button:contains("Buy")',
            "h3 + time",
            "span.venue + span",
        ),
        'a[href^="/e"]',
    ],
)
def test_the_sieve_hits_first_what_the_selector_hits_first(selector: str) -> None:
    tree = parse((Path(__file__).parent / "pages" / "cards.html").read_text(encoding="utf-8"), URL)
    expected = select(tree.nodes[0].element, selector)
    found = first_below(tree, selector, [(1, tree.root.end)], tree.root)
    assert found is not None
    assert found.element is expected[0]
    assert [tree.nodes[index].element for index in hits(tree, selector)] == expected


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [
            *("b:nth-of-type(1)", "b:nth-of-type(3)", "b:nth-last-of-type(2)", "b:first-child", "i + b", "b + b + i"),
            *("b:not(:first-child)", "i:last-child", "p > b:nth-of-type(2) + i", "b:nth-of-type(2n+1)"),
            ":scope > p > i",
        ]
    ),
    st.lists(st.sampled_from(["<b>1</b>", "<i>2</i>", "</p><p>", "x"]), max_size=12),
)
def test_places_among_siblings_are_told_as_css_tells_them(selector: str, parts: list[str]) -> None:
    body = parse_document(f"<body><p>{''.join(parts)}</p></body>")
    assert body is not None
    prefix = "descendant-or-self::" if selector.startswith(":scope") else "descendant::"
    assert select(body, selector) == body.xpath(HTMLTranslator().css_to_xpath(selector, prefix=prefix))


def test_tables_with_headings_inside_other_tables_are_studied() -> None:
    inner = "<table><tr><th>Mast</th><td>{}</td></tr><tr><th>Hull</th><td>{}</td></tr></table>"
    rows = "".join(f"<tr><td><a href='/b/{i}'>Boat {i}</a></td><td>{inner.format(i, i)}</td></tr>" for i in range(5))
    html = f"<body><table><tr><td><table>{rows}</table></td></tr></table></body>"
    readings = [[row.get("url") for row in reads_as(html, found)] for found in find_records(html, url=URL)]
    assert [f"https://port.example/b/{i}" for i in range(5)] in readings
