"""Which aligned column answers to which field name, and how the others are called.

A wanted field takes the column that scores best for it (value patterns, label, heading, microdata, class, place in
the record). Columns that nobody named get a name from the same evidence, most telling first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from domain.markup import CONTACT
from generators.induction import patterns as shapes
from generators.induction.alignment import Strand
from generators.sources.naming import snake

_IMAGE = re.compile(r"image|photo|picture|logo|thumbnail|\bimg\b")
_ADDRESS = re.compile(r"\b(?:url|link|href|website|page|homepage)s?\b")
_PHONE = re.compile(r"phone|\btel\b|mobile|\bfax\b")
_TITLE = re.compile(
    r"\b(?:name|title|role|product|heading|position|job|subject|event|document|topic|thread|headline|question"
    r"|film|movie|book|course)\b"
)
_MONEY = re.compile(r"price|cost|funding|amount|salary|\bfee\b")
_DAY = re.compile(r"\b(?:date|day|posted|published|deadline|close|start|end|time|when|updated|created)\b")
_PERSON = re.compile(
    r"author|person|speaker|contact|organi[sz]er|host|seller|\busers?(?:name)?\b|member|poster|reviewer|by\b"
)
_PROSE = re.compile(
    r"description|quote|content|summary|text|bio|abstract|excerpt|comment|snippet|body|message|answer|blurb|teaser|review"
)
_OLD = re.compile(r"\b(?:old|was|before|original|regular|list|former)\b")
# A price that is crossed out is not what the thing costs, and often stands first.
_STRUCK = re.compile(
    r"(?:^|/)(?:del|s|strike)(?:[.\[/]|$)"
    r"|[.-](?:was|old|before|struck|strike|strikethrough|crossed|original|regular|rrp|uvp|msrp)(?:-[\w-]*)?(?:[\[/]|$)"
)
_PLACE = re.compile(r"address|location|street|venue|city|place|where")
_SYNONYMS = {
    "name": "name title heading",
    "title": "title name heading position role job",
    "author": "author by user byline writer",
    "user": "user username author by member",
    "points": "points score votes",
    "score": "score points votes rating",
    "votes": "votes score points",
    "description": "description summary desc text excerpt intro",
    "sku": "sku id code",
    "price": "price cost amount",
    "country": "country origin",
    "location": "location place venue address city where",
    "address": "address location street",
    "date": "date time day when published posted",
    "organizer": "organizer organiser host",
}
_SIGN = re.compile(r"\W")
_ALT = re.compile(r"\balt\b")
_MAIL = re.compile(r"mail")
_UNDER_HEADING = re.compile(r"(?:^|/)(?:h[1-6]|dt|summary)(?:\.|/|$)")
_UNDER_LINK = re.compile(r"(?:^|/)a(?:\.|$|/)")
_ADDRESS_KINDS = frozenset({"href", "data-href"})
_PICTURE_KINDS = frozenset({"src", "data-src"})
_FEW_LETTERS = 0.1
"""Share of letters below which a column is of numbers, dates or signs, which name nothing."""
_PLAIN_KINDS = frozenset({"text", "datetime", "title", "aria-label", "alt", "content", "value"})
_MEANING_WORDS = frozenset(
    [
        "title",
        "name",
        "author",
        "date",
        "time",
        "price",
        "location",
        "address",
        "venue",
        "city",
        "country",
        "phone",
        "email",
        "description",
        "summary",
        "category",
        "tag",
        "tags",
        "rating",
        "score",
        "status",
        "size",
        "type",
        "version",
        "license",
        "organizer",
        "host",
        "image",
        "salary",
        "company",
        "department",
        "count",
        "views",
        "comments",
        "likes",
        "published",
        "updated",
        "excerpt",
        "subtitle",
        "duration",
        "language",
        "publisher",
        "isbn",
        "sku",
        "brand",
        "deadline",
        "agency",
        "id",
        "number",
        "distance",
        "region",
        "state",
        "position",
        "role",
        "reviews",
        "stock",
        "availability",
        "quote",
        "text",
        "abstract",
        "journal",
        "year",
    ]
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What is known of a column beside its values: heading or label, place among the columns, the main link's words."""

    label: str
    order: float
    links: tuple[str | None, ...]
    record_is_link: bool


