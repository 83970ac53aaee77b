"""What a tool is called and how it is told of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from domain.meaning.words import fold
from domain.observation import Observation
from domain.plan import Field, Parameter, Topic
from domain.tool import RESERVED_NAMES
from generators.planning.desk import Desk
from generators.sources.roles import Role

_GENERIC: Final = frozenset({"data", "results", "items", "rows", "entries", "records", "list", "hits", "docs", "value"})
_HOST_NOISE: Final = frozenset(
    {"www", "com", "org", "net", "io", "co", "app", "api", "en", "localhost", "html", "index"}
)
_LONGEST: Final = 64


def subject_of(desk: Desk) -> str:
    """Return what the records are called: by the question, else by their path, else "records"."""
    if desk.intent.subject.strip():
        return desk.intent.subject.strip().lower()
    words = [w for w in re.split(r"[^A-Za-z]+", desk.candidate.source.records) if w and w.lower() not in _GENERIC]
    plain = desk.candidate.kind in ("json", "openapi", "embedded")
    return words[-1].lower() if words and plain else _noun_of(desk)


def _noun_of(desk: Desk) -> str:
    """The last word in the plural of the addresses and the title, which mostly says what is listed there."""
    page = desk.observation.pages[0] if desk.observation.pages else None
    told = (urlsplit(page.final_url).path, page.title) if page else ()
    for text in (urlsplit(desk.candidate.url).path, *told):
        words: list[str] = re.findall(r"[a-z]{4,}", text.lower())
        for word in reversed(words):
            if word.endswith("s") and not word.endswith(("ss", "us", "is", "news")) and word not in _GENERIC:
                return word
    return "records"


_TITLE_WORDS = 4  # a longer title is a sentence, and page text is data


def site_of(observation: Observation) -> str:
    """Return the site's name as a person says it: its host, or its title for an address without a name."""
    page = observation.pages[0] if observation.pages else None
    host = (urlsplit(page.final_url if page else observation.url).hostname or "").removeprefix("www.")
    if re.fullmatch(r"[\d.:]+|localhost", host):
        title = page.title if page else ""
        short = re.split(r"\s[-|–—:]\s|: ", title)[0].split()
        return " ".join(short)[:40] if 0 < len(short) <= _TITLE_WORDS else host
    return host


def tool_name(desk: Desk) -> str:
    """Return a name of ``[a-z0-9_]``, at most 64 characters: subject, then the site and page it is from."""
    page = desk.observation.pages[0] if desk.observation.pages else None
    url = urlsplit(page.final_url if page else desk.observation.url)
    host = (url.hostname or "").split(".")
    named = [] if re.fullmatch(r"[\d.:]+|localhost", url.hostname or "") else host
    words = [w for w in named if w not in _HOST_NOISE][-1:]
    words += [w for part in url.path.split("/") for w in re.split(r"[^a-z0-9]+", part.lower())]
    subject = fold(subject_of(desk)).split()
    if not any(w and w not in _HOST_NOISE for w in words):
        words += fold(site_of(desk.observation)).split()[:3]
    kept = [w for w in dict.fromkeys(words) if w and w not in _HOST_NOISE and w not in subject]
    name = re.sub(r"[^a-z0-9]+", "_", "_".join([*subject, *kept[:4]]).lower()).strip("_")[:_LONGEST].rstrip("_")
    return f"find_{name}"[:_LONGEST] if not name or name in RESERVED_NAMES or name[0] == "_" else name


def title_of(desk: Desk) -> str:
    """Return the tool's title."""
    return f"{subject_of(desk).capitalize()} from {site_of(desk.observation)}"[:120]


def description_of(desk: Desk, fields: Sequence[Field]) -> str:
    """Return what the tool brings, from where, and by what it can be narrowed."""
    shown = ", ".join(f.name for f in fields[:12])
    by = ", ".join(p for p in desk.parameters if p not in ("limit", "sort"))
    page = desk.observation.pages[0].final_url if desk.observation.pages else desk.observation.url
    parts = [f"Lists {subject_of(desk)} from {site_of(desk.observation)} ({page})."]
    if by:
        parts.append(f"Can be narrowed by {by}.")
    parts.append(f"Each row has {shown}.")
    return " ".join([*parts, *desk.notes])[:1500]


def example_queries(desk: Desk) -> tuple[str, ...]:
    """Return five to eight ways in which a person would ask for this tool."""
    subject, site = subject_of(desk), site_of(desk.observation)
    found = [desk.intent.text, f"all {subject} on {site}", f"{site} {subject}", f"list {subject}"]
    for parameter in desk.parameters.values():
        found += _phrases(parameter, subject)
    title = desk.first(Role.TITLE)
    if title is not None and title.samples:
        found.append(f"find {title.samples[0][:60]} on {site}")
    return tuple(dict.fromkeys(f for f in found if f.strip()))[:8]


def _phrases(parameter: Parameter, subject: str) -> list[str]:
    value = parameter.examples[0] if parameter.examples else ""
    match parameter.topic:
        case Topic.PLACE:
            return [f"{subject} in {value or 'a city'}"]
        case Topic.DATE:
            return [f"{subject} this weekend"] if parameter.name == "date_from" else []
        case Topic.PRICE:
            return [f"{subject} under 50"] if parameter.name == "max_price" else []
        case Topic.CATEGORY:
            return [f"{value} {subject}"] if value else []
        case Topic.FREE:
            return [f"free {subject}"]
        case Topic.DISTANCE:
            return [f"{subject} within 5 miles"]
        case Topic.PERSON:
            return [f"{subject} by {value}"] if value else []
        case _:
            return []
