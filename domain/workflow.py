"""Generated code and its identity: artifacts, workflows and their immutable versions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from domain.cost import Usage
from domain.plan import Plan
from domain.policy import Policy
from domain.run import Verdict
from domain.tool import Tool
from domain.values import JsonObject, Value, content_hash


class Artifact(Value):
    """One generated module."""

    code: str
    interface: Literal["http", "page"] = "http"

    @property
    def sha256(self) -> str:
        """The hash of the code (hex)."""
        return content_hash(self.code)


class Status(StrEnum):
    """States of a version; legal moves are in registry.lifecycle."""

    DRAFT = "draft"
    VALIDATED = "validated"
    PUBLISHED = "published"
    DEPRECATED = "deprecated"
    QUARANTINED = "quarantined"


class Provenance(Value):
    """Who made a version, with what and at what price."""

    planner: str
    generator: str
    model: str = ""
    prompt_version: str = ""
    usage: Usage = Usage()
    durations_ms: dict[str, float] = {}
    created_at: datetime
    job_id: str | None = None


class WorkflowVersion(Value):
    """One immutable version of a workflow with all that proves it.

    ``number`` is 0 until the registry gives it one. ``content_hash`` covers code, schemas, policy and description.
    """

    owner: str = "local"
    number: int = 0
    status: Status = Status.DRAFT
    tool: Tool
    plan: Plan
    artifact: Artifact
    policy: Policy
    provenance: Provenance
    verdict: Verdict
    examples: tuple[JsonObject, ...] = ()
    signature: str = ""
    key_id: str = ""

    @property
    def name(self) -> str:
        """The tool's name, which is the workflow's identity for its owner."""
        return self.tool.name

    @property
    def content_hash(self) -> str:
        """The hash over everything that a caller relies on."""
        return content_hash(
            self.artifact.code, self.artifact.interface, self.tool.model_dump_json(), self.policy.model_dump_json()
        )
