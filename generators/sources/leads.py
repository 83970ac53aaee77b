"""Which links of a page probably lead to what was asked for, when the page itself does not list it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urlencode, urljoin, urlsplit

from domain.meaning.kinds import called_too
from domain.meaning.words import fold, forms, matches
from domain.observation import Link, Observation, Page, RecordCandidate
from domain.plan import Constraint, FieldType, Intent, Plan, Relation, SourceKind, Topic
from domain.values import JsonValue
from generators.sources.parameters import SEARCH_NAME
from generators.sources.relevance import named, nouns_of

_MOST: Final = 5
_ASSETS: Final = (".css", ".js", ".png", ".jpg", ".svg", ".ico", ".pdf", ".zip", ".xml", ".woff2")
_AWAY: Final = frozenset({"login", "logout", "signin", "signup", "register", "account", "cart", "checkout", "delete"})


def leads(observation: Observation, intent: Intent) -> tuple[str, ...]:
    """Return addresses on the same host whose link says the question's subject or words, best first; at most five."""
    wanted = _wanted(intent)
    if not wanted or not observation.pages:
        return ()
    page = observation.pages[0]
    here = page.final_url.split("#", 1)[0].rstrip("/")
    scored: dict[str, float] = {}
    shapes = Counter(_shape(urljoin(page.final_url, link.href)) for link in page.links)
    for link in page.links:
        url = urljoin(page.final_url, link.href).split("#", 1)[0]
        if _DIGIT.search(url) and shapes[_shape(url)] >= _MANY_ALIKE:
            continue  # one of the page's own records, which are not where more of them are
        parts = urlsplit(url)
        same = parts.netloc == urlsplit(page.final_url).netloc and parts.scheme in ("http", "https")
        if not same or url.rstrip("/") == here or parts.path.lower().endswith(_ASSETS):
            continue
        score = _score(wanted, link.text, unquote(parts.path))
        if score >= _LEAST and not _turns_pages(link):
            scored[url] = max(score, scored.get(url, 0.0))
    return tuple(sorted(scored, key=lambda u: (-scored[u], len(u))))[:_MOST]


def pointed(observation: Observation, intent: Intent, plan: Plan) -> tuple[str, ...]:
    """Return addresses that look more like the answer than the page itself, although the page has records.

    A page of links whose texts say what was asked ("Castles in Saxony") only points to the records; and where no
    record that was seen says the asked words, the site's own search for them comes before a list without them.
    """
    if not observation.pages:
        return ()
    page = observation.pages[0]
    found = [*_said_exactly(page, intent)] if _only_links(plan) else []
    words = [str(c.value) for c in intent.about(Topic.KEYWORDS) if c.relation is Relation.CONTAINS]
    bound = [w for w in words if any(w in _texts(p.default) for p in plan.parameters if p.topic is Topic.KEYWORDS)]
    text = page.text_after or page.text_before
    if bound and not any(matches([text], w) for w in bound):
        found += _searches(page, " ".join(bound))
    return tuple(dict.fromkeys(found))[:2]


def onward(observation: Observation, intent: Intent, plan: Plan, candidate: RecordCandidate | None) -> tuple[str, ...]:
    """Return where the page's records only lead to what was asked: they are its kinds or places, not the things.

    A record that is called what the question asks for ("Roses", "Castles in Saxony"), or its place or part while no
    record says the question's noun ("Lisbon" for places to stay), is a door. Rows of doors are no answer.
    """
    if not observation.pages or plan.source.kind not in (SourceKind.HTML, SourceKind.BROWSER) or candidate is None:
        return ()
    if intent.wanted and all(named(candidate.columns, word) is not None for word in intent.wanted):
        return ()
    titles = {fold(text) for c in candidate.columns for text in (*c.values, *c.samples)}
    said = {f for text in titles for word in text.split() for f in (word, *forms(word))}
    nouns = {f for w in fold(intent.subject).split() for f in (w, *forms(w))}
    called = [str(c.value) for c in intent.constraints if c.topic in (Topic.PLACE, Topic.KEYWORDS) and _is_wanted(c)]
    parts = {fold(text).removeprefix("the ") for text in called} - nouns
    page = observation.pages[0]
    found = []
    for url, text in _links_within(page, intent):
        kind = text in titles and bool(set(text.split()) & nouns)
        part = text in titles and text in parts and not nouns & said
        all_of_them = bool(nouns) and set(_ALL_OF.sub("", text).split()) <= nouns
        all_of_them = all_of_them and (_ALL_OF.match(text) is not None or not nouns & said)
        if kind or part or all_of_them:
            found.append(url)
    return tuple(dict.fromkeys(found))[:2]


