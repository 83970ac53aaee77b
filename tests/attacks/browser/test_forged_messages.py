"""More messages written by hand past the client: shapes, objects and sizes that it never sends."""

# ruff: noqa: E501 - one message a line reads best
from __future__ import annotations

import json

import pytest
import pytest_asyncio

from sandbox.browsers import BrowserPool
from sandbox.gate import Flooded, open_page
from tests.requirements import requirement
from tests.sandbox.gate.harness import by_hand
from tests.sandbox.observe.site import serving

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.browser, requirement("BOX-5")]
DEEP: list[object] = []
for _ in range(300):
    DEEP = [DEEP]

# kind of object, method, parameters
FORGED: list[tuple[str, str, object]] = [
    ("Frame", "__proto__", {}),
    ("Frame", "constructor", {}),
    ("Frame", "toString", {}),
    ("Frame", "Goto", {"url": "x"}),
    ("Frame", "goto\u0000", {"url": "x"}),
    ("Frame", "click", {"selector": "body", "constructor": {"prototype": {}}}),
    ("Frame", "click", {"selector": ["body"]}),
    ("Frame", "click", {"selector": {"toString": "body"}}),
    ("Frame", "click", {"selector": "body", "modifiers": DEEP}),
    ("Frame", "click", {"selector": "body", "position": {"x": float("nan"), "y": 0}}),
    ("Frame", "click", {"selector": "body", "position": {"x": float("inf"), "y": 0}}),
    ("Frame", "click", {"selector": "body", "position": {"x": 1, "y": 1, "__proto__": {}}}),
    ("Frame", "click", {"selector": "body", "delay": float("nan")}),
    ("Frame", "click", {"selector": "body", "clickCount": 10**300}),
    ("Frame", "fill", {"selector": "input", "value": ["a"]}),
    ("Frame", "setInputFiles", {"selector": "input", "payloads": [{"name": "a", "buffer": "eA=="}]}),
    ("Frame", "setInputFiles", {"selector": "input", "streams": [{"guid": "x"}]}),
    ("Frame", "addScriptTag", {"url": "data:text/javascript,1", "type": "module"}),
    ("Frame", "addStyleTag", {"content": "@import url(//x)"}),
    ("Frame", "expect", {"selector": "body", "expression": "to.have.text", "isNot": False}),
    ("Frame", "dispatchEvent", {"selector": "body", "type": "click", "eventInit": {}}),
    ("Frame", "highlight", {"selector": "body"}),
    ("Frame", "frameElement", {}),
    ("Frame", "evalOnSelectorAll", {"selector": "body", "expression": "ee => ee.map(e => e.innerText) ", "arg": {"value": {"v": "undefined"}, "handles": []}}),
    ("Frame", "evalOnSelectorAll", {"selector": "body", "expression": ["ee => ee.map(e => e.innerText)"]}),
    ("Frame", "evalOnSelectorAll", {"selector": "body", "expression": "ee => ee.map(e => e.innerText)", "arg": {"value": {"h": 0}, "handles": [{"guid": "x"}]}}),
    ("Frame", "selectOption", {"selector": "select", "elements": [{"guid": "__proto__"}]}),
    ("Frame", "selectOption", {"selector": "select", "options": [{"value": "a"}] * 101}),
    ("Frame", "selectOption", {"selector": "select", "options": [{"index": {"valueOf": 1}}]}),
    ("Frame", "goto", {"url": "SITE/cards", "waitUntil": {"guid": "x"}}),
    ("Frame", "goto", {"url": "SITE\t@127.0.0.1:1/"}),
    ("Frame", "goto", {"url": "http:\\\\127.0.0.1:1\\"}),
    ("Frame", "goto", {"url": "blob:SITE/x"}),
    ("Frame", "goto", {"url": "filesystem:SITE/temporary/x"}),
    ("Frame", "goto", {"url": "view-source:SITE/cards"}),
    ("Frame", "goto", {"url": "mailto:a@b.example"}),
    ("Frame", "goto", {"url": "devtools://devtools/bundled/inspector.html"}),
    ("Frame", "waitForTimeout", {"waitTimeout": -1}),
    ("Frame", "waitForTimeout", {"waitTimeout": "1"}),
    ("Frame", "waitForFunction", {"expression": "() => 1", "isFunction": True, "arg": {"value": {"v": "undefined"}, "handles": []}}),
    ("Page", "close", {"runBeforeUnload": True}),
    ("Page", "screenshot", {"type": "png", "mask": []}),
    ("Page", "expectScreenshot", {"isNot": False}),
    ("Page", "pdf", {"path": "/tmp/pwned.pdf"}),
    ("Page", "emulateMedia", {"media": "print"}),
    ("Page", "touchscreenTap", {"x": 1, "y": 1}),
    ("Page", "accessibilitySnapshot", {}),
    ("Page", "startCSSCoverage", {}),
    ("Page", "consoleMessages", {}),
    ("Page", "pageErrors", {}),
    ("Page", "requestGC", {}),
    ("Page", "opener", {}),
    ("Page", "videoStart", {"size": {"width": 10, "height": 10}}),
    ("Page", "setViewportSize", {"viewportSize": {"width": 4001, "height": 10}}),
    ("Page", "keyboardPress", {"key": "a" * 41}),
    ("Page", "keyboardType", {"text": "x" * 100_001}),
    ("Page", "mouseMove", {"x": 0, "y": 0, "steps": 10**9}),
    ("BrowserContext", "exposeBinding", {"name": "f", "needsHandle": True}),
    ("BrowserContext", "setGeolocation", {"geolocation": {"latitude": 0, "longitude": 0}}),
    ("BrowserContext", "clearPermissions", {}),
    ("BrowserContext", "clearCookies", {}),
    ("BrowserContext", "clockInstall", {}),
    ("BrowserContext", "clockSetFixedTime", {"timeNumber": 0}),
    ("BrowserContext", "harStart", {"options": {"content": "embed"}}),
    ("BrowserContext", "harExport", {"harId": "x"}),
    ("BrowserContext", "pause", {}),
    ("BrowserContext", "enableRecorder", {"outputFile": "/tmp/pwned"}),
    ("BrowserContext", "setDefaultTimeoutNoReply", {"timeout": 0}),
    ("BrowserContext", "setStorageState", {"storageState": {}}),
    ("BrowserContext", "exposeConsoleApi", {}),
    ("BrowserContext", "updateSubscription", {"event": "request", "enabled": True, "more": 1}),
    ("Root", "initialize", {"sdkLanguage": "python", "more": {}}),
]  # fmt: skip
STRANGERS = ["__proto__", "constructor", "Artifact@1", "route@1", "JsonPipe@1", "stream@1", "writable@1", "bindingCall@1", "android", "gate-playwright ", "gate@1", "\u0000", "x" * 5000]  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site():
    async with serving() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool():
    async with BrowserPool() as one:
        yield one


