"""The browser pool: one warm driver, one boxed browser, one context per run.

Nothing starts before it is needed. A crash of browser or driver ends the runs in it with
``RunFailed`` and the next context gets fresh ones. Owns the egress proxy's life together with the
browser's; what may be asked on a page is for ``observe`` and ``gate``.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import logging
import os
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from playwright.async_api import Browser, BrowserContext, Playwright, ProxySettings, async_playwright
from playwright.async_api import Error as PlaywrightError

from domain.errors import IsolationMissing, RunFailed
from sandbox import browsers_box as boxes
from sandbox.appearance import Appearance
from sandbox.browsers_ceiling import Ceiling, CeilingWatch
from sandbox.egress import Egress
from sandbox.egress_grants import Grant
from sandbox.gate_tap import Tap
from sandbox.scratch import Scratch, sweep

log = logging.getLogger(__name__)

# The last switch of a name counts, so this one repeats what Playwright's own has and what headless pages need of it.
_WITHOUT = (
    "MediaRouter", "OptimizationHints", "InterestFeedContentSuggestions", "Translate", "DialMediaRouteProvider",
    "FetchLaterAPI", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "NetworkTimeServiceQuerying",
)  # fmt: skip
FLAGS = (
    "--disable-quic",
    "--dns-prefetch-disable",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    "--disable-gpu",
    "--disable-features=" + ",".join(_WITHOUT),
    "--disable-blink-features=SharedWorker,FetchLaterAPI",  # the driver cannot see the methods of what they ask
)
PROXY: ProxySettings = {"server": f"http://127.0.0.1:{boxes.PROXY_PORT}", "bypass": "<-loopback>"}
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


@dataclass(frozen=True, kw_only=True)
class BrowserOptions:
    """How browsers are started.

    ``trusted_keys`` are base64
    SHA-256 hashes of public keys (SPKI) that TLS certificates may rest on besides the public authorities,
    for sites with an authority of their own; those of the certificates in ``ca_file`` (PEM) are added.
    Each owner has a browser to itself, which is replaced after
    ``recycle_after`` contexts; of more than ``max_browsers`` the longest unused one ends.
    """

    executable: Path | None = None
    launch_timeout_s: float = 20.0
    close_timeout_s: float = 5.0
    recycle_after: int = 200
    max_contexts: int = 8
    max_browsers: int = 3
    ceiling: Ceiling = field(default_factory=Ceiling)
    trusted_keys: tuple[str, ...] = ()
    ca_file: Path | None = None
    appearance: Appearance = Appearance.HONEST
    locale: str = "en-US"
    viewport: tuple[int, int] = (1280, 900)


class _Launched:
    """One running browser and what it stands on; ``contexts`` counts those ever opened in it."""

    def __init__(self, browser: Browser, scratch: Scratch, watch: CeilingWatch) -> None:
        self.browser, self.scratch, self.watch = browser, scratch, watch
        self.contexts = 0
        self.open = 0


class BrowserPool:
    """Async context manager; hands out contexts that obey a Grant."""

    def __init__(self, options: BrowserOptions | None = None) -> None:
        self.options = options or BrowserOptions()
        self.egress = Egress()
        self._lock = asyncio.Lock()
        self._launching = asyncio.Lock()
        self._slots = asyncio.Semaphore(self.options.max_contexts)
        self._driver: Playwright | None = None
        self._tap: Tap | None = None
        self._current: dict[str, _Launched] = {}  # by owner, in the order of use
        self._all: set[_Launched] = set()
        self._unwanted: set[asyncio.Task[_Launched]] = set()
        self._ending: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    @property
    def running(self) -> bool:
        """Whether a browser is up now."""
        return any(launched.browser.is_connected() for launched in self._current.values())

    @property
    def tap(self) -> Tap:
        """The tap on the running driver, for gates. Only while a context is open."""
        if self._tap is None:
            raise RunFailed("No browser is running.")
        return self._tap

    @asynccontextmanager
    async def context(
        self, grant: Grant, *, javascript: bool = True, owner: str = "local", alone: bool = False
    ) -> AsyncIterator[BrowserContext]:
        """Open a context of its own in its owner's browser, or ``alone`` in a browser that ends with it.

        Its traffic obeys ``grant``; it is closed at the end whatever happens.

        Raises:
            IsolationMissing: no browser or no box on this machine.
            RunFailed: the browser did not start.
        """
        async with self._slots, self.egress.grant(grant):
            launched, context = await self._open(grant, None if alone else owner, javascript=javascript)
            try:
                yield context
            finally:
                await asyncio.shield(asyncio.ensure_future(self._close(launched, context)))

    def watch(self, context: BrowserContext) -> CeilingWatch | None:
        """Return what looks after the browser of an open context."""
        return next((launched.watch for launched in self._all if launched.browser is context.browser), None)

    async def _open(self, grant: Grant, owner: str | None, *, javascript: bool) -> tuple[_Launched, BrowserContext]:
        for attempt in (1, 2):
            launched = await self._ready(owner)
            launched.open += 1
            launched.contexts += 1
            launched.watch.start()
            try:
                return launched, await self._new_context(launched.browser, grant, javascript=javascript)
            except PlaywrightError as failed:
                launched.open -= 1
                await self._discard(launched)
                if attempt == 2:
                    raise RunFailed("The browser could not open a context.") from failed
        raise AssertionError  # pragma: no cover - the loop returns or raises

    async def _new_context(self, browser: Browser, grant: Grant, *, javascript: bool) -> BrowserContext:
        width, height = self.options.viewport
        proxy: ProxySettings = {**PROXY, "username": grant.user, "password": grant.token}
        context = await browser.new_context(
            proxy=proxy,
            accept_downloads=False,
            service_workers="block",
            java_script_enabled=javascript,
            locale=self.options.locale,
            user_agent=self.options.appearance.of_pages(browser.version),
            viewport={"width": width, "height": height},
        )
        context.set_default_timeout(10_000)
        return context

    async def _close(self, launched: _Launched, context: BrowserContext) -> None:
        launched.open -= 1
        if launched.open == 0:
            launched.watch.stop()
        if not launched.browser.is_connected():
            await self._discard(launched)
            return
        try:
            async with asyncio.timeout(self.options.close_timeout_s):
                await context.close()
        except (PlaywrightError, TimeoutError):
            log.warning("a browser context did not close; the browser is replaced")
            await self._discard(launched)
            return
        if launched not in self._current.values() and launched.open == 0:
            await self._end(launched)

    async def _ready(self, owner: str | None) -> _Launched:
        """Return the owner's browser; for None one that nobody else gets."""
        async with self._lock:
            if owner is None:
                return await self._launched()
            current = self._current.pop(owner, None)  # comes back at the end, or drains
            if current is not None and (
                not current.browser.is_connected() or current.contexts >= self.options.recycle_after
            ):
                await self._retire(current)
                current = None
            if current is None:
                while len(self._current) >= self.options.max_browsers:
                    await self._retire(self._current.pop(next(iter(self._current))))
                current = await self._launched()
            self._current[owner] = current
            return current

    async def _retire(self, launched: _Launched) -> None:
        """End a browser that gets no further contexts, at once or with the last it has."""
        if launched.open == 0 or not launched.browser.is_connected():
            await self._end(launched)

    async def _discard(self, launched: _Launched) -> None:
        async with self._lock:
            self._current = {owner: kept for owner, kept in self._current.items() if kept is not launched}
            await self._end(launched)

    async def _end(self, launched: _Launched) -> None:
        self._all.discard(launched)
        launched.watch.stop()
        try:
            async with asyncio.timeout(self.options.close_timeout_s):
                await launched.browser.close()
        except (PlaywrightError, TimeoutError):
            log.warning("a browser did not close in time; its driver is restarted")
            await self._stop_driver()
        await asyncio.to_thread(launched.scratch.remove)

    async def _stop_driver(self) -> None:
        driver, self._driver = self._driver, None
        if driver is not None:
            with contextlib.suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(self.options.close_timeout_s):
                    await driver.stop()

    async def _launched(self) -> _Launched:
        """Launch a browser; when nobody waits for it any more, it is ended once it is there."""
        launching = asyncio.ensure_future(self._launch())
        try:
            return await asyncio.shield(launching)
        except asyncio.CancelledError:
            self._unwanted.add(launching)
            launching.add_done_callback(self._end_unwanted)
            raise

    def _end_unwanted(self, launching: asyncio.Task[_Launched]) -> None:
        self._unwanted.discard(launching)
        if not launching.cancelled() and launching.exception() is None:
            ending = asyncio.ensure_future(self._end(launching.result()))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)

    async def _launch(self) -> _Launched:
        """Launch a browser; a driver that was kept may have died, so it gets a second chance with a fresh one."""
        async with self._launching:
            kept = self._driver is not None
            try:
                return await self._launch_once()
            except IsolationMissing:
                if not kept:
                    raise
            return await self._launch_once()

    async def _launch_once(self) -> _Launched:
        executable = await asyncio.to_thread(boxes.find_browser, self.options.executable)
        await asyncio.to_thread(sweep)
        scratch = await asyncio.to_thread(Scratch)
        launched: _Launched | None = None
        try:
            launched = await self._launch_in(scratch, executable)
        finally:
            if launched is None:
                await asyncio.shield(asyncio.to_thread(scratch.remove))
        self._all.add(launched)
        return launched

    async def _launch_in(self, scratch: Scratch, executable: Path) -> _Launched:
        box = await asyncio.to_thread(boxes.build, executable, scratch.path)
        try:
            async with asyncio.timeout(self.options.launch_timeout_s):
                with _post(box.door) as post:
                    door = asyncio.ensure_future(self._take_door(post))
                    try:
                        browser = await self._start(box.script)
                        watch = CeilingWatch(await door, self.options.ceiling)
                    finally:
                        door.cancel()
        except (PlaywrightError, TimeoutError, OSError) as failed:
            await self._stop_driver()
            raise IsolationMissing(
                "The boxed browser did not start.",
                remedy="Run: main.py doctor (user namespaces and bubblewrap are needed)",
                cause=str(failed).strip()[:2000],
            ) from failed
        return _Launched(browser, scratch, watch)

    async def _start(self, script: Path) -> Browser:
        if self._driver is None:
            self._driver = await async_playwright().start()
            self._tap = Tap(self._driver)
        keys = self.options.trusted_keys + await asyncio.to_thread(_keys_of, self.options.ca_file)
        return await self._driver.chromium.launch(
            executable_path=script,
            args=[*FLAGS, *([f"--ignore-certificate-errors-spki-list={','.join(keys)}"] if keys else [])],
            chromium_sandbox=True,
            headless=True,
            proxy=PROXY,
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
            timeout=self.options.launch_timeout_s * 1000,
        )

    async def _take_door(self, post: socket.socket) -> int:
        """Serve the proxy on the listening socket that the box sends; return the browser's process id."""
        loop = asyncio.get_running_loop()
        box, _ = await loop.sock_accept(post)
        with box:
            ready: asyncio.Future[None] = loop.create_future()
            loop.add_reader(box, _resolve, ready)
            try:
                await ready
            finally:
                loop.remove_reader(box)
            _, descriptors, _, _ = socket.recv_fds(box, 16, 1)
            if not descriptors:
                raise OSError("the box sent no door")
            await self.egress.listen(socket.socket(fileno=descriptors[0]))
            await loop.sock_sendall(box, b"k")
            sender = box.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
            return int(_CREDENTIALS.unpack(sender)[0])

    async def aclose(self) -> None:
        """Close every context, browser and the driver."""
        async with self._lock:
            self._current.clear()
            await asyncio.gather(*self._unwanted, return_exceptions=True)
            await asyncio.gather(*self._ending, return_exceptions=True)
            for launched in tuple(self._all):
                await self._end(launched)
            await self._stop_driver()
            await self.egress.aclose()


def _post(path: Path) -> socket.socket:
    """Listen at a path of any length, though an address of this kind holds 107 bytes."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    post = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        post.bind(f"/proc/self/fd/{folder}/{path.name}")
        path.chmod(0o600)
        post.listen(1)
        post.settimeout(0)
    except OSError:
        post.close()
        raise
    finally:
        os.close(folder)
    return post


def _resolve(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _keys_of(ca_file: Path | None) -> tuple[str, ...]:
    certificates = [] if ca_file is None else x509.load_pem_x509_certificates(ca_file.read_bytes())
    return tuple(key_hash(one.public_bytes(serialization.Encoding.PEM)) for one in certificates)


def key_hash(certificate_pem: bytes) -> str:
    """Return the base64 SHA-256 of a certificate's public key, as ``BrowserOptions.trusted_keys`` wants it."""
    key = x509.load_pem_x509_certificate(certificate_pem).public_key()
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(spki).digest()).decode("ascii")
