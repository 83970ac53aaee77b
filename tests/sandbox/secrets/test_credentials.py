"""Credentials reach login forms of their own host, over both interfaces, and nothing else ever shows them."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from domain.policy import HostRule, Policy
from domain.run import Outcome, Run, RunKind
from domain.values import JsonObject
from domain.workflow import Artifact
from examples.events_site.serve import serving
from sandbox.credentials import NotForThisHost, fill_in, mentions_credential
from sandbox.gate import Artifacts
from sandbox.runner import RunnerOptions, open_runner
from sandbox.secrets import MARK, Redactor, Secret, SecretStore
from sandbox.standing_in import password_of, user_of
from tests.requirements import requirement

pytestmark = requirement("OPS-7")

NOW = datetime(2027, 5, 12, 12, tzinfo=UTC)
VALUE = 'pa&ss "wörd" 7'
KEPT = Secret(name="club", host="127.0.0.1", place="form", key="ann@club.example", value=VALUE)
ELSEWHERE = KEPT.model_copy(update={"name": "bank", "host": "bank.example"})

HEAD = '''"""Log in.

Generated 2027-05-12.
"""

import @IMPORT@
from pydantic import BaseModel
from workflow_kit import @KIT@


class Request(BaseModel):
    """Where."""

    site: str
    name: str = "club"


class Item(BaseModel):
    """What came."""

    text: str


class Response(BaseModel):
    """The rows."""

    rows: list[Item]
    count: int
    truncated: bool = False


'''
HTTP = (
    HEAD.replace("@IMPORT@", "httpx").replace("@KIT@", "page_of, password_of, send, user_of")
    + '''async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Send the form."""
    fields = {"email": user_of(request.name), "password": password_of(request.name), "note": "a b"}
    page = page_of(await send(http, "POST", request.site, data=fields))
    return Response(rows=[Item(text=page.text)], count=1)
'''
)
PAGE = (
    HEAD.replace("import @IMPORT@", "from playwright.async_api import Page").replace("@KIT@", "password_of, user_of")
    + '''async def run(request: Request, page: Page) -> Response:
    """Fill the form and send it."""
    await page.goto(request.site)
    await page.get_by_label("E-mail").fill(user_of(request.name))
    await page.get_by_label("Password").fill(password_of(request.name))
    await page.get_by_role("button").click()
    text = await page.locator("#welcome").inner_text(timeout=3000)
    html = await page.content()
    return Response(rows=[Item(text=text), Item(text=html)], count=2)
