"""The requests of one run: its policy, counters, pinned addresses, cookies, secrets and recordings."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from http.cookies import CookieError
from typing import Any, Literal
from urllib.parse import quote, urljoin

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import StreamReader
from multidict import CIMultiDict
from yarl import URL

from domain.graphql import changes_something
from domain.observation import Denial, Exchange
from domain.policy import Policy
from sandbox import methods
from sandbox.addresses import Reach, classify, literal
from sandbox.appearance import USER_AGENT
from sandbox.broker import Broker
from sandbox.connections import Peer, Unreachable
from sandbox.credentials import NotForThisHost, fill_in, mentions_credential
from sandbox.decoding import Decoder, TooLarge, Undecodable
from sandbox.facade.http.charset import text_of
from sandbox.requesting import Fields, Malformed, Target, read_fields, read_method, read_target, request_of
from sandbox.secrets import Redactor, Secret

REDIRECTS = 10
RECORDED_CHARACTERS = 1_000_000
_ADDRESSES_TRIED = 3
_READING_BYTES = 1_000_000  # no question is longer, and what is longer takes long to look at
_CHUNK = 1 << 16
_PRIVATE_FIELDS = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization"})
_PLAIN_CHARSETS = frozenset({"", "utf-8", "utf8", "us-ascii", "iso-8859-1"})
_UNPACKED_FIELDS = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"})

Kind = Literal["denied", "timeout", "connect", "limit", "protocol"]


class Refused(Exception):
    """A request that was not made or got no usable answer."""

    def __init__(self, kind: Kind, message: str, host: str = "") -> None:
        super().__init__(message)
        self.kind: Kind = kind
        self.host = host


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer. ``hops`` are the redirects that led to it, as (status, address)."""

    status: int
    url: str
    fields: Fields
    body: bytes
    hops: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request as the child wants it."""

    method: str
    target: Target
    fields: Fields
    body: bytes


class Exchanges:
    """All requests of one run. ``record`` keeps them, scrubbed, in ``recorded``."""

    def __init__(self, broker: Broker, policy: Policy, owner: str, *, record: bool = False) -> None:
        self.requests = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.denials: list[Denial] = []
        self.gate_log: Sequence[str] = ()  # what the gate of a page workflow noted
        self.breach: Callable[[], str | None] = lambda: None  # the ceiling that its page was ended for
        self.limited = ""  # the last limit of the policy that a request met
        self.played: tuple[Exchange, ...] | None = None  # what a replay answers from
        self.unknown = ""  # what a replay was asked that its recording does not have
        self.recorded: list[Exchange] = []
        self.left_over: Any = None  # what is left of a page workflow that failed
        self.left_behind: Callable[[Any], None] | None = None  # takes the page that a page workflow leaves
        self._broker = broker
        self._policy = policy
        self.owner = owner
        self._connections = broker.connections(owner)
        self.secrets = broker.options.secrets.allowed(owner, policy.secrets)
        self.redactor = Redactor(self.secrets)
        self.records = record
        self._pinned: dict[tuple[str, int], tuple[str, ...]] = {}
        self._public: set[tuple[str, int]] = set()
        self._cookies: aiohttp.CookieJar | None = None

    async def answer(self, meta: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """Answer a child's question of kind ``http`` (see sandbox.driver for both shapes)."""
        try:
            wanted = meta.get("s")
            reply = await self.request(
                meta.get("m") if meta.get("t") == "http" else None,
                meta.get("u"),
                meta.get("h"),
                body,
                follow=meta.get("r") is not False,
                timeout_s=float(wanted) if isinstance(wanted, int | float) and wanted > 0 else None,
            )
        except Refused as refused:
            if refused.kind == "limit":
                self.limited = str(refused)
            problem = {"kind": refused.kind, "message": self.redactor.text(str(refused)), "host": refused.host}
            return {"err": problem}, b""
        return {"s": reply.status, "u": reply.url, "h": reply.fields, "n": reply.hops}, reply.body

    async def request(
        self,
        method: Any,
        url: Any,
        fields: Any,
        body: bytes,
        *,
        follow: bool = True,
        timeout_s: float | None = None,
    ) -> Reply:
        """Make a request and the redirects it leads to.

        Raises:
            Refused: it is outside the policy or a limit, or the site gives no usable answer.
        """
        try:
            ask = Ask(method=read_method(method), target=read_target(url), fields=read_fields(fields), body=body)
        except Malformed as error:
            raise Refused("protocol", f"The request cannot be made: {error}.") from error
        hops: list[tuple[int, str]] = []
        while True:
            reply = await self._hop(ask, timeout_s)
            following = _redirect(ask, reply) if follow else None
            if following is None:
                return Reply(status=reply.status, url=reply.url, fields=reply.fields, body=reply.body, hops=tuple(hops))
            hops.append((reply.status, reply.url))
            if len(hops) > REDIRECTS:
                raise Refused("limit", f"More than {REDIRECTS} redirects.", ask.target.host)
            ask = following

    async def _hop(self, ask: Ask, timeout_s: float | None) -> Reply:
        self._admit(ask)
        reply = await self._fetch(ask, timeout_s)
        if self.records:
            self._keep(ask, reply)
        return reply

    def _admit(self, ask: Ask) -> None:
        """Hold a request against the policy and the limits, and count it."""
        limits = self._policy.limits
        target, host = ask.target, ask.target.host
        if not self._policy.admits_at(ask.method, target.url, scheme=target.scheme, host=host, port=target.port):
            raise self._denied(target, f"{ask.method} {target.origin} is outside this tool's policy.")
        named = methods.in_fields(ask.fields) | methods.in_parameters(target.query, ask.body)
        for method in sorted(named - set(self._policy.methods) - {ask.method}):
            raise self._denied(ask.target, f"{method} {ask.target.origin} is outside this tool's policy.")
        if self._policy.only_reads and len(ask.body) > _READING_BYTES:
            raise self._denied(ask.target, f"This tool may only read, and sends more than {_READING_BYTES} bytes.")
        if self._policy.only_reads and (changes_something(ask.body) or changes_something(ask.target.query)):
            raise self._denied(ask.target, "This tool may only read, and the request changes something.")
        if ask.method not in self._policy.methods and _is_veiled(ask.fields):
            raise self._denied(ask.target, "This tool may only read, and it cannot be seen what the request asks.")
        if self.requests >= limits.requests:
            raise Refused("limit", f"More than {limits.requests} requests in one run.", host)
        if self.bytes_out + len(ask.body) > limits.total_bytes:
            raise Refused("limit", f"More than {limits.total_bytes} bytes sent in one run.", host)
        self.requests += 1
        self.bytes_out += len(ask.body)

    async def _fetch(self, ask: Ask, timeout_s: float | None) -> Reply:
        """Return the site's answer to an admitted request; a replay has its own (see sandbox.replaying)."""
        limits, host = self._policy.limits, ask.target.host
        seconds = limits.request_s if timeout_s is None else min(timeout_s, limits.request_s)
        pace = self._broker.options.pace
        try:
            addresses = self._known_addresses(ask.target)
            if addresses is None or pace is not None:
                async with asyncio.timeout(seconds):
                    addresses = await self._addresses(ask.target)
                    if pace is not None:
                        await pace(host)
            fields, path = self._prepared(ask)  # refuses before anything is asked
            body = self._filled_in(ask, fields.get("Content-Type", ""))
            if body is not ask.body:
                ask = replace(ask, body=body)
            if (host, ask.target.port) in self._public or self._broker.options.manners.private:
                await self._mind_manners(ask.target, addresses)  # a queue is no fault of the site's
            async with asyncio.timeout(seconds):
                return await self._send(addresses, ask, fields, path)
        except TimeoutError as error:
            raise Refused("timeout", f"{host} did not answer within {seconds:g} s.", host) from error

    async def page_refusal(self, url: str) -> str | None:
        """Return why a page may not be opened though the policy has it: its site's robots.txt; waits for its turn."""
        try:
            target = read_target(url.partition("#")[0])
            addresses = await self._addresses(target)
            if (target.host, target.port) in self._public or self._broker.options.manners.private:
                await self._mind_manners(target, addresses)
        except Malformed:
            return None  # an address of another scheme, or one that the rules refuse anyway
        except Refused as refused:
            return str(refused) if refused.kind != "connect" else None
        except TimeoutError:
            return f"The robots.txt of {target.host} could not be read."
        return None

    async def _mind_manners(self, target: Target, addresses: tuple[str, ...]) -> None:
        """Wait for the turn at the host, and ask its robots.txt unless the policy says otherwise by name."""
        if self._policy.respect_robots and not await self._broker.robots.allow(
            self.owner, target.origin, target.url, lambda: self._robots(target, addresses)
        ):
            raise self._denied(target, f"The robots.txt of {target.host} does not let robots ask for this address.")
        await self._broker.rates.turn(target.host)

    async def _robots(self, target: Target, addresses: tuple[str, ...]) -> tuple[int, bytes]:
        """Return status and body of the origin's robots.txt, asked without cookies and secrets.

        Source: RFC 9309 section 2.3.1.2: redirects are followed, here as far as the policy's hosts go.
        """
        target = replace(target, path_and_query="/robots.txt")
        for _ in range(REDIRECTS):
            fields = CIMultiDict({"Host": target.authority, "User-Agent": USER_AGENT})
            ask = Ask(method="GET", target=target, fields=list(fields.items()), body=b"")
            await self._broker.rates.turn(target.host)
            async with asyncio.timeout(self._policy.limits.request_s):
                reply = await self._send(addresses, ask, fields, target.path_and_query)
            following = _redirect(ask, reply)
            if following is None:
                return reply.status, reply.body
            target = following.target
            if not any(rule.admits(target.scheme, target.host, target.port) for rule in self._policy.hosts):
                break
            addresses = await self._addresses(target)
        return 404, b""  # more redirects than are followed: as good as missing

    async def _addresses(self, target: Target) -> tuple[str, ...]:
        """Return the addresses this run uses for a host: judged at first sight, the same ever after."""
        known = self._known_addresses(target)
        if known is not None:
            return known
        try:
            found = await self._broker.resolve(target.host, target.port)
        except OSError as error:
            raise Refused("connect", f"{target.host} has no address.", target.host) from error
        return self._pin(target, found)

    def _known_addresses(self, target: Target) -> tuple[str, ...] | None:
        """Return the pinned addresses, or None when a name is to be resolved first."""
        pinned = self._pinned.get((target.host, target.port))
        if pinned is None:
            found = self._broker.known(target.host, target.port)
            pinned = None if found is None else self._pin(target, found)
        return pinned

    def _pin(self, target: Target, found: tuple[str, ...]) -> tuple[str, ...]:
        key = (target.host, target.port)
        if self._judge(target, found):
            self._public.add(key)
        self._pinned[key] = found
        return found

    def _judge(self, target: Target, addresses: tuple[str, ...]) -> bool:
        """Refuse addresses that may not be reached; return whether all are public."""
        public = True
        permitted = self._policy.names_private(target.host, target.port)
        for text in addresses:
            address = literal(text)
            reach, name = classify(address) if address is not None else (Reach.NEVER, "no address")
            if reach is Reach.NEVER or (reach is Reach.PRIVATE and not permitted):
                raise self._denied(target, f"{target.host} is at {text}, a {name} address, which may not be reached.")
            public = public and reach is Reach.PUBLIC
        return public

    def _denied(self, target: Target, reason: str) -> Refused:
        if len(self.denials) < 100:
            self.denials.append(Denial(url=self.redactor.text(target.url)[:2000], reason=reason))
        return Refused("denied", reason, target.host)

    async def _send(self, addresses: tuple[str, ...], ask: Ask, fields: CIMultiDict[str], path: str) -> Reply:
        host = ask.target.host
        for position, address in enumerate(addresses[:_ADDRESSES_TRIED], start=1):
            try:
                return await self._send_to(address, ask, fields, path)
            except Unreachable as error:
                if position == min(len(addresses), _ADDRESSES_TRIED):
                    raise Refused("connect", f"{host} cannot be reached ({error.reason}).", host) from None
            except (aiohttp.ClientError, HttpProcessingError, Undecodable, ValueError) as error:
                reason = str(error) if isinstance(error, Undecodable) else type(error).__name__
                raise Refused("protocol", f"{host} gave a broken answer ({reason}).", host) from None
            except TooLarge as error:
                raise Refused("limit", f"{host}: {error}.", host) from None
            except OSError as error:
                raise Refused("connect", f"{host} broke the connection.", host) from error
        raise Refused("connect", f"{host} has no address.", host)

    async def _send_to(self, address: str, ask: Ask, fields: CIMultiDict[str], path: str) -> Reply:
        target = ask.target
        peer = Peer(address, target.port, target.host if target.scheme == "https" else "")
        answer = await self._connections.ask(peer, ask.method, request_of(ask.method, path, fields, ask.body))
        message = answer.message
        try:
            self._keep_cookies(message.headers.getall("Set-Cookie", ()), target)
            body = await self._read(message.headers.get("Content-Encoding", ""), answer.body)
        except BaseException:
            answer.drop()
            raise
        answer.done()
        redact = self.redactor.text
        kept = [
            (lower, redact(_field_text(value)))
            for lower, value in ((name.lower(), value) for name, value in message.headers.items())
            if lower not in _UNPACKED_FIELDS
        ]
        return Reply(status=message.code, url=target.url, fields=kept, body=self.redactor.data(body))

    async def _read(self, encoding: str, body: StreamReader) -> bytes:
        limits = self._policy.limits
        decoder = Decoder(encoding, limits.response_bytes)
        parts: list[bytes] = []
        while data := await body.readany():
            self.bytes_in += len(data)
            if self.bytes_in > limits.total_bytes:
                raise TooLarge(f"the run's answers are larger than {limits.total_bytes} bytes")
            parts.extend(decoder.feed(data[start : start + _CHUNK]) for start in range(0, len(data), _CHUNK))
        return b"".join(parts)

    def _prepared(self, ask: Ask) -> tuple[CIMultiDict[str], str]:
        """Return the header fields and the path that are sent, with cookies and secrets."""
        target = ask.target
        fields: CIMultiDict[str] = CIMultiDict(ask.fields)
        fields["Host"] = target.authority
        fields["Accept-Encoding"] = "gzip, deflate, br"
        fields.setdefault("Accept", "*/*")
        fields.setdefault("User-Agent", self._broker.options.appearance.of_requests())
        if self._cookies is not None:
            own = self._cookies.filter_cookies(URL(target.url, encoded=True))
            pairs = [*fields.popall("Cookie", []), *(f"{name}={kept.value}" for name, kept in own.items())]
            if pairs:
                fields["Cookie"] = "; ".join(pairs)
        path = target.path_and_query
        for secret in self.secrets:
            if secret.host == target.host and secret.place != "form":
                path = self._with_secret(secret, target, fields, path)
        return fields, path

    def _filled_in(self, ask: Ask, content_type: str) -> bytes:
        """Return the body that is sent, with credentials in the place of their stand-ins."""
        if not mentions_credential(ask.body):
            return ask.body
        if not self._sends_secrets(ask.target):
            raise self._denied(ask.target, "A credential is not sent over plain http.")
        try:
            return fill_in(ask.body, content_type, ask.target.host, self.secrets)
        except NotForThisHost as wrong:
            raise self._denied(ask.target, f"{ask.target.host} has no credential {wrong.name}.") from None

    def _sends_secrets(self, target: Target) -> bool:
        return target.scheme == "https" or self._policy.names_private(target.host, target.port)

    def _with_secret(self, secret: Secret, target: Target, fields: CIMultiDict[str], path: str) -> str:
        if not self._sends_secrets(target):
            raise self._denied(target, f"Secret {secret.name} is not sent over plain http.")
        if secret.place == "query":
            pair = f"{quote(secret.key, safe='')}={quote(secret.value, safe='')}"
            return f"{path}{'&' if '?' in path else '?'}{pair}"
        if secret.place == "basic":
            credentials = base64.b64encode(f"{secret.key}:{secret.value}".encode()).decode()
            fields["Authorization"] = f"Basic {credentials}"
        else:
            fields[secret.key] = secret.value
        return path

    def _keep_cookies(self, found: Sequence[str], target: Target) -> None:
        if found:
            if self._cookies is None:
                self._cookies = aiohttp.CookieJar(unsafe=True, quote_cookie=False)
            with suppress(CookieError):
                self._cookies.update_cookies_from_headers(found, URL(target.url, encoded=True))

    def _keep(self, ask: Ask, reply: Reply) -> None:
        content_type = dict(reply.fields).get("content-type", "")
        text = text_of(reply.body, content_type)
        sent = self.redactor.text(ask.body.decode("utf-8", "replace")) if ask.body else None
        self.recorded.append(
            Exchange(
                id=f"x{len(self.recorded) + 1}",
                method=ask.method,
                url=self.redactor.text(ask.target.url),
                request_headers=_scrubbed(ask.fields, self.redactor),
                request_body=sent,
                status=reply.status,
                content_type=content_type,
                response_headers=_scrubbed(reply.fields, self.redactor),
                body=text[:RECORDED_CHARACTERS],
                truncated=len(text) > RECORDED_CHARACTERS,
            )
        )


