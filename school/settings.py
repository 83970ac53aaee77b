"""Settings: the only place where the environment is read.

Names carry the prefix ``AGENT_SCHOOL_``; the vendors' keys and base URLs keep their own usual names.
A ``.env`` file in the working directory is read too; real environment variables win.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.errors import SettingsProblem
from domain.plan import PlannerKind

Names = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """Every setting with its default; ``.env.example`` is generated from this class."""

    model_config = SettingsConfigDict(env_prefix="AGENT_SCHOOL_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("agent-school")),
        description="The one folder that holds registry, jobs, keys, secrets and artifacts.",
    )
    database: str = Field(default="", description="Registry: a PostgreSQL URL, or empty for SQLite in the home folder.")
    signing_key: SecretStr | None = Field(
        default=None,
        description="Private key (Ed25519, base64) that all servers of one registry share; empty keeps one in the home "
        "folder.",
    )
    keep_runs_days: int = Field(default=90, ge=0, description="Days that records of runs are kept (see gc).")
    keep_audit_days: int = Field(default=730, ge=0, description="Days that the audit log is kept.")
    keep_ledger_days: int = Field(default=730, ge=0, description="Days that the ledger of model calls is kept.")
    jobs_database: str = Field(
        default="",
        description="Jobs: a PostgreSQL URL; empty: the registry's if that is one, else SQLite in the home folder.",
    )
    jobs_at_once: int = Field(
        default=2,
        ge=0,
        le=64,
        description="Jobs that one process works on at a time, the same for all of one jobs database; 0 leaves them to "
        "other processes.",
    )
    jobs_lease_s: float = Field(
        default=10.0,
        ge=1.0,
        le=600.0,
        description="How long a worker may give no sign of life before others take its jobs over, seconds.",
    )
    now: datetime | None = Field(default=None, description="Holds the clock still (ISO time with zone), for tests.")
    browser: str = Field(default="", description="Path of the browser; empty looks for chromium-headless-shell.")
    planner: PlannerKind = Field(default=PlannerKind.AUTO, description="auto, builtin, openai or anthropic.")
    isolation: Literal["process", "fast", "paranoid"] = Field(default="process", description="Level of the sandbox.")
    allow_weaker: Names = Field(default=(), description="Mechanisms that may be missing, by name (see doctor).")
    private_hosts: Names = Field(
        default=(),
        description="Hosts on private or loopback addresses that may be learned from, comma separated.",
    )
    appearance: Literal["honest", "browser"] = Field(
        default="honest", description="How sites see us: by our own name, or like a usual desktop browser."
    )
    requests_per_host: float = Field(
        default=10.0, ge=0, description="Requests per second to one public host; 0 sets no bound."
    )
    ignore_robots: Names = Field(
        default=(), description="Hosts whose robots.txt is set aside, with what is below them, comma separated."
    )
    review: Literal["none", "required"] = Field(
        default="none", description="required: a person approves each first version before it is published."
    )
    native_tools: int = Field(default=50, ge=0, le=1000, description="How many published tools are listed natively.")
    call_timeout_s: float = Field(default=60.0, gt=0, le=60.0, description="Longest run of one call, seconds.")
    learn_timeout_s: float = Field(default=180.0, gt=0, description="Longest learning of one tool, seconds.")
    tls_ca_file: Path | None = Field(
        default=None, description="Extra certificate authority that sites may use (PEM file)."
    )
    public_hosts: Names = Field(
        default=(), description="Names (host or host:port) by which clients reach the HTTP server, comma separated."
    )
    allowed_origins: Names = Field(
        default=(), description="Origins of web pages that may use the HTTP server, comma separated."
    )
    trusted_proxies: Names = Field(
        default=(), description="Addresses of proxies whose X-Forwarded headers are believed, comma separated."
    )
    body_limit_bytes: int = Field(default=1_048_576, ge=1024, description="Largest body of an HTTP request, bytes.")
    rate_per_key: int = Field(default=60_000, gt=0, description="HTTP requests per minute of one key.")
    rate_per_address: int = Field(default=120_000, gt=0, description="HTTP requests per minute from one address.")
    bad_keys_per_address: int = Field(
        default=60, gt=0, description="Requests per minute with no key or a wrong one from one address."
    )
    session_idle_s: float = Field(
        default=1800.0,
        gt=0,
        description="How long a session of an HTTP client lives without a request or an open stream, seconds.",
    )
    sessions_per_key: int = Field(default=2000, gt=0, description="Sessions that one key may have open.")
    drain_timeout_s: float = Field(
        default=20.0, ge=0, description="How long a server that is stopped waits for the calls at work, seconds."
    )
    oauth_issuer: str = Field(default="", description="Issuer of OAuth tokens; empty takes API keys only.")
    oauth_jwks_url: str = Field(default="", description="Where the issuer publishes its keys (JWKS).")
    oauth_audience: str = Field(
        default="", description="This server's own address, as tokens name it (such as https://tools.example.org/mcp)."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="warning", description="Log level.")
    otel_traces_exporter: str = Field(
        default="",
        validation_alias=AliasChoices("OTEL_TRACES_EXPORTER"),
        description="otlp or console turns on traces (extra otel); the other OTEL_ variables work as usual.",
    )
    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("OPENAI_API_KEY"), description="Key of OpenAI."
    )
    anthropic_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("ANTHROPIC_API_KEY"), description="Key of Anthropic."
    )

    openai_base_url: str = Field(
        default="", validation_alias=AliasChoices("OPENAI_BASE_URL"), description="Another address for OpenAI's API."
    )
    anthropic_base_url: str = Field(
        default="",
        validation_alias=AliasChoices("ANTHROPIC_BASE_URL"),
        description="Another address for Anthropic's API.",
    )
    plan_models: Names = Field(
        default=(),
        description="Models that plan, first choice first, as provider:model, comma separated; empty takes the "
        "built-in list. The same for the three stages below.",
    )
    generate_models: Names = Field(default=(), description="Models that write code.")
    repair_models: Names = Field(default=(), description="Models that repair code.")
    chat_models: Names = Field(default=(), description="Models that chat.")
    model_timeout_s: float = Field(default=90.0, gt=0, description="Longest wait for one reply of a model, seconds.")
    model_attempts: int = Field(default=3, ge=1, le=5, description="Attempts at a model that fails for a while.")
    model_requests_per_minute: int = Field(default=60, ge=1, description="Requests per minute to one provider.")
    tool_input_tokens: int = Field(
        default=9_500,
        ge=2_000,
        description="Input tokens that the prompts for one tool are kept within: what they show gets coarser before it "
        "is sent.",
    )
    job_tokens: int = Field(default=200_000, ge=0, description="Most tokens that learning one tool may take.")
    job_cost_usd: float = Field(default=1.0, ge=0, description="Most dollars that learning one tool may cost.")
    day_tokens: int = Field(default=5_000_000, ge=0, description="Most tokens a day.")
    day_cost_usd: float = Field(default=20.0, ge=0, description="Most dollars a day.")

    @field_validator(
        "allow_weaker",
        "private_hosts",
        "ignore_robots",
        "public_hosts",
        "allowed_origins",
        "trusted_proxies",
        "plan_models",
        "generate_models",
        "repair_models",
        "chat_models",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("now")
    @classmethod
    def _zoned(cls, value: datetime | None) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value

    @property
    def registry_url(self) -> str:
        """The registry's address: a PostgreSQL URL or a SQLite file in the home folder."""
        return self.database or f"sqlite:///{self.home / 'registry.sqlite'}"

    @property
    def jobs_url(self) -> str:
        """The address of the jobs: a PostgreSQL URL or a SQLite file in the home folder."""
        return self.jobs_database or self.database or f"sqlite:///{self.home.resolve() / 'jobs.db'}"

    @property
    def keys_folder(self) -> Path:
        """Where the registry's signing key and the keys that it trusts are kept, whichever database it has."""
        return self.home / "keys"

    @property
    def shared_key(self) -> str:
        """The signing key that comes from the configuration, or ""."""
        return self.signing_key.get_secret_value() if self.signing_key else ""


def load_settings(**overrides: object) -> Settings:
    """Read the settings; ``overrides`` win over environment and ``.env``.

    Raises:
        SettingsProblem: a value does not validate; the message names the variable.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # the model itself validates them
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        variable = name if name.startswith(("OPENAI_", "ANTHROPIC_", "OTEL_")) else f"AGENT_SCHOOL_{name}"
        raise SettingsProblem(f"{variable}: {first['msg']}") from problem
