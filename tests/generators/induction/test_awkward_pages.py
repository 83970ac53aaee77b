"""Pages that mislead: large menus, advertisements, threads, grids, spans, traps, broken markup."""

from __future__ import annotations

from pathlib import Path

import pytest

from generators.induction import find_records, reads_as
from tests.requirements import requirement

PAGES = Path(__file__).parent / "pages"
URL = "https://quay.example/list"
BOATS = (
    ("Ardent", "ardent", "1911", "Hull of oak"),
    ("Brisk", "brisk", "1924", "Hull of iron"),
    ("Constance", "constance", "1897", "Hull of pine"),
    ("Dauntless", "dauntless", "1930", "Hull of steel"),
    ("Endeavour", "endeavour", "1905", "Hull of larch"),
    ("Felicity", "felicity", "1919", "Hull of elm"),
)


def rows(name: str, *wanted: str) -> list[tuple[object, ...]]:
    """Return what the first candidate reads under the wanted names."""
    html = (PAGES / f"{name}.html").read_text(encoding="utf-8")
    best = find_records(html, url=URL, wanted=wanted)[0]
    return [tuple(row.get(field) for field in wanted) for row in reads_as(html, best)]


def address(slug: str, folder: str = "boats") -> str:
    return f"https://quay.example/{folder}/{slug}"


@requirement("LEARN-3")
@pytest.mark.parametrize("page", ["menus", "grid", "traps", "virtual", "grouped_table", "tabs", "accordion"])
def test_the_list_comes_before_menus_filters_traps_and_group_rows(page: str) -> None:
    assert rows(page, "name", "url", "year", "hull") == [(n, address(s), y, h) for n, s, y, h in BOATS]


@requirement("LEARN-3")
def test_the_list_of_the_open_tab_comes_first_and_all_tabs_together_are_offered() -> None:
    found = find_records((PAGES / "tabs.html").read_text(encoding="utf-8"), url=URL)
    assert "the list of the open tab" in found[0].reasons
    assert [candidate.count for candidate in found][:2] == [6, 10]


@requirement("LEARN-3")
def test_records_of_several_tags_that_no_selector_hits_are_read_by_what_they_share() -> None:
    assert rows("mixed_tags", "name", "url") == [(n, address(s)) for n, s, _, _ in BOATS]


@requirement("LEARN-3")
def test_a_card_in_the_footer_is_no_record() -> None:
    found = rows("footer_card", "name", "url")
    assert len(found) == 24
    assert found[-1] == ("Boat dusol", address("dusol"))


@requirement("LEARN-3")
def test_advertisements_between_the_records_are_left_out_and_a_missing_price_is_none() -> None:
    prices = ["€ 1200.00", "€ 1250.00", None, "€ 1350.00", "€ 1400.00", "€ 1450.00"]
    assert rows("sponsored", "name", "url", "price") == [
        (n, address(s), price) for (n, s, _, _), price in zip(BOATS, prices, strict=True)
    ]


@requirement("LEARN-3")
def test_posts_are_the_records_not_the_comments_inside_them() -> None:
    assert rows("threads", "title", "url", "author") == [
        ("Painting a keel", address("keel", "posts"), "Ann Berg"),
        ("Sewing a sail", address("sail", "posts"), "Bo Carlsen"),
        ("Splicing a rope", address("rope", "posts"), "Cy Dahl"),
    ]


@requirement("LEARN-3")
def test_microdata_names_the_columns() -> None:
    assert rows("microdata", "name", "url", "production_date") == [(n, address(s), y) for n, s, y, _ in BOATS]


@requirement("LEARN-3")
def test_rdfa_names_the_columns() -> None:
    assert rows("rdfa", "name", "url", "location") == [
        (f"Meeting aboard {n}", address(s, "meets"), f"Quay {i}") for i, (n, s, _, _) in enumerate(BOATS, 1)
    ]


@requirement("LEARN-3")
def test_the_list_comes_before_a_carousel_and_what_is_related() -> None:
    assert rows("carousel", "name", "url", "hull") == [(n, address(s), h) for n, s, _, h in BOATS]


@requirement("LEARN-3")
def test_cells_after_one_that_spans_rows_keep_their_columns() -> None:
    assert rows("rowspan", "time", "boat", "quay", "url") == [
        ("08:00", "Ardent", "Quay 1", address("ardent", "sailings")),
        ("10:30", "Brisk", "Quay 2", address("brisk", "sailings")),
        ("16:00", "Felicity", "Quay 3", address("felicity", "sailings")),
        ("09:00", "Constance", "Quay 1", address("constance", "sailings")),
        ("11:30", "Dauntless", "Quay 4", address("dauntless", "sailings")),
    ]


@requirement("LEARN-3")
def test_records_of_broken_markup_are_read() -> None:
    assert rows("broken", "name", "url") == [(n, address(s)) for n, s, _, _ in BOATS]


@requirement("LEARN-3")
def test_a_page_without_any_repeated_part_has_no_records() -> None:
    html = "<body><h1>Closed</h1><p>The harbour is closed until May.</p></body>"
    assert find_records(html, url=URL) == ()


