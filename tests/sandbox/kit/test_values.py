"""Values as sites write them."""

# ruff: noqa: DTZ001 - moments without a zone are what sites write
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.facade.kit import clock
from sandbox.facade.kit.errors import SourceChanged, UnknownPlace
from sandbox.facade.kit.meaning import date_bounds, day, distance, in_range, matches, mentions, place
from sandbox.facade.kit.paths import pick, records
from sandbox.facade.kit.rows import distinct, sort_rows
from sandbox.facade.kit.values import (
    to_boolean,
    to_date,
    to_datetime,
    to_integer,
    to_list,
    to_number,
    to_price,
    to_text,
    to_url,
)
from tests.requirements import requirement

DATA: dict[str, Any] = {
    "data": {"items": [{"name": "x", "tags": ["a", "b"]}, {"name": "y"}]},
    "days": {"mon": {"events": [1, 2]}, "tue": {"events": [3]}},
    "a.b": 1,
    "null": None,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", DATA),
        ("data.items[0].name", "x"),
        ("data.items[-1].name", "y"),
        ("data.items.1.name", "y"),
        ("data.items.*.name", ["x", "y"]),
        ("data.items.*.tags", [["a", "b"]]),
        ("days.*.events", [[1, 2], [3]]),
        ("days.*.events.*", [1, 2, 3]),
        ('["a.b"]', 1),
        ("null", None),
        ("null.deeper", "none"),
        ("nothing.here", "none"),
        ("data.items[7]", "none"),
        ("data.items.name", "none"),
        ("a.b.c", "none"),
    ],
)
def test_a_path_picks_its_value(path: str, value: Any) -> None:
    assert pick(DATA, path, "none") == value


@requirement("GEN-4")
def test_records_are_a_list_or_the_source_has_changed() -> None:
    assert records(DATA, "data.items") == DATA["data"]["items"]
    assert records([1], "") == [1]
    assert records({"items": []}, "items") == []
    assert records(DATA, "days.*.events") == [1, 2, 3]
    assert records({"a": {"x": 1}, "b": {"x": 2}}, "*") == [{"x": 1}, {"x": 2}]
    assert records({"days": {}}, "days.*.events") == []
    for path in ("data", "nothing", "null", "data.items[0].name", "days.*.nothing"):
        with pytest.raises(SourceChanged):
            records(DATA, path)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3.0),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234", 1234.0),
        ("0,5", 0.5),
        ("1.234.567", 1234567.0),
        ("4.5 stars", 4.5),
        ("about -3 °C", -3.0),
        ("1.2k", 1200.0),
        ("3 M", 3_000_000.0),
        ("3 miles", 3.0),
        ("1 234", 1234.0),
        ("none", None),
        ("", None),
        (None, None),
        (True, None),
        (float("nan"), None),
        ([], None),
    ],
)
def test_numbers_are_read(value: Any, number: float | None) -> None:
    assert to_number(value) == number


def test_whole_numbers_keep_their_digits() -> None:
    assert to_integer(12345678901234567890) == 12345678901234567890
    assert (to_integer("42 seats"), to_integer("4.9"), to_integer(None), to_integer("x")) == (42, 4, None, None)


@requirement("PLAN-3")
@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("$1,999.99", 1999.99),
        ("€ 12,50", 12.5),
        ("Free", 0.0),
        (10, 10.0),
        ({"amount": "5"}, 5.0),
        ({"price": {"value": 3}}, 3.0),
        ({}, None),
        ("", None),
        (None, None),
    ],
)
def test_prices_are_read_and_no_price_is_no_cheap_price(value: Any, amount: float | None) -> None:
    assert to_price(value) == amount


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  a \n b ", "a b"),
        ("a &amp; b", "a & b"),
        ('<a href="/x">10-2 &amp; 3</a>', "10-2 & 3"),
        (' <span class="badge"><b>Poor</b></span>', "Poor"),
        ("if a <b and c> d", "if a <b and c> d"),
        ("<p>one</p><p>two</p>", "<p>one</p><p>two</p>"),
        ("", None),
        (None, None),
        (3.0, "3"),
        (2.5, "2.5"),
        (True, "true"),
        (["a", None, 2], "a, 2"),
        ({"name": "x"}, "x"),
        ({"other": 1}, None),
    ],
)
def test_texts_are_tidied(value: Any, text: str | None) -> None:
    assert to_text(value) == text