async def test_every_forged_message_is_refused_and_the_page_lives_on(pool, site):
    async with open_page(pool, site.policy()) as session, by_hand(session) as client:
        for kind, method, params in FORGED:
            guid = "" if kind == "Root" else client.named(kind)
            given = json.loads(json.dumps(params).replace("SITE", site.url))
            assert await client.refused(guid, method, given), (kind, method, params)
        assert session.gate.refusals == len(FORGED)
        assert session.page.url == "about:blank"
        assert "error" not in await client.tell(client.named("Frame"), "goto", {"url": site.url + "/cards"})


async def test_objects_that_are_not_the_runs_own_are_refused_under_any_name(pool, site):
    async with open_page(pool, site.policy()) as session, by_hand(session) as client:
        for guid in STRANGERS:
            for method in ("saveAs", "fulfill", "continue", "evaluateExpression", "read", "close", "goto"):
                assert "not of this run" in await client.refused(guid, method, {"path": "/tmp/pwned", "url": site.url})


async def test_selectors_beyond_reason_end_in_an_error_and_the_driver_lives_on(pool, site):
    selectors = [":has(" * 2000 + "a" + ")" * 2000, "a >> " * 1500 + "a", "text=/" + "(a+)+" * 200 + "$/", "xpath=" + "//*" * 3000,
                 "internal:control=enter-frame >> " * 200 + "a", "_react=A[x = " + "'" * 50, "*" * 10_000]  # fmt: skip
    async with open_page(pool, site.policy(limits={"wall_s": 5})) as session, by_hand(session) as client:
        await client.tell(client.named("Frame"), "goto", {"url": site.url + "/cards"})
        for selector in selectors:
            await client.tell(client.named("Frame"), "queryCount", {"selector": selector}, metadata={"timeout": 500})
    async with open_page(pool, site.policy()) as session, by_hand(session) as client:
        assert "error" not in await client.tell(client.named("Frame"), "goto", {"url": site.url + "/cards"})


@pytest.mark.parametrize(
    "message",
    [
        {"id": True, "guid": "", "method": 7},
        {"id": [1], "guid": "", "method": "x"},
        {"id": "9" * 41, "guid": "", "method": "x"},
        {"id": 1.5, "guid": "", "method": "x"},
        {"id": 1, "guid": None, "method": "initialize"},
        {"id": 1, "guid": {"toString": ""}, "method": "initialize"},
    ],
)
async def test_a_message_of_no_shape_ends_the_run(pool, site, message):
    async with open_page(pool, site.policy()) as session:
        with pytest.raises(Flooded):
            await session.answer({"t": "pw"}, json.dumps([message]).encode())


@pytest.mark.parametrize("kind", ["pw_open", "PW", "__proto__", "", None, ["pw"], "http"])
async def test_a_question_that_no_page_asks_ends_the_run(pool, site, kind):
    async with open_page(pool, site.policy()) as session:
        with pytest.raises(Flooded):
            await session.answer({"t": kind}, b"[]")