def assign(
    wanted: Sequence[str], strands: Sequence[Strand], evidence: Callable[[Strand], Evidence]
) -> dict[str, Strand]:
    """Return the column for each wanted field; a column serves a second field only where none is left."""
    scores = [
        (field_score(name, strand, evidence(strand)), -position, name, strand)
        for name in wanted
        for position, strand in enumerate(strands)
    ]
    scores.sort(key=lambda entry: entry[:2], reverse=True)
    taken: dict[str, Strand] = {}
    used: set[int] = set()
    for score, _, name, strand in scores:
        if score > 0.4 and name not in taken and id(strand) not in used:
            taken[name] = strand
            used.add(id(strand))
    for score, _, name, strand in scores:
        if score > 1.5 and name not in taken:
            taken[name] = strand
    return {name: taken[name] for name in wanted if name in taken}


def field_score(name: str, strand: Strand, evidence: Evidence) -> float:
    """Return how well a column answers to a field name; 0 or less means not at all."""
    asked = _asked(name)
    if asked.kind == "alt":
        return 3 * strand.fill if strand.kind == "alt" else 0.0
    if asked.kind == "image":
        is_lazy = 0.3 if strand.kind == "data-src" else 0.0
        score = 3 * strand.fill + strand.distinct - 0.1 * strand.occurrence + is_lazy
        return score if strand.kind in _PICTURE_KINDS else 0.0
    if asked.kind == "address":
        return _address_score(strand, evidence, strand.distinct)
    if strand.kind in _ADDRESS_KINDS | _PICTURE_KINDS and not asked.may_be_address:
        return 0.0
    if asked.kind == "email":
        return 3 * strand.share(shapes.EMAIL) * strand.fill + (0.2 if strand.is_text else 0)
    if asked.kind == "phone":
        return _phone_score(asked, strand, evidence)
    return _plain_score(asked, strand, evidence, strand.distinct) if strand.kind in _PLAIN_KINDS else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """What a field's name asks for, worked out once a name."""

    kind: str
    words: tuple[str, ...]
    kin: frozenset[str]
    name: str
    may_be_address: bool
    is_money: bool
    is_old: bool
    is_day: bool
    sort: str


@lru_cache(maxsize=1_024)
def _asked(name: str) -> _Asked:
    name = name.lower().replace("_", " ")
    words = tuple(name.split()) or ("",)
    kinds = (("alt", _ALT), ("image", _IMAGE), ("address", _ADDRESS), ("email", _MAIL), ("phone", _PHONE))
    sorts = (("title", _TITLE), ("person", _PERSON), ("prose", _PROSE), ("place", _PLACE))
    return _Asked(
        kind=next((kind for kind, pattern in kinds if pattern.search(name)), "plain"),
        words=words,
        kin=frozenset({word for part in words for word in _SYNONYMS.get(part, "").split()} | set(words)),
        name=re.sub(r"\W", "", name),
        may_be_address=bool(re.search(r"mail|phone", name)),
        is_money=bool(_MONEY.search(name)),
        is_old=bool(_OLD.search(name)),
        is_day=bool(_DAY.search(name)),
        sort=next((sort for sort, pattern in sorts if pattern.search(name)), ""),
    )


def _address_score(strand: Strand, evidence: Evidence, distinct: float) -> float:
    if strand.kind not in _ADDRESS_KINDS:
        return 0.0
    is_heading = bool(_UNDER_HEADING.search(strand.path))
    return (
        2 * strand.fill
        + 2 * distinct
        + 0.5 * strand.share(shapes.FILE_ADDRESS)
        - 0.3 * evidence.order
        - 0.2 * (strand.occurrence - 1)
        - 2 * strand.share(shapes.SOCIAL)
        - 0.6 * _signs_only(strand)
        + 0.3 * is_heading
    )


