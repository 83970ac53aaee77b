"""The gate between the Playwright client of a jailed page workflow and the browser outside.

The client's messages come as questions over the run's descriptor. Admitted is what ``gate_rules``
lists: object type, method, every parameter; and only objects of the run's own page. What is refused
is answered with an error and kept in ``log``. The run's context has its rules for hosts and methods
on the host's side, where the child cannot touch them.

What it does not stop: a workflow may click anything on a page of its policy; what that may ask is
the policy's business.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Page
from playwright.async_api import Error as PlaywrightError

from domain.observation import Denial, Exchange
from domain.policy import Policy
from sandbox.browsers import BrowserPool
from sandbox.browsers_ceiling import Breach, CeilingWatch
from sandbox.browsers_redirects import RedirectWatch
from sandbox.browsers_routing import MayOpen, Rules, enforce
from sandbox.browsers_tape import Playback, Recording
from sandbox.egress_grants import Grant
from sandbox.gate_rules import ADDRESS, COMMANDS, CREATED, EVENTS, Method
from sandbox.gate_tap import Message, Tap, guid_of
from sandbox.observing.capture import Recorder
from sandbox.observing.whole import whole_text
from sandbox.secrets import Redactor, Secret

log = logging.getLogger(__name__)

MAX_MESSAGES = 20_000
MAX_OPEN = 64
MAX_BATCH_BYTES = 2_000_000
MAX_OUT_BYTES = 20_000_000
KEPT_LINES = 500
_NOTES = frozenset({"__waitInfo__", "__abort__"})  # for traces and cancellations: nobody waits for an answer
STAND_INS = ("gate-chromium", "gate-firefox", "gate-webkit")


class Flooded(Exception):
    """The client sent more than any workflow needs; its run must be ended."""


@dataclass(frozen=True, kw_only=True)
class Artifacts:
    """What is kept of a page run that failed: picture, page, console and the gate's log."""

    screenshot_png: bytes = b""
    aria: str = ""
    url: str = ""
    console: tuple[str, ...] = ()
    gate_log: tuple[str, ...] = ()
    denials: tuple[Denial, ...] = ()
    exchanges: tuple[Exchange, ...] = ()


@dataclass(kw_only=True)
class PageSession:
    """One run's page: the gate for its client, its grant, and what is kept if it fails."""

    gate: Gate
    grant: Grant
    page: Page
    recorder: Recorder
    recording: Recording | None = None
    watch: CeilingWatch | None = None
    began: float = field(default_factory=time.monotonic)
    crashed: bool = False
    console: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))

    async def answer(self, meta: Message, body: bytes) -> tuple[Message, bytes]:
        """Answer one question of kind ``pw`` from the child (see ``Gate.answer``)."""
        return await self.gate.answer(meta, body)

    def breach(self) -> Breach | None:
        """Return the ceiling that this page's processes were ended for, or None."""
        gone = self.crashed or self.page.is_closed()
        return self.watch.breach_since(self.began) if gone and self.watch is not None else None

    async def artifacts(self) -> Artifacts:
        """Return what helps to see why the run failed. Never raises: the page may be gone.

        Secrets are taken out of the texts; of a page that shows one there is no picture.
        """
        picture, aria, redact = b"", "", self.gate.redactor.text
        try:
            picture = await self.page.screenshot(timeout=3000)
            aria = await self.page.locator("body").aria_snapshot(timeout=3000)
        except PlaywrightError as gone:
            self.console.append(f"(no picture: {gone.message.splitlines()[0]})")
        return Artifacts(
            screenshot_png=picture if redact(aria) == aria else b"",
            aria=whole_text(redact(aria)),
            url=redact(self.page.url),
            console=tuple(whole_text(redact(line)) for line in self.console),
            gate_log=tuple(map(whole_text, self.gate.log)),
            denials=tuple(d.model_copy(update={"url": redact(d.url)}) for d in self.grant.denials),
            exchanges=tuple(self.gate.redactor.value(exchange) for exchange in await self.recorder.exchanges()),
        )


