"""What the registry gives back: frozen values, safe to hand to any layer above."""

from __future__ import annotations

from datetime import datetime

from domain.plan import SourceKind
from domain.tool import Tool
from domain.values import JsonObject, Value
from domain.workflow import Status


class ToolEntry(Value):
    """One tool in a list: its face, and what a list shows beside it. ``calls`` are all calls so far."""

    tool: Tool
    owner: str
    version: int
    status: Status
    kind: SourceKind
    shared: bool = False
    calls: int = 0

    @property
    def name(self) -> str:
        """The tool's name."""
        return self.tool.name


class ToolPage(Value):
    """One page of tools, most-used first. ``next`` is the cursor of the page after it, or None."""

    entries: tuple[ToolEntry, ...]
    next: str | None = None


class SearchHit(Value):
    """One found tool; a higher ``score`` is better, comparable within one search only."""

    name: str
    owner: str
    title: str
    description: str
    version: int
    status: Status
    kind: SourceKind
    input_schema: JsonObject
    hosts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    shared: bool = False
    score: float = 0.0


class VersionEntry(Value):
    """One version in the history of a tool."""

    number: int
    status: Status
    content_hash: str
    key_id: str
    created_at: datetime
    created_by: str
    published_at: datetime | None = None


class AuditEntry(Value):
    """One change, or one refused use of a damaged row."""

    at: datetime
    actor: str
    action: str
    owner: str
    tool: str
    version: int
    outcome: str
    facts: JsonObject = {}


class RunEntry(Value):
    """One run as it is kept: what was asked, how it ended and what it used; never the rows."""

    id: str
    tool: str
    version: int
    owner: str
    kind: str
    outcome: str
    error_code: str = ""
    error_message: str = ""
    arguments: JsonObject = {}
    rows: int = 0
    wall_ms: float = 0.0
    cpu_ms: float = 0.0
    memory_mb: float = 0.0
    requests: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    started_at: datetime


class ToolStats(Value):
    """What a tool has done and cost. Times in ms of calls only; shares are 0 to 1.

    ``break_even_calls`` is after how many calls the tool was cheaper than an agent that does the task each time
    with a model, by the assumed price of one such task; None when it never is.
    """

    name: str
    owner: str
    runs: int = 0
    calls: int = 0
    success_rate: float | None = None
    wall_p50_ms: float | None = None
    wall_p95_ms: float | None = None
    rows: int = 0
    bytes_in: int = 0
    bytes_per_call: float = 0.0
    learn_cost_usd: float = 0.0
    learn_tokens: int = 0
    learn_ms: float = 0.0
    agent_task_usd: float = 0.0
    saved_usd: float = 0.0
    break_even_calls: int | None = None
    last_run_at: datetime | None = None
    outcomes: dict[str, int] = {}


class Difference(Value):
    """Two versions side by side: a unified diff for each part that differs (code, description, schemas, policy)."""

    name: str
    before: int
    after: int
    parts: dict[str, str] = {}

    @property
    def text(self) -> str:
        """All diffs as one text; empty when nothing differs."""
        return "\n".join(self.parts.values())


class Imported(Value):
    """What an import brought: tools, and their versions by what became of them."""

    tools: int = 0
    published: int = 0
    drafts: int = 0


class KeyEntry(Value):
    """One signing key: its public part in base64; the active one signs, all of them are trusted.

    ``versions`` counts the versions here that it signed.
    """

    key_id: str
    public_key: str
    active: bool
    versions: int = 0


class Resigned(Value):
    """What was signed anew by the active key; tools that do not verify were left as they are."""

    key_id: str
    versions: int
    refused_tools: int


class Collected(Value):
    """How many rows the retention took away."""

    runs: int = 0
    audit: int = 0
    ledger: int = 0
    replies: int = 0