def _field_text(value: str) -> str:
    """Return a field's value, which aiohttp read as UTF-8; where it is not, as the Latin-1 that it then is.

    Source: RFC 9110 section 5.5.
    """
    if value.isascii():
        return value
    sent = value.encode("utf-8", "surrogateescape")
    try:
        return sent.decode("utf-8")
    except UnicodeDecodeError:
        return sent.decode("latin-1")


def _is_veiled(fields: Fields) -> bool:
    """Whether a body is said to be packed, or in letters other than those that it was looked at in."""
    kept = [(name.lower(), value.lower()) for name, value in fields]
    charsets = [value.partition("charset=")[2].strip("\"' ;") for name, value in kept if name == "content-type"]
    return any(name == "content-encoding" for name, _ in kept) or any(set(charsets) - _PLAIN_CHARSETS)


def _scrubbed(fields: Fields, redactor: Redactor) -> dict[str, str]:
    return {n.lower(): redactor.text(v) for n, v in fields if n.lower() not in _PRIVATE_FIELDS}


def _redirect(ask: Ask, reply: Reply) -> Ask | None:
    """Return the request that a redirect asks for.

    Source: RFC 9110 section 15.4 for methods; a new origin gets no credentials of the old one.
    """
    location = dict(reply.fields).get("location", "")
    if reply.status not in (301, 302, 303, 307, 308) or not location:
        return None
    try:
        target = read_target(_absolute(ask.target.url, location))
    except Malformed as error:
        raise Refused("protocol", f"A redirect that cannot be followed: {error}.", ask.target.host) from error
    method, body, fields = ask.method, ask.body, ask.fields
    if (reply.status == 303 and method != "HEAD") or (reply.status in (301, 302) and method == "POST"):
        method, body = "GET", b""
        fields = [(name, value) for name, value in fields if not name.lower().startswith("content-")]
    if target.origin != ask.target.origin:
        fields = [(name, value) for name, value in fields if name.lower() not in ("authorization", "cookie")]
    return Ask(method=method, target=target, fields=fields, body=body)


def _absolute(base: str, location: str) -> str:
    """Return the redirect's address without its fragment."""
    text = location.replace(" ", "%20")
    return urljoin(base, text).partition("#")[0]