@asynccontextmanager
async def open_page(
    pool: BrowserPool,
    policy: Policy,
    *,
    read_public: bool = False,
    secrets: tuple[Secret, ...] = (),
    record: bool = False,
    playback: Playback | None = None,
    owner: str = "local",
    may_open: MayOpen | None = None,
    alone: bool = False,
) -> AsyncIterator[PageSession]:
    """Open a context of its own with one page and a gate before it; all is closed at the end.

    The page gets its policy and nothing else; ``read_public`` lets it read assets (GET) from other public hosts.
    ``secrets`` fill login forms on this side (see sandbox.credentials) and are taken out of all that the client gets.
    ``record`` keeps what its pages ask and get; with ``playback`` they get it from there, at the time of the recording,
    and the proxy lets nothing through. ``may_open`` is asked before each page (see sandbox.browsers_routing);
    with ``alone`` the browser is the run's own too.

    Raises:
        IsolationMissing: no browser or no box on this machine.
        RunFailed: the browser did not start.
    """
    grant = Grant(policy, read_public=read_public)
    network = grant if playback is None else Grant(policy.model_copy(update={"hosts": ()}))
    async with pool.context(network, owner=owner, alone=alone) as context:
        watch = RedirectWatch(context, grant) if playback is None and any(s.place == "form" for s in secrets) else None
        rules = Rules(grant=grant, secrets=secrets, playback=playback, may_open=may_open, redirects=watch)
        await enforce(context, rules)
        if playback is not None:
            await context.clock.set_fixed_time(playback.now)
        recorder = Recorder(context)
        recording = Recording(context) if record else None
        context.on("response", lambda _: None)  # keeps the driver sending what the client may wait for
        page = await context.new_page()
        if watch is not None:
            await watch.add(page)
        gate = Gate(pool.tap, context, page, policy, redactor=Redactor(secrets))
        session = PageSession(
            gate=gate, grant=grant, page=page, recorder=recorder, recording=recording, watch=pool.watch(context)
        )
        page.on("crash", lambda _: setattr(session, "crashed", True))
        context.on("console", lambda message: session.console.append(_line(message)))
        try:
            yield session
        finally:
            session.gate.close()


def _line(message: ConsoleMessage) -> str:
    return f"{message.type}: {message.text[:500]}"


