"""When a keyword occurs in a text: whole words, any case, accents and punctuation, in their usual forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from domain.meaning.foreign import FOREIGN

SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "hip hop": ("rap",),
    "rap": ("hip hop",),
    "family friendly": ("family", "kids", "children", "kid friendly"),
    "kid friendly": ("family friendly", "family", "kids", "children"),
    "kids": ("children", "kid friendly", "family friendly"),
    "children": ("kids",),
    "yc": ("y combinator",),
    "y combinator": ("yc",),
    "ai": ("artificial intelligence",),
    "artificial intelligence": ("ai",),
    "ml": ("machine learning",),
    "machine learning": ("ml",),
    "vc": ("venture capital", "venture capitalist"),
    "tech": ("technology",),
    "technology": ("tech",),
    "theatre": ("theater",),
    "theater": ("theatre",),
    "centre": ("center",),
    "center": ("centre",),
    "licence": ("license",),
    "license": ("licence",),
    "film": ("movie",),
    "movie": ("film",),
    "soccer": ("association football",),
    "r b": ("rnb", "rhythm and blues"),
    "edm": ("electronic dance music",),
    "lgbt": ("lgbtq", "lgbtqia", "queer"),
    "lgbtq": ("lgbt", "lgbtqia", "queer"),
    "meet up": ("meetup",),
    "comedy": ("stand up comedy", "stand up"),
}
"""Other words for the same thing, folded. A key also stands for its values; the reverse only where listed."""

IRREGULAR: Final[dict[str, str]] = {
    "woman": "women",
    "man": "men",
    "child": "children",
    "person": "people",
    "foot": "feet",
    "tooth": "teeth",
    "mouse": "mice",
    "life": "lives",
    "wife": "wives",
    "knife": "knives",
    "shelf": "shelves",
    "half": "halves",
    "leaf": "leaves",
    "wolf": "wolves",
    "loaf": "loaves",
    "hero": "heroes",
    "potato": "potatoes",
    "tomato": "tomatoes",
    "analysis": "analyses",
    "crisis": "crises",
}
"""Singulars and plurals that follow no rule."""

INVARIANT: Final = frozenset(
    [
        "news",
        "series",
        "species",
        "blues",
        "sports",
        "physics",
        "economics",
        "politics",
        "mathematics",
        "athletics",
        "gymnastics",
        "robotics",
        "electronics",
        "graphics",
        "ethics",
        "analytics",
        "pilates",
        "tapas",
        "headquarters",
        "christmas",
        "canvas",
        "atlas",
        "texas",
        "kansas",
        "bias",
        "lens",
        "jeans",
        "swiss",
        "always",
    ]
)
"""Nouns in -s that are mostly said as they are; their shorter form still matches."""

ENDING_IN_IE: Final = frozenset(
    [
        "movie",
        "cookie",
        "zombie",
        "selfie",
        "hippie",
        "rookie",
        "smoothie",
        "brownie",
        "genie",
        "indie",
        "calorie",
        "foodie",
        "hoodie",
        "birdie",
        "newbie",
        "pixie",
        "prairie",
        "veggie",
        "goalie",
    ]
)
"""Singulars whose plural in -ies loses only its s."""

_SINGULAR: Final = {plural: singular for singular, plural in IRREGULAR.items()}
_APOSTROPHES = re.compile(r"['’ʼ`´]")
_OTHERS = re.compile(r"[^\w+#]|_")
_LOOSE_SIGNS = re.compile(r"(?<![^\W_])[+#]+")
_UNSPACED_SCRIPTS = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_SPLIT_FROM = 6  # letters from which on "hiphop" is also looked for as "hip hop"


_LONGEST_NAME: Final = 3
_MEMBER: Final = re.compile(r"https?://schema\.org/(\w+)")


def _member_words(found: re.Match[str]) -> str:
    """Return the words of a value of the shared vocabulary: "https://schema.org/VeganDiet" says "Vegan Diet"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", found[1])


def matches(texts: Iterable[str], keyword: str) -> bool:
    """Return whether any text holds the keyword as whole words, in a usual form or by a synonym.

    "hip-hop", "hip hop" and "hiphop" are one word; "party" finds "parties"; "art" finds neither "party"
    nor "artist". Several words are a phrase; one that is written like a name is also found with the last name
    first ("Marlowe, Toni"). An empty keyword is in no text.
    """
    pattern = _pattern(fold(keyword))
    if pattern is None:
        return False
    inverted = _inverted(keyword)
    texts = (_MEMBER.sub(_member_words, text) if "schema.org/" in text else text for text in texts)
    return any(
        pattern.search(fold(text)) or (inverted and "," in text and f" {inverted} " in f" {fold(text)} ")
        for text in texts
    )


@lru_cache(maxsize=4096)
def _inverted(keyword: str) -> str:
    """Return a capitalised name of two or three words with the last one first (folded), or an empty text."""
    names = keyword.split()
    if not 2 <= len(names) <= _LONGEST_NAME or not all(name[:1].isupper() for name in names):
        return ""
    return fold(" ".join([names[-1], *names[:-1]]))


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Return the text in lower case, without accents and apostrophes, every other punctuation a single blank.

    ``+`` and ``#`` stay behind a letter, since C, C++ and C# are different words.
    """
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = _OTHERS.sub(" ", _APOSTROPHES.sub("", plain))
    return " ".join(_LOOSE_SIGNS.sub(" ", plain).split())


_ENDING_IN_OE: Final = frozenset({"shoes", "toes", "canoes", "foes", "hoes", "oboes", "horseshoes", "snowshoes"})


def singular(word: str) -> str:
    """Return the singular of a folded English noun by the regular rules, or the word itself."""
    if word in _SINGULAR:
        return _SINGULAR[word]
    if len(word) < 4 or word in INVARIANT or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-1] if len(word) < 5 or word[:-1] in ENDING_IN_IE else word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes", "zzes")) or (word.endswith("oes") and word not in _ENDING_IN_OE):
        return word[:-2]
    return word[:-1]


def plural(word: str) -> str:
    """Return the plural of a folded English noun by the regular rules."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "ch", "sh", "x", "z")) else "s")


def forms(word: str) -> tuple[str, ...]:
    """Return the word, its singular and its plural (folded), longest first."""
    if len(word) < 3 or not word.isalpha():
        return (word,)
    base = singular(word)
    shorter = {word.removesuffix("s")} if word in INVARIANT else set()
    return tuple(sorted({word, base, plural(base)} | shorter, key=len, reverse=True))


@lru_cache(maxsize=4096)
def _pattern(keyword: str) -> re.Pattern[str] | None:
    if not keyword:
        return None
    spellings = {keyword, " ".join(singular(w) for w in keyword.split())}
    others = (o for s in sorted(spellings) for o in (*SYNONYMS.get(s, ()), *FOREIGN.get(s, ())))
    alternatives = list(dict.fromkeys([keyword, *others]))
    body = "|".join(_spelling(alternative) for alternative in alternatives)
    if _UNSPACED_SCRIPTS.search(keyword):
        return re.compile(body)
    return re.compile(rf"(?<![\w+#])(?:{body})(?![\w+#])")


def _spelling(phrase: str) -> str:
    parts = phrase.split()
    if len(parts) > 1:
        return " ?".join(_one_of(forms(part)) for part in parts)
    whole = forms(parts[0])
    if len(parts[0]) < _SPLIT_FROM:
        return _one_of(whole)
    split = (f"{w[:i]} {w[i:]}" for w in whole for i in range(2, len(w) - 2))
    return _one_of((*whole, *split))


def _one_of(spellings: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(s) for s in spellings) + ")"