@pytest.mark.parametrize(
    ("value", "truth"),
    [(True, True), (0, False), ("Yes", True), ("false", False), ("", False), ("maybe", None), (None, None), ([], None)],
)
def test_truth_values_are_read(value: Any, truth: bool | None) -> None:
    assert to_boolean(value) is truth


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2027-05-12", datetime(2027, 5, 12)),
        ("2027-05-12T19:30:00Z", datetime(2027, 5, 12, 19, 30, tzinfo=UTC)),
        ("2027-05-12 19:30", datetime(2027, 5, 12, 19, 30)),
        ("2027-05-12T19:30:00.123456789+02:00", datetime(2027, 5, 12, 19, 30, 0, 123456, timezone(timedelta(hours=2)))),
        ("20270512T193000Z", datetime(2027, 5, 12, 19, 30, tzinfo=UTC)),
        ("Wed, 12 May 2027 19:30:00 GMT", datetime(2027, 5, 12, 19, 30, tzinfo=UTC)),
        ("12 May 2027, 7:30 pm", datetime(2027, 5, 12, 19, 30)),
        ("May 12th, 2027 at 12 am", datetime(2027, 5, 12, 0, 0)),
        ("12. Mai 2027", datetime(2027, 5, 12)),
        ("5/12/2027", datetime(2027, 5, 12)),
        ("13/5/2027", datetime(2027, 5, 13)),
        ("2027/05/12", datetime(2027, 5, 12)),
        ("12-May-2027", datetime(2027, 5, 12)),
        (1810236600, datetime(2027, 5, 13, 19, 30, tzinfo=UTC)),
        ("1810236600000", datetime(2027, 5, 13, 19, 30, tzinfo=UTC)),
        (date(2027, 5, 12), datetime(2027, 5, 12)),
        ("31 February 2027", None),
        ("soon", None),
        (7, None),
        (None, None),
        (True, None),
    ],
)
def test_moments_are_read(value: Any, moment: datetime | None) -> None:
    assert to_datetime(value) == moment
    assert to_date(value) == (moment.date() if moment else None)


@given(st.text(max_size=300))
def test_no_text_breaks_a_conversion(text: str) -> None:
    for convert in (to_text, to_number, to_integer, to_price, to_boolean, to_date, to_datetime, to_url, to_list):
        convert(text)


def test_addresses_are_absolute_or_none() -> None:
    base = "https://site.test/list/"
    assert to_url("a?b=1&amp;c=2", base) == "https://site.test/list/a?b=1&c=2"
    assert to_url({"href": "/x"}, base) == "https://site.test/x"
    assert to_url(["//other.test/y"], base) == "https://other.test/y"
    assert [to_url(v, base) for v in ("javascript:x", "mailto:a@b", "", None, [], "http://[x")] == [None] * 6


def test_lists_come_of_lists_texts_and_single_values() -> None:
    assert (to_list(None), to_list("a, b;c"), to_list([1]), to_list((1, 2)), to_list(3)) == (
        [],
        ["a", "b", "c"],
        [1],
        [1, 2],
        [3],
    )


@requirement("PLAN-3")
def test_days_are_those_of_the_wanted_zone() -> None:
    assert day("2027-05-13T02:00:00Z", "America/Los_Angeles") == date(2027, 5, 12)
    assert day("2027-05-13", "America/Los_Angeles") == date(2027, 5, 13)
    assert day("2027-05-13T02:00:00", "America/Los_Angeles") == date(2027, 5, 13)
    assert day(date(2027, 1, 1)) == date(2027, 1, 1)
    assert day("never") is None


def test_ranges_include_their_ends() -> None:
    first, last = date(2027, 5, 1), date(2027, 5, 3)
    assert [in_range(date(2027, 5, n), first, last) for n in (1, 3, 4)] == [True, True, False]
    assert in_range(None, None, None)
    assert not in_range(None, first, None)
    assert not in_range(date(2027, 4, 30), first, None)


@requirement("PLAN-3")
def test_relative_days_count_from_the_clock_of_the_job() -> None:
    clock.set_now(datetime(2027, 5, 12, 3, 0, tzinfo=UTC))
    try:
        assert clock.today("America/Los_Angeles") == date(2027, 5, 11)
        assert date_bounds("today", "today", "America/Los_Angeles") == (date(2027, 5, 11), date(2027, 5, 11))
        assert date_bounds("next month", "next month") == (date(2027, 6, 1), date(2027, 6, 30))
        assert date_bounds(None, "2027-06-01") == (None, date(2027, 6, 1))
        with pytest.raises(ValueError, match="frog"):
            date_bounds("the day of the frog", None)
    finally:
        clock.set_now(None)
    assert clock.now().tzinfo is not None


def test_words_places_and_distances_are_the_planners() -> None:
    assert matches(["A Hip Hop party", None], ["hip-hop", "party"])
    assert matches([], [])
    assert not matches(["Partying"], ["hip-hop"])
    assert mentions(["tech conferences"], "conference")
    assert place("SF").name == "San Francisco"
    with pytest.raises(UnknownPlace):
        place("Zzyzxville-on-Nothing")
    assert 340 < distance(37.7749, -122.4194, 34.0522, -118.2437) < 355
    assert 545 < distance(37.7749, -122.4194, 34.0522, -118.2437, "km") < 570


def test_rows_are_ordered_with_missing_ones_last() -> None:
    rows = [{"p": 2}, {"p": None}, {"p": 10}, {}]
    assert [row.get("p") for row in sort_rows(rows, "p")] == [2, 10, None, None]
    assert [row.get("p") for row in sort_rows(rows, "p", descending=True)] == [10, 2, None, None]
    assert [r["n"] for r in sort_rows([{"n": "b"}, {"n": "A"}], "n")] == ["A", "b"]
    assert [r["n"] for r in sort_rows([{"n": "b"}, {"n": 3}], "n")] == [3, "b"]
    assert [m.numerator for m in sort_rows([3, 1, 2], "numerator")] == [1, 2, 3]


def test_doubles_are_taken_out_by_their_fields() -> None:
    rows = [{"a": 1, "b": [1]}, {"a": 1, "b": [1]}, {"a": 1, "b": [2]}]
    assert distinct(rows, ["a", "b"]) == [rows[0], rows[2]]
    assert distinct(rows, ["a"]) == [rows[0]]
