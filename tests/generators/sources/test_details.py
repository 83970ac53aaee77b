"""What the pages behind a list's records are read for, and which of them are looked at first."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.observation import Column, Observation, Page, Probe, ProbeAnswer, RecordCandidate
from domain.plan import FieldType, Intent, RecordSource, RequestTemplate, SourceKind, Topic
from generators.induction.reading import read
from generators.induction.tree import parse_document
from generators.language.understand import understand
from generators.sources.asking import Questions
from generators.sources.details import of_kinds, serving, study_details, unsaid
from generators.sources.places_told import place_locators
from tests.requirements import requirement

NOW = datetime(2027, 5, 1, tzinfo=UTC)
SITE = "https://wiki.test/all"
COUNT = 40
LIST = "<ul>" + "".join(f'<li><a href="/p/{n}">Page {n}</a></li>' for n in range(COUNT)) + "</ul>"
BEHIND = """<html><body><p>About.</p><table><tr><th>City</th><td>Oakland</td></tr><tr><th>Date</th>
<td>2027-05-0{n}</td></tr></table><div id="filed"><a href="/all-categories">Categories</a>:
<ul><li><a href="/c/music">Music</a></li><li><a href="/c/rock">Rock</a></li></ul></div></body></html>"""


def listed() -> RecordCandidate:
    links = tuple(f"https://wiki.test/p/{n}" for n in range(3))
    return RecordCandidate(
        id="list",
        kind=SourceKind.HTML,
        source=RecordSource(request=RequestTemplate(url=SITE), records="ul li"),
        columns=(
            Column(name="url", locator="a@href", type=FieldType.URL, samples=links),
            Column(name="title", locator="a@text", samples=("Page 0", "Page 1", "Page 2")),
        ),
        count=COUNT,
        score=1.0,
        url=SITE,
    )


def studied(intent: Intent, answers: tuple[ProbeAnswer, ...] = ()) -> tuple[list[RecordCandidate], tuple[Probe, ...]]:
    page = Page(requested_url=SITE, final_url=SITE, status=200, served_html=LIST)
    observation = Observation(url=SITE, captured_at=NOW, pages=(page,))
    questions = Questions(answers)
    return study_details(observation, intent, [listed()], (), questions), questions.open


def answered(probes: tuple[Probe, ...]) -> tuple[ProbeAnswer, ...]:
    return tuple(
        ProbeAnswer(
            probe=probe, status=200, final_url=probe.url, content_type="text/html", body=BEHIND.replace("{n}", str(n))
        )
        for n, probe in enumerate(probes, start=1)
    )


@requirement("LEARN-3")
def test_pages_from_all_over_a_long_list_are_looked_at() -> None:
    _, probes = studied(understand("events in Oakland", NOW))
    numbers = [int(probe.url.rpartition("/")[2]) for probe in probes]
    assert len(numbers) == 4
    assert numbers[0] >= 5
    assert numbers[-1] - numbers[0] >= COUNT // 2


@requirement("LEARN-3")
def test_a_page_that_is_read_for_its_city_is_read_for_its_date_and_categories_too() -> None:
    intent = understand("events in Oakland", NOW)
    _, probes = studied(intent)
    found, _ = studied(intent, answered(probes))
    assert {c.name for c in found[0].columns} == {"city", "date", "categories"}
    samples = {c.name: c.samples for c in found[0].columns}
    assert samples["categories"] == ("Music Rock",)


def titled(*titles: str) -> RecordCandidate:
    columns = listed().columns
    return listed().model_copy(update={"columns": (columns[0], columns[1].model_copy(update={"samples": titles}))})


@requirement("LEARN-3")
def test_a_kind_that_some_titles_happen_to_say_is_asked_of_the_pages() -> None:
    intent = understand("music events in Oakland", NOW)
    words = unsaid(titled("Music Hall open day", "Chess", "Harbour walk").columns, intent)
    assert [word.value for word in words] == ["music"]
    filed = Column(name="categories", locator="#filed ul@text", samples=("Music Rock",))
    address = Column(name="address", locator="dd@text", label="Address", samples=("Music Lane 3",))
    assert serving((filed, address), words) == [filed]
    topics = {c.value: c.topic for c in of_kinds(intent, words, (filed,), "Music Hall open day").constraints}
    assert topics["music"] is Topic.CATEGORY
    elsewhere = filed.model_copy(update={"samples": ("Chess",)})
    assert of_kinds(intent, words, (elsewhere,), "Music Hall open day") == intent
    assert of_kinds(intent, words, (filed,), "Chess") == intent


@requirement("LEARN-3")
def test_a_word_that_all_titles_say_needs_no_page() -> None:
    intent = understand("music events in Oakland", NOW)
    assert unsaid(titled("Music in May", "More Music", "Music again").columns, intent) == []
    assert unsaid(titled("Music Hall open day", "Chess").columns, understand("events with music", NOW)) == []


@requirement("LEARN-3")
def test_a_block_that_a_label_says_to_be_a_place_gives_its_name_and_its_street() -> None:
    block = '<p role="img" aria-label="Where is it?"></p><p>{name}<br>{street}<br>Millford</p>'
    pages = [
        parse_document(f"<main>{block.format(name=name, street=street)}</main>")
        for name, street in (("Old Mill", "12 Mill Lane"), ("Town Hall", "3 High Street"))
    ]
    found = {name: [read(page, locator) for page in pages] for name, locator, _ in place_locators(pages)}
    assert found == {"venue": ["Old Mill", "Town Hall"], "street_address": ["12 Mill Lane", "3 High Street"]}
    bare = parse_document(f"<main>{block.format(name='5 River Road', street='Millford')}</main>")
    assert list(place_locators([*pages, bare])) == []


@requirement("LEARN-3")
def test_lines_that_nothing_says_to_be_a_place_are_not_taken_for_one() -> None:
    page = parse_document('<main><p aria-label="Notes"></p><p class="note">Old Mill<br>12 Mill Lane</p></main>')
    assert list(place_locators([page])) == []
    marked = parse_document('<main><p class="event-location">Old Mill<br>12 Mill Lane</p></main>')
    assert [locator for _, locator, _ in place_locators([marked])] == [
        ".event-location@line-1",
        ".event-location@line-2",
    ]
