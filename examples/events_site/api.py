"""The JSON endpoints behind the pages. They need no key and answer to GET alone."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from examples.events_site.entries import Json, calendar_of, category_of, entry_of, place_of, whole_event_of
from examples.events_site.faults import Faults, apply_to_json
from examples.events_site.model import CATEGORIES, CATEGORY_BY_SLUG, Event
from examples.events_site.places import PLACE_BY_SLUG, PLACES, Place
from examples.events_site.store import BadCursor, Listing, Store, nearest_place, page_of

_LISTING_LIMIT = 25
_CALENDAR_LIMIT = 20
_PLACE_BY_ID = {place.api_id: place for place in PLACES}


class BadRequest(ValueError):
    """The parameters do not say what is wanted; the text is for the caller."""


class NotFound(LookupError):
    """The site has no such thing."""


def listing_json(listing: Listing) -> Json:
    """The answer shape of every listing."""
    return {
        "entries": [entry_of(event) for event in listing.events],
        "has_more": listing.next_cursor is not None,
        "next_cursor": listing.next_cursor,
    }


@dataclass(frozen=True, kw_only=True)
class Api:
    """The endpoints over one store, as the faults leave them."""

    store: Store
    faults: Faults

    def routes(self) -> list[Route]:
        """Every endpoint with its path."""
        answers: dict[str, Callable[[Request], Json]] = {
            "/url": self.resolve,
            "/discover/bootstrap-page": self.bootstrap,
            "/discover/get-paginated-events": self.paginated_events,
            "/discover/get-place-v2": self.place,
            "/discover/category/get-page": self.category,
            "/calendar/get-items": self.calendar_items,
            "/event/get": self.event,
        }
        return [Route(path, self._endpoint(answer)) for path, answer in answers.items()]

    def resolve(self, request: Request) -> Json:
        """What a slug stands for."""
        return self.resolved(request.query_params.get("url", "").strip("/"))

    def resolved(self, slug: str) -> Json:
        """Kind and data behind a slug: a place, a topic, an organiser or an event.

        Raises:
            NotFound: nothing has this slug.
        """
        if slug in PLACE_BY_SLUG:
            return {"kind": "discover-place", "data": {"place": place_of(PLACE_BY_SLUG[slug])}}
        if slug in CATEGORY_BY_SLUG:
            return {"kind": "category", "data": {"category": category_of(CATEGORY_BY_SLUG[slug])}}
        if slug in self.store.calendar_by_slug:
            return {"kind": "calendar", "data": {"calendar": calendar_of(self.store.calendar_by_slug[slug])}}
        if slug in self.store.by_slug:
            return {"kind": "event", "data": whole_event_of(self.store.by_slug[slug])}
        raise NotFound(f"Nothing has the address '{slug}'.")

    def bootstrap(self, request: Request) -> Json:  # noqa: ARG002 - every answer takes the request
        """Places, organisers and topics with their counts."""
        return {
            "places": [self._counted_place(place) for place in PLACES],
            "calendars": [calendar_of(each) for each in self.store.catalogue.calendars],
            "categories": [
                {"category": category_of(each), "event_count": len(self.store.in_category(each.slug))}
                for each in CATEGORIES
            ],
        }

    def paginated_events(self, request: Request) -> Json:
        """One page of the events that the parameters select."""
        return self._page(request, self._selected(request), _LISTING_LIMIT)

    def place(self, request: Request) -> Json:
        """A place by id or slug."""
        return self._counted_place(_place_named(request))

    def category(self, request: Request) -> Json:
        """A topic by slug."""
        slug = request.query_params.get("slug", "")
        if slug not in CATEGORY_BY_SLUG:
            raise NotFound(f"There is no category '{slug}'.")
        return {"category": category_of(CATEGORY_BY_SLUG[slug]), "event_count": len(self.store.in_category(slug))}

    def calendar_items(self, request: Request) -> Json:
        """One page of an organiser's events."""
        api_id = request.query_params.get("calendar_api_id", "")
        if api_id not in self.store.calendar_by_id:
            raise NotFound(f"There is no calendar '{api_id}'.")
        past = request.query_params.get("period", "future") == "past"
        events = self.store.of_calendar(self.store.calendar_by_id[api_id], past=past)
        return self._page(request, events, _CALENDAR_LIMIT)

    def event(self, request: Request) -> Json:
        """The whole event."""
        api_id = request.query_params.get("event_api_id", "")
        if api_id not in self.store.by_id:
            raise NotFound(f"There is no event '{api_id}'.")
        return whole_event_of(self.store.by_id[api_id])

    def _counted_place(self, place: Place) -> Json:
        return {"place": place_of(place), "event_count": len(self.store.in_place(place.slug))}

    def _selected(self, request: Request) -> Sequence[Event]:
        """Events of a place, a topic, both at once, the nearest place, or a box of coordinates."""
        asked = request.query_params
        slug = asked.get("slug")
        if slug is not None and slug not in CATEGORY_BY_SLUG:
            raise NotFound(f"There is no category '{slug}'.")
        events: Sequence[Event]
        if "discover_place_api_id" in asked:
            events = self.store.in_place(_place_named(request).slug)
        elif "latitude" in asked and "longitude" in asked:
            events = self.store.in_place(
                nearest_place(_degrees(request, "latitude"), _degrees(request, "longitude")).slug
            )
        elif all(side in asked for side in ("north", "south", "east", "west")):
            events = _in_box(
                self.store.upcoming, *(_degrees(request, side) for side in ("south", "north", "west", "east"))
            )
        elif slug is not None:
            events = self.store.upcoming
        else:
            raise BadRequest(
                "Give discover_place_api_id, slug, latitude and longitude, or north, south, east and west."
            )
        return [event for event in events if slug is None or any(each.slug == slug for each in event.categories)]

    def _page(self, request: Request, events: Sequence[Event], limit: int) -> Json:
        asked = request.query_params.get("pagination_limit", str(limit))
        if not asked.isdigit():
            raise BadRequest("pagination_limit is a whole number.")
        cursor = request.query_params.get("pagination_cursor") or None
        return listing_json(page_of(events, limit=int(asked), cursor=cursor))

    def _endpoint(self, answer: Callable[[Request], Json]) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            try:
                return JSONResponse(apply_to_json(answer(request), self.faults))
            except BadRequest as error:
                return JSONResponse({"message": str(error), "code": "bad-request"}, status_code=400)
            except BadCursor:
                return JSONResponse({"message": "The cursor is not valid.", "code": "bad-cursor"}, status_code=400)
            except NotFound as error:
                return JSONResponse({"message": str(error), "code": "not-found"}, status_code=404)

        return respond


def _place_named(request: Request) -> Place:
    api_id = request.query_params.get("discover_place_api_id")
    slug = request.query_params.get("slug", "")
    place = _PLACE_BY_ID.get(api_id) if api_id is not None else PLACE_BY_SLUG.get(slug)
    if place is None:
        raise NotFound(f"There is no place '{api_id or slug}'.")
    return place


def _degrees(request: Request, name: str) -> float:
    try:
        return float(request.query_params[name])
    except ValueError as error:
        raise BadRequest(f"{name} is a number of degrees.") from error


def _in_box(events: Sequence[Event], south: float, north: float, west: float, east: float) -> list[Event]:
    return [
        event
        for event in events
        if event.location and south <= event.location.latitude <= north and west <= event.location.longitude <= east
    ]
