"""A record's own page gives its fields."""

from __future__ import annotations

import pytest

from generators.induction import read_detail
from generators.induction.reading import read
from generators.induction.tree import parse_document
from tests.requirements import requirement

PAGE = """<html><head><title>Lamp</title><meta name="description" content="A lamp for desks."></head><body>
<nav><a href="/">Home</a></nav><h1>Desk lamp</h1>
<table><tr><th>Publisher</th><td>Lamp House</td></tr><tr><th>ISBN</th><td>9780316125581</td></tr></table>
<dl><dt>Street address</dt><dd>12 Harbour Street, Portville</dd><dt>Opening hours</dt><dd>9 to 5</dd></dl>
<p>Phone: 555-010-2030</p><p>Fax: 555-010-2031</p>
<span itemprop="price" content="19.99">$19.99</span>
<div class="css-1abc2d"><span>Seller:</span> <span>Ann Berg</span></div></body></html>"""


@requirement("LEARN-3")
@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        ("title", "Desk lamp"),
        ("publisher", "Lamp House"),
        ("isbn", "9780316125581"),
        ("street_address", "12 Harbour Street, Portville"),
        ("phone", "Phone: 555-010-2030"),
        ("fax", "Fax: 555-010-2031"),
        ("price", "$19.99"),
        ("seller", "Ann Berg"),
    ],
)
def test_a_wanted_field_is_read_by_its_label_or_meaning(wanted: str, value: str) -> None:
    column = next(c for c in read_detail(PAGE, (wanted,)) if c.name == wanted)
    assert read(parse_document(PAGE), column.locator) == value


def test_fields_nobody_named_take_the_names_of_their_labels() -> None:
    names = {column.name for column in read_detail(PAGE)}
    assert {"publisher", "isbn", "street_address", "opening_hours", "price"} <= names


def test_every_locator_reads_its_own_sample() -> None:
    document = parse_document(PAGE)
    for column in read_detail(PAGE):
        assert read(document, column.locator) == column.samples[0]


@pytest.mark.parametrize("html", ["", "<", "text"])
def test_what_is_no_page_has_no_fields(html: str) -> None:
    assert all(column.samples for column in read_detail(html, ("price",)))
