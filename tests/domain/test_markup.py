"""Pages whose writers left out the body tag."""

from __future__ import annotations

import pytest
from lxml import etree

from domain.markup import MAX_COPIES, line_of, lines_of, with_body, with_spread_cells
from tests.requirements import requirement


@pytest.mark.parametrize(
    ("html", "begins"),
    [
        ("<!doctype html><html lang=en><title>A</title><header>x</header>", "<header>"),
        ("<html><head><meta charset=utf-8><style>p{}</style></head><main>x</main></html>", "<main>"),
        ("<ul><li>x</ul>", "<ul>"),
        ("<?xml version='1.0'?><!-- so --><html><script>1 < 2</script>x", "x"),
    ],
)
@requirement("LEARN-3")
def test_the_body_begins_where_the_content_does(html: str, begins: str) -> None:
    given, _, rest = with_body(html).partition("<body>")
    assert rest.startswith(begins)
    assert given + rest == html


@pytest.mark.parametrize("html", ["<html><body class=a>x</body>", "<frameset></frameset>", "no markup at all", ""])
def test_a_page_with_a_body_or_without_markup_stays_as_it_is(html: str) -> None:
    assert with_body(html) == html


def grid(html: str) -> list[list[str]]:
    root = with_spread_cells(etree.fromstring(html, etree.HTMLParser()))
    return [["".join(cell.itertext()) for cell in row] for row in root.iter("tr")]


@requirement("LEARN-3")
def test_a_cell_that_spans_rows_stands_in_each_of_them() -> None:
    html = (
        "<table><thead><tr><th rowspan=2>District<th rowspan=2>Water<th colspan=2>Sample</tr><tr><th>Class<th>Day</tr>"
        "<tbody><tr><th id=n rowspan=3>North<td>Alder<td>good<td rowspan=2>June</tr>"
        "<tr><td>Birch<td>poor</tr><tr><td>Cove<td>good<td>July</tr></table>"
    )
    assert grid(html) == [
        ["District", "Water", "Sample"],
        ["District", "Water", "Class", "Day"],
        ["North", "Alder", "good", "June"],
        ["North", "Birch", "poor", "June"],
        ["North", "Cove", "good", "July"],
    ]


@pytest.mark.parametrize(
    "cell",
    ["<td rowspan=2>x", f"<th rowspan=2>{'long text ' * 30}", "<th rowspan=2><table><tr><td>in it</table>"],
    ids=["no heading in the table", "a text", "a table"],
)
def test_a_cell_that_lays_out_a_page_stays_where_it_is(cell: str) -> None:
    rows = grid(f"<table><tr>{cell}<td>a</tr><tr><td>b</tr></table>")
    assert rows[-1] == ["b"]


def test_no_more_cells_are_written_than_the_bound() -> None:
    html = "<table><tr>" + "<th rowspan=1000>h" * 30 + "</tr>" + "<tr><td>x</tr>" * 999 + "</table>"
    assert sum(len(row) for row in grid(html)) == 30 + 999 + MAX_COPIES


def test_a_text_has_lines_where_it_is_broken_by_hand() -> None:
    block = etree.HTML("<p> Old Mill <b>Hall</b><br>12\nMill Lane<br/><br> Millford <script>x</script></p>").find(
        ".//p"
    )
    assert lines_of(block) == ["Old Mill Hall", "12 Mill Lane", "Millford"]
    assert [line_of(block, f"line-{n}") for n in ("1", "3", "4", "0", "x", "")] == [
        "Old Mill Hall",
        "Millford",
        None,
        None,
        None,
        None,
    ]
