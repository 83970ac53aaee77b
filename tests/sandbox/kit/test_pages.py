"""Pages, embedded data and requests with retries."""

# ruff: noqa: E501 - markup in texts
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import driver
from sandbox.facade.http import Client
from sandbox.facade.http.errors import ConnectError, HTTPStatusError
from sandbox.facade.kit import sending
from sandbox.facade.kit.embedded import embedded, microdata
from sandbox.facade.kit.errors import SourceChanged
from sandbox.facade.kit.literals import LiteralProblem, read_literal
from sandbox.facade.kit.nodes import parse_html, parse_xml, rows_of
from tests.requirements import requirement

PAGE = """<html><body><div class="wrap"><h1>Title <b>bold</b>er</h1>
<ul id=l><li data-id="1"><a href="/1">One</a><p>first</p><script>var x</script></li><li data-id="2"><a href="/2"> Two </a></li></ul>
<table><tr><td>a</td><td>b</td></tr></table></div></body></html>"""


def test_nodes_are_selected_and_read() -> None:
    page = parse_html(PAGE, "https://site.test/")
    assert [node.attr("data-id") for node in page.css("#l > li")] == ["1", "2"]
    item = page.css("li")[0]
    assert (item.text, item.read("a@href"), item.read("p"), item.read("@data-id"), item.read(".")) == (
        "One first", "/1", "first", "1", "One first",
    )  # fmt: skip
    assert item.read("h9", "b@title", "a@text") == "One"
    assert item.read("p@html") == "first"
    broken = parse_html("<p>Old Mill<br>12 Mill Lane</p>")
    assert [broken.read(f"p@line-{n}") for n in (1, 2, 3)] == ["Old Mill", "12 Mill Lane", None]
    staff = parse_html(
        "<a href='mailto:ada%40port.example?subject=Hi'>Write</a><b><a href='tel:+4712345678'>Call</a></b>"
    )
    assert (staff.read("a@contact"), staff.read("b a@contact")) == ("ada@port.example", "+4712345678")
    assert page.read("a@contact") is None
    assert (page.read("li a@texts"), page.read("h9@texts")) == ("One, Two", None)
    assert item.read("nothing@href") is None
    assert page.first("h9", "h1").text == "Title bolder"  # type: ignore[union-attr]  # it is there
    assert page.first("h9") is None
    assert page.css("table")[0].text == "a b"
    assert page.read('a[href="/2"]') == "Two"
    assert (item.tag, item.attributes, item.parent.tag, item.url) == (
        "li",
        {"data-id": "1"},
        "ul",
        "https://site.test/",
    )
    assert "var x" in item.raw_text()
    assert repr(item) == "<Node li>"
    with pytest.raises(ValueError, match="selector"):
        page.css("a[")


@requirement("GEN-4")
def test_an_empty_list_is_a_result_and_a_missing_one_a_change() -> None:
    page = parse_html(PAGE)
    assert len(rows_of(page, "ol li", "ul li")) == 2
    assert rows_of(page, "#l > article") == []
    assert rows_of(parse_html("<p>No events found.</p>"), "div.card") == []
    assert rows_of(parse_html("<p>0 results</p>"), "div.card") == []
    assert rows_of(parse_html("<p>Your search did not match any documents</p>"), "div.card") == []
    with pytest.raises(SourceChanged):
        rows_of(page, "div.card")
    with pytest.raises(SourceChanged):
        rows_of(page, "section.list > div.card")


@given(st.text(max_size=200))
def test_any_text_is_a_page(text: str) -> None:
    page = parse_html(text)
    page.css("a")
    assert isinstance(page.text, str)


def test_feeds_are_read_with_and_without_prefixes() -> None:
    feed = parse_xml(
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="urn:dc">'
        "<entry><title>Ä</title><dc:date>2027</dc:date><pubDate>x</pubDate></entry></feed>"
    )
    (entry,) = feed.css("entry")
    assert (entry.read("title"), entry.read("dc|date"), entry.read("pubDate"), entry.read("no|such")) == (
        "Ä",
        "2027",
        "x",
        None,
    )


def test_entities_and_external_parts_are_never_resolved() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "yyyy">]><a><b>&x;</b><c>&y;</c></a>'
    root = parse_xml(bomb)
    assert "root:" not in root.raw_text()
    with pytest.raises(SourceChanged):
        parse_xml("no xml at all")


SCRIPTS = """<script id="__NEXT_DATA__" type="application/json">{"a": 1}</script>
<script type="application/ld+json">{"@type": "Event", "name": "E"}</script>
<script type="application/ld+json">[{"@type": "Place"}]</script>
<script type="application/json" id="s">{"s": true}</script>
<script>window.__APOLLO_STATE__ = {"k": [1, 2,], b: 'x'}; var data = JSON.parse("{\\"q\\": 1}");
  let list = [{name: "a", when: new Date("2027-05-12"), on: !0, none: undefined, n: -1.5e3, h: 0x1F}], f = call();</script>
<script id="__NUXT_DATA__" type="application/json">[{"items": 1}, [2], ["Reactive", 3], {"name": 4}, "N"]</script>
<div itemscope itemtype="https://schema.org/Event"><span itemprop="name">Show</span><a itemprop="url" href="/e">x</a>
<div itemprop="location" itemscope itemtype="https://schema.org/Place"><span itemprop="name">Hall</span></div></div>"""


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({"kind": "next_data"}, {"a": 1}),
        ({"kind": "json_ld", "index": 1}, [{"@type": "Place"}]),
        ({"kind": "json", "selector": "#s"}, {"s": True}),
        ({"kind": "apollo"}, {"k": [1, 2], "b": "x"}),
        ({"kind": "object_literal", "variable": "data"}, {"q": 1}),
        (
            {"kind": "object_literal", "variable": "list"},
            [{"name": "a", "when": "2027-05-12", "on": True, "none": None, "n": -1500.0, "h": 31}],
        ),
        ({"kind": "nuxt"}, {"items": [{"name": "N"}]}),
        (
            {"kind": "microdata"},
            [{"@type": "Event", "name": "Show", "url": "/e", "location": {"@type": "Place", "name": "Hall"}}],
        ),
    ],
)
def test_embedded_data_is_read(options: dict[str, Any], value: Any) -> None:
    assert embedded(parse_html(SCRIPTS), **options) == value


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "json_ld", "index": 5},
        {"kind": "object_literal", "variable": "f"},
        {"kind": "object_literal", "variable": "nothing"},
        {"kind": "json", "selector": "#none"},
    ],
)
def test_missing_embedded_data_is_a_change_of_the_source(options: dict[str, Any]) -> None:
    with pytest.raises(SourceChanged):
        embedded(parse_html(SCRIPTS), **options)