def _signs_only(strand: Strand) -> float:
    """Tell whether the links show nothing but a sign (an arrow to vote, a cross to close), no word and no picture."""
    element = next(e for e in strand.elements if e is not None)
    text = "".join(element.itertext()).strip()
    return float(bool(text) and not any(map(str.isalnum, text)) and element.find(".//img") is None)


def _phone_score(asked: _Asked, strand: Strand, evidence: Evidence) -> float:
    if strand.kind not in {"text", CONTACT} or strand.share(shapes.EMAIL) > 0.1:
        return 0.0
    near = f"{strand.path} {strand.label} {evidence.label}".lower()
    is_named = asked.words[0] in near
    short = strand.mean("below 40", lambda value: len(value) < 40)
    return strand.share(shapes.PHONE) * strand.fill * (1 + short + 0.2 * strand.is_text) + 0.8 * is_named


def _plain_score(asked: _Asked, strand: Strand, evidence: Evidence, distinct: float) -> float:
    near = f"{strand.path} {strand.label} {evidence.label}".lower()
    own, kin = asked.words, asked.kin
    sense = 2.0 * (own[-1] in near) + sum(word in near for word in own[:-1]) + 0.7 * sum(word in near for word in kin)
    said = meaning(strand)
    if said and said not in kin and said not in " ".join(own):
        sense -= 1
    label = evidence.label or strand.label
    if label and _SIGN.sub("", label.lower()) == asked.name:
        sense += 3
    short = strand.mean("below 90", lambda value: len(value) < 90)
    prices, dates = strand.share(shapes.PRICE), strand.share(shapes.DATE)
    if asked.is_money:
        sense += 2 * prices * short - 2 * (asked.is_old != bool(_STRUCK.search(strand.path)))
    elif prices > 0.7:
        sense -= 1
    if asked.is_day:
        sense += 2 * dates * short + (1.2 if strand.kind == "datetime" else 0)
    elif dates > 0.7:
        sense -= 1
    score = strand.fill + 0.8 * distinct + sense + _kind_score(asked.sort, strand, evidence, short, distinct)
    if strand.mean("signs", lambda value: len(_SIGN.sub("", value[:80])) < 2) > 0.5:
        score -= 2
    return score - (1.5 if strand.share(shapes.BUTTON) > 0.5 else 0)


def _kind_score(sort: str, strand: Strand, evidence: Evidence, short: float, distinct: float) -> float:
    length = strand.length
    plain = 0.0 if strand.is_text else -0.5
    if sort == "title":
        return _title_score(strand, evidence, short, distinct, length)
    if sort == "person":
        return strand.mean("few words", _looks_like_person) + plain
    if sort == "prose":
        return min(1.5, length / 60) - 0.2
    if sort == "place":
        return 1.5 * strand.share(shapes.POSTAL_ADDRESS) + 0.3 * short + plain
    return 0.3 * short + plain


def _looks_like_person(value: str) -> float:
    """Tell how far a value looks like a name: a few words, the first no "by"; one word is a user's name."""
    words = value.split()
    if not 0 < len(words) < 5 or "by" in words[:-1]:
        return 0.0
    return 1.0 if len(words) > 1 else 0.8


def _title_score(strand: Strand, evidence: Evidence, short: float, distinct: float, length: float) -> float:
    letters = strand.mean("letters", lambda value: sum(map(str.isalpha, value[:200])) / len(value[:200]))
    is_heading = bool(_UNDER_HEADING.search(strand.path))
    in_link = evidence.record_is_link or bool(_UNDER_LINK.search(strand.path))
    is_link = strand.is_text and in_link
    files = strand.share(shapes.FILE_SIZE) + strand.share(shapes.FILE_ADDRESS)
    return (
        1.2 * distinct
        + 0.8 * strand.is_text * _shares_words_with_link(strand, evidence.links)
        + 0.8 * min(1.0, length / 40)
        + (letters > 0.5)
        - 1
        - 2 * (letters < _FEW_LETTERS)
        - 2 * files
        + 1.2 * is_heading
        + 0.6 * is_link
        + 0.5 * short
        + 0.6 * (1 - evidence.order)
        - (0.0 if strand.is_text else 0.5)
    )


