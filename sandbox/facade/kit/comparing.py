"""Whether two values mean the same: texts, places, currencies; and scaling of amounts."""

from __future__ import annotations

from typing import Any

from domain.meaning import gazetteer, money, words
from sandbox.facade.kit.values import to_text


def same_text(value: Any, wanted: Any) -> bool:
    """Return whether two texts are equal, case, accents and punctuation aside; a missing value equals nothing.

    Example:
        ``same_text(item.license, request.license)``
    """
    left, right = to_text(value), to_text(wanted)
    return left is not None and right is not None and words.fold(left) == words.fold(right)


def same_place(value: Any, wanted: Any) -> bool:
    """Return whether a place's name is the wanted one, also by a short form ("SF") or as "City, State".

    Example:
        ``same_place(item.city, request.city)``
    """
    left, right = to_text(value), to_text(wanted)
    if left is None or right is None:
        return False
    names = {words.fold(right), words.fold(right.split(",")[0])}
    known = gazetteer.find(right)
    names |= {words.fold(known.name)} if known is not None else set()
    return words.fold(left) in names or words.fold(left.split(",")[0]) in names


def same_currency(value: Any, wanted: str | None) -> bool:
    """Return whether an amount is in the wanted currency; without a wish, or without a currency, it is.

    Example:
        ``same_currency(item.currency, request.currency)``
    """
    left = to_text(value)
    return wanted is None or left is None or _code(left) == _code(wanted)


def scaled(value: float | None, factor: float) -> float | None:
    """Return an amount times a factor, free of binary noise: cents (``factor`` 0.01) become units of money."""
    return None if value is None else round(value * factor, 6)


def _code(text: str) -> str:
    """Return the ISO code of a currency that is written as a code, a sign, or within an amount ("£40")."""
    plain = text.strip()
    if len(plain) == 3 and plain.isalpha():
        return plain.upper()
    return money.currency(plain) or plain.upper()
