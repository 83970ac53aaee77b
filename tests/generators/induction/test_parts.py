"""Lists inside records, cells beside rows, sidebars beside lists, and days that only an attribute says whole."""

from __future__ import annotations

import pytest

from domain.plan import FieldType
from generators.induction import find_records, reads_as
from generators.induction.paging import pages_by_script
from generators.language import understand
from tests.generators.planning.test_asked_of_columns import NOW
from tests.requirements import requirement

URL = "https://port.example/list"
TAGS = (("sail", "wood"), ("wood",), ("steel", "sail", "harbour"), ("sail",), ("harbour", "wood"), ())


def boats(*, table: bool) -> str:
    rows = []
    for at, tags in enumerate(TAGS):
        linked = " ".join(f'<a class="tag" href="/tag/{tag}">{tag}</a>' for tag in tags)
        name = f'<a class="title" href="/boats/{at}">Boat number {at}</a>'
        kind = f'<a class="category-name" href="/kinds/{at % 2}">{("Tugs", "Ferries")[at % 2]}</a>'
        day = f'<time datetime="2026-0{at + 1}-03T10:00:00Z">{("Jan", "Feb", "Mar", "Apr", "May", "Jun")[at]} 3</time>'
        if table:
            user = f'<td><a href="/u/{at}">user{at}</a></td>'
            rows.append(f"<tr><td>{name} {kind} {linked}</td>{user}<td>{at * 7}</td><td>{day}</td></tr>")
        else:
            rows.append(f"<article><h2>{name}</h2><p>{kind}</p><p>{linked}</p>{day}</article>")
    if table:
        head = "<tr><th>Topic</th><th></th><th>Replies</th><th>Day</th></tr>"
        return f"<main><h1>Boats</h1><table>{head}{''.join(rows)}</table></main>"
    return f"<main><h1>Boats</h1>{''.join(rows)}</main>"


@requirement("LEARN-3")
@pytest.mark.parametrize("table", [True, False])
def test_a_list_inside_records_is_one_column_with_all_its_items(table: bool) -> None:
    html = boats(table=table)
    best = find_records(html, url=URL)[0]
    name = next(column.name for column in best.columns if column.locator.endswith("@texts"))
    assert name.startswith("tag")
    assert [row[name] for row in reads_as(html, best)] == [", ".join(tags) or None for tags in TAGS]


@requirement("LEARN-3")
def test_the_cells_and_links_of_rows_are_no_records_beside_the_rows() -> None:
    found = find_records(boats(table=True), url=URL)
    assert found[0].count == len(TAGS)
    assert all(candidate.count <= len(TAGS) * 1.3 for candidate in found)


@requirement("LEARN-3")
def test_a_class_says_of_what_a_name_is_and_a_day_is_read_with_its_year() -> None:
    html = boats(table=False)
    best = find_records(html, url=URL)[0]
    rows = reads_as(html, best)
    kinds = [column.name for column in best.columns if "Ferries" in column.samples]
    days = [column for column in best.columns if column.type in (FieldType.DATE, FieldType.DATETIME)]
    assert kinds == ["category"]
    assert [rows[0][column.name] for column in days] == ["2026-01-03T10:00:00Z"]


@requirement("LEARN-3")
def test_a_long_sidebar_is_no_list_where_the_main_part_has_one() -> None:
    months = "".join(
        f"<li><a class='month' href='/archive/{at}'>Month number {at} of the log</a></li>" for at in range(40)
    )
    days = [f"2026-0{at}-03" for at in range(1, 7)]
    posts = "".join(
        f"<article><time datetime='{day}'>{day}</time><h2><a href='/posts/{at}'>Trip {at}</a></h2></article>"
        for at, day in enumerate(days, 1)
    )
    beside = f"<aside id='sidebar'><h3>Archives</h3><ul>{months}</ul></aside>"
    html = f"<body><section id='main'>{posts}</section>{beside}</body>"
    intent = understand("trips made in 2026 with their date", NOW)
    best = find_records(html, url=URL, intent=intent)[0]
    assert [row["url"] for row in reads_as(html, best)] == [f"https://port.example/posts/{at}" for at in range(1, 7)]


@pytest.mark.parametrize(
    ("pager", "goes_on"),
    [
        ("<tr><td><span>1</span></td><td><a href=\"javascript:__doPostBack('g','Page$2')\">2</a></td></tr>", True),
        ("<div class='dataTables_paginate'><a href='#'>1</a><a href='#'>2</a></div>", True),
        ("<ul class='pagination'><li><button>1</button></li><li><button>2</button></li></ul>", True),
        ("<ul class='pagination'><li><a href='/list?page=2'>2</a></li></ul>", False),
        ("<div class='stars'><a href='#'>1</a><a href='#'>2</a></div>", False),
    ],
)
def test_further_pages_that_only_a_script_opens_are_seen(pager: str, goes_on: bool) -> None:
    assert (
        pages_by_script(f"<body><table>{pager}</table></body>" if "<tr" in pager else f"<body>{pager}</body>", URL)
        is goes_on
    )