def test_fifty_thousand_nested_and_uneven_nodes_are_studied_up_to_the_cap() -> None:
    parts = (
        f"<div class='a'><p>no {i} <b>of {i * 7}</b></p><ul><li>x{i}<li>y <i>{i}</i></ul>"
        f"<table><tr><td>1<td>2</table></div>"
        for i in range(5_000)
    )
    found = find_records(f"<body><main>{''.join(parts)}</main></body>", url=URL)
    assert found
    assert all(any("Only the first" in reason for reason in candidate.reasons) for candidate in found)


def test_ten_megabytes_of_paragraphs_do_not_hide_the_list() -> None:
    prose = "".join(f"<p>{f'lorem {i} ipsum ' * 650}</p>" for i in range(1_000))
    boats = "".join(f"<li><h3><a href='/boats/{s}'>{n}</a></h3><p>{h}</p><b>{y}</b></li>" for n, s, y, h in BOATS)
    html = f"<body><main><ul class='boats'>{boats}</ul><div>{prose}</div></main></body>"
    assert len(html) > 10_000_000
    readings = [reads_as(html, candidate) for candidate in find_records(html, url=URL, wanted=("name", "url"))]
    assert [[row.get("url") for row in rows] for rows in readings].count([address(s) for _, s, _, _ in BOATS]) >= 1


@pytest.mark.parametrize(
    "html",
    [
        "<div class='a'>" * 5_000 + "<a href='/x'>deep</a>",
        "<span><b>x " * 5_000,
        "<table><tr><td>x</td><td>" * 800,
        "<div><img><a href='/x'></a></div>" * 3_000,
        "<div></div>" * 5_000,
        "".join(f"<table><tr><td>{i}</td><td><a href='/t/{i}'>z</a></td></tr></table>" for i in range(300)),
    ],
    ids=["deep", "deep inline", "nested tables", "no text", "empty", "only tables"],
)
def test_odd_pages_are_studied_without_an_error(html: str) -> None:
    for candidate in find_records(f"<body>{html}", url=URL):
        assert len(reads_as(f"<body>{html}", candidate)) == candidate.count


@pytest.mark.parametrize(
    "struck",
    ['<del class="was">{}</del>', "<s>{}</s>", '<span class="price-old">{}</span>', '<span class="was">{}</span>'],
)
@requirement("LEARN-3")
def test_a_price_that_is_crossed_out_is_not_what_the_thing_costs(struck: str) -> None:
    goods = [
        ("Lamp", "142.44", "113.95"),
        ("Chair", "", "64.00"),
        ("Desk", "300.00", "255.50"),
        ("Sofa", "900.00", "799.00"),
    ]
    goods += [("Shelf", "60.00", "48.00"), ("Rug", "", "99.00")]
    cards = "".join(
        f'<li class="card"><h3><a href="/p/{name.lower()}">{name}</a></h3><p>'
        f'{struck.format(f"€{old}") if old else ""} <span class="price">€{new}</span></p></li>'
        for name, old, new in goods
    )
    html = f"<body><main><ul>{cards}</ul></main></body>"
    read = reads_as(html, find_records(html, url=URL)[0])
    assert [(row["title"], row["old_price"], row["price"]) for row in read] == [
        (name, f"€{old}" if old else None, f"€{new}") for name, old, new in goods
    ]


@requirement("LEARN-3")
def test_a_heading_that_is_an_abbreviation_is_called_as_the_page_spells_it_out() -> None:
    heads = '<th>Team<th><abbr title="Games played">GP</abbr><th><abbr title="Points">Pts</abbr><th title="Sort">Year'
    teams = "".join(f"<tr><td>{name}<td>{len(hull)}<td>{len(name) * 3}<td>{year}" for name, _, year, hull in BOATS)
    html = f"<body><main><table><tr>{heads}{teams}</table></main></body>"
    assert list(reads_as(html, find_records(html, url=URL)[0])[0]) == ["team", "games_played", "points", "year"]


@requirement("LEARN-4")
def test_sections_with_a_single_record_and_sections_to_come_are_hit_by_the_same_selector() -> None:
    def page(*counts: int) -> str:
        def card(section: int, n: int) -> str:
            name = f"<h3><a href=/b/{section}-{n}>Boat {section}-{n}</a></h3>"
            return f"<div><div><time>1{section}:0{n}</time>{name}</div><img src=x></div>"

        sections = "".join(
            f"<div><h2>Quay {s}</h2><div>{''.join(card(s, n) for n in range(count))}</div></div>"
            for s, count in enumerate(counts)
        )
        return f"<html><body><main><h1>Boats</h1><div class=css-91ab>{sections}</div></main></body></html>"

    best = find_records(page(1, 6, 4, 5, 3, 4, 6), url=URL)[0]
    assert best.count == 29
    assert len(reads_as(page(1, 6, 4, 5, 3, 4, 6, 2, 1, 7), best)) == 39