def _shares_words_with_link(strand: Strand, links: Sequence[str | None]) -> float:
    """Return the share of values of which half the words stand in the address of the record's first link."""
    known = strand.shares.get("in link")
    if known is not None:
        return known
    hits = 0
    for value, link in zip(strand.values, links, strict=False):
        own = set(re.findall(r"\w{3,}", value.lower())) if value and link else set()
        if own and link:
            hits += len(own & set(re.findall(r"\w{3,}", unquote(link).lower()))) >= 0.5 * len(own)
    strand.shares["in link"] = hits / max(1, len(strand.present))
    return strand.shares["in link"]


def guess(strand: Strand, evidence: Evidence) -> str:
    """Return a snake_case name for a column that nobody asked for by name."""
    label = evidence.label or strand.label
    if label and len(label) < 40 and re.search(r"[^\W\d_]", label) and label.isascii():
        name = snake(label)
        return name if strand.is_text else f"{name}_{_suffix(strand)}"
    if strand.kind.startswith("data-") and strand.kind not in _PICTURE_KINDS | _ADDRESS_KINDS:
        return snake(strand.kind.removeprefix("data-"))
    if strand.kind in _PICTURE_KINDS:
        return "image"
    if strand.kind == "alt":
        return "image_text"
    if strand.kind in _ADDRESS_KINDS:
        return _link_name(strand)
    if strand.kind == CONTACT:
        return "email" if strand.share(shapes.EMAIL) > 0.5 else "phone"
    name = meaning(strand) or _by_value(strand, evidence)
    return "old_price" if name == "price" and _STRUCK.search(strand.path) else name


def _suffix(strand: Strand) -> str:
    if strand.kind in _ADDRESS_KINDS:
        return "url"
    return "image" if strand.kind in _PICTURE_KINDS else snake(strand.kind.removeprefix("data-"))


def _link_name(strand: Strand) -> str:
    said = meaning(strand)
    return f"{said}_url" if said and said not in {"title", "name"} else "url"


def meaning(strand: Strand) -> str:
    """Return the name that microdata or the last classes of the path give, if it is a word with a meaning."""
    return _path_meaning(strand.path)


@lru_cache(maxsize=4_096)
def _path_meaning(path: str) -> str:
    for step in reversed(path.split("/")[-2:]):
        _, dot, word = step.partition(".")
        if not dot:
            continue
        parts = shapes.words(re.sub(r"\[\d+\]$", "", word))
        telling = [p for p in reversed(parts) if p in _MEANING_WORDS or shapes.stem(p) in _MEANING_WORDS]
        # The name of a category is one: "category-name" says of what it is the name.
        for part in sorted(telling, key=lambda p: p in _PLAIN_WORDS):
            return "tags" if part == "tags" else shapes.stem(part) if part not in {"address", "status"} else part
    return ""


_PLAIN_WORDS = frozenset({"name", "title", "text", "number", "id", "type"})


def _by_value(strand: Strand, evidence: Evidence) -> str:
    checks = (
        ("email", shapes.EMAIL),
        ("date", shapes.DATE),
        ("price", shapes.PRICE),
        ("phone", shapes.PHONE),
        ("address", shapes.POSTAL_ADDRESS),
    )
    length = strand.length
    if strand.kind == "datetime":
        return "date"
    if strand.is_text and _tells_stock(strand):
        return "availability"
    if length < 80:
        for name, pattern in checks:
            if strand.share(pattern) > 0.6:
                return name
    if _UNDER_HEADING.search(strand.path):
        return "title"
    if strand.path.rpartition("/")[2].startswith("a") and evidence.order < 0.5 and strand.occurrence == 1:
        return "title"
    if length > 100:
        return "description"
    return {"title": "tooltip", "aria-label": "label", "content": "content", "value": "value"}.get(strand.kind, "text")


def _tells_stock(strand: Strand) -> bool:
    """Whether each value says that a record is to be had or gone, in words whose side is sure."""
    return strand.share(shapes.STOCK) == 1.0 and len(set(strand.present)) > 1
