"""The JSON shapes of the site: entry, place, calendar, category, whole event, JSON-LD."""

from datetime import UTC, datetime
from typing import Any

from examples.events_site.model import Calendar, Category, Event, Location, Ticket
from examples.events_site.places import City, Place

Json = dict[str, Any]

_TWO_DECIMALS = 100
_UNITS = {"jpy": 1}


def entry_of(event: Event) -> Json:
    """An entry of a listing: the event with its calendar, hosts and tickets."""
    return {
        "api_id": event.api_id,
        "event": event_of(event),
        "calendar": calendar_of(event.calendar),
        "hosts": [{"api_id": host.api_id, "name": host.name} for host in event.hosts],
        "ticket_info": _ticket_info_of(event.ticket),
        "categories": [category_of(category) for category in event.categories],
        "guest_count": event.guest_count,
        "featured_city": event.place.name,
    }


def event_of(event: Event) -> Json:
    """The event itself, as it stands within an entry."""
    location = event.location
    return {
        "api_id": event.api_id,
        "name": event.name,
        "description_short": event.summary,
        "start_at": stamp(event.start),
        "end_at": stamp(event.end),
        "timezone": event.place.timezone,
        "url": event.slug,
        "cover_url": f"/covers/{event.api_id}.svg",
        "calendar_api_id": event.calendar.api_id,
        "event_type": "independent",
        "location_type": "offline" if location else "online",
        "visibility": "public",
        "geo_address_info": _address_of(location, event.place) if location else None,
        "geo_address_visibility": "guests-only" if location and location.hidden else "public",
        "coordinate": {"latitude": location.latitude, "longitude": location.longitude} if location else None,
        "waitlist_enabled": event.waitlist,
        "virtual_info": {"has_access": location is None},
    }


def whole_event_of(event: Event) -> Json:
    """The answer of ``/event/get``: the entry with a document tree and ticket types."""
    paragraphs = [event.summary, f"Hosted by {event.calendar.name}."]
    return {
        **entry_of(event),
        "description_mirror": {
            "type": "doc",
            "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": paragraph}]} for paragraph in paragraphs
            ],
        },
        "ticket_types": [
            {
                "api_id": f"ticket-{event.api_id[4:]}",
                "name": "Standard",
                "type": "free" if event.ticket.is_free else "paid",
                "cents": event.ticket.cents,
                "currency": event.ticket.currency,
                "is_sold_out": event.ticket.is_sold_out,
            }
        ],
    }


def place_of(place: Place) -> Json:
    """A place with its centre."""
    return {
        "api_id": place.api_id,
        "slug": place.slug,
        "name": place.name,
        "timezone": place.timezone,
        "coordinate": _coordinate_of(place.centre),
    }


def calendar_of(calendar: Calendar) -> Json:
    """An organiser."""
    return {"api_id": calendar.api_id, "name": calendar.name, "slug": calendar.slug}


def category_of(category: Category) -> Json:
    """A topic."""
    return {"api_id": category.api_id, "name": category.name, "slug": category.slug}


def json_ld_of(event: Event, base_url: str) -> Json:
    """The event as schema.org says it."""
    mode = "OfflineEventAttendanceMode" if event.location else "OnlineEventAttendanceMode"
    url = f"{base_url}/{event.slug}"
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.name,
        "description": event.summary,
        "url": url,
        "startDate": stamp(event.start),
        "endDate": stamp(event.end),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": f"https://schema.org/{mode}",
        "location": _schema_location(event, url),
        "organizer": {"@type": "Organization", "name": event.calendar.name, "url": f"{base_url}/{event.calendar.slug}"},
        "offers": _schema_offers(event, url),
    }


def stamp(moment: datetime) -> str:
    """A time in UTC with milliseconds and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def amount_of(ticket: Ticket) -> float | None:
    """The price in whole units: 0 when free, None when it is not known."""
    if ticket.is_free:
        return 0.0
    return None if ticket.cents is None else ticket.cents / _UNITS.get(ticket.currency, _TWO_DECIMALS)


def _ticket_info_of(ticket: Ticket) -> Json:
    return {
        "is_free": ticket.is_free,
        "price": _price_of(ticket.cents, ticket),
        "max_price": _price_of(ticket.max_cents, ticket),
        "is_sold_out": ticket.is_sold_out,
        "spots_remaining": ticket.spots_remaining,
        "is_near_capacity": ticket.spots_remaining is not None and ticket.spots_remaining < 5,
        "require_approval": ticket.require_approval,
    }


def _price_of(cents: int | None, ticket: Ticket) -> Json | None:
    if cents is None:
        return None
    return {"cents": cents, "currency": ticket.currency, "is_flexible": ticket.is_flexible}


def _address_of(location: Location, place: Place) -> Json:
    city = location.city.name
    shared = {
        "city": city,
        "city_state": f"{city}, {place.region}",
        "region": place.region,
        "country": place.country,
        "country_code": place.country_code,
    }
    if location.hidden:
        return {"mode": "obfuscated", "sublocality": location.sublocality, **shared}
    full = f"{location.venue}, {location.street}, {city}, {place.region_code}, {place.country}"
    return {"mode": "shown", "address": location.venue, "full_address": full, **shared}


def _coordinate_of(city: City) -> Json:
    return {"latitude": city.latitude, "longitude": city.longitude}


def _schema_location(event: Event, url: str) -> Json:
    location = event.location
    if location is None:
        return {"@type": "VirtualLocation", "url": url}
    address = {
        "@type": "PostalAddress",
        "addressLocality": location.city.name,
        "addressRegion": event.place.region,
        "addressCountry": event.place.country_code,
    }
    if not location.hidden:
        address["streetAddress"] = location.street
    return {
        "@type": "Place",
        "name": "Register to see the address" if location.hidden else location.venue,
        "address": address,
        "geo": {"@type": "GeoCoordinates", "latitude": location.latitude, "longitude": location.longitude},
    }


def _schema_offers(event: Event, url: str) -> list[Json]:
    amount = amount_of(event.ticket)
    if amount is None:
        return []
    availability = "SoldOut" if event.ticket.is_sold_out else "InStock"
    return [
        {
            "@type": "Offer",
            "url": url,
            "price": amount,
            "priceCurrency": event.ticket.currency.upper(),
            "availability": f"https://schema.org/{availability}",
        }
    ]
