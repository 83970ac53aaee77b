import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2 as httpx
import pytest

from examples.events_site.serve import running

Opened = Callable[..., contextlib.AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def site() -> Opened:
    """Opens a site with the given faults and yields a client on it."""

    @contextlib.asynccontextmanager
    async def open_site(*faults: str, **options: Any) -> AsyncIterator[httpx.AsyncClient]:
        async with running(faults=faults, **options) as url, httpx.AsyncClient(base_url=url) as client:
            yield client

    return open_site
