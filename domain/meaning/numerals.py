"""Numbers in words and figures: "ten", "25", "a dozen"."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, int]] = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
    "a hundred": 100,
    "one hundred": 100,
    "a thousand": 1000,
    "a dozen": 12,
    "dozen": 12,
}

NUMERAL: Final = r"(?:\d{1,6}|" + "|".join(sorted(WORDS, key=len, reverse=True)) + r")\b"
"""Pattern of a whole number, without groups, for lower-case text."""


def numeral(text: str) -> int:
    """Return the whole number that figures or words say.

    Raises:
        ValueError: the text is no number of the grammar.
    """
    plain = " ".join(text.casefold().split())
    return WORDS[plain] if plain in WORDS else int(plain.replace(",", ""))