'''
)


@dataclass
class Club:
    """A site with a login form that shows what it was sent."""

    took: list[dict[str, str]] = field(default_factory=list)

    async def form(self, request: Request) -> Response:
        action = request.query_params.get("action", "/login")
        return HTMLResponse(
            f'<form method="post" action="{action}"><label>E-mail <input type="email" name="email" required></label>'
            '<label>Password <input type="password" name="password"></label><button>Log in</button></form>'
        )

    async def login(self, request: Request) -> Response:
        fields = {name: str(value) for name, value in (await request.form()).items()}
        self.took.append(fields)
        shown = f"{fields['email']} / {fields['password']} / {base64.b64encode(fields['password'].encode()).decode()}"
        return HTMLResponse(f'<p id="welcome">Welcome: {shown}</p>')

    async def away(self, request: Request) -> Response:
        port = request.url.port
        status = int(request.query_params.get("status", "307"))
        return RedirectResponse(f"http://localhost:{port}/login", status_code=status)

    async def round(self, _: Request) -> Response:
        return RedirectResponse("/login", status_code=308)

    async def echo(self, request: Request) -> Response:
        return JSONResponse(await request.json())


@dataclass
class Place:
    """The running site, its policy and a folder of secrets."""

    url: str
    club: Club
    options: RunnerOptions
    policy: Policy
    left: list[Artifacts]

    async def run(self, code: str, path: str = "/login", **arguments: str) -> Run:
        given: JsonObject = {"site": f"{self.url}{path}", **arguments}
        artifact = Artifact(code=code, interface="page" if "Page" in code else "http")
        async with open_runner(self.options) as runner:
            return await runner.run(artifact, given, self.policy, kind=RunKind.TRIAL, now=NOW, record=True)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    store = SecretStore(tmp_path)
    store.add("local", KEPT)
    store.add("local", ELSEWHERE)
    club = Club()
    left: list[Artifacts] = []
    routes = [
        Route("/login", club.form),
        Route("/login", club.login, methods=["POST"]),
        Route("/away", club.away, methods=["POST"]),
        Route("/round", club.round, methods=["POST"]),
        Route("/echo", club.echo, methods=["POST"]),
    ]
    async with serving(Starlette(routes=routes)) as url:
        port = int(url.rsplit(":", 1)[1])
        policy = Policy(
            hosts=(HostRule(host="127.0.0.1", port=port), HostRule(host="localhost", port=port)),
            methods=("GET", "HEAD", "POST"),
            private_hosts=("127.0.0.1", "localhost"),
            secrets=("club", "bank"),
        )
        options = RunnerOptions(secrets_folder=tmp_path, keep_artifacts=lambda _run, artifacts: left.append(artifacts))
        yield Place(url=url, club=club, options=options, policy=policy, left=left)


async def test_a_login_form_gets_the_real_values_and_the_workflow_never_sees_them(place: Place) -> None:
    run = await place.run(HTTP)
    assert (run.outcome, run.error) == (Outcome.OK, None)
    assert place.club.took == [{"email": KEPT.key, "password": VALUE, "note": "a b"}]
    assert f"/ {MARK} / {MARK}" in str(run.rows[0]["text"])
    assert VALUE not in run.model_dump_json()
    assert run.exchanges[0].request_body == (
        "email=user-club%40credential.invalid&password=Password1-club%40credential.invalid&note=a+b"
    )


@pytest.mark.browser
@requirement("BOX-5")
async def test_a_login_form_in_a_browser_gets_the_real_values_outside_the_jail(place: Place) -> None:
    run = await place.run(PAGE)
    assert (run.outcome, run.error) == (Outcome.OK, None)
    assert place.club.took == [{"email": KEPT.key, "password": VALUE}]
    assert [MARK in str(row["text"]) for row in run.rows] == [True, True]
    shown = run.model_dump_json()
    assert all(spelling not in shown for spelling in (VALUE, json.dumps(VALUE)[1:-1], "pa&amp;ss"))


@pytest.mark.browser
async def test_what_is_left_of_a_failed_page_run_shows_no_secret(place: Place) -> None:
    run = await place.run(PAGE.replace("#welcome", "#nowhere"))
    assert run.outcome is not Outcome.OK
    [left] = place.left
    assert MARK in left.aria
    assert VALUE not in repr(left)
    assert left.screenshot_png == b""


@pytest.mark.parametrize("code", [HTTP, pytest.param(PAGE, marks=pytest.mark.browser)])
@pytest.mark.parametrize("name", ["bank", "nobody"])
async def test_a_credential_of_another_host_or_of_nobody_is_not_sent(place: Place, code: str, name: str) -> None:
    run = await place.run(code, name=name)
    assert run.outcome is (Outcome.DENIED if code is HTTP else Outcome.FAILED)  # a page only does not go on
    assert name in run.denials[0].reason
    assert place.club.took == []


async def test_a_redirect_to_another_host_does_not_take_the_credential_along(place: Place) -> None:
    run = await place.run(HTTP, "/away")
    assert run.outcome is Outcome.DENIED
    assert "localhost has no credential club" in run.denials[0].reason
    assert place.club.took == []


@pytest.mark.browser
@requirement("BOX-5")
@pytest.mark.parametrize("status", [307, 308])
async def test_a_redirect_in_a_browser_does_not_take_the_credential_to_another_host(place: Place, status: int) -> None:
    run = await place.run(PAGE, f"/login?action=/away%3Fstatus={status}")
    assert run.outcome is not Outcome.OK
    assert place.club.took == []
    assert [d.reason for d in run.denials] == ["a redirect would repeat what was sent to 127.0.0.1"]


@pytest.mark.browser
async def test_a_redirect_in_a_browser_may_repeat_the_credential_at_its_own_host(place: Place) -> None:
    run = await place.run(PAGE, "/login?action=/round")
    assert (run.outcome, run.error) == (Outcome.OK, None)
    assert place.club.took == [{"email": KEPT.key, "password": VALUE}]


@pytest.mark.browser
async def test_after_a_redirect_that_asks_anew_nothing_is_repeated(place: Place) -> None:
    await place.run(PAGE, "/login?action=/away%3Fstatus=303")
    assert place.club.took == []


async def test_nothing_is_sent_over_plain_http_to_a_public_host(place: Place) -> None:
    place.policy = place.policy.model_copy(update={"private_hosts": ("localhost",)})
    run = await place.run(HTTP)
    assert run.outcome is Outcome.DENIED
    assert place.club.took == []


def test_a_value_is_encoded_as_the_body_is() -> None:
    standing = password_of("club").encode()
    assert fill_in(b'{"p": "' + standing + b'"}', "application/json", "127.0.0.1", [KEPT]) == (
        json.dumps({"p": VALUE}).encode()
    )
    assert fill_in(b"p=" + standing, "text/plain", "127.0.0.1", [KEPT]) == f"p={VALUE}".encode()
    assert not mentions_credential(b"p=1")
    with pytest.raises(NotForThisHost):
        fill_in(user_of("club").encode(), "text/plain", "other.example", [KEPT])


def test_a_secret_that_is_a_header_is_never_written_into_a_form() -> None:
    header = KEPT.model_copy(update={"place": "header"})
    with pytest.raises(NotForThisHost):
        fill_in(password_of("club").encode(), "text/plain", "127.0.0.1", [header])


def test_a_message_that_carries_a_body_as_base64_is_cleaned_inside() -> None:
    body = base64.b64encode(f"<p>{VALUE}</p>".encode()).decode()
    cleaned = Redactor([KEPT]).message({"id": 1, "result": {"binary": body}})
    assert base64.b64decode(cleaned["result"]["binary"]).decode() == f"<p>{MARK}</p>"
    assert Redactor([KEPT]).message({"params": {"text": VALUE}}) == {"params": {"text": MARK}}


@pytest.mark.parametrize("name", ["", "Club", "a-b", "a" * 41])
def test_a_stand_in_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match="credential"):
        user_of(name)
