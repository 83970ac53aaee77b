"""Documents beside the page: API descriptions, feeds, sitemap, robots.txt. Asked with GET, in a bounded number."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from protego import Protego

from domain.errors import SandboxProblem, SourceProblem
from domain.observation import ApiDocument, Feed, Link, Probe, ProbeAnswer, ProbePurpose
from domain.policy import Policy
from sandbox.observing.kinds import FeedKind, feed_kind, is_api_document, media_type

Ask = Callable[[Probe, Policy], Awaitable[ProbeAnswer]]

MAX_ASKED = 28
AT_ONCE = 6
MAX_API_DOCUMENTS = 4
MAX_FEEDS = 8
FEED_CHARS = 2_000_000
SITEMAP_CHARS = 20_000
ROBOTS_CHARS = 100_000

# Where frameworks put their API description by default (FastAPI, Spring, ASP.NET, Rails, NestJS, Django, RFC 9727).
WELL_KNOWN = (
    "/openapi.json", "/swagger.json", "/openapi.yaml", "/api/openapi.json", "/api/swagger.json", "/api-docs",
    "/v3/api-docs", "/v2/api-docs", "/swagger/v1/swagger.json", "/api/schema/?format=json", "/api-json",
    "/api/v1/openapi.json", "/docs/openapi.json", "/.well-known/openapi.json", "/.well-known/api-catalog",
)  # fmt: skip
_FEED_TYPES: dict[str, FeedKind] = {
    "application/rss+xml": "rss", "application/atom+xml": "atom", "text/calendar": "ical",
    "application/feed+json": "json_feed",
}  # fmt: skip
_API_RELATIONS = frozenset({"service-desc", "service-doc", "api-catalog", "describedby"})
_API_ADDRESS = re.compile(r"(?:openapi|swagger|api-docs)[^/]*(?:\.json|\.ya?ml)?/?(?:\?.*)?$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What was found beside the page. ``links`` are JSON twins the page points to."""

    api_documents: tuple[ApiDocument, ...] = ()
    feeds: tuple[Feed, ...] = ()
    twins: tuple[ProbeAnswer, ...] = ()


async def ask(asker: Ask, policy: Policy, url: str, about: str = "") -> ProbeAnswer | None:
    """Return the answer to one GET, or None when there is none that counts (refused, unreachable, not 200)."""
    if not policy.admits("GET", url):
        return None
    probe = Probe(id=f"get:{url}"[:200], purpose=ProbePurpose.DOCUMENT, url=url, about=about)
    try:
        answer = await asker(probe, policy)
    except (SandboxProblem, SourceProblem):
        return None
    return answer if answer.status == 200 and not answer.error else None


async def robots_txt(asker: Ask, policy: Policy, url: str) -> str:
    """Return the site's robots.txt, or ""."""
    answer = await ask(asker, policy, urljoin(url, "/robots.txt"))
    if answer is None or "html" in answer.content_type:
        return ""
    return answer.body[:ROBOTS_CHARS]


def forbids(robots: str, agent: str, url: str) -> bool:
    """Return whether a robots.txt (RFC 9309) forbids an agent to read an address; an empty one forbids nothing."""
    return bool(robots) and not Protego.parse(robots).can_fetch(url, agent.partition("/")[0])


async def surroundings(asker: Ask, policy: Policy, url: str, links: Iterable[Link], header: str = "") -> Surroundings:
    """Return API descriptions, feeds and JSON twins that the page, its ``Link`` header or convention point to."""
    links = [*links, *links_in_header(header, url)]
    wanted: dict[str, str] = {}
    for link in links:
        purpose = _purpose(link)
        if purpose:
            wanted.setdefault(link.href, purpose)
    for path in WELL_KNOWN:
        wanted.setdefault(urljoin(url, path), "api")
    wanted.setdefault(urljoin(url, "/sitemap.xml"), "feed")
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(address: str, about: str) -> ProbeAnswer | None:
        async with gate:
            return await ask(asker, policy, address, about)

    asked = list(wanted.items())[:MAX_ASKED]
    answers = await asyncio.gather(*(one(address, about) for address, about in asked))
    titles = {link.href: link.text for link in links}
    return _sorted_out([answer for answer in answers if answer is not None], titles)


def _purpose(link: Link) -> str:
    relations = set(link.rel.lower().split())
    kind = media_type(link.type)
    if relations & _API_RELATIONS or "openapi" in kind or _API_ADDRESS.search(urlsplit(link.href).path):
        return "api"
    if kind in _FEED_TYPES or urlsplit(link.href).path.lower().endswith((".ics", ".rss", ".atom")):
        return "feed"
    if "alternate" in relations and kind.endswith("json"):
        return "twin"
    return ""


def _sorted_out(answers: list[ProbeAnswer], titles: dict[str, str]) -> Surroundings:
    documents: dict[str, ApiDocument] = {}
    feeds: list[Feed] = []
    twins: list[ProbeAnswer] = []
    for answer in answers:
        kind = feed_kind(answer.body)
        url = answer.probe.url
        if is_api_document(answer.body):
            documents.setdefault(answer.body, ApiDocument(url=url, text=answer.body, content_type=answer.content_type))
        elif kind is not None:
            limit = SITEMAP_CHARS if kind == "sitemap" else FEED_CHARS
            feeds.append(Feed(url=url, kind=kind, title=titles.get(url, ""), text=answer.body[:limit]))
        elif answer.probe.about == "twin" and "json" in answer.content_type:
            twins.append(answer)
    return Surroundings(
        api_documents=tuple(documents.values())[:MAX_API_DOCUMENTS], feeds=tuple(feeds[:MAX_FEEDS]), twins=tuple(twins)
    )


def links_in_header(header: str, base: str) -> tuple[Link, ...]:
    """Return the links of a ``Link`` response header (RFC 8288)."""
    found = []
    for match in re.finditer(r"<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+))*)", header):
        given = dict(re.findall(r"([\w*-]+)\s*=\s*\"?([^\";,]*)", match[2]))
        address = urljoin(base, match[1])
        if address.startswith(("http://", "https://")):
            found.append(Link(href=address, rel=given.get("rel", ""), type=given.get("type", "")))
    return tuple(found)
