"""Amounts of money as people and pages write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from price_parser import Price, parse_price

SYMBOLS: Final[dict[str, str]] = {
    "$": "USD",
    "us$": "USD",
    "c$": "CAD",
    "ca$": "CAD",
    "a$": "AUD",
    "au$": "AUD",
    "nz$": "NZD",
    "hk$": "HKD",
    "s$": "SGD",
    "mx$": "MXN",
    "r$": "BRL",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW",
    "₺": "TRY",
    "₴": "UAH",
    "₪": "ILS",
    "zł": "PLN",
    "kč": "CZK",
    "円": "JPY",
    "￥": "JPY",
    "元": "CNY",
    "원": "KRW",
}
"""Currency signs and the ISO 4217 code they are most often used for."""

WORDS: Final[dict[str, str]] = {
    "dollar": "USD",
    "buck": "USD",
    "euro": "EUR",
    "pound": "GBP",
    "quid": "GBP",
    "yen": "JPY",
    "rupee": "INR",
    "franc": "CHF",
}
"""Currency names in the singular."""

CODES: Final = frozenset(
    re.findall(
        r"\w+",
        "DES USD EUR GBP JPY CHF CAD AUD NZD SEK NOK DKK PLN CZK HUF RON BGN TRY ILS INR CNY HKD "
        "SGD KRW TWD THB MYR IDR PHP VND BRL MXN ARS CLP COP PEN ZAR NGN KES EGP MAD AED SAR QAR UAH RUB ISK",
    )
)
"""ISO 4217 codes that are recognised in text."""

_FREE = re.compile(
    r"\s*(?:free|gratis|gratuite?|kostenlos|gratuito|entrée libre|eintritt frei|無料|免费|무료|no charge|"
    r"free (?:entry|admission|event|of charge))\s*[.!]?\s*",
    re.IGNORECASE,
)
_BESIDE_FIGURES = re.compile(r"\d ?[a-z]{3}\b|\b[a-z]{3} ?\d")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in major units; ``currency`` is an ISO 4217 code, or "" when none was written."""

    amount: float
    currency: str = ""


@lru_cache(maxsize=4096)
def parse(text: str) -> Money | None:
    """Return the first amount in a text ("$1,999.99", "20 euros", "Free"), or None when there is none."""
    if _FREE.fullmatch(text):
        return Money(0.0)
    price: Price = parse_price(text[:200])
    if price.amount is None:
        return None
    return Money(float(price.amount), currency(text, price.currency or ""))


def currency(text: str, sign: str = "") -> str:
    """Return the ISO code that a text names by code, word or sign; "" when it names none."""
    known: str | None = SYMBOLS.get(sign.strip().casefold())
    words: list[str] = _WORD.findall(text)
    for word in words:
        if word.upper() in CODES and (word.isupper() or _BESIDE_FIGURES.search(text)):
            return word.upper()
        named: str | None = WORDS.get(word.casefold()) or WORDS.get(word.casefold().removesuffix("s"))
        if named:
            return named
    if known:
        return known
    signs = sorted((s for s in SYMBOLS if s in text.casefold()), key=len)
    return SYMBOLS[signs[-1]] if signs else ""