def whole_list(observation: Observation, candidate: RecordCandidate | None) -> tuple[str, ...]:
    """Return where all records are, when the front page of a site shows a few of them.

    Their own addresses lie below that of their list ("/lots/148" below "/lots"), and the page links to it.
    """
    if not observation.pages or candidate is None or candidate.paging is not None:
        return ()
    page = observation.pages[0]
    here = urlsplit(page.final_url)
    if here.path.strip("/") or here.query:
        return ()
    linked = {urljoin(page.final_url, link.href).split("#", 1)[0].rstrip("/") for link in page.links}
    for column in candidate.columns:
        if column.type is not FieldType.URL or not column.samples:
            continue
        above = {urljoin(page.final_url, sample).rstrip("/").rpartition("/")[0] for sample in column.samples}
        if len(above) == 1 and (address := above.pop()) in linked and urlsplit(address).netloc == here.netloc:
            return (address,) if urlsplit(address).path.strip("/") else ()
    return ()


def named_exactly(observation: Observation, intent: Intent) -> tuple[str, ...]:
    """Return addresses that are called only what the question says, of which some is no mere small word.

    They are called so by the link's text, or by the last part of the address, which is the question's noun: the
    entry page of an API lists its collections so.
    """
    if not observation.pages:
        return ()
    page = observation.pages[0]
    scored: dict[str, int] = {}
    for url, text in _links_within(page, intent):
        scored.setdefault(url, len(set(text.split()) - _SMALL))
    nouns = {form for w in fold(intent.subject).split()[-1:] for form in (w, *forms(w))}
    for link in page.links:
        url = urljoin(page.final_url, link.href).split("#", 1)[0]
        parts = urlsplit(url)
        same = parts.netloc == urlsplit(page.final_url).netloc and not parts.query
        if (
            same
            and fold(parts.path.rstrip("/").rpartition("/")[2]) in nouns
            and url.rstrip("/") != page.final_url.rstrip("/")
        ):
            scored.setdefault(url, 1)
    return tuple(sorted(scored, key=lambda u: -scored[u]))[:2]


def _is_wanted(constraint: Constraint) -> bool:
    return constraint.relation in (Relation.CONTAINS, Relation.EQUALS)


_ALL_OF: Final = re.compile(
    r"^(?:(?:see|view|show|browse|list) )?all |^(?:see|view|show|browse) (?:the |our )?(?:full )?"
)


def _links_within(page: Page, intent: Intent) -> Iterator[tuple[str, str]]:
    """Links to other pages of the site whose texts the question says word by word, with the text (folded)."""
    asked = {f for w in fold(intent.text).split() for f in (w, *forms(w))} | _SMALL | _SHOWING
    here = page.final_url.split("#", 1)[0].split("?", 1)[0].rstrip("/")
    for link in page.links:
        url, text = urljoin(page.final_url, link.href).split("#", 1)[0], fold(link.text)
        same = urlsplit(url).netloc == urlsplit(page.final_url).netloc and url.split("?", 1)[0].rstrip("/") != here
        words = set(text.split())
        if same and words <= asked and words - _SMALL - _SHOWING - _ASKED_WITH:
            yield url, text


_SHOWING: Final = frozenset({"see", "view", "show", "browse", "list", "our", "full"})
_ASKED_WITH: Final = frozenset(
    {"with", "that", "are", "is", "not", "no", "than", "more", "most", "their", "to", "from"}
)


def _texts(value: JsonValue) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value)]


def _only_links(plan: Plan) -> bool:
    """Whether the rows would hold nothing but a name and an address."""
    told = [f for f in plan.fields if f.type is not FieldType.URL and not f.detail]
    return plan.source.kind in (SourceKind.HTML, SourceKind.BROWSER) and len(told) <= 1


