"""A model sees a compact view in which the wanted values are still there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from domain.observation import Embedded, Exchange, Observation, Page
from domain.plan import Intent
from generators.model_planning.offer import offer_of
from generators.study import study
from generators.view import CHARACTERS_PER_TOKEN, brief, view
from tests.requirements import requirement

CARDS = (Path(__file__).parent / "induction" / "pages" / "cards.html").read_text(encoding="utf-8")
ARIA = "- list:\n" + "\n".join(
    f'  - listitem:\n    - link "Concert number {i}":\n      - /url: /c/{i}' for i in range(400)
)


def observed(html: str = CARDS, aria: str = ARIA) -> Observation:
    page = Page(
        requested_url="https://port.example/list",
        final_url="https://port.example/list",
        status=200,
        title="Concerts",
        served_html=html,
        aria=aria,
        embedded=(Embedded(kind="next_data", data={"props": {"events": [{"name": "Blue Note Trio"}] * 50}}),),
    )
    exchange = Exchange(
        id="x1",
        method="GET",
        url="https://port.example/api/events?page=1",
        status=200,
        content_type="application/json",
        body="{}",
    )
    return Observation(
        url=page.final_url, captured_at=datetime(2027, 5, 1, tzinfo=UTC), pages=(page,), exchanges=(exchange,)
    )


@requirement("LEARN-5")
def test_the_view_holds_records_with_addresses_data_and_snapshot() -> None:
    text = view(observed())
    assert "4 records at" in text
    assert "https://port.example/events/blue-note-trio" in text
    assert "$20.00" in text
    assert "next_data" in text
    assert "props.events[50].name = Blue Note Trio" in text
    assert "https://port.example/api/events?page=1" in text
    assert 'link "Concert number 0"' in text


@requirement("LEARN-5")
def test_alike_siblings_are_counted_not_repeated() -> None:
    text = view(observed())
    assert "… 398 more listitem" in text
    assert "Concert number 7" not in text


@requirement("LEARN-5")
def test_a_page_that_says_too_much_is_shown_coarser_and_whole_lines_stay() -> None:
    aria = "\n".join(
        f'- region "Part {i}":\n  - navigation "Branch {i}":\n    - term "A long label of the part {i}"'
        for i in range(3)
    )
    wide = "\n".join(
        f'- banner{i} "Label {i} with some words in it":\n  - main{i} "Inner words of {i}"' for i in range(300)
    )
    text = view(observed(aria=aria + "\n" + wide), max_tokens=5_000)
    assert len(text) <= 5_000 * CHARACTERS_PER_TOKEN
    assert all(line.count('"') % 2 == 0 for line in text.split("\n") if line.lstrip().startswith("- banner"))


def test_an_observation_without_any_content_has_a_view() -> None:
    assert "status 200" in view(observed(html="", aria=""))


@requirement("LEARN-5")
def test_values_without_spaces_are_cut_and_addresses_keep_their_path() -> None:
    assert brief("映画" * 400) == "映画" * 80 + "…"
    assert brief("data:image/png;base64," + "A" * 5_000).startswith("data:image/png;base64,AAA")
    assert len(brief("data:image/png;base64," + "A" * 5_000)) < 200
    assert brief("https://port.example/a/b?x=" + "1" * 300 + "&y=2") == "https://port.example/a/b?x=…&y=…"
    assert brief("one two three four", words=2) == "one two … 2 more words"


@requirement("LEARN-5")
def test_the_plan_prompt_shows_titles_and_addresses_of_records_whole() -> None:
    title = "A night of the oldest recordings of the harbour's jazz clubs, with supper"
    address = "https://port.example/events/2027/a-night-of-the-oldest-recordings-of-the-harbour"
    html = CARDS.replace("Blue Note Trio", title).replace("https://port.example/events/blue-note-trio", address)
    observation = observed(html.replace("/events/blue-note-trio", address.removeprefix("https://port.example")))
    intent = Intent(text="concerts", wanted=("title", "url"))
    text = offer_of(study(observation, intent), observation).text
    assert title in text
    assert address.removeprefix("https://port.example") in text
