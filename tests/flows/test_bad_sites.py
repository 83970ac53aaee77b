"""Sites that cannot serve: each ends with a code and a remedy, and nothing is half-published."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from examples.events_site.serve import serving
from tests.conftest import Command, one_object
from tests.requirements import requirement

PROSE = "<title>About us</title><h1>About us</h1><p>We are a small firm. We mend clocks.</p><p>Call us at noon.</p>"
WALL = "<title>Sign in</title><h1>Sign in</h1><form method=post><input name=user><input type=password name=p></form>"


def prose(_: Request) -> Response:
    return HTMLResponse(PROSE)


def wall(_: Request) -> Response:
    return HTMLResponse(WALL, status_code=401)


def away(_: Request) -> Response:
    return RedirectResponse("http://localhost:9/elsewhere")


@pytest.fixture
async def site() -> AsyncIterator[str]:
    app = Starlette(routes=[Route("/prose", prose), Route("/wall", wall), Route("/away", away)])
    async with serving(app) as url:
        yield url


ENDS = {
    "/prose": {"nothing_found", "needs_input"},
    "/wall": {"source_blocked", "nothing_found"},
    "/away": {"egress_denied"},
}


@pytest.mark.browser
@pytest.mark.parametrize("path", ENDS)
@requirement("CLI-2", "PROVE-3", "BOX-4")
async def test_a_site_that_cannot_serve_ends_with_a_code_and_a_remedy(command: Command, site: str, path: str) -> None:
    done = await asyncio.to_thread(command, "--query", "yoga in Oakland", "--site", site + path, "--json")
    answer = one_object(done)
    code = answer["error"]["code"] if answer["error"] else answer["status"]
    assert code in ENDS[path]
    assert done.returncode == (3 if code == "needs_input" else 1)
    if answer["error"]:
        assert answer["error"]["remedy"]
    listed = await asyncio.to_thread(command, "tools", "list", "--json")
    assert one_object(listed)["tools"] == []
