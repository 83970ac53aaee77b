"""Importing an API document (IMPORT-1): its operations become drafts, which a first proved call publishes.

Owns what becomes of each operation in the registry; reading the document is ``generators.openapi``, the first call
is ``school.first_call``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import anyio

from domain.errors import InvalidQuery, NameRefused, UnknownTool
from domain.events import EventSink, Progress, ignore
from domain.plan import Plan
from domain.policy import READ_METHODS, Policy
from domain.run import Verdict
from domain.tool import Annotations, Tool
from domain.values import Value
from domain.workflow import Provenance, Status, WorkflowVersion
from generators.emit import describe, emit
from generators.openapi import SENDS, Document, Skipped, import_all, operations
from generators.sources.naming import snake
from school.app import School
from school.documents import document_text, parsed
from school.policies import policy_for
from school.steps import STRAIGHT, Steps

LONGEST_NAME: Final = 64
MOST_NAMES: Final = 20  # tries to find a name that no other tool has
DESTRUCTIVE: Final = frozenset({"PUT", "PATCH", "DELETE"})
REPEATABLE: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
STEP: Final = 50  # operations between two notes of progress


class ImportRequest(Value):
    """What to import: a file or an address, where it is served (the document's own servers when empty), and what of it.

    ``chosen`` are operations as "GET /path"; none means all. ``allow_hosts`` are further hosts that the tools may ask.
    """

    source: str
    site: str = ""
    chosen: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()


class Entry(Value):
    """What became of one operation: the tool, and whether it is new here, known, or known and different now."""

    name: str
    version: int
    operation: str
    state: Literal["new", "changed", "unchanged"]
    status: Status
    writes: bool


class SecretNeeded(Value):
    """A credential that imported tools need: where it is sent, and what its value looks like ("Bearer …")."""

    name: str
    host: str
    place: Literal["header", "query", "basic"]
    key: str
    written: str

    @property
    def command(self) -> str:
        """The command that sets it; the value is asked for."""
        value = f"  (the value: {self.written})" if self.written != "…" else ""
        return f"main.py secrets set {self.name} --host {self.host} --{self.place} {self.key}{value}"


class Imported(Value):
    """An imported document: its tools, what was skipped and why, and the secrets that calls will need."""

    document: str
    entries: tuple[Entry, ...]
    skipped: tuple[Skipped, ...]
    secrets: tuple[SecretNeeded, ...]


async def import_document(
    school: School,
    request: ImportRequest,
    *,
    owner: str = "local",
    at_terminal: bool = False,
    on_progress: EventSink = ignore,
    steps: Steps = STRAIGHT,
) -> Imported:
    """Keep the operations of a document as drafts; the same document again changes nothing.

    ``steps`` are a job's own when this is a job: the document is read once, and what was kept is not looked at again.
    Files are read, and private hosts let in, only for a person at the terminal.

    Raises:
        InvalidQuery: there is no such document, it describes no API, or it has no operation of a chosen name.
        SourceUnreachable: its address does not answer.
    """
    on_progress(Progress(stage="observe", message=f"reading {request.source}", percent=5))
    read = partial(document_text, school, request.source, at_terminal=at_terminal)
    document = await parsed(await steps.do("read", str, read), request.source)
    results = await anyio.to_thread.run_sync(partial(plans_of, document, request))
    plans = [result for result in results if isinstance(result, Plan)]
    skipped = [result for result in results if isinstance(result, Skipped)]
    drafting = Drafting(school, request, owner=owner, api=document.title, at_terminal=at_terminal)
    entries: list[Entry] = []
    for start in range(0, len(plans), STEP):
        percent = 10 + 85 * start // len(plans)
        on_progress(Progress(stage="generate", message=f"{start} of {len(plans)} operations", percent=percent))
        keep = partial(anyio.to_thread.run_sync, drafting.keep_all, plans[start : start + STEP])
        kept, refused = await steps.do(f"keep {start}", tuple[list[Entry], list[Skipped]], keep)
        entries, skipped = [*entries, *kept], [*skipped, *refused]
    on_progress(Progress(stage="publish", message=f"{len(entries)} drafts", percent=100))
    return Imported(document=document.title, entries=tuple(entries), skipped=tuple(skipped), secrets=secrets_of(plans))


def as_object(done: Imported) -> dict[str, Any]:
    """Return the JSON object of an import."""
    return {
        "status": "ok",
        "document": done.document,
        "imported": len(done.entries),
        "states": {state: sum(e.state == state for e in done.entries) for state in ("new", "changed", "unchanged")},
        "tools": [entry.model_dump(mode="json") for entry in done.entries],
        "skipped": [skipped.model_dump(mode="json") for skipped in done.skipped],
        "secrets": [{**secret.model_dump(mode="json"), "command": secret.command} for secret in done.secrets],
    }


def plans_of(document: Document, request: ImportRequest) -> tuple[Plan | Skipped, ...]:
    """Return the plans of all operations, or of the chosen ones.

    Raises:
        InvalidQuery: the document has no operation of a chosen name.
    """
    if not request.chosen:
        return import_all(document, request.site)
    found, broken = operations(document)
    known = {o.id: o for o in found}
    for wanted in request.chosen:
        if wanted not in known:
            reason = next((b.reason for b in broken if f"{b.method} {b.path}" == wanted), "the document has none such")
            raise InvalidQuery(
                f"There is no operation {wanted!r}: {reason}.", remedy="Write it as in the document, such as: GET /pets"
            )
    return import_all(document, request.site, chosen=[known[wanted] for wanted in request.chosen])


def secrets_of(plans: Sequence[Plan]) -> tuple[SecretNeeded, ...]:
    """Return each credential that the plans need, once."""
    return tuple({secret.name: secret for plan in plans for secret in needed_secrets(plan)}.values())


def needed_secrets(plan: Plan) -> Iterator[SecretNeeded]:
    """Yield the credentials of one plan, as its steps name them."""
    host = urlsplit(plan.records.request.url).hostname or ""
    for step in plan.steps:
        told = re.fullmatch(r"--(\w+) (\S+) \(its value: (.+)\)", step.detail)
        if step.action.startswith(SENDS) and told is not None:
            yield SecretNeeded.model_validate(
                {
                    "name": step.action.removeprefix(SENDS),
                    "host": host,
                    "place": told[1],
                    "key": told[2],
                    "written": told[3],
                }
            )


class Drafting:
    """Turns plans into drafts, for one owner and one document."""

    def __init__(self, school: School, request: ImportRequest, *, owner: str, api: str, at_terminal: bool) -> None:
        self._school = school
        self._request = request
        self._owner = owner
        self._api = snake(api)[: LONGEST_NAME // 2].strip("_")
        self._at_terminal = at_terminal
        self._taken: set[str] = set()

    def keep_all(self, plans: Sequence[Plan]) -> tuple[list[Entry], list[Skipped]]:
        """Keep drafts of some plans. A tool that no client could take is skipped with the reason."""
        entries: list[Entry] = []
        skipped: list[Skipped] = []
        for plan in plans:
            try:
                entries.append(self.keep(plan))
            except (NameRefused, InvalidQuery) as problem:
                skipped.append(Skipped(operation=operation_of(plan), reason=problem.message))
        return entries, skipped

    def keep(self, plan: Plan) -> Entry:
        """Keep the draft of one plan, unless it is there already.

        Raises:
            NameRefused: the definition would make some client choke.
            InvalidQuery: its address is none.
        """
        placed, before = self.placed(plan)
        if before is not None and self._is_known(placed, before):
            return _entry(before, "unchanged")
        made = Provenance(planner=plan.planner.value, generator="template", created_at=self._school.clock.now())
        kept = self._school.registry.save_draft(self.draft(placed, made), actor=self._owner)
        return _entry(kept, "new" if before is None else "changed")

    def placed(self, plan: Plan) -> tuple[Plan, WorkflowVersion | None]:
        """Return the plan under a name of its own, and the newest version that this operation has already.

        A name that another tool has is not taken: the API's name goes before it then, and a number behind.

        Raises:
            InvalidQuery: no name is free.
        """
        long = f"{self._api}_{plan.tool_name}"[:LONGEST_NAME].strip("_")
        numbered = (f"{long[: LONGEST_NAME - 3]}_{number}" for number in range(2, MOST_NAMES))
        for name in (plan.tool_name, long, *numbered):
            if name in self._taken:
                continue
            before = self._newest(name)
            if before is None or operation_of(before.plan) == operation_of(plan):
                self._taken.add(name)
                return plan.model_copy(update={"tool_name": name}), before
        raise InvalidQuery(f"{MOST_NAMES} tools are named like {plan.tool_name} already.")

    def draft(self, plan: Plan, provenance: Provenance) -> WorkflowVersion:
        """Return the version of a plan: its code as of the provenance's day, nothing proved."""
        return WorkflowVersion(
            owner=self._owner,
            status=Status.DRAFT,
            tool=face_of(plan),
            plan=plan,
            artifact=emit(plan, provenance.created_at),
            policy=self.policy(plan),
            provenance=provenance,
            verdict=Verdict(passed=False),
            examples=tuple(dict(trial.arguments) for trial in plan.trials),
        )

    def _is_known(self, plan: Plan, newest: WorkflowVersion) -> bool:
        """Whether some version is what the plan gives, by the day on which it was made."""
        history = self._school.registry.versions(newest.name, self._owner)[:MOST_NAMES]
        return any(
            self.draft(plan, newest.provenance.model_copy(update={"created_at": entry.created_at})).content_hash
            == entry.content_hash
            for entry in history
        )

    def policy(self, plan: Plan) -> Policy:
        """Return what a draft may do: its own method at its own host, with its own secrets."""
        address = plan.records.request.url
        given = (self._request.site, self._request.source)
        typed = self._at_terminal and any(origin_of(address) == origin_of(url) for url in given if "://" in url)
        hosts = self._request.allow_hosts
        found = policy_for(address, self._school.settings, at_terminal=typed, allow_hosts=hosts)
        method = plan.records.request.method
        methods = found.methods if method in found.methods else (*found.methods, method)
        updated = {**found.model_dump(), "methods": methods, "secrets": plan.records.request.secrets}
        return Policy.model_validate(updated)

    def _newest(self, name: str) -> WorkflowVersion | None:
        registry = self._school.registry
        try:
            newest = registry.versions(name, self._owner)[0]
            return registry.tool(name, self._owner, newest.number)
        except UnknownTool:
            return None


def face_of(plan: Plan) -> Tool:
    """Return the tool, with annotations that say what its method does at the source."""
    method = plan.records.request.method
    hints = Annotations(
        title=plan.title,
        read_only_hint=method in READ_METHODS,
        destructive_hint=method in DESTRUCTIVE,
        idempotent_hint=method in REPEATABLE,
    )
    return describe(plan).model_copy(update={"annotations": hints})


def operation_of(plan: Plan) -> str:
    """Return method and address of a plan, which tell operations of all documents apart."""
    return f"{plan.records.request.method} {plan.records.request.url}"


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address."""
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}"


def _entry(version: WorkflowVersion, state: Literal["new", "changed", "unchanged"]) -> Entry:
    return Entry(
        name=version.name,
        version=version.number,
        operation=operation_of(version.plan),
        state=state,
        status=version.status,
        writes=version.plan.intent.writes,
    )
