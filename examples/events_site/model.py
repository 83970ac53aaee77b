"""The values that the site is made of."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from examples.events_site.places import City, Place


@dataclass(frozen=True, kw_only=True)
class Category:
    """A topic with a page of its own, and the words in an event's text that put it there."""

    slug: str
    name: str
    words: tuple[str, ...]

    @property
    def api_id(self) -> str:
        """The id that the site's endpoints give."""
        return f"cat-{self.slug}"


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """An organiser with a page of its own."""

    api_id: str
    name: str
    slug: str
    place: Place


@dataclass(frozen=True, kw_only=True)
class Host:
    """A person who hosts events."""

    api_id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """The cheapest ticket. ``cents`` is None when free, and also when the price is not known."""

    is_free: bool
    cents: int | None
    max_cents: int | None
    currency: str
    is_flexible: bool
    is_sold_out: bool
    spots_remaining: int | None
    require_approval: bool


@dataclass(frozen=True, kw_only=True)
class Location:
    """Where an offline event is. The coordinate is the published one: rounded when hidden."""

    city: City
    venue: str
    street: str
    sublocality: str
    hidden: bool
    latitude: float
    longitude: float


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event; ``location`` is None when it is online. Times carry the event's own zone."""

    api_id: str
    slug: str
    name: str
    summary: str
    place: Place
    calendar: Calendar
    hosts: tuple[Host, ...]
    categories: tuple[Category, ...]
    start: datetime
    end: datetime
    location: Location | None
    ticket: Ticket
    guest_count: int
    waitlist: bool
    note: str = ""

    @property
    def local_date(self) -> date:
        """The calendar day on which it starts, in its own time zone."""
        return self.start.astimezone(ZoneInfo(self.place.timezone)).date()

    @property
    def text(self) -> str:
        """What a keyword is looked for in."""
        categories = " | ".join(category.name for category in self.categories)
        return " | ".join((self.name, self.summary, categories, self.calendar.name))


CATEGORIES: tuple[Category, ...] = tuple(
    Category(slug=slug, name=name, words=words)
    for slug, name, words in (
        ("ai", "AI", ("ai",)),
        ("tech", "Tech", ("tech",)),
        ("music", "Music", ("music",)),
        ("food", "Food & Drink", ("food", "drink")),
        ("arts", "Arts & Culture", ("art", "culture")),
        ("climate", "Climate", ("climate",)),
        ("fitness", "Fitness", ("fitness",)),
        ("wellness", "Wellness", ("wellness",)),
        ("crypto", "Crypto", ("crypto",)),
        ("family", "Family & Kids", ("family", "kid")),
        ("startups", "Startups", ("startup",)),
        ("games", "Games", ("game",)),
    )
)

CATEGORY_BY_SLUG = {category.slug: category for category in CATEGORIES}