class Gate:
    """Judges and passes the messages of one client. ``log`` tells what was asked, without values."""

    def __init__(
        self, tap: Tap, context: BrowserContext, page: Page, policy: Policy, *, redactor: Redactor | None = None
    ) -> None:
        self.redactor = redactor or Redactor(())
        self.log: deque[str] = deque(maxlen=KEPT_LINES)
        self.refusals = 0
        self._tap, self._policy = tap, policy
        self._context, self._page = guid_of(context), guid_of(page)
        self._types: dict[str, str] = {"": "Root"}
        self._out: deque[Message] = deque()
        self._waiting = asyncio.Event()
        self._messages = self._open = 0
        self._ends = time.monotonic() + policy.limits.wall_s
        tap.listen(self._event)

    def close(self) -> None:
        """Stop listening; the client gets nothing more."""
        self._tap.ignore(self._event)
        self._waiting.set()

    async def answer(self, meta: Message, body: bytes) -> tuple[Message, bytes]:
        """Answer a question: ``pw`` brings messages, ``pw_next`` waits for some, ``pw_page`` tells the page's name.

        Raises:
            Flooded: too many messages, or none that can be read.
        """
        kind = meta.get("t")
        if kind == "pw_page":
            return {"page": self._page}, b""
        if kind == "pw":
            for message in self._batch(body):
                self._from_client(message)
            return {}, b""
        if kind == "pw_next":
            return {}, await self._next()
        raise Flooded("a question that no page workflow asks")

    def _batch(self, body: bytes) -> list[Message]:
        if len(body) > MAX_BATCH_BYTES:
            raise Flooded("a batch of messages beyond its limit")
        try:
            batch = json.loads(body)
        except (ValueError, RecursionError) as bad:
            raise Flooded("messages that are no JSON") from bad
        if not isinstance(batch, list) or not all(isinstance(one, dict) for one in batch):
            raise Flooded("messages of another shape")
        self._messages += len(batch)
        if self._messages > MAX_MESSAGES:
            raise Flooded(f"more than {MAX_MESSAGES} messages")
        return batch

    async def _next(self) -> bytes:
        while not self._out:
            self._waiting.clear()
            await self._waiting.wait()
            if not self._out:
                return b"[]"
        batch: list[bytes] = []
        size = 0
        while self._out and (not batch or size < MAX_BATCH_BYTES):
            # a page may hold half of a pair of surrogates, which no result could carry
            batch.append(json.dumps(self._out.popleft(), ensure_ascii=False).encode("utf-8", "replace"))
            size += len(batch[-1])
        return b"[" + b",".join(batch) + b"]"

    def _to_client(self, message: Message) -> None:
        self._out.append(self.redactor.message(message))
        self._waiting.set()

    def _from_client(self, message: Message) -> None:
        identity, method, guid = message.get("id"), message.get("method"), message.get("guid")
        if identity is None or (isinstance(method, str) and method in _NOTES):
            return
        if not isinstance(identity, str | int) or len(str(identity)) > 40:
            raise Flooded("a message with a malformed id")
        if not isinstance(guid, str) or not isinstance(method, str):
            raise Flooded("a message of another shape")
        kind = self._types.get(guid, "?")
        name = f"{kind}.{method[:60]}"
        reason = self._refusal(kind, method, message.get("params"))
        self.log.append(name + (f" refused: {reason}" if reason else ""))
        if reason is not None:
            self.refusals += 1
            self._to_client(_error(identity, f"{name} is refused by the gate: {reason}"))
        elif COMMANDS[kind][method].local:
            self._answer_locally(kind, identity)
        else:
            self._forward(message)

    def _refusal(self, kind: str, method: str, params: Any) -> str | None:
        """Return why a message is refused, or None."""
        rule = COMMANDS.get(kind, {}).get(method)
        if kind == "?":
            return "the object is not of this run"
        if rule is None:
            return "the method is not in the gate's table"
        if not isinstance(params, dict):
            return "no parameters"
        if self._open >= MAX_OPEN:
            return f"more than {MAX_OPEN} calls at once"
        if any(guid not in self._types for guid in _guids(params)):
            return "an object of another run"
        return next(filter(None, (self._wrong(rule, *given) for given in params.items())), None)

    def _wrong(self, rule: Method, name: str, value: Any) -> str | None:
        kind = rule.parameters.get(name)
        if kind is None:
            return f"the parameter {name[:40]!r} is not in the gate's table"
        if not kind.admits(value):
            return f"the parameter {name[:40]!r} is not {kind.words}"
        if kind is ADDRESS and not self._policy.admits("GET", value):
            return "the address is outside the policy"
        return None

    def _forward(self, message: Message) -> None:
        identity = message["id"]
        left_ms = max(1.0, (self._ends - time.monotonic()) * 1000)
        given = (message.get("metadata") or {}).get("timeout") if isinstance(message.get("metadata"), dict) else None
        usable = isinstance(given, int | float) and not isinstance(given, bool) and 0 < given < left_ms
        metadata = {"timeout": given if usable else left_ms, "internal": False}

        def answered(answer: Message) -> None:
            self._open -= 1
            unknown = [guid for guid in _guids(answer.get("result")) if guid not in self._types]
            if unknown or len(json.dumps(answer.get("result"))) > MAX_OUT_BYTES:
                self._to_client(_error(identity, "the answer holds what a workflow may not have"))
                return
            kept: Message = {key: answer[key] for key in ("result", "error", "log", "errorDetails") if key in answer}
            self._to_client({**kept, "id": identity})

        self._open += 1
        self._tap.call(message["guid"], message["method"], message["params"], metadata, answered)

    def _answer_locally(self, kind: str, identity: Any) -> None:
        if kind == "Root":
            for message in self._world():
                self._to_client(message)
            self._to_client({"id": identity, "result": {"playwright": {"guid": "gate-playwright"}}})
        else:
            self._to_client({"id": identity, "result": {}})

    def _world(self) -> list[Message]:
        """Return what the client is told exists: stand-ins around its one context and page."""
        kinds = {name.removeprefix("gate-"): {"guid": name} for name in STAND_INS}
        world = [
            _create("", "BrowserType", name, {"executablePath": "", "name": name.removeprefix("gate-")})
            for name in STAND_INS
        ]
        kinds |= {name: {"guid": f"gate-{name}"} for name in ("android", "electron")}
        browser = {"version": "", "name": "chromium", "browserName": "chromium"}
        world += [
            _create("", "Android", "gate-android", {}),
            _create("", "Electron", "gate-electron", {}),
            _create("", "Playwright", "gate-playwright", kinds),
            _create("gate-chromium", "Browser", "gate-browser", browser),
            _create("gate-browser", "Tracing", "gate-tracing", {}),
            _create("gate-browser", "Debugger", "gate-debugger", {}),
            _create("gate-browser", "APIRequestContext", "gate-request", {"tracing": {"guid": "gate-tracing"}}),
            _create("gate-browser", "BrowserContext", self._context, {
                "debugger": {"guid": "gate-debugger"}, "tracing": {"guid": "gate-tracing"},
                "requestContext": {"guid": "gate-request"}, "options": {},
            }),
        ]  # fmt: skip
        self._types[self._context] = "BrowserContext"
        for message in self._tap.made(self._context):
            params = message["params"]
            if params["type"] == "Frame" or params["guid"] == self._page:
                self._types[params["guid"]] = params["type"]
                world.append(message)
        world.sort(key=lambda m: m["params"]["type"] == "Page")  # a page names its frame
        shown = {"guid": self._context, "method": "page", "params": {"page": {"guid": self._page}}}
        return [*world, shown]

    def _event(self, message: Message) -> None:
        """Pass an event of the run's own objects; everything else stays outside."""
        method, guid, params = message.get("method"), message.get("guid"), message.get("params") or {}
        if not isinstance(guid, str) or guid not in self._types or guid == "":
            return
        if method == "__create__":
            if params.get("type") not in CREATED or any(g not in self._types for g in _guids(params["initializer"])):
                return
            self._types[params["guid"]] = params["type"]
        elif method == "__adopt__":
            if params.get("guid") not in self._types:
                return
        elif method == "__dispose__":
            self._types.pop(guid)
        elif method not in EVENTS.get(self._types[guid], frozenset()) or any(
            g not in self._types for g in _guids(params)
        ):
            return
        self._to_client(message)


def _create(parent: str, kind: str, guid: str, initializer: Message) -> Message:
    return {
        "guid": parent,
        "method": "__create__",
        "params": {"type": kind, "guid": guid, "initializer": initializer},
    }


def _error(identity: Any, text: str) -> Message:
    return {"id": identity, "error": {"error": {"name": "Error", "message": text, "stack": ""}}}


def _guids(value: Any) -> list[str]:
    """Return the names of all objects that a value refers to, however deep."""
    found: list[str] = []
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if "guid" in one:
                found.append(str(one["guid"]))
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
    return found
