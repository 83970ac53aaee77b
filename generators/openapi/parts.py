"""Which part an operation's parameter plays, told from its name and type: a place, a day, a page, an order …."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from domain.plan import FieldType
from generators.openapi.operations import Operation, OperationParameter
from generators.sources.paging import OFFSET_PARAMETER, PAGE_PARAMETER, SIZE_PARAMETER


class Part(StrEnum):
    """Parts that questions speak of."""

    KEYWORD = "keyword"
    CITY = "city"
    STATE = "state"
    COUNTRY = "country"
    PLACE = "place"
    LATLONG = "latlong"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    RADIUS = "radius"
    UNIT = "unit"
    DATE_FROM = "date_from"
    DATE_TO = "date_to"
    DAY = "day"
    MIN_PRICE = "min_price"
    MAX_PRICE = "max_price"
    FREE = "free"
    ONLINE = "online"
    CATEGORY = "category"
    PERSON = "person"
    SORT = "sort"
    ORDER = "order"
    PAGE = "page"
    OFFSET = "offset"
    CURSOR = "cursor"
    SIZE = "size"
    ID = "id"


_OTHER_TIMES: Final = "onsale|sale|created|updated|modified|published|expires?|registered"
_RULES: Final = (
    (Part.PAGE, PAGE_PARAMETER.pattern),
    (Part.SIZE, SIZE_PARAMETER.pattern),
    (Part.CURSOR, r"^_?(next_?)?(cursor|page_?token|next_?token|continuation(_?token)?|starting_?after|bookmark)$"),
    (Part.KEYWORD, r"^(q|query|keywords?|search|search_?(term|text|query)|term|terms|text|s|phrase|find|like)$"),
    (Part.LATLONG, r"^(lat_?l(o?ng?|ong)|l?at_?lon|coords?|coordinates|ll|geo|geo_?location)$"),
    (Part.LATITUDE, r"(^|_)(lat|latitude)$"),
    (Part.LONGITUDE, r"(^|_)(lng|lon|long|longitude)$"),
    (Part.RADIUS, r"^(radius|distance|within|max_?distance|range)(_?(miles|mi|km|m))?$"),
    (Part.UNIT, r"^(unit|units|distance_?units?|radius_?units?)$"),
    (Part.CITY, r"^(city|town|locality|city_?name)$"),
    (Part.STATE, r"^(state|region|province|state_?code|region_?code|state_?name)$"),
    (Part.COUNTRY, r"^(country|country_?code|country_?name)$"),
    (Part.PLACE, r"^(location|place|near|where|address|area|venue_?city)$"),
    (
        Part.DATE_FROM,
        (
            r"^(start|starts?_?(after|date|time|date_?time|at|from)|from|from_?(date|time|date_?time)|date_?from|since|after"
            r"|date_?(start|after|gte|min)|begin_?(date|time)?|min_?(date|time)|time_?min|start_?(gte|min)|earliest)$"
        ),
    ),
    (
        Part.DATE_TO,
        (
            r"^(end|ends?_?(before|date|time|date_?time|at)|to|to_?(date|time|date_?time)|date_?to|until|till|before"
            r"|date_?(end|before|lte|max)|max_?(date|time)|time_?max|start_?(before|lte|max)|latest|through)$"
        ),
    ),
    (Part.DAY, r"^(date|day|on|on_?date|event_?date|local_?date)$"),
    (Part.MAX_PRICE, r"^(max_?(price|cost|fee)|price_?(max|to|lte|below|under)|cheaper_?than|budget)$"),
    (Part.MIN_PRICE, r"^(min_?(price|cost|fee)|price_?(min|from|gte|above|over))$"),
    (Part.FREE, r"^(is_?)?(free|free_?only|only_?free)$"),
    (Part.ONLINE, r"^(is_?)?(online|virtual|remote|online_?only)$"),
    (Part.SORT, r"^(sort|sort_?by|order_?by|ordering|sorting|sort_?(key|field|order))$"),
    (Part.ORDER, r"^(order|direction|dir|sort_?(dir|direction)|order_?(dir|direction))$"),
    (
        Part.CATEGORY,
        (
            r"^(category|categories|genre|genres|kind|topic|topics|type|tag|tags|segment|segment_?name|section|subject"
            r"|category_?name|classification_?name|event_?type|department)$"
        ),
    ),
    (Part.PERSON, r"^(organi[sz]er|host|author|artist|artist_?name|creator|publisher|owner|speaker|by|maintainer)$"),
    (Part.OFFSET, OFFSET_PARAMETER.pattern),
    (Part.ID, r"(^|_)(id|ids|slug|uuid|key|code|name|number|sku|isbn)$"),
)
_COUNTED: Final = (Part.PAGE, Part.SIZE, Part.OFFSET)
_NUMBERS: Final = (FieldType.INTEGER, FieldType.NUMBER)


def part_of(parameter: OperationParameter) -> Part | None:
    """Return the part a parameter plays, or None."""
    name = parameter.name.rsplit(".", 1)[-1]
    label = parameter.label
    for part, pattern in _RULES:
        named = re.search(pattern, label) or (part in _COUNTED and re.match(pattern, name))
        if named and _plausible(part, parameter):
            return part
    return None


def _plausible(part: Part, parameter: OperationParameter) -> bool:
    number = parameter.type in _NUMBERS
    if part in (Part.PAGE, Part.SIZE, Part.OFFSET):
        counted = number or (parameter.type is FieldType.STRING and not parameter.choices)
        dated = "date" in parameter.format or re.search(r"\bdate|\btime", parameter.description, re.IGNORECASE)
        return counted and parameter.location in ("query", "body") and not (part is Part.OFFSET and dated)
    if part in (Part.DATE_FROM, Part.DATE_TO, Part.DAY):
        about = f"{parameter.name} {parameter.format} {parameter.description}"
        timely = re.search(r"date|time|day|iso.?8601|yyyy", about, re.IGNORECASE)
        return parameter.type is FieldType.STRING and bool(timely) and not re.search(_OTHER_TIMES, parameter.label)
    if part == Part.ID:
        return parameter.location in ("path", "query") and parameter.type in (FieldType.STRING, FieldType.INTEGER)
    if part in (Part.MAX_PRICE, Part.MIN_PRICE, Part.RADIUS):
        return parameter.type in (*_NUMBERS, FieldType.STRING)
    return True


def playing(operation: Operation, part: Part) -> OperationParameter | None:
    """Return the operation's parameter for a part."""
    return next((p for p in operation.parameters if part_of(p) is part), None)


def words_of(texts: Sequence[str]) -> set[str]:
    """Return the words of names and texts, camelCase taken apart."""
    spaced = " ".join(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", t) for t in texts)
    return {w for w in re.split(r"[^a-z0-9]+", spaced.lower()) if w}
