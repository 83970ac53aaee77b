import pytest

from examples.events_site.words import occurs


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("hip-hop", "Hip Hop night"),
        ("hip-hop", "HipHop night"),
        ("hip hop", "a hip-hop night"),
        ("hip-hop", "Rap battle"),
        ("parties", "House Party: x"),
        ("party", "Three parties"),
        ("founders", "for a founder"),
        ("co-founder", "Cofounders and co founders"),
        ("YC", "Y Combinator day"),
        ("classes", "Spin Class"),
        ("class", "Spin Classes"),
        ("family-friendly", "Food | Family & Kids"),
    ],
)
def test_a_keyword_is_found_in_its_spellings_forms_and_synonyms(keyword: str, text: str) -> None:
    assert occurs(keyword, text)


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("rap", "Gift Wrap"),
        ("hip-hop", "Rapid Trapeze"),
        ("YC", "NYC"),
        ("jazz", "Jazzercise"),
        ("running", "Pruning"),
        ("family-friendly", "Familiar Kidney"),
        ("AI", "Maintaining fair"),
        ("conference", "Conferencing"),
    ],
)
def test_a_keyword_inside_a_longer_word_is_not_found(keyword: str, text: str) -> None:
    assert not occurs(keyword, text)


def test_synonyms_can_be_left_out() -> None:
    assert not occurs("hip-hop", "Rap battle", synonyms=False)
