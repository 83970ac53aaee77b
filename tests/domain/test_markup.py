"""Pages whose writers left out the body tag."""

from __future__ import annotations

import pytest

from domain.markup import with_body
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
