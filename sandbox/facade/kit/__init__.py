"""``workflow_kit``: what generated code uses to fetch, read, convert, filter and order.

Every name in ``__all__`` is importable by workflows. Models read the docstrings.
"""

from __future__ import annotations

from domain.place import Place
from sandbox.facade.kit.clock import now, set_now, today
from sandbox.facade.kit.comparing import same_currency, same_place, same_text, scaled
from sandbox.facade.kit.embedded import embedded
from sandbox.facade.kit.errors import SourceChanged, UnknownPlace
from sandbox.facade.kit.meaning import date_bounds, day, distance, in_range, matches, mentions, place, time_of_day
from sandbox.facade.kit.nodes import Node, parse_html, parse_xml, rows_of
from sandbox.facade.kit.pages import open_requests
from sandbox.facade.kit.paths import pick, records
from sandbox.facade.kit.rows import distinct, sort_rows
from sandbox.facade.kit.sending import get_calendar, get_json, get_page, get_text, page_of, post_json, send
from sandbox.facade.kit.values import (
    between,
    to_boolean,
    to_date,
    to_datetime,
    to_integer,
    to_list,
    to_number,
    to_price,
    to_text,
    to_url,
)
from sandbox.standing_in import password_of, user_of

NAMES: dict[str, object] = {
    "Node": Node,
    "Place": Place,
    "SourceChanged": SourceChanged,
    "UnknownPlace": UnknownPlace,
    "between": between,
    "date_bounds": date_bounds,
    "day": day,
    "distance": distance,
    "distinct": distinct,
    "embedded": embedded,
    "get_calendar": get_calendar,
    "get_json": get_json,
    "get_page": get_page,
    "get_text": get_text,
    "in_range": in_range,
    "matches": matches,
    "mentions": mentions,
    "now": now,
    "open_requests": open_requests,
    "page_of": page_of,
    "password_of": password_of,
    "parse_html": parse_html,
    "parse_xml": parse_xml,
    "pick": pick,
    "place": place,
    "post_json": post_json,
    "records": records,
    "rows_of": rows_of,
    "same_currency": same_currency,
    "same_place": same_place,
    "same_text": same_text,
    "scaled": scaled,
    "send": send,
    "sort_rows": sort_rows,
    "time_of_day": time_of_day,
    "to_boolean": to_boolean,
    "to_date": to_date,
    "to_datetime": to_datetime,
    "to_integer": to_integer,
    "to_list": to_list,
    "to_number": to_number,
    "to_price": to_price,
    "to_text": to_text,
    "to_url": to_url,
    "today": today,
    "user_of": user_of,
}

__all__ = ["NAMES", "set_now"]
