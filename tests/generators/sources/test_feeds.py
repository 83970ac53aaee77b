from __future__ import annotations

from domain.observation import Feed, Observation
from domain.plan import FieldType, SourceKind, Topic
from generators.emit import emit
from generators.study import study
from tests.generators.builders import HOST, NOW, intent, observed, planned, says
from tests.requirements import requirement

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>News</title>
<link>https://shows.example</link>{items}</channel></rss>"""
ITEM = """<item><title>Harbor opens gate {n}</title>
<link>https://shows.example/n/{n}</link><dc:creator>Ada {n}</dc:creator>
<category>{kind}</category><pubDate>Mon, 0{n} Mar 2027 10:00:00 GMT</pubDate><guid>n{n}</guid></item>"""
TEXT = RSS.format(items="".join(ITEM.format(n=n, kind="Boats" if n % 2 else "Trains") for n in range(1, 8)))
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>One</title><id>1</id>
<link href="https://shows.example/1"/><author><name>Ada</name></author><updated>2027-03-01T10:00:00Z</updated></entry></feed>"""


def feed_page(text: str, kind: str = "rss") -> Observation:
    """The page that was asked for is the feed itself."""
    url = f"{HOST}/feed"
    page = observed(url=url, html=text, text="").pages[0].model_copy(update={"content_type": "application/xml"})
    feed = Feed.model_validate({"url": url, "kind": kind, "text": text})
    return Observation(url=url, captured_at=NOW, pages=(page,), feeds=(feed,))


@requirement("LEARN-1", "PLAN-4")
def test_a_feed_is_read_item_by_item() -> None:
    made = planned(feed_page(TEXT), intent(says(Topic.CATEGORY, "boats"), subject="news"), lambda _: (404, ""))
    assert (made.source.kind, made.records.records, made.records.format) == (SourceKind.HTML, "item", "xml")
    fields = {f.name: f for f in made.fields}
    assert {"title", "url", "author", "category", "published", "id"} <= set(fields)
    assert fields["author"].locator == "dc|creator@text"
    assert fields["published"].type is FieldType.DATETIME
    assert made.defaults() == {"category": "Boats"}
    assert 'rows_of(page, "item")' in emit(made, NOW).code


def test_an_entrys_address_and_author_are_found_below_it() -> None:
    made = planned(feed_page(ATOM, "atom"), intent(subject="entries"), lambda _: (404, ""))
    locators = {f.name: f.locator for f in made.fields}
    assert {"url": "link@href", "author": "author > name@text"}.items() <= locators.items()


def test_a_linked_feed_whose_titles_the_page_does_not_show_is_left_alone() -> None:
    page = observed(html="<html><body><p>Welcome</p></body></html>", text="Welcome")
    feed = Feed(url=f"{HOST}/feed", kind="rss", text=TEXT)
    found = page.model_copy(update={"feeds": (feed,)})
    assert not study(found, intent()).candidates
