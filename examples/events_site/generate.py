"""Makes the catalogue: every event of the site, from a seed and a first day alone."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle, islice
from random import Random
from zoneinfo import ZoneInfo

from examples.events_site.geo import point_near
from examples.events_site.model import (
    CATEGORIES,
    Calendar,
    Category,
    Event,
    Host,
    Location,
    Ticket,
)
from examples.events_site.places import PLACE_BY_SLUG, PLACES, City, Place
from examples.events_site.scenes import SCENES, SPECIAL_CALENDARS, Scene
from examples.events_site.themes import ORGANISERS, PEOPLE, PHRASES, STREETS, SUBLOCALITIES, THEMES, VENUES, Theme
from examples.events_site.words import occurs

DEFAULT_EVENTS = 2400
HORIZON_DAYS = 56
OPENING = time(12, 0, tzinfo=UTC)
"""The site's clock stands at this hour of its first day; nothing upcoming starts before."""
_PAST_SHARE = 12
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_ZERO_DECIMAL = frozenset({"JPY"})
_PRICE_SCALE = {"INR": 40.0, "JPY": 1.0, "SGD": 1.0}
_OTHER_CURRENCY = {"toronto": "USD", "london": "EUR", "singapore": "USD", "tokyo": "USD"}


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Everything the site knows. ``upcoming`` is in order of start, ``past`` likewise."""

    today: date
    calendars: tuple[Calendar, ...]
    upcoming: tuple[Event, ...]
    past: tuple[Event, ...]


def generate(*, seed: int, today: date, events: int = DEFAULT_EVENTS) -> Catalogue:
    """A catalogue with exactly ``events`` upcoming events, the same for the same arguments.

    The scenes come first; with fewer events than scenes hold, only the first ones are there.
    """
    maker = _Maker(draw=Random(f"{seed}/{today.isoformat()}"), today=today)
    scenes = [event for scene in SCENES for event in maker.staged(scene)]
    filler = (maker.filler(place) for place in cycle((PLACES[0], *PLACES)))
    upcoming = [*scenes[:events], *islice(filler, max(0, events - len(scenes)))]
    past = [maker.past(place) for place in islice(cycle(PLACES), events // _PAST_SHARE)]
    return Catalogue(
        today=today,
        calendars=tuple(calendar for calendars in maker.calendars.values() for calendar in calendars),
        upcoming=tuple(sorted(upcoming, key=start_order)),
        past=tuple(sorted(past, key=start_order)),
    )


def start_order(event: Event) -> tuple[datetime, str]:
    """The order of every listing: by start, then by id."""
    return event.start, event.api_id


class _Maker:
    """Draws one event after the other from a single stream of chance."""

    def __init__(self, *, draw: Random, today: date) -> None:
        self._draw = draw
        self._today = today
        self._slugs: set[str] = set()
        self.calendars = {place.slug: self._calendars_of(place) for place in PLACES}
        self._people = tuple(Host(api_id=f"usr-{self._token(15)}", name=name) for name in PEOPLE)

    def staged(self, scene: Scene) -> list[Event]:
        """The events of a scene, one for each of its days."""
        prices = cycle(scene.prices or (-1,))
        names = cycle(scene.names or (None,))
        return [self._staged_one(scene, day, next(prices), next(names)) for day in scene.days]

    def filler(self, place: Place) -> Event:
        """Any event in the place, within the horizon."""
        event = self._event(place, self._theme(), self._day(0, HORIZON_DAYS))
        return event if self._is_ahead(event) else self._moved(event, days=1)

    def past(self, place: Place) -> Event:
        """An event of the last two months."""
        return self._event(place, self._theme(), self._day(-60, -2))

    def _staged_one(self, scene: Scene, day: int, price: float | None, name: str | None) -> Event:
        place = PLACE_BY_SLUG[scene.place]
        theme = THEMES[scene.theme]
        theme = replace(
            theme,
            names=(name,) if name else theme.names,
            summaries=(scene.summary,) if scene.summary else theme.summaries,
            hours=(scene.hour,) if scene.hour is not None else theme.hours,
            online=1.0 if scene.online else 0.0,
        )
        city = place.city(scene.city) if scene.city else None
        event = self._event(place, theme, self._today + timedelta(days=day), city=city)
        ticket = event.ticket
        if price != -1:
            ticket = self._ticket(price, scene.currency or place.currency, theme)
        if scene.sold_out is not None:
            ticket = replace(ticket, is_sold_out=scene.sold_out, spots_remaining=0 if scene.sold_out else None)
        event = replace(event, ticket=ticket)
        if scene.calendar:
            named = {calendar.name: calendar for calendar in self.calendars[place.slug]}
            event = replace(event, calendar=named[scene.calendar])
        return event if self._is_ahead(event) else self._moved(event, hours=8)

    def _event(self, place: Place, theme: Theme, day: date, *, city: City | None = None) -> Event:
        draw = self._draw
        venue = draw.choice(VENUES)
        name = draw.choice(theme.names).format(x=draw.choice(PHRASES), venue=venue)
        summary = draw.choice(theme.summaries)
        online = draw.random() < theme.online
        start = self._start(place, theme, day)
        return Event(
            api_id=f"evt-{self._token(15)}",
            slug=self._slug(name),
            name=name,
            summary=summary,
            place=place,
            calendar=draw.choice(self.calendars[place.slug][: len(ORGANISERS)]),
            hosts=tuple(draw.sample(self._people, draw.choice((1, 1, 2, 3)))),
            categories=_categories(theme, f"{name} | {summary}"),
            start=start,
            end=start + timedelta(minutes=draw.choice((60, 90, 120, 180, 240))),
            location=None if online else self._location(place, city, venue),
            ticket=self._ticket(self._price(place, theme), self._currency(place), theme),
            guest_count=draw.randint(3, 400),
            waitlist=draw.random() < 0.1,
        )

    def _start(self, place: Place, theme: Theme, day: date) -> datetime:
        clock = time(self._draw.choice(theme.hours), self._draw.choice((0, 0, 30)))
        return datetime.combine(day, clock, tzinfo=ZoneInfo(place.timezone)).astimezone(UTC)

    def _location(self, place: Place, city: City | None, venue: str) -> Location:
        draw = self._draw
        city = city or draw.choices(place.cities, weights=[each.weight for each in place.cities])[0]
        hidden = draw.random() < 0.4
        latitude, longitude = point_near(city, place, rounded=hidden, draw=draw)
        return Location(
            city=city,
            venue=venue,
            street=f"{draw.randint(1, 900)} {draw.choice(STREETS)}",
            sublocality=draw.choice(SUBLOCALITIES),
            hidden=hidden,
            latitude=latitude,
            longitude=longitude,
        )

    def _price(self, place: Place, theme: Theme) -> float | None:
        if self._draw.random() < 0.05:
            return None
        price = self._draw.choice(theme.prices)
        return price * _PRICE_SCALE.get(place.currency, 1.0)

    def _currency(self, place: Place) -> str:
        other = _OTHER_CURRENCY.get(place.slug, place.currency)
        return other if self._draw.random() < 0.12 else place.currency

    def _ticket(self, price: float | None, currency: str, theme: Theme) -> Ticket:
        draw = self._draw
        scale = 1 if currency in _ZERO_DECIMAL else 100
        cents = round(price * scale) if price else None
        sold_out = draw.random() < (0.25 if "popular" in theme.tags else 0.07)
        return Ticket(
            is_free=price == 0,
            cents=cents,
            max_cents=cents * 2 if cents and draw.random() < 0.25 else cents,
            currency=currency.lower(),
            is_flexible=False,
            is_sold_out=sold_out,
            spots_remaining=0 if sold_out else draw.choice((None, None, 4, 18, 60)),
            require_approval="approval" in theme.tags or draw.random() < 0.15,
        )

    def _theme(self) -> Theme:
        themes = tuple(THEMES.values())
        return self._draw.choices(themes, weights=[theme.weight for theme in themes])[0]

    def _day(self, first: int, last: int) -> date:
        return self._today + timedelta(days=self._draw.randint(first, last - 1))

    def _is_ahead(self, event: Event) -> bool:
        return event.start > datetime.combine(self._today, OPENING)

    @staticmethod
    def _moved(event: Event, *, days: int = 0, hours: int = 0) -> Event:
        shift = timedelta(days=days, hours=hours)
        return replace(event, start=event.start + shift, end=event.end + shift)

    def _calendars_of(self, place: Place) -> tuple[Calendar, ...]:
        names = [f"{place.name} {name}" for name in ORGANISERS] + list(SPECIAL_CALENDARS.get(place.slug, ()))
        return tuple(
            Calendar(api_id=f"cal-{self._token(15)}", name=name, slug=_dashed(name), place=place) for name in names
        )

    def _slug(self, name: str) -> str:
        """Eight characters mostly, a custom slug now and then, never one twice."""
        while True:
            custom = self._draw.random() < 0.15
            slug = f"{_dashed(name)}-{self._token(4)}" if custom else self._token(8)
            if slug not in self._slugs:
                self._slugs.add(slug)
                return slug

    def _token(self, length: int) -> str:
        return "".join(self._draw.choices(_ALPHABET, k=length))


def _categories(theme: Theme, text: str) -> tuple[Category, ...]:
    """The theme's topics, and those whose own words the text uses: a topic and its word agree."""
    return tuple(
        category
        for category in CATEGORIES
        if category.slug in theme.topics or any(occurs(word, text, synonyms=False) for word in category.words)
    )


def _dashed(name: str) -> str:
    kept = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in name.lower())
    return "-".join(kept.split())
