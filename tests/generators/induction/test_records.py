"""Records are found on pages of awkward kinds, with columns that read what a person would."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.observation import RecordCandidate
from domain.plan import FieldType, Intent, SourceKind
from generators.induction import find_records, reads_as
from generators.induction.grouping import find_groups
from generators.induction.reading import first_match
from generators.induction.selectors import choose
from generators.induction.tree import parse
from tests.requirements import requirement

PAGES = Path(__file__).parent / "pages"
URL = "https://port.example/list"


def page(name: str) -> str:
    return (PAGES / f"{name}.html").read_text(encoding="utf-8")


def found(name: str, *wanted: str) -> tuple[RecordCandidate, ...]:
    return find_records(page(name), url=URL, wanted=wanted)


def rows(name: str, *wanted: str) -> list[dict[str, object]]:
    return [dict(row) for row in reads_as(page(name), found(name, *wanted)[0])]


@requirement("LEARN-3")
def test_cards_in_separate_parents_beside_a_menu_come_first_with_missing_values_as_none() -> None:
    got = rows("cards", "name", "url", "date", "venue", "price")
    assert [(r["name"], r["url"], r["date"], r["venue"], r["price"]) for r in got] == [
        ("Blue Note Trio", "https://port.example/events/blue-note-trio", "2027-05-12", "Harbour Hall", "$20.00"),
        ("City Choir", "https://port.example/events/city-choir", "2027-05-14", "Town Church", None),
        ("River Duo", "https://port.example/events/river-duo", "2027-05-20", "Old Mill", "$15.50"),
        ("North Band", "https://port.example/events/north-band", "2027-06-02", "Harbour Hall", "$32.00"),
    ]


@requirement("LEARN-3")
def test_names_and_types_are_guessed_when_nothing_is_wanted() -> None:
    best = found("cards")[0]
    types = {column.name: column.type for column in best.columns}
    assert best.kind is SourceKind.HTML
    assert types["url"] is FieldType.URL
    assert types["image"] is FieldType.URL
    assert types["price"] is FieldType.PRICE
    assert types["date"] is FieldType.DATE
    assert {"title", "venue"} <= set(types)
    assert best.identity == ("url",)
    assert not any("Buy tickets" in column.samples for column in best.columns)


@requirement("LEARN-3")
def test_table_rows_take_their_names_from_the_heading_row() -> None:
    best = found("table")[0]
    got = rows("table")
    assert best.count == 5
    assert {"carrier", "licence_no", "valid_until", "fee"} <= {c.name for c in best.columns} | {
        c.label.lower().replace(" ", "_").strip(".") for c in best.columns
    }
    by_label = {column.label: column for column in best.columns}
    assert [row[by_label["Valid until"].name] for row in got] == [
        "2027-01-31",
        "2026-11-30",
        None,
        "2028-03-15",
        "2027-07-01",
    ]
    assert by_label["Licence no."].type is FieldType.INTEGER


@requirement("LEARN-3")
def test_definition_lists_are_records_over_two_siblings() -> None:
    got = rows("definitions", "name", "description")
    assert len(got) == 5
    assert got[1]["name"] == "Bilge"
    assert got[1]["description"] == "The lowest inner part of a ship's hull, where water collects."


@requirement("LEARN-3")
def test_records_that_take_two_table_rows_read_both() -> None:
    candidates = found("sibling_rows", "title", "url", "author", "points")
    readings = [[dict(row) for row in reads_as(page("sibling_rows"), c)] for c in candidates]
    whole = [r for r in readings if r and {"title", "points"} <= set(r[0]) and r[0]["points"]]
    assert whole, [c.source.records for c in candidates]
    assert [(r["title"], r["points"]) for r in whole[0]][:2] == [
        ("A story about lighthouses", "31 points"),
        ("How tides are measured", "12 points"),
    ]


@requirement("LEARN-3")
def test_a_section_and_the_union_of_sections_are_both_offered() -> None:
    counts = {candidate.count for candidate in found("sections", "name", "url")}
    assert 7 in counts
    assert counts & {3, 4}


@requirement("LEARN-3")
def test_lines_of_one_path_are_told_apart_by_their_labels() -> None:
    got = rows("contacts", "name", "phone", "fax", "email")
    assert [(r["name"], r.get("phone"), r.get("fax")) for r in got] == [
        ("Ann Berg", "Phone: 555-010-2030", "Fax: 555-010-2031"),
        ("Bo Carlsen", None, "Fax: 555-010-2041"),
        ("Cy Dahl", "Phone: 555-010-2050", None),
        ("Di Egede", "Phone: 555-010-2060", "Fax: 555-010-2061"),
    ]


@requirement("LEARN-3")
def test_whom_a_link_writes_to_or_dials_is_a_value_and_no_page() -> None:
    people = ("Ada Berg", "Ben Olsen", "Cleo Haug", "Dag Moe")
    html = "".join(
        f"<li><h3>{name}</h3><a href='mailto:{name[0].lower()}@port.example'>E-mail</a>"
        f" <a href='tel:+47555000{at}'>Phone</a> <a href='/people/{at}'>Profile</a></li>"
        for at, name in enumerate(people)
    )
    html = f"<main><h1>Staff</h1><ul>{html}</ul></main>"
    best = find_records(html, url=URL, wanted=("name", "email", "phone", "url"))[0]
    assert [tuple(row[name] for name in ("name", "email", "phone", "url")) for row in reads_as(html, best)] == [
        (name, f"{name[0].lower()}@port.example", f"+47555000{at}", f"https://port.example/people/{at}")
        for at, name in enumerate(people)
    ]
    assert {column.type for column in best.columns if column.name in {"email", "phone"}} == {FieldType.STRING}


@requirement("LEARN-3")
def test_a_mail_link_beside_a_list_of_links_is_none_of_it() -> None:
    lines = [f"<p><a href='/rules/{at}.pdf'>Harbour rule number {at}</a> of {2010 + at}</p>" for at in range(9)]
    for at in (3, 5, 7):
        lines[at] = lines[at].replace("</p>", f" and <a href='/rules/{at}a.pdf'>its annex</a></p>")
    lines.append("<p>Questions go to <a href='mailto:rules@port.example'>rules@port.example</a></p>")
    html = f"<main><h1>Rules</h1><section class='rules'>{''.join(lines)}</section></main>"
    tree = parse(html, URL)
    links = [node.element for node in tree.nodes if node.tag == "a" and ".pdf" in node.element.get("href")]
    groups = [[record[0].element for record in group.records] for group in find_groups(tree)]
    assert links in groups
    assert first_match(tree.document, *choose(links, tree)) == links


@requirement("LEARN-3")
def test_a_price_in_several_parts_is_read_as_one() -> None:
    got = rows("nested", "name", "price", "url")
    assert [(r["name"], r["price"]) for r in got] == [
        ("Desk lamp", "$1999"),
        ("Oak chair", "$8900"),
        ("Wall shelf", "$4550"),
    ]


@requirement("LEARN-4")
@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.html")))
def test_no_selector_rests_on_hashes_states_or_rendering_marks(name: str) -> None:
    for candidate in found(name):
        texts = [candidate.source.records, *candidate.source.fallbacks]
        texts += [text for column in candidate.columns for text in (column.locator, *column.fallbacks)]
        for text in texts:
            assert not any(mark in text for mark in ("css-", "sc-", "a1b2c3", "is-active", "data-bx")), text
        assert len(reads_as(page(name), candidate)) == candidate.count


def test_a_question_turns_the_choice() -> None:
    html = (
        "<body><section><h2>News</h2><ul>"
        + "".join(
            f"<li><a href='/n/{i}'>News story number {word}</a></li>"
            for i, word in enumerate(["one", "two", "three", "four"])
        )
        + "</ul></section><section><h2>Files</h2><ul>"
        + "".join(
            f"<li><a href='/f/{i}.pdf'>Harbour rule {w}</a></li>" for i, w in enumerate(["one", "two", "three", "four"])
        )
        + "</ul></section></body>"
    )
    best = find_records(
        html, url=URL, intent=Intent(text="all documents, pdf files", subject="documents"), wanted=("name", "url")
    )
    sets = [{str(row["url"]) for row in reads_as(html, candidate)} for candidate in best]
    assert all(address.endswith(".pdf") for address in sets[0])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet="<>/=\"' adivultrhp1&;!-\n\x00é", max_size=400))
def test_any_text_is_read_without_an_error(html: str) -> None:
    for candidate in find_records(html, url=URL):
        assert len(reads_as(html, candidate)) == candidate.count


@pytest.mark.parametrize(
    "html", ["", "   ", "plain", "<", "<?xml version='1.0' encoding='latin-1'?><a/>", "\ud800<p>x"]
)
def test_what_is_no_page_has_no_records(html: str) -> None:
    assert find_records(html, url="") == ()


def test_a_huge_page_is_studied_as_far_as_the_caps_go_and_says_so() -> None:
    rows = "".join(f"<li><a href='/x/{i}'>row {i} of the list</a></li>" for i in range(35_000))
    candidates = find_records(f"<body><ul>{rows}</ul><div>{'<div>' * 500}</body>", url=URL)
    assert any("Only the first" in reason for reason in candidates[0].reasons)
    assert candidates[0].count == 35_000
