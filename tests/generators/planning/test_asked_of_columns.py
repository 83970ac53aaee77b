"""What a question says is asked of the column that it names: a flag, a day on which something was done, an amount."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.errors import NeedsInput
from domain.observation import Feed, Probe
from domain.plan import FieldType, Plan, Relation, SourceKind
from generators.language import understand
from generators.planning.rereading import _speaks_of
from tests.generators.builders import HOST, exchange, observed, planned
from tests.requirements import requirement

NOW = datetime(2027, 3, 3, 9, tzinfo=UTC)
BOATS = [
    {
        "id": n,
        "title": f"{name} Otter",
        "on_display": n % 2 == 0,
        "built": 1980 + n,
        "inspected_on": f"2027-0{n % 9 + 1}-03",
        "salary": f"{50 + n},000 crowns a year",
        "kind": "ferry" if n % 3 else "tug",
    }
    for n, name in enumerate(("Old", "Swift", "Grey", "Wild", "Brave", "Quiet", "Young", "Stout"))
]


def made(question: str, rows: list[dict[str, Any]] | None = None) -> Plan:
    found = BOATS if rows is None else rows

    whole = {"boats": found}

    def site(_: Probe) -> tuple[int, Any]:
        return 200, whole

    text = "Boats\n" + "\n".join(" ".join(str(v) for v in row.values()) for row in found)
    page = observed(text=text, title="Boats", exchanges=(exchange(f"{HOST}/api/boats", whole),))
    return planned(page, understand(question, NOW), site)


def relations(plan: Plan, name: str) -> list[Relation]:
    bindings = next(p.bindings for p in plan.parameters if p.name == name)
    return [b.relation for b in bindings if b.kind == "filter"]


def fields(plan: Plan, name: str) -> list[str]:
    bindings = next(p.bindings for p in plan.parameters if p.name == name)
    return [field for b in bindings if b.kind == "filter" for field in b.fields]


@requirement("PLAN-2", "PLAN-3")
def test_a_flag_of_several_words_is_asked_as_it_is_said() -> None:
    assert made("boats that are on display").defaults() == {"on_display": True}
    assert made("boats that are not on display").defaults() == {"on_display": False}
    assert made("all boats").defaults() == {}


@requirement("PLAN-2", "PLAN-3")
def test_what_is_left_out_is_asked_of_the_column_that_tells_it() -> None:
    boats = [{**boat, "author": ("Ada Berg", "Ben Olsen")[int(boat["id"]) % 2]} for boat in BOATS]
    by_others = made("boats not by Ada Berg", boats)
    assert by_others.defaults() == {"exclude_organizer": ["Ada Berg"]}
    assert (fields(by_others, "exclude_organizer"), relations(by_others, "exclude_organizer")) == (
        ["author"],
        [Relation.EXCLUDES],
    )
    other_kinds = made("boats whose kind is not ferry")
    assert list(other_kinds.defaults().values()) == ["ferry"]
    assert relations(other_kinds, next(iter(other_kinds.defaults()))) == [Relation.NOT_EQUALS]
    with pytest.raises(NeedsInput):
        made("boats not inspected in April 2027")


@requirement("PLAN-2", "PLAN-3")
def test_the_verb_before_a_day_chooses_the_column() -> None:
    built = made("boats built in 1984 or later")
    assert built.defaults() == {"min_built": 1984}
    assert relations(built, "min_built") == [Relation.AT_LEAST]
    inspected = made("boats inspected before April 2027")
    assert inspected.defaults() == {"date_to": "2027-03-31"}
    assert fields(inspected, "date_to") == ["inspected_on"]


@requirement("PLAN-3")
def test_an_amount_with_words_around_it_is_compared_and_ordered_as_a_number() -> None:
    paid = made("boats paying more than 53,000 crowns")
    assert paid.defaults()["min_price"] == 53000
    ordered = made("the 3 best paid boats")
    assert ordered.defaults() == {"sort": "-salary", "limit": 3}
    assert next(f.type for f in ordered.fields if f.name == "salary") is FieldType.NUMBER


def test_a_page_that_lists_several_things_does_not_name_its_records_by_one_of_them() -> None:
    page = observed(text="12 concerts and 8 films in town", title="What is on").pages[0]
    assert not _speaks_of(page, "films", "film")
    assert not _speaks_of(page, "concerts", "concert")
    assert _speaks_of(observed(text="26 concerts this season").pages[0], "concerts", "concert")
    assert _speaks_of(observed(text="Click on a concert for its date").pages[0], "concerts", "concert")
    assert not _speaks_of(observed(text="Thriller, 112 min").pages[0], "thrillers", "thriller")


@requirement("PLAN-5")
def test_rows_that_tell_nothing_of_what_was_wanted_are_no_answer() -> None:
    with pytest.raises(NeedsInput, match="skipper") as asked:
        made("boats and who their skipper is, with the skipper they have")
    assert "title" in asked.value.choices
    assert "No field for 'skipper'" in made("boats with their kind and skipper").filters_note


@requirement("LEARN-1", "PLAN-4")
def test_a_feed_stands_for_a_page_that_shows_only_its_beginning() -> None:
    def items(count: int, form: str) -> str:
        return "".join(form.replace("N", str(n)) for n in range(count))

    listed = items(5, "<article class=ep><h2><a href=/e/N>Episode of the tunnels N</a></h2></article>")
    entry = "<item><title>Episode of the tunnels N</title><link>https://shows.example/e/N</link></item>"
    feed = Feed(url=f"{HOST}/feed.xml", kind="rss", text=f"<rss><channel>{items(40, entry)}</channel></rss>")
    page = observed(
        html=f"<html><body><h1>Episodes</h1>{listed}</body></html>",
        text="Episodes\n" + items(5, "Episode of the tunnels N\n"),
        title="Episodes",
    )
    plan = planned(
        page.model_copy(update={"feeds": (feed,)}),
        understand("all episodes", NOW),
        lambda _: (200, {}),
    )
    assert (plan.source.kind, plan.source.url, plan.records.format) == (SourceKind.HTML, feed.url, "xml")
