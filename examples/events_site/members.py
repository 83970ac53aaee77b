"""The members' area: a directory of venues behind a login, a search form, result pages and a page per venue.

The login form carries a token of its session; a search is a POST that leads on to its results. What a venue holds and
costs stands on its own page alone.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from examples.events_site.places import PLACES
from examples.events_site.store import Store

MEMBER = "ada@gather.example"
PASSWORD = "violet-harbour-42"  # noqa: S105 - of a made-up member on a made-up site
_SESSION = "gather_session"
_ROWS = 8
_FEWEST_EVENTS = 15
"""Venues with fewer upcoming events are not in the directory."""


@dataclass(frozen=True, kw_only=True)
class Venue:
    """A place that members can rent. ``rent`` is per evening, in whole units of ``currency``."""

    number: int
    name: str
    city: str
    capacity: int
    rent: int
    currency: str
    step_free: bool
    upcoming: int

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/members/venues/{self.number}"


def venues(store: Store) -> tuple[Venue, ...]:
    """The venues where much is on, by name."""
    held: dict[tuple[str, str], int] = {}
    currency: dict[tuple[str, str], str] = {}
    for event in store.upcoming:
        if event.location is not None:
            key = (event.location.venue, event.location.city.name)
            held[key] = held.get(key, 0) + 1
            currency[key] = event.place.currency.upper()
    return tuple(
        Venue(
            number=number,
            name=name,
            city=city,
            capacity=20 + number * 37 % 230,
            rent=100 + number * 53 % 900,
            currency=currency[name, city],
            step_free=number % 3 != 0,
            upcoming=held[name, city],
        )
        for number, (name, city) in enumerate(
            sorted(key for key, count in held.items() if count >= _FEWEST_EVENTS), start=1
        )
    )


@dataclass(frozen=True, kw_only=True)
class Members:
    """The area's pages over one store; sessions and searches live as long as the process."""

    store: Store
    environment: Environment
    known: dict[str, str] = field(default_factory=dict)
    entered: set[str] = field(default_factory=set)
    searches: dict[str, tuple[Venue, ...]] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """Every page with its path."""
        return [
            Route("/members", self.desk),
            Route("/members/login", self.login),
            Route("/members/login", self.enter, methods=["POST"]),
            Route("/members/venues", self.form),
            Route("/members/venues/search", self.search, methods=["POST"]),
            Route("/members/venues/results/{key}", self.results),
            Route("/members/venues/{number:int}", self.venue),
        ]

    async def login(self, request: Request) -> Response:
        """The login form, with a token for this session."""
        session = request.cookies.get(_SESSION) or secrets.token_hex(8)
        token = self.known.setdefault(session, secrets.token_hex(8))
        response = self._page("login.html", title="Log in", token=token, wrong="wrong" in request.query_params)
        response.set_cookie(_SESSION, session, httponly=True, samesite="lax")
        return response

    async def enter(self, request: Request) -> Response:
        """Take the login form."""
        session, fields = request.cookies.get(_SESSION, ""), await request.form()
        if not session or fields.get("csrf") != self.known.get(session):
            return self._page("notice.html", title="The form has expired", status=403)
        if (fields.get("email"), fields.get("password")) != (MEMBER, PASSWORD):
            return RedirectResponse("/members/login?wrong=1", status_code=303)
        self.entered.add(session)
        return RedirectResponse("/members", status_code=303)

    async def desk(self, request: Request) -> Response:
        """What members find after they logged in."""
        return self._away(request) or self._page("desk.html", title="Members' desk", member=MEMBER)

    async def form(self, request: Request) -> Response:
        """The search form of the directory."""
        cities = sorted({city.name for place in PLACES for city in place.cities})
        token = self.known.get(request.cookies.get(_SESSION, ""), "")
        page = self._page("venues.html", title="Venue directory", cities=cities, token=token)
        return self._away(request) or page

    async def search(self, request: Request) -> Response:
        """Take the search form and send the browser on to its results."""
        fields = await request.form()
        if (away := self._away(request)) is not None:
            return away
        if fields.get("csrf") != self.known[request.cookies[_SESSION]]:
            return self._page("notice.html", title="The form has expired", status=403)
        city, words = str(fields.get("city", "")), str(fields.get("words", "")).lower()
        found = tuple(v for v in venues(self.store) if city in {"", v.city} and words in v.name.lower())
        key = f"{len(self.searches) + 1:x}"
        self.searches[key] = found
        return RedirectResponse(f"/members/venues/results/{key}", status_code=303)

    async def results(self, request: Request) -> Response:
        """One page of a search's venues."""
        found, number = self.searches.get(request.path_params["key"]), request.query_params.get("page", "1")
        if (away := self._away(request)) is not None:
            return away
        if found is None or not number.isdigit() or int(number) < 1:
            return self._page("notice.html", title="No such search", status=404)
        first = (int(number) - 1) * _ROWS
        links = dict(_links(int(number), last=-(-len(found) // _ROWS)))
        shown = found[first : first + _ROWS]
        return self._page("results.html", title="Venues found", total=len(found), venues=shown, links=links)

    async def venue(self, request: Request) -> Response:
        """One venue's own page."""
        found = next((v for v in venues(self.store) if v.number == request.path_params["number"]), None)
        if (away := self._away(request)) is not None:
            return away
        if found is None:
            return self._page("notice.html", title="No such venue", status=404)
        return self._page("venue.html", title=found.name, venue=found)

    def _away(self, request: Request) -> Response | None:
        """To the login form, for who is not logged in."""
        entered = request.cookies.get(_SESSION) in self.entered
        return None if entered else RedirectResponse("/members/login", status_code=303)

    def _page(self, template: str, *, title: str, status: int = 200, **values: object) -> HTMLResponse:
        text = self.environment.get_template(f"members/{template}").render(title=title, **values)
        return HTMLResponse(text, status_code=status)


def _links(number: int, *, last: int) -> Iterator[tuple[str, str]]:
    if number > 1:
        yield "Previous", f"?page={number - 1}"
    if number < last:
        yield "Next", f"?page={number + 1}"
