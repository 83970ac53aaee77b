from __future__ import annotations

from domain.observation import Link
from domain.plan import Topic
from generators.sources.leads import leads
from tests.generators.builders import HOST, intent, observed, says


def test_a_link_that_names_the_records_leads_to_them() -> None:
    links = (
        Link(href="/about", text="About us"),
        Link(href="/city/shows", text="shows"),
        Link(href="/news/9", text="How our shows changed over many years"),
        Link(href="https://other.example/shows", text="shows"),
        Link(href="/shows.css", text=""),
    )
    found = leads(observed(url=f"{HOST}/", links=links), intent(says(Topic.PLACE, "Berkeley")))
    assert found == (f"{HOST}/city/shows", f"{HOST}/news/9")


def test_without_words_nothing_is_followed() -> None:
    assert leads(observed(links=(Link(href="/a", text="A"),)), intent(subject="")) == ()
