"""Which links of a page probably lead to what was asked for, when the page itself does not list it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from domain.meaning.words import fold, forms
from domain.observation import Observation
from domain.plan import Intent, Topic

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
    for link in page.links:
        url = urljoin(page.final_url, link.href).split("#", 1)[0]
        parts = urlsplit(url)
        same = parts.netloc == urlsplit(page.final_url).netloc and parts.scheme in ("http", "https")
        if not same or url.rstrip("/") == here or parts.path.lower().endswith(_ASSETS):
            continue
        score = _score(wanted, link.text, unquote(parts.path))
        if score > 0:
            scored[url] = max(score, scored.get(url, 0.0))
    return tuple(sorted(scored, key=lambda u: (-scored[u], len(u))))[:_MOST]


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
    for constraint in intent.constraints:
        if constraint.topic in (Topic.KEYWORDS, Topic.CATEGORY, Topic.PLACE) and isinstance(constraint.value, str):
            yield constraint.value, 1.0


def _score(wanted: dict[str, float], text: str, path: str) -> float:
    """Words that fit, in the text and at the end of the path, against those that do not."""
    said = fold(text).split()
    last = fold(path.rstrip("/").rpartition("/")[2].rsplit(".", 1)[0]).split()
    if set(last) & _AWAY:
        return 0.0
    fitting = sum(wanted.get(w, 0.0) for w in dict.fromkeys(said)) + 0.5 * sum(wanted.get(w, 0.0) for w in set(last))
    strange = sum(1 for w in said if w not in wanted)
    return fitting / (1 + 0.5 * strange) if fitting else 0.0
