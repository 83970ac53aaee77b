"""The tables of the registry, as sqlmodel declares them: the one place that says what a database holds.

Migrations bring a database here step by step, and a test compares both. Times are UTC in ISO form with
microseconds, so that text order is time order on both engines. The full-text index is made by the migrations
alone, since each engine has its own kind.

This module is imported by migrations and tests only: sqlmodel and SQLAlchemy cost some 450 ms at start, which
the serving path (``database.py``, plain SQL on the drivers) does not pay.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class ToolRow(SQLModel, table=True):
    """A workflow's identity for its owner, its head version (published, else newest), and the seal over both."""

    __tablename__ = "tool"
    __table_args__ = (
        UniqueConstraint("owner", "name", name="tool_owner_name"),
        Index("tool_listing", text("popularity DESC"), "name", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    owner: str
    name: str = Field(index=True)
    shared: bool = False
    head_number: int
    status: str
    kind: str
    calls: int = 0
    popularity: int = 0
    created_at: str
    updated_at: str
    states: str = ""
    seal: str = ""
    seal_key: str = ""


class VersionRow(SQLModel, table=True):
    """One immutable version: its face, its content, its evidence and the signature over all three."""

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("tool_id", "number", name="version_tool_number"),
        UniqueConstraint("tool_id", "idempotency_key", name="version_idempotency"),
        Index(
            "version_one_published",
            "tool_id",
            unique=True,
            sqlite_where=text("status = 'published'"),
            postgresql_where=text("status = 'published'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    tool_id: int = Field(foreign_key="tool.id", ondelete="CASCADE")
    number: int
    status: str
    content_hash: str = Field(index=True)
    sums: str
    signature: str
    key_id: str
    idempotency_key: str | None = None
    created_at: str
    created_by: str
    published_at: str | None = None
    face: str
    content: str  # the long texts stand last: a listing reads rows up to the face only
    evidence: str


class LabelRow(SQLModel, table=True):
    """A tag or host of a tool, for filters."""

    __tablename__ = "tool_label"
    tool_id: int = Field(primary_key=True, foreign_key="tool.id", ondelete="CASCADE")
    label: str = Field(primary_key=True)
    value: str = Field(primary_key=True, index=True)


class CounterRow(SQLModel, table=True):
    """Numbers that all processes share: the generation of the published set, the rules of the search index."""

    __tablename__ = "counter"
    name: str = Field(primary_key=True)
    value: int = 0


class TermRow(SQLModel, table=True):
    """In how many tools a term of the search index occurs."""

    __tablename__ = "search_term"
    term: str = Field(primary_key=True)
    documents: int


class AuditRow(SQLModel, table=True):
    """Who did what to which tool, when, and how it ended."""

    __tablename__ = "audit"
    id: int | None = Field(default=None, primary_key=True)
    at: str = Field(index=True)
    actor: str
    action: str
    owner: str
    tool: str
    version: int
    outcome: str
    facts: str


class RunRow(SQLModel, table=True):
    """One run. ``tool_id`` is the tool that ran, ``owner`` the caller; a deleted tool's runs stay until retention."""

    __tablename__ = "run"
    __table_args__ = (Index("run_tool_time", "tool_id", "started_at"), Index("run_owner_tool", "owner", "tool"))
    id: str = Field(primary_key=True)
    tool_id: int | None = None
    owner: str
    tool: str
    version: int
    kind: str
    outcome: str
    error_code: str
    error_message: str
    artifact_sha256: str
    arguments: str
    rows: int
    wall_ms: float
    cpu_ms: float
    memory_mb: float
    requests: int
    bytes_in: int = Field(sa_type=BigInteger)
    bytes_out: int = Field(sa_type=BigInteger)
    started_at: str = Field(index=True)


class LedgerRow(SQLModel, table=True):
    """One call of a model provider, or one answer from the cache."""

    __tablename__ = "ledger"
    id: int | None = Field(default=None, primary_key=True)
    at: str = Field(index=True)
    owner: str
    job_id: str | None = Field(default=None, index=True)
    tool: str | None = Field(default=None, index=True)
    provider: str
    model: str
    stage: str
    prompt_version: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    price_table: str
    latency_ms: float
    cache_hit: bool


class ReplyRow(SQLModel, table=True):
    """A model's reply, kept by the hash of its request."""

    __tablename__ = "reply"
    key: str = Field(primary_key=True)
    at: str = Field(index=True)
    reply: str


class ReplayRow(SQLModel, table=True):
    """The replay bundle of a version, compressed and signed; obsolete with a reason."""

    __tablename__ = "replay"
    tool_id: int = Field(primary_key=True, foreign_key="tool.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    bundle: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    signature: str
    key_id: str
    obsolete: str = ""


class ProfileRow(SQLModel, table=True):
    """What a version's rows look like when all is well."""

    __tablename__ = "profile"
    tool_id: int = Field(primary_key=True, foreign_key="tool.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    profile: str


class ApiKeyRow(SQLModel, table=True):
    """A key of the server: the hash of its secret, whose it is, what it may do, and until when."""

    __tablename__ = "api_key"
    id: str = Field(primary_key=True)
    owner: str
    name: str
    scopes: str
    sha256: str
    created_at: str
    expires_at: str | None = None
    revoked_at: str | None = None
