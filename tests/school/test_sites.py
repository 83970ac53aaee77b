"""Sites that need not be named in a question."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import NeedsInput, SettingsProblem
from domain.plan import Query, Topic
from generators.language import understand
from school.app import School
from school.ask import ask, find_site
from school.sites import KnownSite, add_site, known_sites, suggest, without_name
from tests.conftest import Command
from tests.requirements import requirement

NOW = datetime(2027, 5, 12, 12, tzinfo=UTC)
BOOKS = KnownSite(name="Bookery", answers=("books", "novels"), url="https://bookery.example/new")


def beginning(home: Path, question: str) -> list[str]:
    return [suggestion.url for suggestion in suggest(known_sites(home), understand(question, NOW))]


@requirement("PLAN-5")
@pytest.mark.parametrize(
    ("question", "begin"),
    [
        ("hip-hop parties in SF within 5 miles", "https://luma.com/sf"),
        ("family-friendly events in Berkeley this weekend", "https://luma.com/sf"),
        ("AI meetups in London tomorrow", "https://luma.com/london"),
        ("YC co-founder events", "https://luma.com/discover"),
        ("tech conferences in Nairobi", "https://luma.com/discover"),
    ],
)
def test_a_question_about_events_begins_at_the_shipped_sites_page_for_its_place(
    tmp_path: Path, question: str, begin: str
) -> None:
    assert beginning(tmp_path, question) == [begin]


def test_a_question_that_no_known_site_answers_has_no_suggestion(tmp_path: Path) -> None:
    assert beginning(tmp_path, "npm packages about parsing") == []


def test_ones_own_site_is_found_by_what_it_answers(tmp_path: Path) -> None:
    add_site(tmp_path, BOOKS)
    assert beginning(tmp_path, "novels by Ursula Le Guin") == ["https://bookery.example/new"]


def test_a_site_named_in_the_question_wins_and_its_name_is_no_keyword(tmp_path: Path) -> None:
    add_site(tmp_path, BOOKS.model_copy(update={"answers": ("events",)}))
    asked = understand("jazz events on Bookery", NOW)
    (only,) = suggest(known_sites(tmp_path), asked)
    left = without_name(asked, only.site)
    assert only.url == "https://bookery.example/new"
    assert [constraint.value for constraint in left.about(Topic.KEYWORDS)] == ["jazz"]


def test_ones_own_entry_replaces_the_shipped_one_and_can_hide_it(tmp_path: Path) -> None:
    add_site(tmp_path, KnownSite(name="Luma", answers=("events",), url="https://luma.example/all"))
    assert beginning(tmp_path, "events in London") == ["https://luma.example/all"]
    add_site(tmp_path, KnownSite(name="luma", hidden=True))
    assert beginning(tmp_path, "events in London") == []


def test_two_sites_that_fit_alike_are_asked_about(school: School) -> None:
    add_site(school.settings.home, KnownSite(name="Other", answers=("events",), url="https://other.example/"))
    query = Query(text="events in London")
    with pytest.raises(NeedsInput) as asked:
        find_site(school, query, understand(query.text, NOW), owner="local")
    assert (asked.value.field, asked.value.choices) == ("site", ("https://other.example/", "https://luma.com/london"))


@pytest.mark.parametrize(
    "text",
    [
        "[[site]",
        '[[site]]\nname = "A"\nurl = "file:///etc/passwd"\n',
        '[[site]]\nurl = "https://a.example"\n',
        b"\xff\xfe",
    ],
)
def test_a_faulty_catalogue_is_refused_with_its_place_and_left_as_it_is(tmp_path: Path, text: str | bytes) -> None:
    own = tmp_path / "sites.toml"
    raw = text if isinstance(text, bytes) else text.encode()
    own.write_bytes(raw)
    with pytest.raises(SettingsProblem, match=r"sites\.toml"):
        known_sites(tmp_path)
    with pytest.raises(SettingsProblem):
        add_site(tmp_path, BOOKS)
    assert own.read_bytes() == raw


def test_an_entry_with_quotes_and_other_scripts_comes_back_as_it_was(tmp_path: Path) -> None:
    odd = KnownSite(name='Caffè "Ω" \\ é', answers=("tea 'n' cake",), cities={"São Paulo": "https://a.example/sp"})
    add_site(tmp_path, odd)
    assert known_sites(tmp_path)[0] == odd


@requirement("PLAN-5")
def test_sites_are_listed_added_and_hidden_by_command(command: Command) -> None:
    def listed() -> list[str]:
        return [site["name"] for site in json.loads(command("sites", "list", "--json").stdout)["sites"]]

    added = command("sites", "add", "Bookery", "--url", "https://bookery.example/", "--answers", "books", "--json")
    assert (added.returncode, json.loads(added.stdout)["status"]) == (0, "ok")
    assert listed() == ["Bookery", "Luma"]
    assert command("sites", "hide", "Luma").returncode == 0
    assert listed() == ["Bookery"]
    refused = command("sites", "add", "Bad", "--url", "ftp://x", "--answers", "x", "--json")
    assert (refused.returncode, json.loads(refused.stdout)["error"]["code"]) == (2, "invalid_arguments")
    assert command("sites", "hide", "Nobody").returncode == 2


@requirement("PLAN-5")
async def test_a_known_site_that_cannot_be_reached_is_asked_about_and_no_error(school: School) -> None:
    add_site(school.settings.home, KnownSite(name="Gone", answers=("stamps",), url="http://127.0.0.1:9/stamps"))
    with pytest.raises(NeedsInput, match="could not be reached") as asked:
        await ask(school, Query(text="rare stamps"), at_terminal=True)
    assert (asked.value.field, asked.value.choices) == ("site", ("http://127.0.0.1:9/stamps",))
