"""The suite's tools as versions of the registry: a definition that the gate admits, and code that reaches nothing."""

from __future__ import annotations

from datetime import datetime

import mcp_types as types

from domain.plan import Intent, Plan, RecordSource, RequestTemplate, Source, SourceKind
from domain.policy import Policy
from domain.run import Verdict
from domain.tool import Annotations, Tool
from domain.workflow import Artifact, Provenance, Status, WorkflowVersion
from mcp_server.conformance.tools import Fixture, Result

OWNER = "conformance"
NOWHERE = "http://127.0.0.1:9/"
CODE = '"""A fixture of the conformance suite; the server itself answers in its place."""\n'


def version_of(fixture: Fixture, now: datetime) -> WorkflowVersion:
    """Return a version whose face is the fixture's definition and whose policy allows nothing."""
    name = fixture.tool.name
    description = fixture.tool.description or name
    plan = Plan(
        query=description,
        intent=Intent(text=description),
        tool_name=name,
        title=name,
        description=description,
        parameters=(),
        fields=(),
        steps=(),
        source=Source(kind=SourceKind.JSON, url=NOWHERE, reason="a fixture asks no source"),
        records=RecordSource(request=RequestTemplate(url=NOWHERE), records=""),
    )
    tool = Tool(
        name=name,
        title=name,
        description=description,
        input_schema=fixture.tool.input_schema,
        output_schema={"type": "object"},
        annotations=Annotations(title=name),
    )
    return WorkflowVersion(
        owner=OWNER,
        status=Status.VALIDATED,
        tool=tool,
        plan=plan,
        artifact=Artifact(code=CODE),
        policy=Policy(),
        provenance=Provenance(planner="conformance", generator="fixture", created_at=now),
        verdict=Verdict(passed=True),
    )


def with_structure(result: Result) -> Result:
    """Return a result that keeps the output schema: every published tool answers with structured content too."""
    if isinstance(result, types.InputRequiredResult) or result.is_error or result.structured_content is not None:
        return result
    return result.model_copy(update={"structured_content": {}})
