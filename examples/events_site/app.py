"""The application: pages, endpoints and archive over one catalogue, with the faults around them."""

import asyncio
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from starlette.applications import Starlette
from starlette.middleware import Middleware

from examples.events_site.api import Api
from examples.events_site.archive import Archive
from examples.events_site.faults import Faults, Pause, Unsteady, apply_to_catalogue, faults_named
from examples.events_site.generate import DEFAULT_EVENTS, generate
from examples.events_site.members import Members
from examples.events_site.pages import Pages, templates
from examples.events_site.store import Store

DEFAULT_SEED = 7
DEFAULT_TODAY = date(2027, 5, 12)
"""A Wednesday."""


def build(
    seed: int = DEFAULT_SEED,
    faults: Iterable[str] = (),
    today: date = DEFAULT_TODAY,
    events: int = DEFAULT_EVENTS,
    *,
    pause: Pause = asyncio.sleep,
) -> Starlette:
    """The site as an ASGI application; its store is at ``app.state.store``.

    ``pause`` is what a slow answer waits with.

    Raises:
        ValueError: a fault has no such name.
    """
    switched = faults_named(faults)
    store = store_for(seed=seed, faults=switched, today=today, events=events)
    environment = templates(switched)
    api = Api(store=store, faults=switched)
    archive = Archive(store=store, faults=switched, environment=environment)
    pages = Pages(store=store, api=api, faults=switched, environment=environment)
    members = Members(store=store, environment=environment)
    app = Starlette(
        routes=[*api.routes(), *archive.routes(), *members.routes(), *pages.routes()],
        middleware=[Middleware(Unsteady, seed=seed, faults=switched, pause=pause)],
    )
    app.state.store = store
    return app


def store_for(*, seed: int, faults: Faults, today: date, events: int = DEFAULT_EVENTS) -> Store:
    """What the site knows, without the site."""
    return Store(apply_to_catalogue(_catalogue(seed=seed, today=today, events=events), faults))


_catalogue = lru_cache(maxsize=4)(generate)
"""A catalogue is frozen, so the sites of one process can share it."""
