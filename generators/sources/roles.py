"""What part a column plays in a record, told from its name, type and values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final

from domain.observation import Column
from domain.plan import FieldType


class Role(StrEnum):
    """Parts that the planner knows how to use."""

    ID = "id"
    TITLE = "title"
    DESCRIPTION = "description"
    LINK = "link"
    IMAGE = "image"
    START = "start"
    END = "end"
    TIMEZONE = "timezone"
    PRICE = "price"
    HIGH_PRICE = "high_price"
    CURRENCY = "currency"
    FREE = "free"
    SOLD_OUT = "sold_out"
    AVAILABLE = "available"
    ONLINE = "online"
    CITY = "city"
    REGION = "region"
    COUNTRY = "country"
    ADDRESS = "address"
    VENUE = "venue"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    CATEGORY = "category"
    ORGANIZER = "organizer"
    RATING = "rating"


_TEXTS = (FieldType.STRING, FieldType.ARRAY)
_DATES = (FieldType.DATE, FieldType.DATETIME)
_NUMBERS = (FieldType.NUMBER, FieldType.INTEGER)
_RULES: Final[tuple[tuple[Role, str, tuple[FieldType, ...]], ...]] = (
    (Role.LATITUDE, r"(^|_)(lat|latitude)$", _NUMBERS),
    (Role.LONGITUDE, r"(^|_)(lng|lon|long|longitude)$", _NUMBERS),
    (Role.TIMEZONE, r"(^|_)(timezone|time_zone|tz|tzid)$", (FieldType.STRING,)),
    (Role.FREE, r"(^|_)(is_free|free|isfree|free_entry)$", (FieldType.BOOLEAN,)),
    (Role.SOLD_OUT, r"(^|_)(is_)?(sold_?out|out_of_stock|fully_booked)$", (FieldType.BOOLEAN, FieldType.STRING)),
    (
        Role.AVAILABLE,
        r"(^|_)(is_)?(available|availability|in_?stock|stock_status|stock|bookable|instock_availability)$",
        (FieldType.BOOLEAN, FieldType.STRING),
    ),
    (
        Role.ONLINE,
        r"(^|_)(is_online|online|is_virtual|virtual|location_type|attendance_mode|event_attendance_mode|remote|is_remote)$",
        (FieldType.BOOLEAN, FieldType.STRING, FieldType.URL),
    ),
    (
        Role.HIGH_PRICE,
        r"(^|_)(max|high|highest|maximum|regular|list|old|original)_?price$",
        (*_NUMBERS, FieldType.PRICE),
    ),
    (
        Role.PRICE,
        (
            r"(^|_)(price|cost|fee|amount|rent|fare|(rent|fare|price|cost|fee)_(value|amount|total|eur|usd|gbp)|low_price|min_price|ticket_price|price_amount|price_value|unit_price|sale_price|"
            r"current_price|prices|preis|prix|prezzo|precio|preco|miete|kaltmiete|warmmiete|loyer|alquiler|affitto|huur|cena|pris|tarif|tarifa|price_color)$"
        ),
        (*_NUMBERS, FieldType.PRICE, FieldType.STRING),
    ),
    (Role.CURRENCY, r"(^|_)(currency|currency_code|price_currency)$", (FieldType.STRING,)),
    (Role.END, r"(^|_)(end|ends|until|finish|end_date|end_at|end_time|ends_at|date_to|closes|expires)(_|$)", _DATES),
    (
        Role.START,
        (
            r"(^|_)(start|starts|begin|begins|date|when|day|start_date|start_at|starts_at|datetime|date_from|time|scheduled"
            r"|departure|event_date|local_date)(_|$)"
        ),
        _DATES,
    ),
    (
        Role.CITY,
        r"(^|_)(city|town|locality|municipality|address_locality|city_name|ort|stadt|wohnort|ville|ciudad|citta|comune|cidade|plaats)$",
        (FieldType.STRING,),
    ),
    (Role.REGION, r"(^|_)(state|region|province|county|address_region|city_state)$", (FieldType.STRING,)),
    (Role.COUNTRY, r"(^|_)(country|country_code|country_name|address_country)$", (FieldType.STRING,)),
    (Role.ADDRESS, r"(^|_)(address|full_address|street|street_address|address1|address_line1)$", (FieldType.STRING,)),
    (Role.VENUE, r"(^|_)(venue|venue_name|location|location_name|place|place_name|hall)$", (FieldType.STRING,)),
    (
        Role.ORGANIZER,
        (
            r"(^|_)(organi[sz]er|organi[sz]er_name|organi[sz]ers|host|hosts|hosts_name|host_name|hosted_by|organi[sz]ation|organi[sz]ation_(name|title)|author|authors|"
            r"author_name|by|byline|by_line|posted_by|written_by|writer|creator|calendar_name|calendar|publisher|publisher_name|maintainer|maintainers|seller|vendor|"
            r"brand|artist|artists|owner|owner_login|user|user_name|username|presenter|speaker|speakers|group_name|company|"
            r"authors_name|performer|performers|organizers_name|maintainers_name|brand_name)$"
        ),
        _TEXTS,
    ),
    (
        Role.CATEGORY,
        (
            r"(^|_)(category|categories|subcategory|sub_category|categories_name|category_name|genre|genres|topic|topics|"
            r"tag|tags|tags_name|type|kind|section|department|keywords|segment|event_type|language|subject|subjects|"
            r"classification|product_type|labels_name|topics_name|style|cuisine|species|sport|discipline|"
            r"suitable_for_diet|diet|diets|ingredient|ingredients|theme|themes|format|formats|medium|contract|contract_type|kategorie|categorie|categoria|rubrik|objektart|genere|genero)$"
        ),
        _TEXTS,
    ),
    (Role.RATING, r"(^|_)(rating|stars|score|rating_value|average_rating|points)$", (*_NUMBERS, FieldType.STRING)),
    (
        Role.IMAGE,
        r"(^|_)(image|img|thumbnail|photo|picture|cover|avatar|logo|icon|cover_url|image_url)(_|$)",
        (FieldType.URL,),
    ),
    (
        Role.LINK,
        r"(^|_)(url|link|href|permalink|html_url|homepage|website|page|web_url)$",
        (FieldType.URL, FieldType.STRING),
    ),
    (
        Role.DESCRIPTION,
        (
            r"(^|_)(description|summary|abstract|excerpt|body|content|details|about|blurb|snippet|teaser|text|subtitle|"
            r"description_short|short_description|tagline|comment|review|quote)$"
        ),
        (FieldType.STRING,),
    ),
    (
        Role.TITLE,
        (
            r"^(name|title|headline|heading|label|display_name|full_name|event_name|product_name|subject|titel|titre|"
            r"titulo|titolo|nom|nombre|naam|bezeichnung)$"
        ),
        _TEXTS,
    ),
    (Role.TITLE, r"(name|title)$", _TEXTS),
    (
        Role.TITLE,
        r"^(event|product|item|article|book|film|movie|song|track|album|paper|job|recipe|course|game|match|show|package)$",
        (FieldType.STRING,),
    ),
    (Role.ID, r"(^|_)(id|uuid|guid|key|slug|code|sku|api_id|number|isbn)$", (FieldType.STRING, FieldType.INTEGER)),
)
_MOST_TEXTS: Final = 8
_SPARSE: Final = 0.03
_COMMON: Final = 0.3
_VAGUE: Final = r"type|kind|language|subject|section"
_NOT_START: Final = re.compile(
    r"(^|_)(end|ends|until|created|updated|modified|published|scraped|captured|indexed)(_|$)"
)


def roles_of(column: Column) -> tuple[Role, ...]:
    """Return the parts a column can play, the most telling first."""
    return _roles(column.name, column.label, column.type)


@lru_cache(maxsize=4096)
def _roles(name: str, label: str, kind: FieldType) -> tuple[Role, ...]:
    names = {name, re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")} - {""}
    found = [
        role for role, pattern, types in _RULES if kind in types and any(re.search(pattern, known) for known in names)
    ]
    if kind in _DATES and not found and not _NOT_START.search(name):
        found.append(Role.START)
    if kind is FieldType.PRICE and Role.PRICE not in found and Role.HIGH_PRICE not in found:
        found.append(Role.PRICE)
    if Role.START in found and _NOT_START.search(name):
        found.remove(Role.START)
    return tuple(dict.fromkeys(found))


def playing(columns: Iterable[Column], role: Role) -> tuple[Column, ...]:
    """Return the columns that play a part, the best first: exact names, well-filled, then as they come."""
    ranked = [(_rank(c, role), i, c) for i, c in enumerate(columns) if role in roles_of(c)]
    return tuple(c for _, _, c in sorted(ranked, key=lambda r: (r[0], r[1])))


def first(columns: Iterable[Column], role: Role) -> Column | None:
    """Return the best column for a part, or None."""
    found = playing(columns, role)
    return found[0] if found else None


def moment(columns: Sequence[Column]) -> Column | None:
    """Return the column that tells when a record is: its start, else the day it was published, made or changed."""
    found = first(columns, Role.START)
    if found is None:
        dated = [c for c in columns if c.type in _DATES and Role.END not in roles_of(c)]
        found = min(dated, key=lambda c: ("publi" not in c.name and "post" not in c.name, -c.fill), default=None)
    return for_machines(columns, found) if found is not None else None


def for_machines(columns: Sequence[Column], shown: Column) -> Column:
    """Return what the element of a shown day says for machines where it does: "Jun 3" of which year?"""
    exact = f"{shown.locator.rpartition('@')[0]}@datetime"
    return next((c for c in columns if c.locator == exact and c.fill >= shown.fill), shown)


def _rank(column: Column, role: Role) -> float:
    exact = 0.0 if column.name in (role.value, "name", "url", "date", "start_at", "start_date") else 1.0
    main = 0.0 if roles_of(column)[0] is role else 1.5
    if role is Role.CATEGORY:
        exact = 0.0 if re.search(r"categor|genre", column.name) else 2.0 if re.search(_VAGUE, column.name) else 1.0
    return exact + main + 2.0 * (1.0 - column.fill) + 0.1 * column.name.count("_")


def human_text(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return the columns that a person reads: names, descriptions, categories, people, places; at most eight.

    No ids, no addresses; columns without a known part only where a third of the records have them.
    """
    told = [c for c in columns if _is_told(c)]
    other = [c for c in columns if c not in told and _may_be_read(c)]
    kept = [*sorted(told, key=lambda c: -c.fill), *sorted(other, key=lambda c: -c.fill)][:_MOST_TEXTS]
    return tuple(c for c in columns if c in kept)


def _is_told(column: Column) -> bool:
    roles = roles_of(column)[:1]
    telling = {Role.TITLE, Role.DESCRIPTION, Role.CATEGORY, Role.ORGANIZER, Role.VENUE, Role.CITY} & set(roles)
    return bool(telling) and column.type in _TEXTS and bool(column.samples) and column.fill >= _SPARSE


def _may_be_read(column: Column) -> bool:
    hidden = {Role.TIMEZONE, Role.CURRENCY, Role.IMAGE, Role.ONLINE, Role.COUNTRY, Role.AVAILABLE, Role.ID, Role.LINK}
    plain = column.type is FieldType.STRING and not hidden & set(roles_of(column))
    return plain and column.fill >= _COMMON and _reads_as_text(column)


def _reads_as_text(column: Column) -> bool:
    """Some sample has a space or is a plain word: not a hash, a clock time or a number."""
    wordy = [s for s in column.samples if re.search(r"[^\W\d_]{3,}", s)]
    coded = [s for s in column.samples if " " not in s and (re.search(r"\d", s) or "/" in s or "_" in s)]
    return bool(wordy) and len(coded) < len(column.samples)
