"""A client that speaks the protocol by hand: each escape is refused by the gate."""

from __future__ import annotations

import json

import pytest
import pytest_asyncio

from sandbox.browsers import BrowserPool
from sandbox.gate import Flooded, open_page
from sandbox.gate_tap import guid_of
from tests.requirements import requirement
from tests.sandbox.gate.harness import by_hand
from tests.sandbox.observe.site import serving

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.browser, requirement("BOX-5")]
NOTHING = {"value": {"v": "undefined"}, "handles": []}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site():
    async with serving() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool():
    async with BrowserPool() as one:
        yield one


PAGE_ATTACKS = {
    "addInitScript": {"source": "1"},
    "exposeBinding": {"name": "f"},
    "setNetworkInterceptionPatterns": {"patterns": []},
    "setWebSocketInterceptionPatterns": {"patterns": []},
    "setExtraHTTPHeaders": {"headers": []},
    "pdf": {},
    "screenshot": {},
    "requests": {},
    "screencastStart": {"record": True},
    "startJSCoverage": {},
    "webStorageItems": {"kind": "local"},
    "registerLocatorHandler": {"selector": "body"},
    "pickLocator": {},
}
CONTEXT_ATTACKS = {
    "newCDPSession": {},
    "newPage": {},
    "cookies": {"urls": []},
    "addCookies": {"cookies": []},
    "storageState": {},
    "grantPermissions": {"permissions": ["geolocation"]},
    "setNetworkInterceptionPatterns": {"patterns": []},
    "createTempFiles": {"rootDirName": "x", "items": []},
    "showRecorder": {"outputFile": "/tmp/pwned"},
    "setHTTPCredentials": {},
    "setOffline": {"offline": False},
    "close": {},
    "addInitScript": {"source": "1"},
    "registerSelectorEngine": {"selectorEngine": {"name": "x", "source": "1"}},
}
FRAME_ATTACKS = {
    "evaluateExpression": {"expression": "1", "arg": NOTHING},
    "evaluateExpressionHandle": {"expression": "window", "arg": NOTHING},
    "evalOnSelector": {"selector": "body", "expression": "e => e.innerText", "arg": NOTHING},
    "evalOnSelectorAll": {"selector": "body", "expression": "ee => fetch('/danger')", "arg": NOTHING},
    "waitForFunction": {"expression": "1", "arg": NOTHING},
    "addScriptTag": {"content": "1"},
    "addStyleTag": {"url": "file:///etc/passwd"},
    "setContent": {"html": "<iframe src=file:///etc/passwd>"},
    "setInputFiles": {"selector": "input", "localPaths": ["/etc/passwd"]},
    "drop": {"selector": "body", "localPaths": ["/etc/passwd"]},
    "webmcpCallTool": {"name": "x", "input": NOTHING},
    "noSuchMethod": {},
}


@pytest.mark.parametrize(
    ("kind", "method", "params"),
    [
        *(("Page", name, params) for name, params in PAGE_ATTACKS.items()),
        *(("BrowserContext", name, params) for name, params in CONTEXT_ATTACKS.items()),
        *(("Frame", name, params) for name, params in FRAME_ATTACKS.items()),
    ],
)
async def test_methods_outside_the_table_are_refused(pool, site, kind, method, params):
    async with open_page(pool, site.policy()) as session, by_hand(session) as client:
        await client.refused(client.named(kind), method, params)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "view-source:file:///etc/passwd", "chrome://version", "about:blank", "javascript:1",
        "data:text/html,x", "http://169.254.169.254/", "http://127.0.0.1:1/", "http://[::1]/", "FILE:///etc/passwd",
        " file:///etc/passwd", "http://127.0.0.1@169.254.169.254/", 7, None, ["x"], {"guid": ""},
    ],
)  # fmt: skip
async def test_addresses_outside_the_policy_are_refused(pool, site, url):
    async with open_page(pool, site.policy()) as session, by_hand(session) as client:
        await client.refused(client.named("Frame"), "goto", {"url": url})


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("click", {"selector": "x" * 10_001}),
        ("click", {"selector": "body", "force": "yes"}),
        ("click", {"selector": "body", "position": {"x": 1e12, "y": 0}}),
        ("click", {"selector": "body", "__proto__": {}}),
        ("fill", {"selector": "input", "value": {"guid": ""}}),
        ("fill", {"selector": "input", "value": "x" * 100_001}),
        ("selectOption", {"selector": "select", "options": [{"value": {"deep": 1}}]}),
        ("waitForTimeout", {"waitTimeout": 1e9}),
        ("waitForTimeout", {"waitTimeout": True}),
        ("goto", {"url": "SITE/cards", "referer": "http://x/"}),
        ("ariaSnapshot", {"selector": "body", "mode": "x" * 50}),
        ("click", []),
        ("click", "selector"),
    ],
)
async def test_parameters_outside_the_table_are_refused(pool, site, method, params):
    if isinstance(params, dict) and str(params.get("url", "")).startswith("SITE"):
        params = {**params, "url": site.url + "/cards"}
    async with open_page(pool, site.policy()) as session, by_hand(session) as client:
        await client.refused(client.named("Frame"), method, params)


