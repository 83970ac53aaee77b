import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.meaning.words import fold, forms, matches, singular
from tests.requirements import requirement


@requirement("PLAN-3")
@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("Hip-Hop Block Party", "hip-hop"),
        ("HipHop Party, Side B", "hip-hop"),
        ("Hip Hop House", "hiphop"),
        ("Rap Party at Pier Seven", "hip-hop"),
        ("Beach PARTIES tonight", "party"),
        ("The party", "parties"),
        ("A conference on tea", "conferences"),
        ("Founders' lunch", "founder"),
        ("Women in tech", "woman"),
        ("Movies by the lake", "movie"),
        ("Y Combinator Cofounder Mixer", "YC"),
        ("Co-Founder Coffee", "cofounder"),
        ("Kids welcome", "family-friendly"),
        ("Théâtre de la Ville", "theater"),
        ("Open-mic night", "open mic"),
        ("C++ for all", "C++"),
        ("Two classes of yoga", "class"),
    ],
)
def test_a_keyword_is_found_in_its_forms_and_spellings(text: str, keyword: str) -> None:
    assert matches([text], keyword)


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("Party artist", "art"),
        ("Jazzercise", "jazz"),
        ("Wrapping paper, a rapid talk", "hip-hop"),
        ("NYC breakfast", "YC"),
        ("A concerto in G", "concerts"),
        ("Frozen yogurt", "yoga"),
        ("C++ for all", "C"),
        ("Hop hip", "hip-hop"),
        ("To get her home", "together"),
        ("anything", ""),
        ("anything", " - "),
    ],
)
def test_a_part_of_another_word_is_not_the_keyword(text: str, keyword: str) -> None:
    assert not matches([text], keyword)


def test_any_of_several_texts_suffices() -> None:
    assert matches(["nothing here", "jazz there"], "jazz")
    assert not matches([], "jazz")


def test_fold_takes_case_accents_and_punctuation_away() -> None:
    assert fold("  Café—Théâtre: C# & O'Neill's ") == "cafe theatre c# oneills"


@pytest.mark.parametrize(
    ("plural", "base"),
    [
        ("parties", "party"),
        ("boxes", "box"),
        ("churches", "church"),
        ("movies", "movie"),
        ("glass", "glass"),
        ("bus", "bus"),
    ],
)
def test_singular_follows_english_rules(plural: str, base: str) -> None:
    assert singular(plural) == base


@given(st.text(max_size=60), st.text(max_size=30))
def test_matching_never_raises_and_a_text_holds_its_own_words(text: str, keyword: str) -> None:
    matches([text], keyword)
    assert all(matches([text], word) for word in fold(text).split())


@given(st.from_regex(r"[a-z]{3,10}", fullmatch=True))
def test_forms_hold_the_word_itself(word: str) -> None:
    assert word in forms(word)
