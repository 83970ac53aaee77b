from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.plan import SourceKind
from domain.policy import HostRule, Policy
from domain.workflow import Status
from registry import Registry
from registry.words import query_terms, words
from tests.registry.making import make_run, make_version
from tests.requirements import requirement


def names(registry: Registry, text: str, **filters: object) -> list[str]:
    return [hit.name for hit in registry.search(text, "local", **filters)]  # type: ignore[arg-type]  # free filters


@pytest.fixture
def shelf(registry: Registry) -> Registry:
    """Five tools of different subjects."""
    subjects = {
        "list_concerts": ("Concerts", "Lists jazz concerts and festivals in a city", "what jazz is on tonight"),
        "search_packages": ("Packages", "Searches software packages by keyword", "npm modules about parsing"),
        "get_weather": ("Weather", "Gets the weather forecast of a place", "will it rain in Berlin tomorrow"),
        "delete_invoice": ("Delete an invoice", "Deletes an invoice of a customer", "drop invoice 12"),
        "create_invoice": ("Create an invoice", "Creates an invoice for a customer", "bill a customer"),
    }
    for name, (title, description, example) in subjects.items():
        registry.publish(
            make_version(name, title=title, description=description, query=example, example_queries=(), tags=(name,)),
            actor="ann",
        )
    return registry


@requirement("REG-3")
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("concert", "list_concerts"),
        ("JAZZ FESTIVAL", "list_concerts"),
        ("forecasts for places", "get_weather"),
        ("will it rain", "get_weather"),
        ("npm module", "search_packages"),
        ("remove an invoice", "delete_invoice"),
        ("add an invoice", "create_invoice"),
        ("wether", "get_weather"),
        ("pakcages", "search_packages"),
        ("getWeather", "get_weather"),
        ("get_weather", "get_weather"),
        ("wéather", "get_weather"),
    ],
)
def test_the_meant_tool_comes_first(shelf: Registry, text: str, name: str) -> None:
    assert names(shelf, text)[0] == name


@requirement("REG-3")
@pytest.mark.parametrize(
    "text",
    [
        '"',
        "'; DROP TABLE tool; --",
        "a OR b",
        "NEAR(",
        "*",
        "x:y",
        "\x00",
        "((((",
        "-",
        "%",
        "\\",
        "🎷",
        "a" * 10_000,
        "&|!",
    ],
)
def test_any_text_is_a_question(shelf: Registry, text: str) -> None:
    assert len(names(shelf, text)) <= 5
    assert names(shelf, "jazz") == ["list_concerts"]


def test_a_question_without_words_lists_the_most_used_tools(shelf: Registry) -> None:
    for number in range(3):
        shelf.record_run(make_run(number, tool="get_weather"))
    shelf.flush()
    assert names(shelf, "")[:2] == ["get_weather", "create_invoice"]


def test_a_question_that_no_tool_answers_finds_nothing(shelf: Registry) -> None:
    assert names(shelf, "zzzzqqqq") == []


@requirement("REG-3")
def test_results_are_filtered_by_tag_host_kind_and_state(registry: Registry) -> None:
    registry.publish(make_version("one", tags=("Music",)), actor="ann")
    policy = Policy(hosts=(HostRule(host="other.example"),))
    html = make_version("two").plan.source.model_copy(update={"kind": SourceKind.HTML})
    registry.publish(make_version("two", tags=("sport",), policy=policy, source=html), actor="ann")
    registry.save_draft(make_version("three", passed=False, tags=()), actor="ann")
    assert names(registry, "jazz", tag="music") == ["one"]
    assert names(registry, "jazz", host="other.example") == ["two"]
    assert names(registry, "jazz", kind=SourceKind.HTML) == ["two"]
    assert names(registry, "jazz", status=Status.DRAFT) == ["three"]
    assert sorted(names(registry, "jazz")) == ["one", "three", "two"]
    assert names(registry, "jazz", tag="music", host="other.example") == []
    assert registry.search("jazz", "local", tag="music")[0].tags == ("music",)
    assert registry.search("jazz", "local", tag="music")[0].hosts == ("api.events.example",)


def test_the_index_follows_the_published_version(registry: Registry) -> None:
    registry.publish(make_version(description="Finds accordion lessons."), actor="ann")
    registry.publish(make_version(description="Finds bassoon lessons."), actor="ann")
    assert names(registry, "bassoon") == ["list_concerts"]
    assert names(registry, "accordion") == []
    registry.rollback("list_concerts", "local", actor="ann")
    assert (names(registry, "accordion"), names(registry, "bassoon")) == (["list_concerts"], [])


def test_the_counts_of_terms_return_to_nothing_when_all_tools_are_deleted(shelf: Registry) -> None:
    for entry in shelf.tools("local").entries:
        shelf.delete(entry.name, "local", actor="ann")
    assert shelf.database.all("SELECT * FROM search_term WHERE documents <> 0") == []


@requirement("REG-3")
def test_a_narrow_filter_still_finds_among_many_matches(registry: Registry) -> None:
    for number in range(60):
        registry.publish(make_version(f"tool_{number}", tags=("rare",) if number == 59 else ()), actor="ann")
    assert names(registry, "jazz tonight", tag="rare") == ["tool_59"]


@requirement("REG-3")
def test_another_process_finds_what_was_published(opening: Callable[[], Registry]) -> None:
    one, two = opening(), opening()
    one.publish(make_version(), actor="ann")
    assert names(two, "concerts") == ["list_concerts"]


@requirement("REG-3")
@pytest.mark.parametrize(
    ("description", "question"),
    [("Ищет концерты в городе", "концерты"), ("東京のコンサートを探す", "コンサート"), ("Findet Züge", "zuge")],
)
def test_tools_in_other_scripts_are_found(registry: Registry, description: str, question: str) -> None:
    registry.publish(make_version("foreign", description=description, title="T", tags=()), actor="ann")
    registry.publish(make_version("other"), actor="ann")
    assert names(registry, question)[0] == "foreign"


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "'", "%"])
def test_any_filter_is_a_filter(shelf: Registry, text: str) -> None:
    assert names(shelf, "jazz", tag=text) == names(shelf, "jazz", host=text) == []


def test_words_split_names_and_keep_them_whole() -> None:
    assert words("getPetById HTTPServer_v2 Café") == [
        *("get", "pet", "by", "id", "getpetbyid", "http", "server", "httpserver", "v2", "cafe"),
    ]
    assert query_terms("Could you please remove my invoices?") == query_terms("delete invoice")
