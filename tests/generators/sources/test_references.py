"""An API's records refer by id to their own answers and to other things; a probe shows whether it answers there."""

from __future__ import annotations

from domain.observation import Column, RecordCandidate
from domain.plan import FieldType, Intent, RecordSource, RequestTemplate, SourceKind
from generators.sources.references import called_by, is_reference, references
from generators.sources.relevance import named
from generators.sources.search_index import is_search_index
from tests.requirements import requirement

ALBUMS = "https://music.test/api/albums"


def listed(url: str = ALBUMS, kind: SourceKind = SourceKind.JSON, *names: str) -> RecordCandidate:
    whole = names or ("id", "title", "artist_id")
    types = {n: FieldType.INTEGER if n.endswith("id") else FieldType.STRING for n in whole}
    return RecordCandidate(
        id="list",
        kind=kind,
        source=RecordSource(request=RequestTemplate(url=url), records=""),
        columns=tuple(Column(name=n, locator=n, type=types[n], samples=("1", "2")) for n in whole),
        count=2,
        score=1.0,
    )


@requirement("LEARN-3")
def test_what_the_question_asks_of_is_looked_up_first_and_the_record_itself_after_it() -> None:
    ways = [(w.link.name, w.template, w.prefix) for w in references(listed(), ["artist name"])]
    assert ways == [
        ("artist_id", "https://music.test/api/artists/{value}", "artist"),
        ("id", "https://music.test/api/albums/{value}", ""),
    ]
    assert [w.link.name for w in references(listed(), ["label"])] == ["id"]


def test_pages_and_questions_without_a_missing_field_look_nothing_up() -> None:
    assert references(listed(kind=SourceKind.HTML), ["artist name"]) == []
    assert references(listed(), []) == []
    assert references(listed(url="https://music.test/{owner}/albums"), ["artist name"]) == []


def test_an_id_is_what_a_question_means_last() -> None:
    name = called_by(Column(name="name", locator="name"), "artist")
    columns = (*listed().columns, name)
    assert is_reference(columns[2])
    assert not is_reference(columns[0])
    assert named(columns, "artist name") == name
    assert named(columns, "artist") == name
    assert named(columns, "artist id") == columns[2]


def test_the_name_of_something_is_not_the_records_own_name() -> None:
    columns = (Column(name="name", locator="name"), Column(name="gallery", locator="gallery"))
    assert named(columns, "gallery name") == columns[1]
    assert named(columns, "product name") == columns[0]


def test_who_did_it_is_found_by_what_was_done() -> None:
    columns = (Column(name="name", locator="name"), Column(name="drilled_by", locator="drilled_by"))
    assert named(columns, "driller") == columns[1]
    assert named(columns, "painter") is None


def test_a_search_index_lists_pages_only() -> None:
    index = listed("https://docs.test/search/search_index.json", SourceKind.JSON, "location", "title", "text")
    assert is_search_index(index, Intent(text="every trail", subject="trail"))
    assert not is_search_index(index, Intent(text="pages about trails", subject="pages"))
    assert not is_search_index(listed(), Intent(text="albums", subject="albums"))