@pytest.mark.parametrize(
    ("kind", "method", "params"),
    [
        ("Playwright", "newRequest", {}),
        ("BrowserType", "launch", {"executablePath": "/bin/sh"}),
        ("BrowserType", "launchPersistentContext", {"userDataDir": "/tmp"}),
        ("BrowserType", "connectOverCDP", {"endpointURL": "http://127.0.0.1:1"}),
        ("Browser", "newContext", {"proxy": {"server": "direct://"}}),
        ("Browser", "newBrowserCDPSession", {}),
        ("Browser", "startTracing", {}),
        ("Browser", "close", {}),
        ("Tracing", "tracingStart", {}),
        ("Tracing", "harStart", {}),
        ("APIRequestContext", "fetch", {"url": "http://127.0.0.1:1/"}),
        ("Debugger", "setPaused", {}),
    ],
)
async def test_objects_around_the_page_are_only_stand_ins(pool, site, kind, method, params):
    async with open_page(pool, site.policy()) as session, by_hand(session) as client:
        await client.refused(client.named(kind), method, params)


async def test_objects_of_another_run_and_of_the_server_cannot_be_named(pool, site):
    async with open_page(pool, site.policy()) as victim, open_page(pool, site.policy()) as session:
        await victim.page.goto(site.url + "/cards")
        async with by_hand(session) as client:
            theirs = guid_of(victim.page)
            for guid in (
                theirs,
                guid_of(victim.page.context),
                guid_of(victim.page.main_frame),
                "localUtils",
                "Playwright",
                "x",
            ):
                await client.refused(guid, "close", {"reason": "x"})
                await client.refused(guid, "title")
            elements = {"selector": "select", "elements": [{"guid": theirs}]}
            assert "another run" in await client.refused(client.named("Frame"), "selectOption", elements)
        assert await victim.page.title() == "Shop"


async def test_events_of_another_run_are_never_passed_on(pool, site):
    opened = open_page(pool, site.policy())
    async with opened as victim, open_page(pool, site.policy()) as session, by_hand(session) as client:
        await victim.page.goto(site.url + "/cards")
        await client.tell(client.named("Frame"), "title")
        assert site.url not in json.dumps(client.seen)


async def test_routes_dialogs_downloads_and_workers_are_never_made_known(pool, site):
    async with open_page(pool, site.policy()) as session, by_hand(session) as client:
        await client.tell(client.named("Frame"), "goto", {"url": site.url + "/hostile"})
        await client.tell(
            client.named("Frame"), "waitForSelector", {"selector": "text=worker: refused", "omitReturnValue": True}
        )
        known = {one["params"]["type"] for one in client.seen if one.get("method") == "__create__"}
    assert known.isdisjoint(
        {
            "Route",
            "WebSocketRoute",
            "Dialog",
            "Artifact",
            "Worker",
            "CDPSession",
            "BindingCall",
            "JSHandle",
            "LocalUtils",
        }
    )


async def test_turning_events_off_does_not_blind_the_host(pool, site):
    async with open_page(pool, site.policy()) as session, by_hand(session) as client:
        for event in ("request", "response", "requestFinished", "requestFailed", "dialog"):
            await client.tell(client.named("BrowserContext"), "updateSubscription", {"event": event, "enabled": False})
        await client.tell(client.named("Frame"), "goto", {"url": site.url + "/cards"})
        await client.tell(
            client.named("Frame"), "waitForSelector", {"selector": "text=Item 3", "omitReturnValue": True}
        )
        assert [one.url for one in await session.recorder.exchanges()] == [site.url + "/api/items?page=1"]


async def test_a_wait_cannot_outlast_the_run(pool, site):
    policy = site.policy(limits={"wall_s": 2})
    async with open_page(pool, policy) as session, by_hand(session) as client:
        waiting = {"selector": "text=never", "omitReturnValue": True}
        answer = await client.tell(client.named("Frame"), "waitForSelector", waiting, metadata={"timeout": 10**9})
        assert "Timeout" in answer["error"]["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"{}", b'"x"', b"[1]", b"[" * 100_000, b" " * 2_000_001, b'[{"id": {}, "guid": "", "method": "x"}]',
        b'[{"id": 1, "guid": [], "method": "x"}]', b'[{"id": 1, "guid": "", "method": {}}]',
    ],
)  # fmt: skip
async def test_what_is_no_message_ends_the_run(pool, site, body):
    async with open_page(pool, site.policy()) as session:
        with pytest.raises(Flooded):
            await session.answer({"t": "pw"}, body)


async def test_floods_end_the_run(pool, site):
    batch = json.dumps([{"id": 1, "guid": "x", "method": "y", "params": {}}] * 5000).encode()
    async with open_page(pool, site.policy()) as session:
        for _ in range(4):
            await session.answer({"t": "pw"}, batch)
        with pytest.raises(Flooded, match="messages"):
            await session.answer({"t": "pw"}, batch)
