"""Shapes of text and of words in attributes that study of a page goes by. No site is known here."""

from __future__ import annotations

import re
from functools import lru_cache

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_CURRENCY = r"[$€£¥₹]|\b(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|INR)\b"

DATE = re.compile(
    r"\b(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\.?\s+(?:{_MONTHS})[a-z]*"
    rf"|(?:{_MONTHS})[a-z]*\.?\s+\d{{1,2}})\b",
    re.IGNORECASE,
)
TIME = re.compile(r"\b(?:[01]?\d|2[0-3]):[0-5]\d\b|\b1?\d\s?[ap]\.?m\b", re.IGNORECASE)
PRICE = re.compile(rf"(?:{_CURRENCY})\s?\d|\d\s?(?:{_CURRENCY})|^free$", re.IGNORECASE)
PHONE = re.compile(r"(?<![\d/-])\+?\(?\d[\d\s().-]{7,16}\d(?![\d/-])")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+\w")
NUMBER = re.compile(r"[-+]?\d{1,3}(?:[,\u00a0 ]\d{3})+(?:\.\d+)?|[-+]?\d+(?:\.\d+)?")
WEB_ADDRESS = re.compile(r"(?:https?:)?//\S+$", re.IGNORECASE)
FILE_ADDRESS = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rtf|odt|ods|csv|epub)$", re.IGNORECASE)
FILE_SIZE = re.compile(r"^\(?[\d.,]+\s*[kmg]i?b\)?$", re.IGNORECASE)
POSTAL_ADDRESS = re.compile(
    r"\b\d{1,5}\s+\w[\w .'-]{0,40}\b"
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|drive|dr|lane|ln|way|place|pl|court|ct"
    r"|square|sq|highway|hwy|parkway|pkwy|suite)\b|\b[A-Z]{2}\s+\d{5}(?:-\d{4})?\b",
    re.IGNORECASE,
)
BUTTON = re.compile(
    r"^(?:download|view|read more|learn more|more|details?|open|pdf|click here|see|show|buy|add to|share|reply|save"
    r"|get directions|directions|apply|register|sign up|book|contact us)\b.{0,14}$",
    re.IGNORECASE,
)
# Only what is surely to be had or gone: "on loan" or "reserved" could be meant either way.
STOCK = re.compile(
    r"^(?:sold[ -]?out|(?:currently |temporarily )?(?:out of stock|unavailable|not available)|fully booked|in stock"
    r"|available(?: now)?|tickets available|(?:only )?(?:a )?few (?:tickets |places |seats )?left"
    r"|buy(?: now| tickets?)?|book now|get tickets|add to (?:cart|basket|bag))[.!]?$",
    re.IGNORECASE,
)
SOCIAL = re.compile(
    r"facebook|twitter|linkedin|instagram|youtube|whatsapp|pinterest|maps\.|google|//x\.com", re.IGNORECASE
)
# "tabs" is no such word: panels under tabs hold the page's content as often as not.
MENU_WORD = re.compile(
    r"(?:^|(?<!no)[\W_])(?:nav|navbar|navigation|menu|submenu|footer|header|breadcrumbs?|cookies?|consent|pagination"
    r"|pager|paging|sidebar|navbox|toc|toctree|share|social|toolbar|filters?|facets?|skip|tablist|login|language)(?:[\W_]|$)",
    re.IGNORECASE,
)
# What stands beside the page's own list and is often made alike.
ASIDE_WORD = re.compile(
    r"(?:^|(?<!no)[\W_])(?:related|recommend(?:ed|ations?)?|similar|recently|viewed|also|sponsored|promos?|promoted"
    r"|adverts?|advertisements?|ads|tag-?cloud|trending|upsells?|cross-?sells?|most-?(?:read|viewed|popular))(?:[\W_]|$)",
    re.IGNORECASE,
)
ASIDE_HEADING = re.compile(
    r"^\W*(?:related|recommended|similar|recently (?:viewed|seen)|seen before|you (?:may|might)"
    r"|(?:people|customers|others) "
    r"|more (?:from|like|in)\b|most (?:read|viewed|popular)|popular|trending|sponsored|see also|also\b|in other)",
    re.IGNORECASE,
)
MAIN_WORD = re.compile(r"(?:^|[\W_])(?:main|content|article|results?|listings?|feed|items?)(?:[\W_]|$)", re.IGNORECASE)
RESULT_WORD = re.compile(
    r"(?:^|[\W_])(?:results?|listings?|cards?|posts?|entry|entries|products?|tiles?|teasers?|articles?|records?|rows?|items?)"
    r"(?:[\W_]|$)",
    re.IGNORECASE,
)
LABEL = re.compile(r"^\s*([^\W\d_][^:：\n]{0,38}?)\s*[:：](?:\s|$)")

_HUMP = re.compile(r"([a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")


def squeeze(text: str) -> str:
    """Return the text with every run of white space as one space, without any at the ends."""
    return " ".join(text.split())


def words(text: str) -> list[str]:
    """Return the words of a text or identifier in lower case: camelCase, snake_case and kebab-case are split."""
    return _WORD.findall(_HUMP.sub(r"\1 ", text).lower())


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the word without a plural ending, so that "events" meets "event"."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word
