"""What the heading row of a table does for the names of its columns."""

from __future__ import annotations

from generators.induction.grouping import find_groups
from generators.induction.records import find_records
from generators.induction.tree import parse
from generators.sources.relevance import named
from tests.requirements import requirement

PLACES = ("Ash Hill", "Birch Top", "Cedar Peak", "Dogwood Ridge", "Elm Crag", "Fir Fell")


def page(first: str) -> str:
    rows = "".join(
        f'<tr><td><a href="/m/{i}">{name}</a></td><td>{900 + 37 * i} m</td><td>North side of valley {i}</td></tr>'
        for i, name in enumerate(PLACES)
    )
    head = f"<tr><th>{first}</th><th>Height</th><th>Where</th></tr>"
    return f"<html><body><h1>Walks</h1><table><thead>{head}</thead><tbody>{rows}</tbody></table></body></html>"


def columns(first: str) -> dict[str, tuple[str, ...]]:
    found = find_records(page(first), url="http://walks.example/")[0]
    return {c.name: c.samples for c in found.columns}


@requirement("LEARN-3")
def test_a_table_names_its_main_column_itself() -> None:
    found = columns("Mountain")
    assert found["mountain"][0] == "Ash Hill"
    assert "title" not in found


@requirement("LEARN-3")
def test_a_heading_that_says_nothing_of_the_records_leaves_their_title() -> None:
    assert columns("Link")["title"][0] == "Ash Hill"


@requirement("LEARN-3")
def test_who_asks_for_a_name_gets_what_the_table_calls_otherwise() -> None:
    found = find_records(page("Mountain"), url="http://walks.example/")[0]
    column = named(found.columns, "name")
    assert column is not None
    assert column.name == "mountain"


@requirement("LEARN-3")
def test_a_heading_row_without_a_head_of_its_own_is_no_record() -> None:
    rows = "".join(f"<tr><td>{name}</td><td>{40 + 9 * i}</td></tr>" for i, name in enumerate(PLACES))
    tree = parse(f"<html><body><table><tr><th>Summit</th><th>Snow</th></tr>{rows}</table></body></html>", "")
    groups = [[node.children[0].tag for (node,) in g.records] for g in find_groups(tree) if g.records[0][0].tag == "tr"]
    assert ["td"] * len(PLACES) in groups
    assert all("th" not in tags for tags in groups)
