"""The discovery pages: data in ``__NEXT_DATA__``, cards by script; event pages are server-rendered."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from examples.events_site.api import Api, listing_json
from examples.events_site.entries import Json, amount_of, json_ld_of
from examples.events_site.faults import NOTE_INJECTION, Fault, Faults, apply_to_json
from examples.events_site.model import CATEGORIES, CATEGORY_BY_SLUG, Event
from examples.events_site.places import PLACE_BY_SLUG, PLACES
from examples.events_site.store import Store, page_of

_FIRST_PAGE = 20
_FOLDER = Path(__file__).parent / "templates"
_CLASS_ROLES = ("section", "heading", "card", "body", "title", "when", "by", "venue", "price", "cover", "page")


def templates(faults: Faults) -> Environment:
    """The templates, with the class names of this build and the faults at hand."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=select_autoescape(), undefined=StrictUndefined
    )
    environment.globals["css"] = class_names(faults)
    environment.globals["never_idle"] = Fault.NEVER_IDLE in faults
    environment.globals["note"] = NOTE_INJECTION if Fault.INJECTION in faults else ""
    environment.globals["zip"] = zip
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False, "ensure_ascii": False}
    return environment


def class_names(faults: Faults) -> dict[str, str]:
    """Hashed class names as a build tool makes them; another build has others."""
    build = "b" if Fault.MARKUP in faults else "a"
    return {role: f"jsx-{_digits(f'{build}/{role}')}" for role in _CLASS_ROLES}


def price_text(event: Event) -> str:
    """The price as a person reads it: Free, an amount with its currency, or a dash when not known."""
    amount = amount_of(event.ticket)
    if amount is None:
        return "—"
    return "Free" if amount == 0 else f"{amount:.2f} {event.ticket.currency.upper()}"


def local_text(event: Event) -> str:
    """The start in the event's own time zone: 2027-05-13 19:00."""
    return event.start.astimezone(ZoneInfo(event.place.timezone)).strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True, kw_only=True)
class Pages:
    """The HTML pages over one store, as the faults leave them."""

    store: Store
    api: Api
    faults: Faults
    environment: Environment

    def routes(self) -> list[Route]:
        """Every page with its path; the slug that matches anything comes last."""
        return [
            Route("/", self.home),
            Route("/discover", self.discover),
            Route("/_next/static/chunks/discover-{build}.js", self.script),
            Route("/covers/{name}.svg", self.cover),
            Route("/ping", self.ping),
            Route("/{place}/{category}", self.place_topic),
            Route("/{slug}", self.slug),
        ]

    async def home(self, request: Request) -> Response:
        """The way to the discovery page."""
        return RedirectResponse(request.url_for("discover").path)

    async def discover(self, request: Request) -> Response:
        """All places, topics and some organisers, as links."""
        data = {"kind": "discover", "data": self.api.bootstrap(request)}
        return self._render("discover.html", data, title="Discover events", places=PLACES, categories=CATEGORIES)

    async def place_topic(self, request: Request) -> Response:
        """A place's page; the topic is picked out in the client, as on the real site."""
        if request.path_params["category"] not in CATEGORY_BY_SLUG:
            return self._missing()
        return self._place(request.path_params["place"])

    async def slug(self, request: Request) -> Response:
        """The page of a place, a topic, an organiser or an event."""
        slug = request.path_params["slug"]
        if slug in PLACE_BY_SLUG:
            return self._place(slug)
        if slug in CATEGORY_BY_SLUG:
            return self._listing(slug, self.store.in_category(slug), CATEGORY_BY_SLUG[slug].name)
        if slug in self.store.calendar_by_slug:
            calendar = self.store.calendar_by_slug[slug]
            return self._listing(slug, self.store.of_calendar(calendar), calendar.name)
        if slug in self.store.by_slug:
            return self._event(request, self.store.by_slug[slug])
        return self._missing()

    async def script(self, request: Request) -> Response:  # noqa: ARG002 - a route's signature
        """What renders the cards and loads more of them."""
        text = self.environment.get_template("discover.js").render(changed=Fault.MARKUP in self.faults)
        return Response(text, media_type="text/javascript")

    async def cover(self, request: Request) -> Response:
        """A plain picture in a colour of its own."""
        colour = hashlib.sha256(request.path_params["name"].encode()).hexdigest()[:6]
        square = f'<rect width="96" height="96" fill="#{colour}"/>'
        body = f'<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96">{square}</svg>'
        return Response(body, media_type="image/svg+xml")

    async def ping(self, request: Request) -> Response:  # noqa: ARG002 - a route's signature
        """What a page that is never idle asks for."""
        return Response(status_code=204)

    def _place(self, slug: str) -> Response:
        if slug not in PLACE_BY_SLUG:
            return self._missing()
        status = 404 if Fault.NOT_FOUND_RENDERS in self.faults else 200
        return self._listing(slug, self.store.in_place(slug), PLACE_BY_SLUG[slug].name, status=status)

    def _listing(self, slug: str, events: tuple[Event, ...], title: str, *, status: int = 200) -> Response:
        first = listing_json(page_of(events, limit=_FIRST_PAGE, cursor=None))
        resolved = self.api.resolved(slug)
        paging = {"has_more": first["has_more"], "next_cursor": first["next_cursor"]}
        data = {"kind": resolved["kind"], "data": {**resolved["data"], "events": first["entries"], **paging}}
        return self._render("listing.html", data, title=title, status=status)

    def _event(self, request: Request, event: Event) -> Response:
        return self._render(
            "event.html",
            self.api.resolved(event.slug),
            title=event.name,
            event=event,
            when=local_text(event),
            price=price_text(event),
            json_ld=json_ld_of(event, str(request.base_url).rstrip("/")),
        )

    def _missing(self) -> Response:
        return self._render("missing.html", {"kind": "not-found", "data": None}, title="Page not found", status=404)

    def _render(self, template: str, data: Json, *, title: str, status: int = 200, **values: Any) -> Response:
        next_data = {
            "props": {"pageProps": {"initialData": apply_to_json(data, self.faults)}},
            "page": "/[slug]",
            "buildId": _digits(str(sorted(self.faults))),
        }
        text = self.environment.get_template(template).render(title=title, next_data=next_data, **values)
        return HTMLResponse(text, status_code=status)


def _digits(text: str) -> str:
    return str(int(hashlib.sha256(text.encode()).hexdigest()[:9], 16))[:10]
