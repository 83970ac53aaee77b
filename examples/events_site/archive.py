"""The archive: every upcoming event in server-rendered HTML, with a search form and pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from examples.events_site.entries import amount_of, stamp
from examples.events_site.faults import Fault, Faults
from examples.events_site.model import CATEGORIES, Event
from examples.events_site.pages import local_text, price_text
from examples.events_site.places import PLACES
from examples.events_site.store import Store
from examples.events_site.words import occurs

_ROWS = 50
_FIELDS = ("q", "city", "category", "max_price")
COLUMNS = ("Event", "Date", "City", "Organiser", "Categories", "Price", "About")


@dataclass(frozen=True, kw_only=True)
class Archive:
    """The archive's one page, over one store."""

    store: Store
    faults: Faults
    environment: Environment

    def routes(self) -> list[Route]:
        """The page with its path."""
        return [Route("/archive", self.page)]

    async def page(self, request: Request) -> Response:
        """One page of the events that the form's fields leave."""
        asked = {name: request.query_params.get(name, "").strip() for name in _FIELDS}
        number = request.query_params.get("page", "1")
        if not number.isdigit() or int(number) < 1 or not _is_amount(asked["max_price"]):
            return PlainTextResponse("page and max_price are numbers.", status_code=400)
        found = [event for event in self.store.upcoming if _passes(event, asked)]
        first = (int(number) - 1) * _ROWS
        text = self.environment.get_template("archive.html").render(
            title="Archive",
            columns=COLUMNS,
            rows=[(event, archive_row(event)) for event in found[first : first + _ROWS]],
            stamps={event.api_id: stamp(event.start) for event in found[first : first + _ROWS]},
            asked=asked,
            cities=sorted({city.name for place in PLACES for city in place.cities}),
            categories=CATEGORIES,
            total=len(found),
            links=dict(_links(asked, page=int(number), last=-(-len(found) // _ROWS))),
            changed=Fault.MARKUP in self.faults,
        )
        return HTMLResponse(text)


def archive_row(event: Event) -> tuple[str, ...]:
    """The cells of an event's row, in the order of ``COLUMNS``."""
    return (
        event.name,
        local_text(event),
        event.location.city.name if event.location else "Online",
        event.calendar.name,
        ", ".join(category.name for category in event.categories),
        price_text(event),
        event.summary,
    )


def _passes(event: Event, asked: dict[str, str]) -> bool:
    amount = amount_of(event.ticket)
    city = event.location.city.name if event.location else "Online"
    return (
        all(occurs(word, event.text, synonyms=False) for word in asked["q"].split())
        and asked["city"].lower() in {"", city.lower()}
        and (not asked["category"] or asked["category"] in {category.slug for category in event.categories})
        and (not asked["max_price"] or (amount is not None and amount <= float(asked["max_price"])))
    )


def _is_amount(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() or not text


def _links(asked: dict[str, str], *, page: int, last: int) -> Iterator[tuple[str, str]]:
    kept = {name: value for name, value in asked.items() if value}
    if page > 1:
        yield "Previous", f"/archive?{urlencode({**kept, 'page': page - 1})}"
    if page < last:
        yield "Next", f"/archive?{urlencode({**kept, 'page': page + 1})}"
