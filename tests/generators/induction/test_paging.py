"""Paging is read from next links, numbered links and load-more controls."""

from __future__ import annotations

import pytest

from domain.plan import Paging, PagingKind
from generators.induction import find_paging
from generators.induction.reading import read
from generators.induction.tree import parse_document
from tests.requirements import requirement

URL = "https://port.example/list?kind=ship"


def body(markup: str) -> str:
    return f"<html><body><a href='/about'>About</a><ul><li>one</li><li>two</li></ul>{markup}</body></html>"


@requirement("LEARN-7")
@pytest.mark.parametrize(
    "markup",
    [
        "<a rel='nofollow next' href='?kind=ship&amp;page=2'>weiter blättern</a>",
        "<a href='?kind=ship&amp;page=2'>Next ›</a>",
        "<a href='?kind=ship&amp;page=2' aria-label='Next page'><svg></svg></a>",
        "<div class='pagination'><a href='?kind=ship&amp;page=2'>»</a></div>",
        "<ul><li class='pager-next'><a href='?kind=ship&amp;page=2'>mehr davon</a></li></ul>",
        "<a href='?kind=ship&amp;page=2'>Older posts →</a>",
    ],
)
def test_a_next_link_is_found_and_its_locator_reads_the_address(markup: str) -> None:
    paging = find_paging(body(markup), URL)
    assert paging is not None
    assert paging.kind is PagingKind.NEXT_LINK
    assert read(parse_document(body(markup)), paging.next_locator) == "?kind=ship&page=2"


@requirement("LEARN-7")
@pytest.mark.parametrize(
    ("links", "expected"),
    [
        (["?page=2", "?page=3", "?page=4"], Paging(kind=PagingKind.PAGE, parameter="page", first=1)),
        (["?page=1", "?page=2", "?page=3"], Paging(kind=PagingKind.PAGE, parameter="page", first=0)),
        (["?s=a&start=20", "?s=a&start=40"], Paging(kind=PagingKind.OFFSET, parameter="start", first=0, step=20)),
        (["/list/page/2/", "/list/page/3/"], Paging(kind=PagingKind.PAGE, parameter="page", location="path", first=1)),
    ],
)
def test_numbered_links_tell_the_parameter_its_start_and_step(links: list[str], expected: Paging) -> None:
    markup = "<p>" + "".join(f"<a href='{link}'>{i}</a>" for i, link in enumerate(links, 2)) + "</p>"
    assert find_paging(body(markup), URL) == expected


@requirement("LEARN-7")
def test_a_load_more_control_is_for_a_browser() -> None:
    paging = find_paging(body("<button class='css-1x2y3z'>Load more</button>"), URL)
    assert paging == Paging(kind=PagingKind.MORE, next_locator="body > button") or (
        paging is not None and paging.kind is PagingKind.MORE and "css-" not in paging.next_locator
    )


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "<a href='/next-steps'>Next steps for owners</a>",
        "<a href='/2'>2</a><a href='/9'>7</a>",
        "<a href='#'>Next</a>",
    ],
)
def test_a_page_without_paging_has_none(markup: str) -> None:
    assert find_paging(body(markup), URL) is None


@requirement("LEARN-7")
@pytest.mark.parametrize(
    ("here", "target", "is_paging"),
    [
        ("https://docs.example/regions/coast/", "/regions/hills/", False),
        ("https://docs.example/guide/install.html", "upgrade.html", False),
        ("https://shop.example/boats/", "/boats/2/", True),
        ("https://shop.example/boats", "/boats?after=hills", True),
        ("https://shop.example/boats", "/boats/eyJvZmZzZXQiOjIwfQ", True),
    ],
)
def test_the_next_page_of_a_book_is_no_further_page_of_its_list(here: str, target: str, is_paging: bool) -> None:
    for markup in (f"<a rel='next' href='{target}'>Next</a>", f"<a class='next' href='{target}'>Next: Hills</a>"):
        assert (find_paging(body(markup), here) is not None) is is_paging