def _said_exactly(page: Page, intent: Intent) -> Iterator[str]:
    """Links whose text has the question's subject, and nothing that the question does not say; the fullest first."""
    asked = {f for w in fold(intent.text).split() for f in (w, *forms(w))} | _SMALL
    subject = {f for t in (intent.subject, *_first_word(intent)) for w in fold(t).split() for f in (w, *forms(w))}
    here = page.final_url.split("#", 1)[0].rstrip("/")
    scored: dict[str, int] = {}
    for link in page.links:
        url = urljoin(page.final_url, link.href).split("#", 1)[0]
        words = fold(link.text).split()
        same = urlsplit(url).netloc == urlsplit(page.final_url).netloc and url.rstrip("/") != here
        if same and words and set(words) <= asked and set(words) & subject:
            scored.setdefault(url, len(set(words) - _SMALL))
    yield from sorted(scored, key=lambda u: -scored[u])


def _first_word(intent: Intent) -> list[str]:
    words = sorted((c for c in intent.about(Topic.KEYWORDS)), key=lambda c: c.start)
    return [str(words[0].value)] if words and not intent.subject else []


_LEAST: Final = 0.25
"""Below this a link is a headline that happens to say a word of the question."""
_MANY_ALIKE: Final = 4
_DIGIT: Final = re.compile(r"\d")
_ALIKE: Final = 1.0
_LISTING: Final = 0.3
_LISTS: Final = frozenset(
    {"catalog", "catalogue", "collection", "collections", "browse", "search", "all", "list", "listings", "directory"}
    | {"database", "register", "registry", "archive", "index", "explore", "explorer", "shop", "store", "products"}
    | {"items", "calendar", "programme", "program", "schedule", "find", "finder", "overview", "results", "data"}
)
"""Words of links to a site's main list."""
_SMALL: Final = frozenset({"in", "of", "the", "and", "all", "for", "at", "by", "a"})


def _searches(page: Page, words: str) -> Iterator[str]:
    """The address that the site's own search form leads to for some words."""
    for form in page.forms:
        fields = [f for f in form.fields if f.kind in ("search", "text") and SEARCH_NAME.match(f.name)]
        if form.method.upper() != "GET" or not fields or any(f.kind == "password" for f in form.fields):
            continue
        if urlsplit(form.action).netloc != urlsplit(page.final_url).netloc:
            continue
        fixed = [(f.name, f.value) for f in form.fields if f.kind == "hidden" and f.name]
        yield f"{form.action.split('?', 1)[0]}?{urlencode([*fixed, (fields[0].name, words)])}"


def _shape(url: str) -> tuple[str, str]:
    """An address without its numbers and values: those of the records of a list are alike."""
    parts = urlsplit(url)
    path = re.sub(r"[^/]*\d[^/]*", "#", parts.path)
    return path, "&".join(sorted(pair.partition("=")[0] for pair in parts.query.split("&")))


def _turns_pages(link: Link) -> bool:
    """Whether a link only leads to the next part of the same list."""
    return "next" in link.rel.split() or "prev" in link.rel.split() or _PAGES.fullmatch(fold(link.text)) is not None


_PAGES: Final = re.compile(r"(?:page )?\d+|(?:older|newer|next|previous|more)(?: \w+){0,2}")


def _wanted(intent: Intent) -> dict[str, float]:
    """Words of the question with their weights: what the records are counts most."""
    words: dict[str, float] = {}
    for text, weight in _said(intent):
        for word in fold(text).split():
            for form in (word, *forms(word)):
                words[form] = max(weight, words.get(form, 0.0))
    return words


def _said(intent: Intent) -> Iterator[tuple[str, float]]:
    yield intent.subject, 2.0
    yield from ((other, _ALIKE) for noun in nouns_of(intent) for other in called_too(noun))
    for constraint in intent.constraints:
        if constraint.topic in (Topic.KEYWORDS, Topic.CATEGORY, Topic.PLACE) and isinstance(constraint.value, str):
            yield constraint.value, 1.0


def _score(wanted: dict[str, float], text: str, path: str) -> float:
    """Words that fit, in the text and at the end of the path, against those that do not.

    A link that promises a list counts a little too: the front page of a site rarely says the question's words.
    """
    said = fold(text).split()
    last = fold(path.rstrip("/").rpartition("/")[2].rsplit(".", 1)[0]).split()
    if set(last) & _AWAY:
        return 0.0
    fitting = sum(wanted.get(w, 0.0) for w in dict.fromkeys(said)) + 0.5 * sum(wanted.get(w, 0.0) for w in set(last))
    strange = sum(1 for w in said if w not in wanted)
    listing = _LISTING if _LISTS & {*said, *last} else 0.0
    return (fitting / (1 + 0.5 * strange) if fitting else 0.0) + listing