def test_an_object_literal_needs_its_variable() -> None:
    with pytest.raises(ValueError, match="variable"):
        embedded(parse_html(SCRIPTS), "object_literal")
    assert microdata(parse_html("<p>x</p>")) == []


@given(st.text(alphabet="{}[]\"'`:,\\ab1.-/*!\n ", max_size=60))
def test_any_text_is_a_literal_or_none(text: str) -> None:
    try:
        read_literal(text, 0)
    except LiteralProblem:
        return


def test_literals_have_escapes_and_comments() -> None:
    assert read_literal("{'a\\'b': 'x\\u0041\\x42\\n', /* c */ \"t\": [1, // d\n 2]}", 0) == {
        "a'b": "xAB\n",
        "t": [1, 2],
    }
    for text in ("`${x}`", "'open", "{a b}", "[1 2]", "new Thing()", "[" * 500):
        with pytest.raises(LiteralProblem):
            read_literal(text, 0)


class Site:
    """Answers from a list; the last stays."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, meta: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, str):
            return {"err": {"kind": answer, "message": "no", "host": ""}}, b""
        status, headers, content = answer
        return {"s": status, "h": headers, "u": meta["u"]}, content


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []

    async def sleep(seconds: float) -> None:
        found.append(seconds)

    monkeypatch.setattr(sending, "_sleep", sleep)
    return found


def done(coroutine: Any) -> Any:
    return driver.drive(coroutine, None, 1)  # type: ignore[arg-type]  # the canned site asks nobody


OK = (200, [["content-type", "application/json"]], b'{"a": 1}')


@requirement("GEN-4")
def test_reads_are_repeated_with_growing_waits_and_by_retry_after(waits: list[float]) -> None:
    site = Site((503, [], b""), "connect", (429, [["Retry-After", "2"]], b""), OK)
    assert done(sending.get_json(Client(site), "https://site.test/")) == {"a": 1}
    assert (site.asked, waits) == (4, [0.25, 0.5, 2.0])


@requirement("GEN-4")
def test_retries_end(waits: list[float]) -> None:
    site = Site((500, [], b""))
    with pytest.raises(HTTPStatusError):
        done(sending.get_text(Client(site), "https://site.test/"))
    assert (site.asked, len(waits)) == (4, 3)
    site = Site("connect")
    with pytest.raises(ConnectError):
        done(sending.get_text(Client(site), "https://site.test/"))
    assert site.asked == 4


def test_a_site_that_wants_a_long_wait_is_not_waited_for(waits: list[float]) -> None:
    site = Site((429, [["Retry-After", "3600"]], b""))
    with pytest.raises(HTTPStatusError, match="3600 s"):
        done(sending.get_text(Client(site), "https://site.test/"))
    site = Site((503, [["Retry-After", "Wed, 12 May 2117 19:30:00 GMT"]], b""))
    with pytest.raises(HTTPStatusError):
        done(sending.get_text(Client(site), "https://site.test/"))
    assert waits == []


@requirement("GEN-4")
def test_what_changes_something_is_never_repeated(waits: list[float]) -> None:
    site = Site((503, [], b""), OK)
    with pytest.raises(HTTPStatusError):
        done(sending.post_json(Client(site), "https://site.test/", json={}))
    assert (site.asked, waits) == (1, [])


def test_a_refused_request_is_not_repeated(waits: list[float]) -> None:
    site = Site((404, [], b""), OK)
    with pytest.raises(HTTPStatusError):
        done(sending.send(Client(site), "GET", "https://site.test/"))
    assert (site.asked, waits) == (1, [])


def test_an_answer_that_is_no_json_is_a_change_of_the_source() -> None:
    with pytest.raises(SourceChanged, match="text/html"):
        done(sending.get_json(Client(Site((200, [["content-type", "text/html"]], b"<p>"))), "https://site.test/"))


def test_pages_are_html_or_xml_as_the_answer_says() -> None:
    html = Site((200, [["content-type", "text/html"]], b"<p>x<p>y"))
    xml = Site((200, [["content-type", "application/rss+xml"]], b"<rss><pubDate>x</pubDate></rss>"))
    bare = Site((200, [], b"<?xml version='1.0'?><a><bC>x</bC></a>"))
    assert len(done(sending.get_page(Client(html), "https://site.test/")).css("p")) == 2
    assert done(sending.get_page(Client(xml), "https://site.test/")).read("pubDate") == "x"
    assert done(sending.get_page(Client(bare), "https://site.test/")).read("bC") == "x"
